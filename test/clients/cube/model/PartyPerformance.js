/*
 * Performance of one's own Party: counts are summed, and percentages computed
 * from the sums.  Percentiles can be neither summed nor averaged, so p95S is
 * null unless the query selects a single row of the view.
 */
cube('PartyPerformance', {
	sql: 'SELECT * FROM pmr.party_performance',

	measures: {
		requests: { sql: 'requests', type: 'sum' },
		met: { sql: 'met', type: 'sum' },
		missed: { sql: 'missed', type: 'sum' },
		pending: { sql: 'pending', type: 'sum' },
		targetMetPct: {
			sql: `100.0 * ${met} / nullif(${met} + ${missed}, 0)`,
			type: 'number',
		},
		p95S: {
			sql: 'CASE WHEN count(*) = 1 THEN max(p95_s) END',
			type: 'number',
		},
	},

	dimensions: {
		party: { sql: 'party', type: 'string' },
		srv: { sql: 'srv', type: 'string' },
		mode: { sql: 'mode', type: 'string' },
		status: { sql: 'status', type: 'string' },
		month: { sql: 'month', type: 'time' },
	},

	preAggregations: {
		monthly: {
			measures: [CUBE.requests, CUBE.met, CUBE.missed, CUBE.pending],
			dimensions: [CUBE.party, CUBE.srv, CUBE.mode],
			timeDimension: CUBE.month,
			granularity: 'month',
			external: false,
			scheduledRefresh: true,
			// rebuilt when a month has been rolled up again
			refreshKey: {
				sql: `SELECT encode(sha256(convert_to(string_agg(
						concat_ws(' ', source, party, month, as_of), ','
						ORDER BY source, party, month), 'UTF8')), 'hex')
					FROM pmr.visible_month()`,
			},
		},
	},
});
