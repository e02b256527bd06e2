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
COMMENT ON TABLE pmr.disclosure_rule IS 'when a figure of others may be shown: no row, the defaults; at most one row, yours';
COMMENT ON COLUMN pmr.disclosure_rule.min_groups IS 'other supplier groups that it needs at least';
COMMENT ON COLUMN pmr.disclosure_rule.min_group_requests IS 'measured requests that each of them needs';
COMMENT ON COLUMN pmr.disclosure_rule.max_share_pct IS 'share of the requests that the largest group may have';
COMMENT ON COLUMN pmr.disclosure_rule.max_share_of_two_pct IS 'share of the requests that the two largest groups may have';
COMMENT ON COLUMN pmr.disclosure_rule.min_groups_ranked IS 'other supplier groups that a median and a rank need';

/*
 * Does the rule hold for groups with so many measured requests, most first,
 * without the one of them (omitted_groups = 1) that matters most?  That is one of the
 * three largest: without any other the shares are smaller.
 */
CREATE FUNCTION pmr.passes_dominance_rule(measured bigint[], rule pmr.publication, omitted_groups integer) RETURNS boolean
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT coalesce(measured[(rule).min_groups + omitted_groups] >= (rule).min_group_requests
		AND CASE omitted_groups
			WHEN 0 THEN 100 * measured[1] <= (rule).max_share_pct * total
				AND 100 * (measured[1] + measured[2]) <= (rule).max_share_of_two_pct * total
			ELSE 100 * measured[2] <= (rule).max_share_pct * (total - measured[1])
				AND 100 * measured[1] <= (rule).max_share_pct * (total - measured[2])
				AND 100 * (measured[2] + measured[3]) <= (rule).max_share_of_two_pct * (total - measured[1])
				AND 100 * (measured[1] + measured[3]) <= (rule).max_share_of_two_pct * (total - measured[2])
				AND 100 * (measured[1] + measured[2]) <= (rule).max_share_of_two_pct * (total - measured[3])
		END, false)
	FROM (SELECT sum(m) AS total FROM unnest(measured) AS u (m)) AS t;
END;
COMMENT ON FUNCTION pmr.passes_dominance_rule(bigint[], pmr.publication, integer) IS 'internal: does the rule of a publication hold for groups with so many measured requests, most first';

/* Two significant digits. */
CREATE FUNCTION pmr.two_digits(seconds double precision) RETURNS double precision
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN CASE WHEN seconds > 0 THEN round(seconds::numeric, 1 - floor(log(seconds::numeric))::integer)::double precision ELSE seconds END;
COMMENT ON FUNCTION pmr.two_digits(double precision) IS 'internal: a number rounded to two significant digits';

/* Met requests in thousandths; what is made from it is as coarse. */
CREATE FUNCTION pmr.per_mille(part bigint, whole bigint) RETURNS integer
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN round(1000.0 * part / nullif(whole, 0))::integer;
COMMENT ON FUNCTION pmr.per_mille(bigint, bigint) IS 'internal: share in whole thousandths; NULL of nothing';
