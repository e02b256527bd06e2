--
-- Copies of requests, counted from hashes: functions of request_copies.sql
--
SET client_min_messages = warning;
CREATE SCHEMA test_request_copies;
SET search_path = test_request_copies, pmr;
\getenv test PG_ABS_SRCDIR
\set include :test '/sql/include/err_detail.sql'
\i :include

-- equal for copies alone; ids are compared in lower case, as lower() with the collation "C" makes it
CREATE TABLE request AS
SELECT request_id, day, due_at
FROM unnest('{a,A,Ab,aB,"",ä,Ä}'::text[] || ARRAY[repeat('Long Id ', 8), upper(repeat('Long Id ', 8)), repeat('Long Id ', 9), upper(repeat('Long Id ', 9)), repeat('x', 5000), repeat('X', 5000)]) AS request_id,
	unnest('{2025-10-01,2025-10-02,0001-01-02,infinity}'::date[]) AS day, unnest('{2025-10-05 00:00+00,2025-10-05 00:00:00.000001+00,NULL}'::timestamptz[]) AS due_at;
SELECT count(*) AS pairs, count(*) FILTER (WHERE same) AS copies,
	count(*) FILTER (WHERE same <> (request_copy_hash(a.request_id, a.day, a.due_at) = request_copy_hash(b.request_id, b.day, b.due_at))) AS wrong
FROM request AS a, request AS b,
	LATERAL (SELECT (lower(a.request_id COLLATE "C"), a.day) = (lower(b.request_id COLLATE "C"), b.day) AND a.due_at IS NOT DISTINCT FROM b.due_at AS same) AS s;
SELECT request_copy_hash(NULL, '2025-10-01', NULL) AS no_id, request_copy_hash('a', NULL, NULL) AS no_day;

-- as many as there are rows less different ids, whichever way the rows are split
CREATE TABLE row AS
SELECT i, i % 7 AS grp, CASE WHEN i % 5 > 0 THEN hashint8extended(i * i % 1013, 1) END AS hash FROM generate_series(1, 5000) AS i;
SELECT k AS parts, count(*) AS groups, sum(copies) > 1000 AS some, count(*) FILTER (WHERE copies <> expected) AS wrong
FROM (SELECT k, grp, request_copies(ids) AS copies
	  FROM (SELECT k, grp, request_ids(hash) AS ids FROM row, unnest('{1,2,3,50,5000}'::integer[]) AS k GROUP BY k, grp, i % k) AS p
	  GROUP BY k, grp) AS c
	JOIN (SELECT grp, count(hash) - count(DISTINCT hash) AS expected FROM row GROUP BY grp) AS e USING (grp)
GROUP BY k ORDER BY k;
SELECT request_copies(ids) AS none, octet_length(request_ids(NULL)) AS empty FROM (SELECT request_ids(1) AS ids WHERE false) AS i;
-- the bytes are 8 for each row, and survive the text that nodes send
SELECT octet_length(ids), request_copies(ids::text::bytea) FROM (SELECT request_ids(hash) AS ids FROM unnest('{1,-1,1,9223372036854775807,1}'::bigint[]) AS hash) AS i GROUP BY ids;
-- by parallel workers
CREATE TABLE part (LIKE row) PARTITION BY HASH (i);
CREATE TABLE part_0 PARTITION OF part FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE part_1 PARTITION OF part FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO part SELECT * FROM row;
SET enable_partitionwise_aggregate = on;
SELECT request_copies(ids) = (SELECT count(hash) - count(DISTINCT hash) FROM row) AS same FROM (SELECT request_ids(hash) AS ids FROM part) AS i;
RESET enable_partitionwise_aggregate;
-- as a window, each row with those before it
SELECT i, request_copies(ids) OVER (ORDER BY i) AS copies FROM (SELECT i, request_ids(i / 2) AS ids FROM generate_series(1, 4) AS i GROUP BY i) AS w;

SELECT err('SELECT pmr.request_copies(''abc'')'), err('SELECT pmr.request_copies(ids) FROM (SELECT ''abc''::bytea AS ids UNION ALL SELECT pmr.request_ids(1)) AS i');

DROP SCHEMA test_request_copies CASCADE;
