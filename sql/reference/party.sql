/* Parties, their supplier groups and categories: for the user to fill */

CREATE TABLE pmr.party (
	party text PRIMARY KEY CHECK (party <> ''),
	name text NOT NULL,
	supplier_group text NOT NULL CHECK (supplier_group <> ''),
	category text NOT NULL CHECK (category IN ('Large Supplier', 'Small Supplier', 'Electricity Network', 'Gas Network', 'Other'))
);
SELECT pg_extension_config_dump('pmr.party', '');
COMMENT ON TABLE pmr.party IS 'SEC Parties, as the audit table names them: yours to fill';
COMMENT ON COLUMN pmr.party.supplier_group IS 'who owns the Party; what is kept apart when Parties are compared';
