/*
 * Rollups of the months of a source
 *
 * A stratum is what a Party requested in a month with one SRV, mode and other
 * key.  Its state holds counts and sketches by day and by value of each factor,
 * and counts by pairs of values.  A whole month is rolled up in one transaction
 * and from one snapshot, so its days, its total and its factors always agree.
 *
 * If a row of the source has no Party, SRV, qualifier, business process or factor
 * value, its key in the rollup is ''.  If its mode or device generation is not
 * known, the key is unknown.
 */

CREATE TABLE pmr.rollup_month (
	source text NOT NULL,
	month date NOT NULL,
	as_of timestamp with time zone NOT NULL,
	settled boolean NOT NULL,
	refreshed_at timestamp with time zone NOT NULL,
	refreshed_by text NOT NULL,
	rows_read bigint NOT NULL,
	requests bigint NOT NULL,
	no_party bigint NOT NULL,
	no_srv bigint NOT NULL,
	unknown_srv bigint NOT NULL,
	unknown_mode bigint NOT NULL,
	unknown_generation bigint NOT NULL,
	unclassified bigint NOT NULL,
	negative bigint NOT NULL,
	duplicates bigint[],
	success_known boolean NOT NULL,
	parties text[] NOT NULL,
	newest_at timestamp with time zone,
	factors text[] NOT NULL,
	days date[],
	parts bigint,
	changes_from timestamp with time zone,
	read_fingerprint bigint,
	PRIMARY KEY (source, month)
);
SELECT pg_extension_config_dump('pmr.rollup_month', '');
COMMENT ON TABLE pmr.rollup_month IS 'months that are rolled up, and counts of problems in their rows';
COMMENT ON COLUMN pmr.rollup_month.as_of IS 'time up to which the source was taken as complete: later responses are ignored, and targets that end later are pending';
COMMENT ON COLUMN pmr.rollup_month.settled IS 'true: as_of is at least settle_after later than the end of the month, so a refresh without days does not roll it up again';
COMMENT ON COLUMN pmr.rollup_month.rows_read IS 'rows of the source: requests, pre-commands, local commands, cancelled requests, and copies that do not count';
COMMENT ON COLUMN pmr.rollup_month.negative IS 'requests that were answered before they started';
COMMENT ON COLUMN pmr.rollup_month.duplicates IS 'for each of parties, the rows that repeat the request of another row; they count if the source counts copies; NULL: the source has no request_id';
COMMENT ON COLUMN pmr.rollup_month.success_known IS 'true: the source has a column response_code';
COMMENT ON COLUMN pmr.rollup_month.parties IS 'Parties that have rows in the month';
COMMENT ON COLUMN pmr.rollup_month.newest_at IS 'newest time of a request, response, delivery or execution in the rows of the month, not later than as_of; NULL: the month has only copies that do not count';
COMMENT ON COLUMN pmr.rollup_month.factors IS 'names of the factors whose values are counted';
COMMENT ON COLUMN pmr.rollup_month.days IS 'days that have rows which count; NULL: none';
COMMENT ON COLUMN pmr.rollup_month.parts IS 'number of rows of the month in rollup_part; NULL: none are kept, and the next refresh reads the whole month';
COMMENT ON COLUMN pmr.rollup_month.changes_from IS 'the next refresh reads days again that have rows with this changed_at or a later one; NULL as parts is';
COMMENT ON COLUMN pmr.rollup_month.read_fingerprint IS 'hash of all that the parts depend on beside the rows of the source; NULL as parts is';

CREATE TABLE pmr.rollup_stratum (
	source text NOT NULL,
	month date NOT NULL,
	party text NOT NULL,
	srv text NOT NULL,
	mode text NOT NULL,
	device_generation text NOT NULL,
	user_role text NOT NULL,
	qualifier text NOT NULL,
	business_process text NOT NULL,
	target_s double precision,
	target_status text NOT NULL,
	target_fingerprint bigint NOT NULL,
	state pmr.rollup_state NOT NULL,
	PRIMARY KEY (source, month, party, srv, mode, device_generation, user_role, qualifier, business_process)
);
/* Compression would make the states no smaller. */
ALTER TABLE pmr.rollup_stratum ALTER COLUMN state SET STORAGE external;
SELECT pg_extension_config_dump('pmr.rollup_stratum', '');
COMMENT ON TABLE pmr.rollup_stratum IS 'requests of a month by Party, SRV and the rest of its key, from which the report views are computed';
COMMENT ON COLUMN pmr.rollup_stratum.month IS 'first day of the month';
COMMENT ON COLUMN pmr.rollup_stratum.user_role IS 'user role that has targets of its own; any: the other roles; unknown: the role is not known';
COMMENT ON COLUMN pmr.rollup_stratum.target_s IS 'Target Response Time in seconds; NULL: none, or it changed within the month';
COMMENT ON COLUMN pmr.rollup_stratum.target_status IS 'confirmed, assumed, none, or changed: it changed within the month';
COMMENT ON COLUMN pmr.rollup_stratum.target_fingerprint IS 'hash of the rows of target_response_time that were used';
COMMENT ON COLUMN pmr.rollup_stratum.state IS 'counts and round-trip times; the views rollup and rollup_pair show them';

