/*
 * measure.sql
 *		Tools for measuring, and the contenders: each is an expression, over
 *		groups of bench.audit.  Run after audit_table.sql.
 *
 * Each contender gets the input that suits it best, and all compute the same:
 * four percentiles in one call, or a percentage.
 */
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pg_prewarm;
DROP TABLE IF EXISTS bench.groups, bench.contender, bench.result;
CREATE TABLE bench.groups (name text PRIMARY KEY, clause text NOT NULL);
INSERT INTO bench.groups VALUES
	('1', ''),
	('1,800', 'GROUP BY party, srv'),
	('162,000', 'GROUP BY party, srv, (requested_at AT TIME ZONE ''UTC'')::date');

CREATE TABLE bench.contender (
	place		integer PRIMARY KEY,
	name		text NOT NULL UNIQUE,
	extension	text,				-- the contender is left out if this is not available
	expression	text NOT NULL,
	slow		boolean NOT NULL	-- takes minutes, so it is measured once
);
INSERT INTO bench.contender VALUES
	(1, 'count(*)', NULL, 'count(*)', false),
	(2, 'max(responded_at)', NULL, 'max(responded_at)', false),
	(3, 'rtt_sketch', NULL, 'pmr.rtt_percentiles(pmr.rtt_sketch(requested_at, responded_at), ''{0.5,0.9,0.95,0.99}'')', false),
	(4, 'rtt_percentiles', NULL, 'pmr.rtt_percentiles(requested_at, responded_at, ''{0.5,0.9,0.95,0.99}'')', false),
	(5, 'percentile_disc', NULL, 'percentile_disc(''{0.5,0.9,0.95,0.99}''::float8[]) WITHIN GROUP (ORDER BY rtt_s)', true),
	(6, 'percentile_cont', NULL, 'percentile_cont(''{0.5,0.9,0.95,0.99}''::float8[]) WITHIN GROUP (ORDER BY rtt_s)', true),
	(7, 'tdigest 100', 'tdigest', 'tdigest_percentile(rtt_s, 100, ''{0.5,0.9,0.95,0.99}''::float8[])', false),
	(8, 'ddsketch 0.01', 'ddsketch', 'ddsketch_percentile(rtt_s, 0.01, 2048, ''{0.5,0.9,0.95,0.99}''::float8[])', false),
	(9, 'quantile', 'quantile', 'quantile(rtt_s, ''{0.5,0.9,0.95,0.99}''::float8[])', false),
	(10, 'target_met', NULL, 'pmr.target_met(requested_at, responded_at, interval ''30 s'')', false),
	(11, 'srv_target_met', NULL, 'pmr.srv_target_met(srv, mode, requested_at, responded_at)', false),
	(12, 'count(*) FILTER', NULL, '100.0 * count(*) FILTER (WHERE responded_at - requested_at <= interval ''30 s'') / count(*)', false);

SELECT format('CREATE EXTENSION IF NOT EXISTS %I', name)
FROM pg_available_extensions WHERE name IN (SELECT extension FROM bench.contender) \gexec
DELETE FROM bench.contender AS c
WHERE extension IS NOT NULL AND NOT EXISTS (SELECT FROM pg_extension WHERE extname = c.extension);

CREATE TABLE bench.result (
	groups	text NOT NULL,
	contender	text NOT NULL,
	run			integer NOT NULL,
	cpu_s		float8 NOT NULL,	-- of this backend
	wall_s		float8 NOT NULL
);

/* One value for each group, counted, so that no transfer to a client is measured. */
CREATE FUNCTION bench.query(groups text, expression text) RETURNS text LANGUAGE sql
RETURN format('SELECT count(x) FROM (SELECT %s AS x FROM bench.audit %s) AS s', expression,
	(SELECT g.clause FROM bench.groups AS g WHERE g.name = $1));

/* The CPU time of this backend so far. */
CREATE FUNCTION bench.cpu_s() RETURNS float8 LANGUAGE sql VOLATILE
RETURN split_part(pg_read_file('/proc/self/schedstat'), ' ', 1)::float8 / 1e9;

/* Runs a query and stores its times; run 0 warms up. */
CREATE PROCEDURE bench.time(groups text, contender text, run integer, query text) LANGUAGE plpgsql AS $$
DECLARE
	cpu		float8 := bench.cpu_s();
	began	timestamptz := clock_timestamp();
BEGIN
	EXECUTE query;
	IF run > 0 THEN
		INSERT INTO bench.result
		VALUES (groups, contender, run, bench.cpu_s() - cpu, extract(epoch FROM clock_timestamp() - began));
	END IF;
END
$$;

/* Measures the contenders whose names match, in turn, in several runs. */
CREATE PROCEDURE bench.measure(group_list text[], contenders text, runs integer) LANGUAGE plpgsql AS $$
DECLARE
	task record;
BEGIN
	FOR run IN 0..runs LOOP
		FOR task IN
			SELECT g.name AS groups, c.name AS contender, c.expression
			FROM bench.groups AS g, bench.contender AS c
			WHERE g.name = ANY (group_list) AND c.name ~ contenders AND (NOT c.slow OR run = 1)
			ORDER BY length(g.name), c.place
		LOOP
			CALL bench.time(task.groups, task.contender, run, bench.query(task.groups, task.expression));
		END LOOP;
	END LOOP;
END
$$;

CREATE VIEW bench.median AS
SELECT	groups, contender, count(*) AS runs,
		percentile_disc(0.5) WITHIN GROUP (ORDER BY cpu_s) AS cpu_s,
		percentile_disc(0.5) WITHIN GROUP (ORDER BY wall_s) AS wall_s
FROM	bench.result
GROUP BY groups, contender;
