SELECT	*
FROM	pmr.performance_report
WHERE	party = $1 AND month = $2
ORDER BY line
