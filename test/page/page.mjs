/*
 * page.mjs: draws a page of charts from the output of page.sql.
 *
 *	node page.mjs [NOTE] <figures >page.html
 *
 * Each section has a title that states the result, a chart as SVG, an
 * explanation of the chart, and its figures as a table. The page has no script
 * and loads nothing, so it can be mailed, printed and archived.
 *
 * Colours are those of Okabe and Ito. Shape, position or words always say the
 * same as a colour. Text comes from the database, so all of it is escaped: by
 * text() here, and by Vega in the charts.
 */
import { readFileSync } from 'node:fs';
import * as vega from 'vega';
import { compile } from 'vega-lite';

/* There is no browser that could measure a font, so assume a wide one. */
vega.textMetrics.width = (item, text) => 0.6 * vega.textMetrics.height(item) *
	String(text ?? item.text ?? '').replace(/[A-Z]{2}/g, 'mmm').length;

const blue = '#0072B2', orange = '#E69F00', vermillion = '#D55E00';
const black = '#222', grey = '#666', pale = '#ccc';

/* In CSS pixels: 12 of them are 9 pt in print. */
const page_width = 680, label_width = 224;
/* Rows of a chart that fit on a printed page: those with the most requests. */
const most_rows = 14;

const data = Object.assign({}, ...readFileSync(0, 'utf8').split('\n')
	.filter(line => line !== '').map(line => JSON.parse(line)));
const about = data.about;

/* ------------------------------------------------------------------------
 * Text
 * ------------------------------------------------------------------------ */

