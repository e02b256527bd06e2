/*
 * Comparison of a Party with others.  Percentages are null unless the query
 * selects a single row of the view.
 */
cube('PartyComparison', {
	sql: 'SELECT * FROM pmr.party_comparison',

	measures: {
		measured: { sql: 'measured', type: 'sum' },
		ownMetPct: {
			sql: 'CASE WHEN count(*) = 1 THEN max(own_met_pct) END',
			type: 'number',
		},
		industryMetPct: {
			sql: 'CASE WHEN count(*) = 1 THEN max(industry_met_pct) END',
			type: 'number',
		},
		expectedMetPct: {
			sql: 'CASE WHEN count(*) = 1 THEN max(expected_met_pct) END',
			type: 'number',
		},
	},

	dimensions: {
		party: { sql: 'party', type: 'string' },
		srv: { sql: 'srv', type: 'string' },
		mode: { sql: 'mode', type: 'string' },
		verdict: { sql: 'verdict', type: 'string' },
		suppressed: { sql: 'suppressed', type: 'string' },
		month: { sql: 'month', type: 'time' },
	},
});
