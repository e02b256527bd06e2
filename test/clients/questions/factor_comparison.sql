SELECT	*
FROM	pmr.factor_comparison
WHERE	party = $1 AND month = $2
ORDER BY factor, value
