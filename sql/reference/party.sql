/* Parties, their supplier groups and categories, which the user fills in */

CREATE TABLE pmr.party (
	party text PRIMARY KEY CHECK (party <> ''),
	name text NOT NULL,
	supplier_group text NOT NULL CHECK (supplier_group <> ''),
	category text NOT NULL CHECK (category IN ('Large Supplier', 'Small Supplier', 'Electricity Network', 'Gas Network', 'Other'))
);
SELECT pg_extension_config_dump('pmr.party', '');
COMMENT ON TABLE pmr.party IS 'SEC Parties; the user fills this table';
COMMENT ON COLUMN pmr.party.party IS 'SEC Party, as the audit table names it';
COMMENT ON COLUMN pmr.party.name IS 'name shown in reports';
COMMENT ON COLUMN pmr.party.supplier_group IS 'supplier group that owns the Party; comparisons treat the Parties of a group as one';
COMMENT ON COLUMN pmr.party.category IS 'Large Supplier, Small Supplier, Electricity Network, Gas Network or Other';
