/*
 * Function journeys: the journeys of a journey_state
 *
 * ROWS: most subjects have one journey at a time.  COST: 4 microseconds for a
 * state of 10 requests.
 */

CREATE FUNCTION pmr.journeys(subject_state pmr.journey_state, steps pmr.current_journey_step[], as_of timestamp with time zone DEFAULT 'infinity')
	RETURNS TABLE (
		business_process text,
		model text,
		outcome text,
		started_at timestamp with time zone,
		ended_at timestamp with time zone,
		right_first_time boolean,
		in_order boolean,
		requests bigint,
		steps_tried text[],
		attempts bigint[],
		succeeded_at timestamp with time zone[],
		broke_at text,
		broke_response_class text
	)
	AS 'MODULE_PATHNAME', 'pmr_journeys'
	LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000 ROWS 1;
COMMENT ON FUNCTION pmr.journeys(pmr.journey_state, pmr.current_journey_step[], timestamp with time zone) IS 'journeys of business processes that the requests of a subject make up, as known at as_of';
