SELECT	*
FROM	pmr.diagnose($1, $2, $3)
ORDER BY rank
