/*
 * reader.sql
 *		Creates the role that the clients log in as: it sees one Party, in the
 *		reports and in a view of the audit table, and owns a schema for the tables
 *		of a BI tool.
 *
 * psql's variable "party" is the Party; the environment variable PGPASSWORD is
 * the role's password, as other users cannot read it there.
 */
\set ON_ERROR_STOP on
\getenv password PGPASSWORD

CREATE ROLE pmr_client LOGIN PASSWORD :'password';
INSERT INTO pmr.party_access (role_name, party) VALUES ('pmr_client', :'party');
CREATE SCHEMA pmr_client AUTHORIZATION pmr_client;

CREATE VIEW audit.own_request AS
SELECT * FROM audit.service_request WHERE party = :'party';
GRANT USAGE ON SCHEMA audit TO pmr_client;
GRANT SELECT ON audit.own_request TO pmr_client;
