SELECT	*
FROM	pmr.party_business_process
WHERE	party = $1 AND month = $2
ORDER BY report_row, mode
