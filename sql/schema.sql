\echo Use "CREATE EXTENSION pmr_metrics" to load this file. \quit

/*
 * pmr_metrics: performance of GB smart metering Service Requests
 *
 * This is the first part of the install script.  The Makefile joins the parts
 * in the order of SQL_PARTS.
 *
 * Units: seconds are float8 and named ..._s, percentages are 0 to 100 and
 * named ..._pct, counts are bigint.
 *
 * CREATE SCHEMA has no IF NOT EXISTS: installation must fail where another role
 * already owns a schema of this name.
 */

CREATE SCHEMA pmr;
COMMENT ON SCHEMA pmr IS 'pmr_metrics: performance of GB smart metering Service Requests';
