/*
 * Rollups of the months of a source
 *
 * A rollup holds counts and sketches: by day for totals, by month for the
 * values of each factor and for pairs of values.  A month is rolled up as a
 * whole, in one transaction and from one snapshot, so its days, its total and
 * its factors always agree.
 *
 * In the keys '' stands for a Party, SRV, qualifier, business process or value
 * that the row does not give; mode and device_generation hold unknown.
 */

CREATE TABLE pmr.rollup (
	source text NOT NULL,
	month date NOT NULL,
	day date,
	party text NOT NULL,
	srv text NOT NULL,
	mode text NOT NULL,
	device_generation text NOT NULL,
	qualifier text NOT NULL,
	business_process text NOT NULL,
	factor text NOT NULL,
	value text NOT NULL,
	requests bigint NOT NULL,
	met bigint NOT NULL,
	missed bigint NOT NULL,
	pending bigint NOT NULL,
	not_measured bigint NOT NULL,
	invalid bigint NOT NULL,
	answered bigint NOT NULL,
	success bigint NOT NULL,
	rejected bigint NOT NULL,
	no_response bigint NOT NULL,
	unclassified bigint NOT NULL,
	met_success bigint NOT NULL,
	met_rejected bigint NOT NULL,
	missed_rejected bigint NOT NULL,
	pre_commands bigint NOT NULL,
	local_commands bigint NOT NULL,
	cancelled bigint NOT NULL,
	target_s double precision,
	target_status text NOT NULL,
	target_fingerprint bigint NOT NULL,
	rtt pmr.rtt_sketch,
	CHECK (requests = met + missed + pending + not_measured + invalid),
	CHECK (day IS NULL OR factor = 'all')
);
SELECT pg_extension_config_dump('pmr.rollup', '');
CREATE INDEX rollup_party ON pmr.rollup (source, month, party);
COMMENT ON TABLE pmr.rollup IS 'counts and round-trip times of requests, by month and day: what the report views are made from';
COMMENT ON COLUMN pmr.rollup.day IS 'NULL: the whole month';
COMMENT ON COLUMN pmr.rollup.factor IS 'all: every request; otherwise those whose factor has the value';
COMMENT ON COLUMN pmr.rollup.requests IS 'requests received, the sum of the next five';
COMMENT ON COLUMN pmr.rollup.answered IS 'answered requests, of those neither pending nor invalid; as are all counts that follow';
COMMENT ON COLUMN pmr.rollup.unclassified IS 'answered with a response code that nobody has classified, or with none';
COMMENT ON COLUMN pmr.rollup.pre_commands IS 'command variant 4; in no other count';
COMMENT ON COLUMN pmr.rollup.local_commands IS 'command variants 2 and 6; in no other count';
COMMENT ON COLUMN pmr.rollup.cancelled IS 'cancelled before they were executed; in no other count';
COMMENT ON COLUMN pmr.rollup.target_s IS 'Target Response Time, seconds; NULL: none, or several within the month';
COMMENT ON COLUMN pmr.rollup.target_status IS 'confirmed, assumed, changed (several within the month) or none';
COMMENT ON COLUMN pmr.rollup.target_fingerprint IS 'fingerprint of the rows of target_response_time that were used';
COMMENT ON COLUMN pmr.rollup.rtt IS 'seconds to the answer, of the answered';

CREATE TABLE pmr.rollup_pair (
	source text NOT NULL,
	month date NOT NULL,
	party text NOT NULL,
	srv text NOT NULL,
	mode text NOT NULL,
	device_generation text NOT NULL,
	factor_a text NOT NULL,
	factor_b text NOT NULL,
	values_a text[] NOT NULL,
	values_b text[] NOT NULL,
	measured bigint[] NOT NULL,
	missed bigint[] NOT NULL
);
SELECT pg_extension_config_dump('pmr.rollup_pair', '');
CREATE INDEX rollup_pair_party ON pmr.rollup_pair (source, month, party);
COMMENT ON TABLE pmr.rollup_pair IS 'measured and missed requests by the values of two factors at once, an element for each pair of values: what diagnose tells causes apart by';

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
	duplicates bigint,
	success_known boolean NOT NULL,
	parties text[] NOT NULL,
	PRIMARY KEY (source, month)
);
SELECT pg_extension_config_dump('pmr.rollup_month', '');
COMMENT ON TABLE pmr.rollup_month IS 'months that are rolled up, as of when, and what was wrong with their rows';
COMMENT ON COLUMN pmr.rollup_month.as_of IS 'when a request is pending or late is asked as of this time';
COMMENT ON COLUMN pmr.rollup_month.settled IS 'as_of is past the end of the month by settle_after, so a refresh that names no days leaves it alone';
COMMENT ON COLUMN pmr.rollup_month.rows_read IS 'rows of the source, requests and those counted apart';
COMMENT ON COLUMN pmr.rollup_month.negative IS 'requests that were answered before they started';
COMMENT ON COLUMN pmr.rollup_month.duplicates IS 'rows whose request_id another row of the month has had; NULL: the source has no request_id';
COMMENT ON COLUMN pmr.rollup_month.success_known IS 'the source has a response_code';
COMMENT ON COLUMN pmr.rollup_month.parties IS 'Parties that have requests in the month';
