/*
 * Publications: the industry side of a month, frozen
 *
 * A role that cannot see all Parties gets figures of others from publications
 * alone.
 */

CREATE TABLE pmr.publication (
	source text NOT NULL,
	month date NOT NULL,
	as_of timestamp with time zone NOT NULL,
	published_at timestamp with time zone NOT NULL,
	published_by text NOT NULL,
	min_groups integer NOT NULL,
	min_group_requests bigint NOT NULL,
	max_share_pct double precision NOT NULL,
	max_share_of_two_pct double precision NOT NULL,
	min_groups_ranked integer NOT NULL,
	region_factor text,
	assumed_targets integer NOT NULL,
	PRIMARY KEY (source, month)
);
SELECT pg_extension_config_dump('pmr.publication', '');
COMMENT ON TABLE pmr.publication IS 'months whose industry side is frozen, and the rules it is shown by';
COMMENT ON COLUMN pmr.publication.assumed_targets IS 'combinations of SRV, mode and generation whose target is assumed';

CREATE TABLE pmr.publication_target (
	source text NOT NULL,
	month date NOT NULL,
	srv text NOT NULL,
	mode text NOT NULL,
	device_generation text NOT NULL,
	target_s double precision,
	target_status text NOT NULL,
	PRIMARY KEY (source, month, srv, mode, device_generation)
);
SELECT pg_extension_config_dump('pmr.publication_target', '');
COMMENT ON TABLE pmr.publication_target IS 'Target Response Times that a publication was measured against';

CREATE TABLE pmr.publication_party (
	source text NOT NULL,
	month date NOT NULL,
	party text NOT NULL CHECK (party <> ''),
	supplier_group text NOT NULL,
	category text,
	PRIMARY KEY (source, month, party)
);
SELECT pg_extension_config_dump('pmr.publication_party', '');
COMMENT ON TABLE pmr.publication_party IS 'Parties of a publication, with the supplier group and category that they had then';

CREATE TABLE pmr.publication_cell (
	source text NOT NULL,
	month date NOT NULL,
	party text NOT NULL,
	srv text NOT NULL,
	mode text NOT NULL,
	device_generation text NOT NULL,
	qualifier text NOT NULL,
	factor text NOT NULL,
	value text NOT NULL,
	measured bigint NOT NULL,
	met bigint NOT NULL,
	days integer NOT NULL,
	squares double precision NOT NULL,
	rtt pmr.rtt_sketch
);
SELECT pg_extension_config_dump('pmr.publication_cell', '');
CREATE INDEX publication_cell_party ON pmr.publication_cell (source, month, party);
COMMENT ON TABLE pmr.publication_cell IS 'what a publication was made from: nobody''s to read but who sees every Party';
COMMENT ON COLUMN pmr.publication_cell.days IS 'days with measured requests, of the total; 0 for a value of a factor';
COMMENT ON COLUMN pmr.publication_cell.squares IS 'sum of missed^2 / measured over these days';
COMMENT ON COLUMN pmr.publication_cell.rtt IS 'of the total only';

/*
 * Sums over Parties by supplier group, and which of them may be shown.  They
 * form a tree, by part_of: all, SRV and mode, generation, value of a factor,
 * stratum of the equal mix; categories are parts of an SRV and mode, too.
 */
CREATE TABLE pmr.publication_figure (
	source text NOT NULL,
	month date NOT NULL,
	figure integer NOT NULL,
	part_of integer,
	kind text NOT NULL CHECK (kind IN ('all', 'srv', 'category', 'generation', 'value', 'stratum')),
	srv text NOT NULL,
	mode text NOT NULL,
	device_generation text NOT NULL,
	qualifier text NOT NULL,
	factor text NOT NULL,
	value text NOT NULL,
	category text NOT NULL,
	total_measured bigint NOT NULL,
	total_met bigint NOT NULL,
	groups text[] NOT NULL,
	measured bigint[] NOT NULL,
	met bigint[] NOT NULL,
	p50_s double precision[],
	p95_s double precision[],
	times_shown boolean NOT NULL DEFAULT false,
	shown boolean NOT NULL,
	PRIMARY KEY (source, month, figure)
);
SELECT pg_extension_config_dump('pmr.publication_figure', '');
COMMENT ON TABLE pmr.publication_figure IS 'industry side of a publication: nobody''s to read but who sees every Party';
COMMENT ON COLUMN pmr.publication_figure.part_of IS 'figure that this one and its siblings of the same kind and factor add up to';
COMMENT ON COLUMN pmr.publication_figure.groups IS 'supplier groups, the one with the most measured requests first';
COMMENT ON COLUMN pmr.publication_figure.measured IS 'measured requests of each group';
COMMENT ON COLUMN pmr.publication_figure.met IS 'how many of these were met';
COMMENT ON COLUMN pmr.publication_figure.p50_s IS 'for each group the median of all others, to two significant digits; only where kind is srv';
COMMENT ON COLUMN pmr.publication_figure.p95_s IS 'as p50_s';
COMMENT ON COLUMN pmr.publication_figure.times_shown IS 'may readers have p50_s and p95_s';
COMMENT ON COLUMN pmr.publication_figure.shown IS 'may readers have figures made from it, each without their own group';
