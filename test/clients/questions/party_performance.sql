SELECT	*
FROM	pmr.party_performance
WHERE	party = $1 AND month = $2
ORDER BY srv, mode
