SELECT	srv, count(*) AS requests,
		pmr.srv_target_met(srv, mode, requested_at, answered_at, device_generation)
			AS target_met_pct,
		pmr.rtt_percentile(requested_at, answered_at, 0.95) AS p95_s,
		pmr.rtt_percentile(pmr.rtt_sketch(requested_at, answered_at), 0.99) AS p99_s
FROM	(SELECT *, pmr.answered_at(responded_at, response_code, mode) AS answered_at
		 FROM audit.own_request) AS request
WHERE	party = $1 AND requested_at >= $2::timestamp AT TIME ZONE 'UTC'
	AND requested_at < $3::timestamp AT TIME ZONE 'UTC'
	AND (answered_at >= requested_at) IS NOT FALSE
GROUP BY srv
ORDER BY srv
