/* Class of a response, and time of the answer */

CREATE FUNCTION pmr.response_class(response_code text, mode text) RETURNS text
	AS 'MODULE_PATHNAME', 'pmr_response_class'
	LANGUAGE C STABLE PARALLEL SAFE COST 3;
COMMENT ON FUNCTION pmr.response_class(text, text) IS 'class of a response: success, acknowledged, rejected, failed, no_response or unclassified';

CREATE FUNCTION pmr.answered_at(responded_at timestamp with time zone, response_code text, mode text) RETURNS timestamp with time zone
	AS 'MODULE_PATHNAME', 'pmr_answered_at'
	LANGUAGE C STABLE PARALLEL SAFE COST 3;
COMMENT ON FUNCTION pmr.answered_at(timestamp with time zone, text, text) IS 'time at which a request was answered; NULL if the response is not an answer';

CREATE FUNCTION pmr.answered_at(responded_at timestamp, response_code text, mode text) RETURNS timestamp
	AS 'MODULE_PATHNAME', 'pmr_answered_at'
	LANGUAGE C STABLE PARALLEL SAFE COST 3;
COMMENT ON FUNCTION pmr.answered_at(timestamp, text, text) IS 'time at which a request was answered; NULL if the response is not an answer';