const escapes = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const text = value => String(value ?? '').replace(/[&<>"']/g, c => escapes[c]);

const month_names = ['January', 'February', 'March', 'April', 'May', 'June', 'July',
	'August', 'September', 'October', 'November', 'December'];
const month_name = month => `${month_names[month.slice(5) - 1]} ${month.slice(0, 4)}`;

const count = number => Number(number).toLocaleString('en-GB');
const plural = (number, one, many = `${one}s`) => `${count(number)} ${number === 1 ? one : many}`;

/* As in the views, 100 means all and 0 means none; neither comes from rounding. */
function percent(value)
{
	const rounded = value.toFixed(1);
	if (rounded === '100.0' && value < 100)
		return '> 99.9';
	if (rounded === '0.0' && value > 0)
		return '< 0.1';
	return rounded;
}

function seconds(value)
{
	const [unit, name] = value < 120 ? [1, 's'] : value < 7200 ? [60, 'min'] :
		value < 172800 ? [3600, 'h'] : [86400, 'd'];
	return `${Number((value / unit).toPrecision(value / unit < 100 ? 2 : 3))} ${name}`;
}

const shorten = (string, length) =>
	string.length > length ? `${string.slice(0, length - 1).trimEnd()}…` : string;

/* The label at the left of a row, in two lines. */
const service = row => row.srv === 'all' ? { head: 'All together', name: 'every SRV and mode' } : {
	head: shorten(`${row.srv} ${row.mode.replace('dcc_', '').replaceAll('_', '-')}`, 28),
	name: shorten(row.name ?? '', 28),
};

/* ------------------------------------------------------------------------
 * Charts
 * ------------------------------------------------------------------------ */

const config = {
	background: null,
	font: "Arial, Helvetica, 'Liberation Sans', 'DejaVu Sans', sans-serif",
	view: { stroke: null },
	axis: { labelFontSize: 12, titleFontSize: 12, titleFontWeight: 'normal', labelColor: black,
		titleColor: black, gridColor: '#e4e4e4', domainColor: grey, tickColor: grey },
	text: { fontSize: 12, color: black },
	title: { fontSize: 12.5, anchor: 'start', color: black, offset: 6 },
};

function draw(spec)
{
	const compiled = compile({ padding: 2, config, ...spec }, { logger: vega.logger(vega.Error) });
	return new vega.View(vega.parse(compiled.spec), { renderer: 'none' }).toSVG();
}

/* Charts of rows, each with a label of one or two lines at its left. */
const place = rows => ({ field: 'place', type: 'ordinal', axis: null, scale: { domain: rows.map((row, i) => i) } });
const placed = rows => rows.map((row, i) => ({ ...row, place: i }));
const beside = (field, x, align, extra) => ({
	mark: { type: 'text', x, align, ...extra }, encoding: { text: { field } },
});
const named = { head: beside('head', -8, 'right', { fontWeight: 'bold', dy: -7 }), name: beside('name', -8, 'right', { dy: 7 }) };

/* An axis of percentages, from a little below the smallest to 100. */
const percents = (title, ...values) => ({
	type: 'quantitative', title,
	scale: { zero: false, nice: false, domain: [Math.max(0, Math.floor(Math.min(95, ...values) / 5) * 5), 100] },
	axis: { tickCount: 5 },
});
const met = '% of measured requests that met their target';

const present = values => values.filter(value => value !== null && value !== undefined);

/* --- target met, month by month ----------------------------------------- */

const verdicts = {
	'met': { shape: 'circle', color: blue, sign: '●' },
	'below target': { shape: 'triangle-down', color: orange, sign: '▼' },
	'below minimum': { shape: 'square', color: vermillion, sign: '■' },
	'no level set': { shape: 'diamond', color: 'white', sign: '◇' },
};

/* All months of the chart, including those without figures. */
function months_of(rows)
{
	const months = [];
	for (let month = rows.map(row => row.month).sort()[0]; month <= about.month;) {
		months.push(month);
		const [year, number] = month.split('-').map(Number);
		month = number === 12 ? `${year + 1}-01` : `${year}-${String(number + 1).padStart(2, '0')}`;
	}
	return months;
}

function draw_processes(rows)
{
	const columns = 3, axis_width = 38, gap = 14;
	const months = months_of(rows);
	const values = present(rows.flatMap(row => [row.target_met_pct, row.target_pct, row.minimum_pct]));
	const x = { field: 'month', type: 'ordinal', title: null, scale: { type: 'band', domain: months },
		axis: { labelAngle: 0, grid: false, ticks: false,
			labelExpr: `["${month_names.map(name => name.slice(0, 3)).join('","')}"][+slice(datum.value, 5) - 1]` } };
	const y = { ...percents(null, ...values), field: 'target_met_pct' };
	/* room for the printed number above a point at 100 */
	y.scale.domain[1] += (100 - y.scale.domain[0]) / 4;
	y.axis.values = [100, 90, 80, 70, 60, 50, 40, 30, 20, 10, 0].filter(value => value >= y.scale.domain[0]);
	/* a line for each month, as the level may change from one to the next */
	const level = (field, dash) => ({
		mark: { type: 'rule', color: black, strokeDash: dash },
		transform: [{ filter: `datum.${field} !== null` }],
		encoding: { x: { ...x, bandPosition: 0 }, x2: { field: 'month', bandPosition: 1 }, y: { ...y, field } },
	});

	return draw({
		columns, spacing: { column: gap, row: 18 },
		concat: [...new Set(rows.map(row => row.process))].map(process => {
			const own = months.map(month => ({ month, target_met_pct: null, target_pct: null, minimum_pct: null,
				...rows.find(row => row.process === process && row.month === month) }))
				.map(row => ({ ...row, verdict: row.verdict ?? 'no level set',
					label: row.target_met_pct === null ? '' : percent(row.target_met_pct) }));
			return {
				title: { text: shorten(process.replace(', each counted once', ''), 28) },
				width: (page_width - (columns - 1) * gap) / columns - axis_width, height: 90,
				data: { values: own },
				encoding: { x },
				layer: [
					level('target_pct', [1, 0]),
					level('minimum_pct', [4, 3]),
					{ mark: { type: 'line', color: grey }, encoding: { y } },
					{
						mark: { type: 'point', filled: true, size: 60, opacity: 1, stroke: black, strokeWidth: 1 },
						transform: [{ filter: 'datum.target_met_pct !== null' }],
						encoding: { y,
							shape: { field: 'verdict', scale: { domain: Object.keys(verdicts), range: Object.values(verdicts).map(v => v.shape) }, legend: null },
							fill: { field: 'verdict', scale: { domain: Object.keys(verdicts), range: Object.values(verdicts).map(v => v.color) }, legend: null } },
					},
					{
						mark: { type: 'text', dy: -12, fontWeight: 'bold' },
						transform: [{ filter: `datum.month === '${about.month}' && datum.target_met_pct !== null` }],
						encoding: { y, text: { field: 'label' } },
					},
				],
			};
		}),
	});
}

/* --- all Parties and the level ------------------------------------------ */

function draw_parties(rows, level)
{
	const now = rows.filter(row => row.month === about.month)
		.sort((a, b) => b.target_met_pct - a.target_met_pct)
		.map((row, i) => ({ ...row, place: i, name: shorten(row.party, 14), label: percent(row.target_met_pct), own: row.party === about.party }));
	const before = rows.filter(row => row.month !== about.month)
		.map(row => ({ ...row, place: now.findIndex(party => party.party === row.party) })).filter(row => row.place >= 0);
	const values = [...rows.map(row => row.target_met_pct), ...present([level?.target_pct, level?.minimum_pct])];
	const width = page_width - 110 - 60;
	const x = { ...percents(met, ...values), field: 'target_met_pct' };
	const y = place(now);
	const rule = (field, dash, label) => level?.[field] == null ? [] : [
		{ data: { values: [level] }, mark: { type: 'rule', color: black, strokeDash: dash }, encoding: { x: { ...x, field } } },
		{ data: { values: [level] }, mark: { type: 'text', y: -8, text: `${label} ${level[field]}` }, encoding: { x: { ...x, field } } },
	];

	return draw({
		width, height: { step: 20 },
		layer: [
			...rule('target_pct', [1, 0], 'target'),
			...rule('minimum_pct', [4, 3], 'minimum'),
			{ data: { values: before }, mark: { type: 'tick', color: grey, thickness: 1.5, bandSize: 9, opacity: 1 }, encoding: { x, y } },
			{
				data: { values: now },
				mark: { type: 'point', filled: true, size: 80, opacity: 1, stroke: black, strokeWidth: 1 },
				encoding: { x, y,
					shape: { field: 'own', scale: { domain: [true, false], range: ['diamond', 'circle'] }, legend: null },
					fill: { field: 'own', scale: { domain: [true, false], range: [vermillion, blue] }, legend: null } },
			},
			...[beside('name', -8, 'right', { fontWeight: { expr: "datum.own ? 'bold' : 'normal'" } }), beside('label', width + 10, 'left')]
				.map(layer => ({ ...layer, data: { values: now }, encoding: { ...layer.encoding, y } })),
		],
	});
}

/* --- round-trip times --------------------------------------------------- */

const quantiles = [
	{ field: 'p50_s', name: 'half', shape: 'circle', color: blue, sign: '●' },
	{ field: 'p95_s', name: '95 %', shape: 'square', color: vermillion, sign: '■' },
];

/*
 * A strip for each SRV and mode: the bars of its histogram or, if there is none,
 * a line from the median to the 99th percentile.
 */
function draw_times(rows, histograms)
{
	const width = page_width - label_width - 100, height = 34;
	const ends = [...rows.flatMap(row => present([row.p50_s, row.p99_s, row.target_s])),
		...histograms.flatMap(bar => [bar.lower_s, bar.upper_s])].filter(value => value > 0);
	const domain = [Math.min(...ends, 1) * 0.8, Math.max(...ends) * 1.2];
	const ticks = [0.001, 0.01, 0.1, 1, 10, 60, 600, 3600, 36000, 86400, 864000]
		.filter(value => value >= domain[0] && value <= domain[1]);
	const x_of = (field, last) => ({
		field, type: 'quantitative', scale: { type: 'log', domain, nice: false, clamp: true },
		title: last ? 'time from start to answer (logarithmic scale)' : null,
		axis: { values: ticks, labels: last, ticks: last, domain: last, labelFlush: false,
			labelExpr: "datum.value < 60 ? datum.value + ' s' : datum.value < 3600 ? datum.value / 60 + ' min' : " +
				"datum.value < 86400 ? datum.value / 3600 + ' h' : datum.value / 86400 + ' d'" },
	});

	return draw({
		spacing: 5,
		vconcat: rows.map((row, i) => {
			const bars = histograms.filter(bar => bar.srv === row.srv && bar.mode === row.mode);
			const x = field => x_of(field, i === rows.length - 1);
			const says = quantiles.filter(q => row[q.field] !== null).map(q => `${q.sign} ${seconds(row[q.field])}`);
			return {
				width, height, data: { values: [{ ...row, ...service(row), p50: says[0], p95: says[1] }] },
				layer: [
					...bars.length ? [{
						data: { values: bars },
						mark: { type: 'rect', color: pale, stroke: grey, strokeWidth: 0.5, ariaRoleDescription: 'bar' },
						encoding: { x: x('lower_s'), x2: { field: 'upper_s' },
							y: { field: 'requests', type: 'quantitative', axis: null }, y2: { datum: 0 } },
					}] : [{
						mark: { type: 'rule', color: grey, strokeWidth: 5, y: height / 2 },
						encoding: { x: x('p50_s'), x2: { field: 'p99_s' } },
					}],
					...row.target_s === null ? [] : [{
						mark: { type: 'rule', color: black, strokeDash: row.target_status === 'confirmed' ? [1, 0] : [4, 3], strokeWidth: 1.5 },
						encoding: { x: x('target_s') },
					}],
					...quantiles.filter(q => row[q.field] !== null).map(q => ({
						mark: { type: 'point', shape: q.shape, fill: q.color, stroke: black, strokeWidth: 1, size: 55, opacity: 1, y: bars.length ? height - 6 : height / 2 },
						encoding: { x: x(q.field) },
					})),
					...[named.head, named.name, beside('p50', width + 8, 'left', { dy: -7 }), beside('p95', width + 8, 'left', { dy: 7 })]
						.map(layer => ({ ...layer, mark: { y: height / 2, ...layer.mark } })),
				],
			};
		}),
	});
}

/* --- findings of diagnose ----------------------------------------------- */

function draw_findings(rows)
{
	const width = page_width - label_width - 20;
	const values = placed(rows).map(row => ({ ...row,
		head: shorten(row.factor, 28), name: shorten(row.value || '(none)', 28),
		numbers: `${count(row.missed)} missed, ${count(Math.round(row.expected))} expected`, says: shorten(row.finding, 56) }));
	const x = { type: 'quantitative', title: 'missed requests', axis: { tickCount: 5 } };

	return draw({
		width, height: { step: 56 }, data: { values },
		encoding: { y: place(values) },
		layer: [
			{ mark: { type: 'bar', color: blue, height: 14, yOffset: -15 }, encoding: { x: { ...x, field: 'missed' } } },
			{ mark: { type: 'tick', color: black, thickness: 4, size: 24, yOffset: -15, opacity: 1 }, encoding: { x: { ...x, field: 'expected' } } },
			beside('numbers', 4, 'left', { dy: 5 }), beside('says', 4, 'left', { dy: 19 }),
			named.head, named.name,
		],
	});
}

/* --- comparison with the industry --------------------------------------- */

const sides = [
	{ field: 'industry_met_pct', name: 'the industry', shape: 'square', color: 'white', sign: '□', size: 150 },
	{ field: 'expected_met_pct', name: 'other Parties at the same mix', shape: 'diamond', color: orange, sign: '◆', size: 55 },
	{ field: 'own_met_pct', name: about.party, shape: 'circle', color: blue, sign: '●', size: 55 },
];

function draw_comparison(rows)
{
	const width = page_width - label_width - 115;
	const values = placed(rows).map(row => ({ ...row, ...service(row),
		says: row.verdict === null ? 'not shown' : /^(worse|better)$/.test(row.verdict)
			? `${row.verdict} by ${Math.abs(row.own_met_pct - row.expected_met_pct).toFixed(1)}` : row.verdict }));
	const x = percents(met, ...values.flatMap(row => present(sides.map(side => row[side.field]))));

	return draw({
		width, height: { step: 31 }, data: { values },
		encoding: { y: place(values) },
		layer: [
			{
				mark: { type: 'rule', color: grey },
				transform: [{ filter: 'datum.own_met_pct !== null && datum.expected_met_pct !== null' }],
				encoding: { x: { ...x, field: 'own_met_pct' }, x2: { field: 'expected_met_pct' } },
			},
			...sides.map(side => ({
				mark: { type: 'point', shape: side.shape, fill: side.color, stroke: black, strokeWidth: 1, size: side.size, opacity: 1 },
				transform: [{ filter: `datum.${side.field} !== null` }],
				encoding: { x: { ...x, field: side.field } },
			})),
			beside('says', width + 12, 'left'),
			named.head, named.name,
		],
	});
}

/* ------------------------------------------------------------------------
 * The page
 * ------------------------------------------------------------------------ */

/* The figures of a chart, for readers who cannot see it or want all of them. */
function table(rows)
{
	const columns = Object.keys(rows[0]);
	const cell = value => typeof value === 'number'
		? `<td class="number">${value}</td>` : `<td>${text(value)}</td>`;
	return `<details><summary>The figures</summary><div class="wide"><table>
<tr>${columns.map(column => `<th>${text(column.replaceAll('_', ' '))}</th>`).join('')}</tr>
${rows.map(row => `<tr>${columns.map(column => cell(row[column])).join('')}</tr>`).join('\n')}
</table></div></details>`;
}

const section = (id, title, svg, reading, rows) => `<section id="${id}">
<h2>${text(title)}</h2>
<figure>${svg}<figcaption>${reading}</figcaption></figure>
${table(rows)}
</section>`;

const unseen = (id, title, why) => `<section id="${id}">
<h2>${text(title)}</h2>
<p>${text(why)}</p>
</section>`;

const month = month_name(about.month);

async function processes()
{
	const rows = data.processes.filter(row => row.requests > 0);
	if (rows.length === 0)
		return unseen('processes', 'Target met', 'There are no requests.');
	const now = rows.filter(row => row.month === about.month && row.verdict !== null);
	const judged = now.filter(row => row.verdict !== 'no level set');
	const failing = judged.filter(row => row.verdict !== 'met');
	const sources = [...new Set(present(judged.map(row => row.level_source)))];
	const levels = judged.length
		? `Solid line: target level. Dashed line: minimum level (${text(sources.join('; '))}). ` +
			Object.entries(verdicts).filter(([name]) => judged.some(row => row.verdict === name) || rows.some(row => row.verdict === name))
				.map(([name, v]) => `${v.sign} ${name}`).join(' · ') + '.'
		: 'No level is set for business processes, so none is drawn.' +
			(data.levels.length ? ` The levels of ${text(data.levels.map(l => `${l.measure.toUpperCase()} (${l.target_pct} and ${l.minimum_pct} %, ${l.status})`).join(' and '))} are about test commands, which are another quantity.` : '');
	const title = judged.length
		? `Target met: ${failing.length ? `${failing.length} of ${plural(judged.length, 'business process', 'business processes')} are below their level` : `all ${judged.length} business processes meet their level`} in ${month}`
		: `Target met by month, up to ${month}`;
	return section('processes', title, await draw_processes(rows),
		`Percentage of measured requests that met their target, by month. The number printed is that of ${text(month)}. ${levels} ` +
		'A request can belong to several processes, so do not add them up.', rows);
}

async function parties()
{
	const now = data.parties.filter(row => row.month === about.month);
	if (!about.can_see_all_parties)
		return unseen('parties', 'All Parties', `Not shown: ${about.role} cannot see all Parties.`);
	const level = data.levels.find(l => l.measure === 'business_process');
	const below = level?.target_pct == null ? [] : now.filter(row => row.target_met_pct < level.target_pct);
	return section('parties',
		level?.target_pct == null ? `All Parties in ${month}` :
			`${below.length} of ${now.length} Parties are below the target level of ${level.target_pct} % in ${month}`,
		await draw_parties(data.parties, level),
		`◆ ${text(about.party)} and ● the other Parties in ${text(month)}; | earlier months. ` +
		'Each Party has its own mix of requests: a mix with many slow kinds of requests lowers the percentage, although the Party is not worse than others.' +
		(level ? ` The level is that of business processes (${text(level.source)}).` : ''),
		data.parties);
}

async function times()
{
	const answered = data.times.filter(row => row.p50_s !== null);
	const rows = answered.slice(0, most_rows);
	const histograms = data.histograms ?? [];
	if (rows.length === 0)
		return unseen('times', 'Round-trip times', 'No request was answered.');
	const aimed = rows.filter(row => row.target_s !== null);
	const late = aimed.filter(row => row.p95_s > row.target_s);
	return section('times',
		aimed.length === 0 ? 'Round-trip times of SRVs without a target' :
			`Round-trip times: for ${late.length} of ${plural(aimed.length, 'SRV and mode', 'SRVs and modes')} shown, more than one answer in twenty came after the target`,
		await draw_times(rows, histograms),
		`Answered requests of ${text(about.party)} in ${text(month)}, by SRV and mode. ` +
		(data.histograms ? 'Bars: number of requests; each strip has its own vertical scale. ' :
			`Horizontal line: from the time within which half were answered to that for 99 %. Histograms are not shown, because ${text(about.role)} may not read pmr.rollup. `) +
		`${quantiles.map(q => `${q.sign} ${q.name}`).join(' and ')} were answered within this time (printed at the right). ` +
		'Vertical line: Target Response Time (dashed: assumed). Unanswered requests have no round-trip time and are not shown.' +
		(answered.length > rows.length ? ` The table has ${plural(answered.length - rows.length, 'more row')}, of fewer requests.` : ''),
		data.times);
}

const claims = ['worse than the others', 'cannot be separated', 'explained by'];

async function findings()
{
	const claimed = data.findings.filter(row => claims.some(claim => row.finding.startsWith(claim)));
	const rows = (claimed.length ? claimed : data.findings.filter(row => row.excess > 0).slice(0, 3)).slice(0, 10);
	if (rows.length === 0)
		return unseen('findings', 'Diagnosis', 'There are no values of factors to compare.');
	const [first] = rows;
	return section('findings',
		claimed.length ? `Diagnosis: ${plural(Math.round(first.excess), 'more miss', 'more misses')} than expected with ${first.factor} ${first.value}`
			: 'Diagnosis: nothing beyond chance',
		await draw_findings(rows),
		`Bar: missed requests of ${text(about.party)} with this value in ${text(month)}. Black mark: misses expected at the same mix of requests ` +
		`from the other values. ${plural(data.findings.length, 'value')} compared, ${count(claimed.length)} with a finding. The chart shows what occurs together, not causes.`,
		data.findings);
}

async function comparison()
{
	if (data.comparison.length === 0)
		return unseen('comparison', 'Comparison with the industry', `Not shown: ${month} is not published.`);
	const rows = data.comparison.filter(row => row.measured > 0).slice(0, most_rows);
	const said = data.comparison.filter(row => row.srv !== 'all' && row.verdict !== null);
	const worse = said.filter(row => row.verdict === 'worse').length;
	const hidden = data.comparison.filter(row => row.suppressed !== null);
	return section('comparison',
		`Comparison with the industry: worse than others at the same mix in ${worse} of ${plural(said.length, 'SRV and mode', 'SRVs and modes')}`,
		await draw_comparison(rows),
		`${[...sides].reverse().map(side => `${side.sign} ${text(side.name)}`).join(', ')}. Printed at the right: the verdict on ● compared with ◆, and their difference in percentage points. ` +
		(hidden.length ? `Not shown in some rows: ${[...new Set(hidden.flatMap(row => row.suppressed.split('; ')))].map(text).join('; ')}.` : ''),
		data.comparison);
}

function rests()
{
	const sum = data.assumptions.reduce((total, row) => total + row.assumed, 0);
	const [title, as_of, status, ...counts] = data.rests;
	return `<dl>
<dt>Made from</dt><dd>source ${text(about.source)}, ${text([/days in .*$/.exec(title.item), as_of.item, status.item].join(', '))}</dd>
<dt>Made for</dt><dd>role ${text(about.role)}, which can see ${about.can_see_all_parties ? 'all Parties: do not pass this page on to one of them'
	: about.parties > 1 ? `${about.parties} Parties: do not pass this page on to one of them` : `only ${text(about.party)}`}</dd>
<dt>Requests</dt><dd>${text(counts.map(row => `${count(row.requests)} ${row.item.toLowerCase()}`).join(', '))}</dd>
<dt>Assumptions in force</dt><dd>${sum === 0 ? 'none' : `${count(sum)}: ${data.assumptions.map(row => `${text(row.reference_table)} ${row.assumed}`).join(', ')}`}</dd>
</dl>`;
}

const note = process.argv[2];
process.stdout.write(`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${text(about.party)}, ${text(month)}</title>
<style>
${readFileSync(new URL('page.css', import.meta.url), 'utf8')}</style>
</head>
<body>
<h1>${text(about.party)}: Service Requests in ${text(month)}</h1>
${note ? `<p class="note">${text(note)}</p>` : ''}
${rests()}
${await processes()}
${await parties()}
${await times()}
${await findings()}
${await comparison()}
<footer>
<p>A request met its target if it was answered within its Target Response Time, and missed it if it was answered later or not at all.
Only requests whose target is known and has passed are measured. All figures are from the views of pmr_metrics.
The view pmr.assumption lists what could not be read in the legal text.</p>
</footer>
</body>
</html>
`);
