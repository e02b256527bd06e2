/*
 * Publications
 *
 * A publication is a copy of what the rollup has of a month, for all Parties.
 * It does not change afterwards.  A role that cannot see all Parties gets
 * figures of others from publications only.
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
COMMENT ON TABLE pmr.publication IS 'months whose figures are published, with the disclosure rule of that moment';
COMMENT ON COLUMN pmr.publication.as_of IS 'time as of which the month was rolled up';
COMMENT ON COLUMN pmr.publication.min_groups IS 'as in disclosure_rule when the month was published; so are the next four columns';
COMMENT ON COLUMN pmr.publication.region_factor IS 'factor by whose values the strata of the equal mix are made; NULL if the source has none';
COMMENT ON COLUMN pmr.publication.assumed_targets IS 'number of combinations of SRV, mode and device generation whose target is assumed';

CREATE TABLE pmr.publication_target (
	source text NOT NULL,
	month date NOT NULL,
	srv text NOT NULL,
	mode text NOT NULL,
	device_generation text NOT NULL,
	user_role text NOT NULL,
	target_s double precision,
	target_status text NOT NULL,
	PRIMARY KEY (source, month, srv, mode, device_generation, user_role)
);
SELECT pg_extension_config_dump('pmr.publication_target', '');
COMMENT ON TABLE pmr.publication_target IS 'Target Response Times that a publication was measured against';
COMMENT ON COLUMN pmr.publication_target.target_s IS 'target in seconds; NULL if there is none';

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

CREATE TABLE pmr.publication_combination (
	source text NOT NULL,
	month date NOT NULL,
	groups text[] NOT NULL CHECK (cardinality(groups) > 1),
	hidden integer[] NOT NULL,
	PRIMARY KEY (source, month, groups)
);
SELECT pg_extension_config_dump('pmr.publication_combination', '');
COMMENT ON TABLE pmr.publication_combination IS 'supplier groups whose figures one role could see when a month was published, by itself or after SET ROLE';
COMMENT ON COLUMN pmr.publication_combination.groups IS 'all of these supplier groups, in the order of their bytes';
COMMENT ON COLUMN pmr.publication_combination.hidden IS 'numbers of the figures that are shown to readers of one group, but not to such a role and not to the roles that it can act as';

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
ALTER TABLE pmr.publication_cell REPLICA IDENTITY FULL;
COMMENT ON TABLE pmr.publication_cell IS 'figures by Party that a publication was made from; only for roles that can see all Parties';
COMMENT ON COLUMN pmr.publication_cell.factor IS 'all: the total; otherwise the factor that value belongs to';
COMMENT ON COLUMN pmr.publication_cell.measured IS 'requests that were met or missed';
COMMENT ON COLUMN pmr.publication_cell.days IS 'number of days with measured requests, if factor is all; otherwise 0';
COMMENT ON COLUMN pmr.publication_cell.squares IS 'sum of missed^2 / measured over these days';
COMMENT ON COLUMN pmr.publication_cell.rtt IS 'round-trip times, if factor is all; otherwise NULL';

/*
 * A figure is a sum over Parties, by supplier group.  Figures form a tree by
 * part_of.  Its levels, which kind names, are: all; srv (an SRV in one mode);
 * generation and category, both parts of srv; value (of a factor), part of a
 * generation; stratum (of the equal mix), part of a value of the region or, in
 * a source without a region, of a generation.
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
COMMENT ON TABLE pmr.publication_figure IS 'sums over Parties that a publication shows or hides; only for roles that can see all Parties';
COMMENT ON COLUMN pmr.publication_figure.figure IS 'number within the publication; 0: of kind all';
COMMENT ON COLUMN pmr.publication_figure.part_of IS 'figure that this one and the others of the same kind and factor add up to; NULL: none';
COMMENT ON COLUMN pmr.publication_figure.kind IS 'all, srv, generation, category, value or stratum';
COMMENT ON COLUMN pmr.publication_figure.groups IS 'supplier groups, the one with the most measured requests first';
COMMENT ON COLUMN pmr.publication_figure.measured IS 'measured requests of each of the groups';
COMMENT ON COLUMN pmr.publication_figure.met IS 'how many of the measured requests of each group were met';
COMMENT ON COLUMN pmr.publication_figure.p50_s IS 'for each group the median round-trip time in seconds of all other groups, to two significant digits; NULL unless kind is srv';
COMMENT ON COLUMN pmr.publication_figure.p95_s IS '95th percentile instead of the median of p50_s';
COMMENT ON COLUMN pmr.publication_figure.times_shown IS 'whether readers are shown p50_s and p95_s';
COMMENT ON COLUMN pmr.publication_figure.shown IS 'whether readers are shown the figure, each without their own group; publication_combination names exceptions';
