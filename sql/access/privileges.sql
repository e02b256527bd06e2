/*
 * Privileges
 *
 * PUBLIC may call the functions that are named here, and read the reference
 * tables and the views, whatever the default privileges of the role that runs
 * CREATE EXTENSION.  Everything else is closed: the tables of reports hold the
 * figures of all Parties, and nobody needs to call the support functions of an
 * aggregate directly (the aggregate's owner needs the privilege, not its caller).
 */

GRANT USAGE ON SCHEMA pmr TO PUBLIC;
GRANT USAGE ON TYPE pmr.rtt_sketch, pmr.rtt_state, pmr.target_counts, pmr.rollup_state, pmr.rollup_cells,
	pmr.rollup_cell, pmr.rollup_cell_pair, pmr.journey_state, pmr.current_journey_step, pmr.requesting_role TO PUBLIC;
GRANT SELECT ON
	pmr.service_reference_variant, pmr.business_process, pmr.business_process_srv,
	pmr.target_response_time, pmr.service_level, pmr.response_code,
	pmr.journey_process, pmr.journey_step,
	pmr.current_service_reference_variant, pmr.current_business_process,
	pmr.current_business_process_srv, pmr.current_target_response_time,
	pmr.current_service_level, pmr.current_response_code, pmr.current_journey_process,
	pmr.current_journey_step, pmr.assumption,
	pmr.source_column,
	pmr.party_performance, pmr.factor_performance, pmr.party_business_process,
	pmr.performance_report, pmr.party_comparison, pmr.factor_comparison,
	pmr.industry_performance, pmr.error_budget
TO PUBLIC;

REVOKE ALL ON ALL ROUTINES IN SCHEMA pmr FROM PUBLIC;
DO $$
DECLARE
	public_names CONSTANT text[] := '{
		rtt_sketch_in, rtt_sketch_out, rtt_sketch_recv, rtt_sketch_send,
		rtt_sketch_eq, rtt_sketch_ne, rtt_sketch_lt, rtt_sketch_le, rtt_sketch_gt, rtt_sketch_ge,
		rtt_sketch_cmp, rtt_sketch_hash, rtt_sketch_hash_extended,
		rtt_state_in, rtt_state_out, rtt_state_recv, rtt_state_send,
		rollup_state_in, rollup_state_out, rollup_state_recv, rollup_state_send, rollup_state, rollup_merge, rollup_cells, rollup_days,
		journey_state_in, journey_state_out, journey_state_recv, journey_state_send, journey_state, journey_merge, journeys,
		rtt_sketch, rtt_merge, rtt_percentile, rtt_percentiles,
		rtt_within_pct, rtt_count, rtt_mean, rtt_min, rtt_max, rtt_error_bound,
		rtt_buckets, rtt_histogram,
		target_met, target_counts, target_outcome,
		request_mode, request_generation, request_day, request_factors, request_measures, request_started_at, request_answered_at, request_class, request_outcome, request_response_class, request_response_at, request_ended_at, request_copy_hash, request_ids, short_key, party_key, reference_fingerprint, check_reference,
		srv_target, srv_target_met, srv_target_counts, answered_at, response_class,
		requesting_role, requesting_role_in, requesting_role_out,
		can_see_all_parties, can_see_party, visible_month,
		percentage, party_figures, visible_period, performance, performance_of, report_layout,
		service_level_verdict, performance_report_of, error_budget_of,
		performance_at_target, performance_at_target_of, trend, trend_start, trend_of,
		published_month, party_comparison_of, factor_comparison_of,
		industry_month, industry_performance_of, diagnose, diagnose_of}';
	routine regprocedure;
BEGIN
	FOR routine IN
		SELECT p.oid FROM pg_catalog.pg_proc AS p
		WHERE p.pronamespace = 'pmr'::pg_catalog.regnamespace AND p.proname = ANY (public_names)
	LOOP
		EXECUTE pg_catalog.format('GRANT EXECUTE ON ROUTINE %s TO PUBLIC', routine);
	END LOOP;
END
$$;
