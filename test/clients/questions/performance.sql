SELECT	*
FROM	pmr.performance($2, $3)
WHERE	party = $1
ORDER BY srv, mode
