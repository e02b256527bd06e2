SELECT	*
FROM	pmr.factor_performance
WHERE	party = $1 AND month = $2
ORDER BY factor, value, srv, mode