CREATE VIEW pmr.rollup AS
	SELECT s.source, s.month, c.day, s.party, s.srv, s.mode, s.device_generation, s.user_role, s.qualifier, s.business_process,
		CASE c.factor WHEN 0 THEN 'all' ELSE m.factors[c.factor] END AS factor, c.value,
		c.requests, c.met, c.missed, c.pending, c.not_measured, c.invalid, c.answered, c.success, c.rejected, c.failed, c.no_response,
		c.unclassified, c.met_success, c.met_rejected, c.missed_rejected, c.pre_commands, c.local_commands, c.cancelled,
		s.target_s, s.target_status, s.target_fingerprint, c.rtt
	FROM pmr.rollup_month AS m JOIN pmr.rollup_stratum AS s ON s.source = m.source AND s.month = m.month,
		LATERAL unnest((pmr.rollup_cells(s.state)).cells) AS c;
COMMENT ON VIEW pmr.rollup IS 'counts and round-trip times of requests by month, by day, and by month and value of a factor';
COMMENT ON COLUMN pmr.rollup.month IS 'first day of the month';
COMMENT ON COLUMN pmr.rollup.day IS 'day of requested_at, in the time zone of the source; NULL: the whole month';
COMMENT ON COLUMN pmr.rollup.user_role IS 'user role that has targets of its own; any: the other roles; unknown: the role is not known';
COMMENT ON COLUMN pmr.rollup.factor IS 'all: the row counts every request; otherwise it counts the requests whose factor of this name has the value';
COMMENT ON COLUMN pmr.rollup.value IS 'value of the factor; empty: NULL in the source, or factor is all';
COMMENT ON COLUMN pmr.rollup.requests IS 'requests received: the sum of met, missed, pending, not_measured and invalid';
COMMENT ON COLUMN pmr.rollup.answered IS 'answered requests that are neither pending nor invalid; success, rejected, failed, no_response and unclassified, too, leave out pending and invalid requests';
COMMENT ON COLUMN pmr.rollup.failed IS 'requests that the Device answered it did not carry out';
COMMENT ON COLUMN pmr.rollup.unclassified IS 'responses without a code, or with a code that is not in response_code; those of unlisted codes with E are not answered';
COMMENT ON COLUMN pmr.rollup.pre_commands IS 'rows with command variant 4; not in any other count';
COMMENT ON COLUMN pmr.rollup.local_commands IS 'rows with command variant 2 or 6; not in any other count';
COMMENT ON COLUMN pmr.rollup.cancelled IS 'requests cancelled before they were executed; not in any other count';
COMMENT ON COLUMN pmr.rollup.target_s IS 'Target Response Time in seconds; NULL: none, or it changed within the month';
COMMENT ON COLUMN pmr.rollup.target_status IS 'confirmed, assumed, none, or changed: it changed within the month';
COMMENT ON COLUMN pmr.rollup.target_fingerprint IS 'hash of the rows of target_response_time that were used';
COMMENT ON COLUMN pmr.rollup.rtt IS 'sketch of the round-trip times of the answered requests';

CREATE VIEW pmr.rollup_pair AS
	SELECT s.source, s.month, s.party, s.srv, s.mode, s.device_generation, m.factors[p.factor_a] AS factor_a, m.factors[p.factor_b] AS factor_b,
		p.values_a, p.values_b, p.measured, p.missed
	FROM pmr.rollup_month AS m JOIN pmr.rollup_stratum AS s ON s.source = m.source AND s.month = m.month,
		LATERAL unnest((pmr.rollup_cells(s.state)).pairs) AS p
	WHERE p.factor_a > 0;
COMMENT ON VIEW pmr.rollup_pair IS 'measured and missed requests by pairs of values of two factors, by which diagnose separates causes; the four arrays have one element for each pair';

/* Days that had not ended at as_of can lack requests. */
CREATE FUNCTION pmr.days_covered(source text, from_day date, to_day date) RETURNS bigint
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT count(*)
	FROM pmr.rollup_month AS m,
		generate_series(0, least((m.month + interval '1 month - 1 day')::date, to_day) - greatest(m.month, from_day)) AS i (days)
	WHERE m.source = days_covered.source AND m.month BETWEEN date_trunc('month', from_day::timestamp)::date AND to_day
	  AND pmr.day_start(m.source, greatest(m.month, from_day) + i.days + 1) <= m.as_of;
END;
COMMENT ON FUNCTION pmr.days_covered(text, date, date) IS 'internal: number of days in a period, both included, that had ended at the time as of which their month is rolled up';
