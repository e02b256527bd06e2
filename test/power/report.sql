/*
 * report.sql
 *		Judges the answers that measure.sql has kept, and prints how many seeds of
 *		each scenario found what was planted, and how many claimed something false.
 */
\set ON_ERROR_STOP on
SET client_min_messages = warning;

/* Claims, with the cause of which they are; kind, first_day and so on are as diagnose gives them. */
CREATE OR REPLACE VIEW power.claim AS
SELECT d.scenario, d.seed, a.*, c.factor IS NOT NULL AS is_cause, coalesce(c.is_wanted, false) AS is_wanted, c.is_burst,
	c.factor IS NULL AND EXISTS (
		SELECT FROM power.cause AS b
		WHERE b.scenario = d.scenario AND a.finding ~ ('^(explained by|cannot be separated from) (.*, )?' || b.factor || '( ' || replace(b.value, '.', '[.]') || ')?(,|$)')) AS names_cause
FROM power.diagnosis AS d
	CROSS JOIN jsonb_to_record(d.answer) AS a (rank bigint, factor text, value text, requests bigint, missed bigint, expected float8, excess float8, p_value float8,
		finding text, kind text, first_day date, last_day date, burst_days bigint, burst_excess float8, began boolean)
	LEFT JOIN power.cause AS c ON c.scenario = d.scenario AND c.factor = a.factor AND c.value = a.value
WHERE a.finding NOT IN ('no claim', 'too small to claim', 'nothing to compare with');

/*
 * is_told: a burst is said to be one, from its first day to its last; what began
 * in mid-month, to have begun on that day or a day beside it; that two causes
 * cannot be separated.
 *
 * is_false: the value is no cause, and the claim does not say so: that a cause
 * explains it, or cannot be separated from it.  Or it was a burst, and is said to
 * be steady.
 */
CREATE OR REPLACE VIEW power.judged AS
SELECT c.*, CASE
		WHEN c.is_burst THEN c.kind = 'burst' AND c.first_day = b.first_day AND c.last_day = b.last_day
		WHEN s.one_model THEN c.kind = 'steady' AND c.finding LIKE 'cannot be separated from %' || CASE c.factor WHEN 'model' THEN 'firmware 2.3' ELSE 'model W3E' END
		WHEN s.roll_out THEN c.kind = 'steady' AND c.began AND c.first_day BETWEEN '2025-09-15' AND '2025-09-17'
		ELSE c.kind = 'steady' END AS is_told,
	NOT c.is_cause AND NOT c.names_cause OR coalesce(c.is_burst AND c.kind = 'steady', false) AS is_false
FROM power.claim AS c JOIN power.scenario AS s USING (scenario),
	LATERAL (SELECT date '2025-08-31' + min(d.day) AS first_day, date '2025-08-31' + max(d.day) AS last_day FROM power.days(s, power.stream(s, c.seed)) AS d WHERE d.north > 0) AS b;

/* Seeds of each scenario by what was found: all that is wanted, that a cause has the first rank, all as it was planted, something false. */
CREATE OR REPLACE VIEW power.outcome AS
SELECT s.place, s.scenario, s.checked, w.wanted > 0 AS has_cause, count(*) AS seeds,
	count(*) FILTER (WHERE p.claimed = w.wanted) AS claimed,
	count(*) FILTER (WHERE p.claimed = w.wanted AND p.is_first) AS first,
	count(*) FILTER (WHERE p.told = w.wanted) AS told,
	count(*) FILTER (WHERE p.claims_false) AS claims_false
FROM power.scenario AS s
	JOIN (SELECT d.scenario, d.seed, count(*) FILTER (WHERE c.is_wanted) AS claimed, count(*) FILTER (WHERE c.is_wanted AND c.is_told) AS told,
			coalesce(bool_or(c.is_cause) FILTER (WHERE c.rank = 1), false) AS is_first, coalesce(bool_or(c.is_false), false) AS claims_false
		  FROM (SELECT DISTINCT scenario, seed FROM power.diagnosis) AS d LEFT JOIN power.judged AS c USING (scenario, seed)
		  GROUP BY 1, 2) AS p USING (scenario),
	LATERAL (SELECT count(*) AS wanted FROM power.cause AS c WHERE c.scenario = s.scenario AND c.is_wanted) AS w
GROUP BY s.place, s.scenario, s.checked, w.wanted;

SELECT scenario, seeds, round(100.0 * CASE WHEN has_cause THEN claimed END / seeds, 1) AS claimed_pct,
	round(100.0 * CASE WHEN has_cause THEN first END / seeds, 1) AS first_pct, round(100.0 * CASE WHEN has_cause THEN told END / seeds, 1) AS told_pct,
	round(100.0 * claims_false / seeds, 1) AS false_pct
FROM power.outcome WHERE scenario ~ :'scenarios' ORDER BY place;
