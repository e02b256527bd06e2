/* When a figure of others may be shown */

CREATE TABLE pmr.disclosure_rule (
	min_groups integer NOT NULL DEFAULT 5 CHECK (min_groups >= 3),
	min_group_requests bigint NOT NULL DEFAULT 30 CHECK (min_group_requests >= 1),
	max_share_pct double precision NOT NULL DEFAULT 50 CHECK (max_share_pct > 0 AND max_share_pct <= 100),
	max_share_of_two_pct double precision NOT NULL DEFAULT 80 CHECK (max_share_of_two_pct > 0 AND max_share_of_two_pct <= 100),
	min_groups_ranked integer NOT NULL DEFAULT 10 CHECK (min_groups_ranked >= 5)
);
SELECT pg_extension_config_dump('pmr.disclosure_rule', '');
CREATE UNIQUE INDEX disclosure_rule_one ON pmr.disclosure_rule ((true));
ALTER TABLE pmr.disclosure_rule REPLICA IDENTITY FULL;
COMMENT ON TABLE pmr.disclosure_rule IS 'conditions under which a figure of others is shown; holds at most one row, and without a row the defaults of the columns apply';
COMMENT ON COLUMN pmr.disclosure_rule.min_groups IS 'smallest number of other supplier groups in a figure';
COMMENT ON COLUMN pmr.disclosure_rule.min_group_requests IS 'measured requests that a supplier group needs to be counted in min_groups';
COMMENT ON COLUMN pmr.disclosure_rule.max_share_pct IS 'largest share of the requests, in percent, that one group may have';
COMMENT ON COLUMN pmr.disclosure_rule.max_share_of_two_pct IS 'largest share of the requests, in percent, that the two largest groups may have together';
COMMENT ON COLUMN pmr.disclosure_rule.min_groups_ranked IS 'smallest number of other supplier groups for a median and a rank';

CREATE FUNCTION pmr.passes_dominance_rule(measured bigint[], rule pmr.publication, omitted_groups integer) RETURNS boolean
	AS 'MODULE_PATHNAME', 'pmr_passes_dominance_rule'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION pmr.passes_dominance_rule(bigint[], pmr.publication, integer) IS 'internal: does the rule of a publication hold for groups with so many measured requests, or (omitted_groups = 1) for all of them but one, whichever that is';

CREATE FUNCTION pmr.two_digits(seconds double precision) RETURNS double precision
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN CASE WHEN seconds > 0 THEN round(seconds::numeric, 1 - floor(log(seconds::numeric))::integer)::double precision ELSE seconds END;
COMMENT ON FUNCTION pmr.two_digits(double precision) IS 'internal: a number rounded to two significant digits';

/* Rates are rounded before anything is computed from them. */
CREATE FUNCTION pmr.per_mille(part bigint, whole bigint) RETURNS integer
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN round(1000.0 * part / nullif(whole, 0))::integer;
COMMENT ON FUNCTION pmr.per_mille(bigint, bigint) IS 'internal: part of whole in thousandths, rounded; NULL if whole is 0';
