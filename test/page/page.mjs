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
vega.textMetrics.width = (item, text) => (item.fontWeight === 'bold' ? 0.65 : 0.6) * vega.textMetrics.height(item) *
	String(text ?? item.text ?? '').replace(/[A-Z]{2}/g, 'mmm').length;

const blue = '#0072B2', orange = '#E69F00', vermillion = '#D55E00';
const black = '#222', grey = '#666', pale = '#ccc';

/* In CSS pixels: 12 of them are 9 pt in print. */
const page_width = 680, label_width = 264, label_length = 35, line_height = 14;
/* Rows of a chart that fit on a printed page: those with the most requests. */
const most_rows = 14;

const data = Object.assign({}, ...readFileSync(0, 'utf8').split('\n')
	.filter(line => line !== '').map(line => JSON.parse(line)));
const about = data.about;
for (const row of [...data.processes, ...data.parties])
	Object.assign(row, interval(row));

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

/*
 * Wilson's interval at 95 %: the percentages that chance alone makes likely.
 * Days that differ by more than chance make the true interval wider.
 */
function interval({ met, measured })
{
	if (!measured)
		return { low: null, high: null };
	const z2 = 1.959963984540054 ** 2, share = met / measured;
	const middle = share + z2 / (2 * measured), divisor = 1 + z2 / measured;
	const half = Math.sqrt(z2 * (share * (1 - share) / measured + z2 / (4 * measured ** 2)));
	return { low: Math.max(0, 100 * (middle - half) / divisor), high: Math.min(100, 100 * (middle + half) / divisor) };
}

/* Lines that end between words; a word that is too long is broken. */
function wrap(string, length = label_length, most = 2)
{
	const lines = [''];
	for (const word of string.split(' ').flatMap(word => word.match(new RegExp(`.{1,${length}}`, 'gu')) ?? []))
		if (lines.at(-1) === '')
			lines[lines.length - 1] = word;
		else if (lines.at(-1).length + 1 + word.length <= length)
			lines[lines.length - 1] += ` ${word}`;
		else
			lines.push(word);
	if (lines.length > most) {
		lines.length = most;
		while (lines[most - 1].length >= length && lines[most - 1].includes(' '))
			lines[most - 1] = lines[most - 1].replace(/ \S*$/, '');
		lines[most - 1] = `${lines[most - 1].slice(0, length - 1)}…`;
	}
	return lines;
}

/*
 * The label at the left of a row: a line in bold, and a name of one or two lines.
 * A longer name loses the parenthesis at its end.
 */
function label(head, name)
{
	const lines = wrap(wrap(name, label_length, 3).length < 3 ? name : name.replace(/ \([^)]*\)$/, ''));
	return { head: wrap(head, label_length - 2, 1)[0], name: lines.join('\n'), lines: lines.length };
}
const kind = row => `${row.srv} ${row.mode.replace('dcc_', '').replaceAll('_', '-')}`;
const service = row => row.srv === 'all' ? label('All together', 'every SRV and mode')
	: label(kind(row), row.name ?? '');

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
	title: { fontSize: 12.5, anchor: 'start', color: black, offset: 6,
		subtitleFontSize: 12, subtitleColor: black, subtitlePadding: 2 },
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
	mark: { type: 'text', x, align, lineBreak: '\n', ...extra }, encoding: { text: { field } },
});
const named = {
	head: beside('head', -8, 'right', { fontWeight: 'bold', dy: { expr: `${-line_height / 2} * datum.lines` } }),
	name: beside('name', -8, 'right', { dy: { expr: `${line_height} - ${line_height / 2} * datum.lines` } }),
};

/* An axis of percentages, from a little below the smallest to 100. */
const percents = (title, ...values) => ({
	type: 'quantitative', title,
	scale: { zero: false, nice: false, domain: [Math.max(0, Math.floor(Math.min(95, ...values) / 5) * 5), 100] },
	axis: { tickCount: 5 },
});
const met = '% of measured requests that met their target';

const present = values => values.filter(value => value !== null && value !== undefined);

/* --- target met, month by month ----------------------------------------- */

/*
 * A mark means the same in all charts. A filled circle is this Party, and a
 * square is other Parties.
 */
const own = { name: about.party, shape: 'circle', color: blue, sign: '●' };
const others = { name: 'the industry', shape: 'square', color: 'white', sign: '□' };
const marked = ({ shape, color }, size = 60) =>
	({ type: 'point', shape, fill: color, stroke: black, strokeWidth: 1, size, opacity: 1 });

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
	const names = new Map(rows.map(row => [row.process, wrap(short_name(row), 30)]));
	const most_lines = Math.max(...[...names.values()].map(lines => lines.length));
	const x = { field: 'month', type: 'ordinal', title: null, scale: { type: 'band', domain: months },
		axis: { labelAngle: 0, grid: false, ticks: false,
			labelExpr: `["${month_names.map(name => name.slice(0, 3)).join('","')}"][+slice(datum.value, 5) - 1]` } };
	const y = { ...percents(null, ...values), field: 'target_met_pct' };
	/* room for a whole point at both ends */
	const [lowest] = y.scale.domain, room = (100 - lowest) / 12;
	y.scale = { ...y.scale, clamp: true, domain: [lowest - room, 100 + room] };
	y.axis.values = [...Array(11).keys()].map(i => 100 - (lowest < 60 ? 25 : 10) * i).filter(value => value >= lowest);
	/* a line for each month, as the level may change from one to the next */
	const level = (field, dash) => ({
		mark: { type: 'rule', color: black, strokeDash: dash },
		transform: [{ filter: `datum.${field} !== null` }],
		encoding: { x: { ...x, bandPosition: 0 }, x2: { field: 'month', bandPosition: 1 }, y: { ...y, field } },
	});

	return draw({
		columns, spacing: { column: gap, row: 18 },
		concat: [...new Set(rows.map(row => row.process))].map(process => {
			const now = rows.find(row => row.process === process && row.month === about.month);
			const says = !now ? 'no requests' : now.target_met_pct === null ? plural(now.requests, 'request')
				: `${percent(now.target_met_pct)} % of ${count(now.measured)}${/^(met|below)/.test(now.verdict ?? '') ? `: ${now.verdict}` : ''}`;
			const values = months.map(month => ({ month, target_met_pct: null, target_pct: null, minimum_pct: null,
				low: null, high: null, ...rows.find(row => row.process === process && row.month === month) }));
			const name = names.get(process);
			return {
				/* names at the bottom, next to their figures */
				title: { text: [...Array(most_lines - name.length).fill(''), ...name], subtitle: says },
				width: (page_width - (columns - 1) * gap) / columns - axis_width, height: 76,
				data: { values },
				encoding: { x },
				layer: [
					level('target_pct', [1, 0]),
					level('minimum_pct', [4, 3]),
					{ mark: { type: 'line', color: grey }, encoding: { y } },
					{
						mark: { type: 'rule', color: grey, strokeWidth: 2 },
						transform: [{ filter: 'datum.low !== null' }],
						encoding: { y: { ...y, field: 'low' }, y2: { field: 'high' } },
					},
					{
						mark: marked(own),
						transform: [{ filter: 'datum.target_met_pct !== null' }],
						encoding: { y },
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
		.map((row, i) => ({ ...row, place: i, name: wrap(row.party, 14, 1)[0], own: row.party === about.party,
			label: `${percent(row.target_met_pct)} % of ${count(row.measured)}` }));
	const before = rows.filter(row => row.month !== about.month)
		.map(row => ({ ...row, place: now.findIndex(party => party.party === row.party) })).filter(row => row.place >= 0);
	const values = [...rows.map(row => row.target_met_pct), ...present([level?.target_pct, level?.minimum_pct])];
	const width = page_width - 110 - 130;
	const x = { ...percents(met, ...values), field: 'target_met_pct' };
	x.scale.clamp = true;
	const y = place(now);
	const rule = (field, dash, name, align) => level?.[field] == null ? [] : [
		{ data: { values: [level] }, mark: { type: 'rule', color: black, strokeDash: dash }, encoding: { x: { ...x, field } } },
		{ data: { values: [level] }, mark: { type: 'text', y: -8, align, text: `${name} ${level[field]}` }, encoding: { x: { ...x, field } } },
	];

	return draw({
		width, height: { step: 20 },
		layer: [
			...rule('target_pct', [1, 0], 'target', 'left'),
			...rule('minimum_pct', [4, 3], 'minimum', 'right'),
			{ data: { values: now }, mark: { type: 'rule', color: grey, strokeWidth: 2 }, encoding: { x: { ...x, field: 'low' }, x2: { field: 'high' }, y } },
			{ data: { values: before }, mark: { type: 'tick', color: grey, thickness: 1.5, bandSize: 9, opacity: 1 }, encoding: { x, y } },
			...[true, false].map(mine => ({
				data: { values: now.filter(row => row.own === mine) },
				mark: marked(mine ? own : others, 80), encoding: { x, y },
			})),
			...[beside('name', -8, 'right', { fontWeight: { expr: "datum.own ? 'bold' : 'normal'" } }), beside('label', width + 10, 'left')]
				.map(layer => ({ ...layer, data: { values: now }, encoding: { ...layer.encoding, y } })),
		],
	});
}

/* --- round-trip times --------------------------------------------------- */

const quantiles = [
	{ field: 'p50_s', name: 'half', shape: 'triangle-up', color: 'white', sign: '△' },
	{ field: 'p95_s', name: '95 %', shape: 'triangle-down', color: vermillion, sign: '▼' },
];
const late = row => row.target_s !== null && row.p95_s > row.target_s;

/*
 * A strip for each SRV and mode: the bars of its histogram or, if there is none,
 * a line from the median to the 99th percentile.
 */
function draw_times(rows, histograms)
{
	const width = page_width - label_width - 120, height = 3 * line_height + 2;
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
			const target = row.target_s === null ? 'no target'
				: `│ ${seconds(row.target_s)}${row.target_status === 'confirmed' ? '' : ` ${row.target_status}`}`;
			return {
				width, height, data: { values: [{ ...row, ...service(row), p50: says[0], p95: `${says[1]}${late(row) ? ', late' : ''}`, target }] },
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
						mark: { type: 'rule', color: black, strokeWidth: 1.5 },
						encoding: { x: x('target_s') },
					}],
					...quantiles.filter(q => row[q.field] !== null).map(q => ({
						mark: { ...marked(q, 55), y: bars.length ? height - 6 : height / 2 },
						encoding: { x: x(q.field) },
					})),
					...[named.head, named.name, beside('p50', width + 8, 'left', { dy: -line_height }),
						beside('p95', width + 8, 'left', { fontWeight: late(row) ? 'bold' : 'normal' }),
						beside('target', width + 8, 'left', { dy: line_height })]
						.map(layer => ({ ...layer, mark: { y: height / 2, ...layer.mark } })),
				],
			};
		}),
	});
}

/* --- findings of diagnose ----------------------------------------------- */

const day_of_month = date => Number(date.slice(8));
const month_days = new Date(Date.UTC(...about.month.split('-'), 0)).getUTCDate();

/* The kind and the days of a claim. */
function when(row)
{
	const days = `${row.first_day === row.last_day ? '' : `${day_of_month(row.first_day)} to `}${day_of_month(row.last_day)} ${month_name(about.month).split(' ')[0]}`;
	return row.kind === 'burst' ? `burst on ${plural(row.burst_days, 'day')}, ${days}`
		: `steady, ${days}${row.began ? ', none before' : ''}`;
}

function draw_findings(rows)
{
	const width = page_width - label_width - 20, strip = 260;
	const end_of = day => strip + (width - strip) * day / month_days;
	const values = placed(rows).map(row => ({ ...row,
		...label(row.factor, row.value || '(none)'),
		numbers: `${count(row.missed)} of ${count(row.requests)} missed, ${count(Math.round(row.expected))} expected`,
		when: when(row), from: end_of(day_of_month(row.first_day) - 1), to: end_of(day_of_month(row.last_day)),
		says: wrap(row.finding, 56).join('\n') }));
	const x = { type: 'quantitative', title: 'missed requests', axis: { tickCount: 5, grid: false } };
	const line = (name, extra) => ({ mark: { type: 'rule', ariaRoleDescription: name, yOffset: 6, ...extra } });

	return draw({
		width, height: { step: 80 }, data: { values },
		encoding: { y: place(values) },
		layer: [
			{ mark: { type: 'bar', color: blue, height: 14, yOffset: -28 }, encoding: { x: { ...x, field: 'missed' } } },
			{ mark: { type: 'tick', color: black, thickness: 4, size: 24, yOffset: -28, opacity: 1 }, encoding: { x: { ...x, field: 'expected' } } },
			line('month', { color: grey, x: strip, x2: width }),
			line('days', { description: { expr: 'datum.when' }, color: blue, strokeWidth: 9, x: { expr: 'datum.from' }, x2: { expr: 'datum.to' } }),
			beside('numbers', 4, 'left', { dy: -8 }), beside('when', 4, 'left', { dy: line_height - 8 }),
			beside('says', 4, 'left', { dy: 2 * line_height - 8 }),
			named.head, named.name,
		],
	});
}

/* --- comparison with the industry --------------------------------------- */

const sides = [
	{ ...others, field: 'industry_met_pct', size: 150 },
	{ field: 'expected_met_pct', name: 'other Parties at the same mix', shape: 'diamond', color: orange, sign: '◆', size: 55 },
	{ ...own, field: 'own_met_pct', size: 55 },
];

function draw_comparison(rows)
{
	const width = page_width - label_width - 115;
	const values = placed(rows).map(row => ({ ...row, ...service(row),
		says: row.verdict === null ? 'not shown' : /^(worse|better)$/.test(row.verdict)
			? `${row.verdict} by ${Math.abs(row.own_met_pct - row.expected_met_pct).toFixed(1)}` : row.verdict }));
	const x = percents(met, ...values.flatMap(row => present(sides.map(side => row[side.field]))));

	return draw({
		width, height: { step: 3 * line_height - 2 }, data: { values },
		encoding: { y: place(values) },
		layer: [
			{
				mark: { type: 'rule', color: grey },
				transform: [{ filter: 'datum.own_met_pct !== null && datum.expected_met_pct !== null' }],
				encoding: { x: { ...x, field: 'own_met_pct' }, x2: { field: 'expected_met_pct' } },
			},
			...sides.map(side => ({
				mark: marked(side, side.size),
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

/*
 * Business processes of the month with a level, and those of them below the
 * target level: all, those below the minimum, and those whose distance is more
 * than chance explains.
 */
const all_requests = row => row.process.startsWith('All requests');
const short_name = row => all_requests(row) ? 'All requests' : row.process;
const total = data.processes.find(row => row.month === about.month && all_requests(row));
const judged = data.processes.filter(row => row.month === about.month && /^(met|below)/.test(row.verdict ?? ''));
const below = judged.filter(row => row.verdict !== 'met');
const below_minimum = below.filter(row => row.verdict === 'below minimum');
const clearly_below = below.filter(row => row.high < (row.target_pct ?? row.minimum_pct));

const claimed = data.findings.filter(row => row.kind !== null);
const assumed = data.rests.find(row => /assumed/.test(row.item)).requests;
const final = data.rests[2].item === 'final';

/* Intervals wider than this are printed, and very wide ones call for more months. */
const wide_points = 2, very_wide_points = 5;

/* ------------------------------------------------------------------------
 * The summary
 * ------------------------------------------------------------------------ */

function verdict()
{
	if (!total?.measured)
		return `In ${month} no request of ${about.party} was measured.`;
	const levels = judged.length === 0 ? '' : below.length === 0
		? `, and ${judged.length === 1 ? 'its only business process meets its level' : `all ${judged.length} business processes meet their level`}`
		: `, and ${below.length} of ${plural(judged.length, 'business process', 'business processes')} ${below.length === 1 ? 'is below its' : 'are below their'} level` +
			(clearly_below.length === below.length ? '' : clearly_below.length === 0 ? ', which chance can explain'
				: `, ${clearly_below.length} of them by more than chance explains`);
	const all = data.comparison.find(row => row.srv === 'all');
	const compared = /^(worse|better)$/.test(all?.verdict ?? '')
		? `, ${all.verdict} than other Parties at the same mix of requests (${percent(all.expected_met_pct)} %)` : '';
	return `In ${month}, ${about.party} met the target for ${percent(total.target_met_pct)} % of ${plural(total.measured, 'measured request')}${compared}${levels}.`;
}

function margin()
{
	if (!total?.measured || total.high - total.low <= wide_points)
		return '';
	return `<p id="margin">The 95 % confidence interval of this percentage, from chance alone, is ${percent(total.low)} to ${percent(total.high)} %.</p>`;
}

function targets()
{
	if (!assumed || assumed < total.measured / 2)
		return '';
	const share = assumed === total.measured ? 'All' : assumed > 0.9 * total.measured ? 'Nearly all' : 'Most';
	return `<div class="warning" id="targets">
<h2>${share} results rest on assumed targets: ${count(assumed)} of ${plural(total.measured, 'measured request')}</h2>
<p>Their Target Response Times could not be read in the legal text. Other targets would give other percentages.</p>
</div>`;
}

function volumes()
{
	const rows = [total, data.processes.findLast(row => row.month < about.month && all_requests(row))].filter(row => row?.requests);
	if (rows.length === 0)
		return '';
	const cells = row => [row.requests, row.measured, row.met, row.measured - row.met].map(count)
		.concat(row.target_met_pct === null ? '' : `${percent(row.target_met_pct)} %`);
	const sum = field => data.times.reduce((all, row) => all + row[field], 0);
	const unmeasured = Object.entries({ not_measured: 'without a known target', pending: 'that can still be answered in time', invalid: 'invalid' })
		.filter(([field]) => sum(field) > 0).map(([field, name]) => `${count(sum(field))} ${name}`);
	return `<table id="volumes">
<tr><th></th>${['Requests', 'Measured', 'Target met', 'Target missed', 'Met, in %'].map(head => `<th>${head}</th>`).join('')}</tr>
${rows.map(row => `<tr><th>${month_name(row.month)}</th>${cells(row).map(cell => `<td class="number">${cell}</td>`).join('')}</tr>`).join('\n')}
</table>
<p>In ${month}, ${plural(sum('no_response'), 'request')} got no response. ${unmeasured.length ? `Not measured: ${unmeasured.join(', ')}.` : 'All requests are measured.'}</p>`;
}

/* What to do next, the most useful first. */
function steps()
{
	const said = [];
	if (claimed.length > 0) {
		const [first] = claimed;
		said.push(`Look at ${first.factor} ${first.value || '(none)'} (${when(first)}): ${count(first.missed)} of its ${plural(first.requests, 'request')} missed their target, where ${count(Math.round(first.expected))} were expected.`);
	}
	const short = row => Math.ceil((row.target_pct ?? row.minimum_pct) * row.measured / 100 - row.met - 1e-9);
	const furthest = [...clearly_below].sort((a, b) => short(b) - short(a))[0];
	if (furthest)
		said.push(`Look at ${furthest.process}: it needed ${plural(short(furthest), 'more request')} within the target to reach ${furthest.target_pct ?? furthest.minimum_pct} %.`);
	const worse = data.comparison.filter(row => row.srv !== 'all' && row.verdict === 'worse')
		.sort((a, b) => b.measured * (b.expected_met_pct - b.own_met_pct) - a.measured * (a.expected_met_pct - a.own_met_pct))[0];
	if (worse)
		said.push(`Ask why ${kind(worse)} (${worse.name}) is worse than at other Parties: ${percent(worse.own_met_pct)} % met, ${percent(worse.expected_met_pct)} % expected.`);
	if (total?.measured && total.high - total.low > very_wide_points)
		said.push(`Judge several months together: with ${plural(total.measured, 'measured request')}, one month says little.`);
	if (assumed)
		said.push('Have the assumed targets checked: the view pmr.assumption lists them, and the table pmr.target_response_time takes the confirmed ones.');
	if (!final)
		said.push('Draw this page again when the month is final: late responses can still change the figures.');
	if (said.length === 0)
		said.push('None: no level is missed, and nothing differs from others by more than chance.');
	return `<section id="steps">
<h2>Next steps</h2>
<ol>
${said.slice(0, 5).map(step => `<li>${text(step)}</li>`).join('\n')}
</ol>
</section>`;
}

/* ------------------------------------------------------------------------
 * The charts, each with its title
 * ------------------------------------------------------------------------ */

async function processes()
{
	const rows = data.processes.filter(row => row.requests > 0);
	if (rows.length === 0)
		return unseen('processes', 'Target met', 'There are no requests.');
	const sources = [...new Set(present(judged.map(row => row.level_source)))];
	const levels = judged.length
		? `Solid line: target level. Dashed line: minimum level (${text(sources.join('; '))}). `
		: 'No level is set for business processes, so none is drawn. ' +
			(data.levels.length ? `The levels of ${text(data.levels.map(l => `${l.measure.toUpperCase()} (${l.target_pct} and ${l.minimum_pct} %, ${l.status})`).join(' and '))} are about test commands, which are another quantity. ` : '');
	const title = judged.length === 0 ? `Target met by month, up to ${month}`
		: below.length === 0 ? `Business processes: all ${judged.length} meet their level in ${month}`
		: `Business processes: ${below.length} of ${judged.length} ${below.length === 1 ? 'is below its' : 'are below their'} level in ${month}${below_minimum.length ? `, ${below_minimum.length} of them below the minimum` : ''}`;
	return section('processes', title, await draw_processes(rows),
		`${own.sign} percentage of measured requests that met their target, by month. Above each chart: the percentage and the number of measured requests in ${text(month)}. ` +
		`Grey bar: 95 % confidence interval, from chance alone; it is long where requests are few, and can be cut off at the bottom. ${levels}` +
		'A request can belong to several processes, so do not add them up.', rows);
}

async function parties()
{
	if (!about.can_see_all_parties)
		return '';
	const now = data.parties.filter(row => row.month === about.month);
	const level = data.levels.find(l => l.measure === 'business_process');
	const low = level?.target_pct == null ? [] : now.filter(row => row.target_met_pct < level.target_pct);
	const clearly = low.filter(row => row.high < level.target_pct);
	return section('parties',
		level?.target_pct == null ? `All Parties in ${month}` :
			`All Parties: ${low.length} of ${now.length} are below the target level of ${level.target_pct} % in ${month}, ${clearly.length} of them by more than chance`,
		await draw_parties(data.parties, level),
		`${own.sign} ${text(about.party)} and ${others.sign} the other Parties in ${text(month)}, with their percentage and number of measured requests; | earlier months. ` +
		'Grey bar: 95 % confidence interval, from chance alone; it is long where requests are few, and can be cut off at the left. ' +
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
	const behind = aimed.filter(late).length;
	return section('times',
		aimed.length === 0 ? 'Round-trip times of SRVs without a target' :
			`Round-trip times: in ${behind} of the ${plural(aimed.length, 'SRV and mode', 'SRVs and modes')} with a target, more than one answer in twenty came late` +
			(aimed.length < rows.length ? `; ${rows.length - aimed.length} shown ${rows.length - aimed.length === 1 ? 'has' : 'have'} no target` : ''),
		await draw_times(rows, histograms),
		`Answered requests of ${text(about.party)} in ${text(month)}, by SRV and mode. ` +
		(data.histograms ? 'Bars: number of requests; each strip has its own vertical scale. ' :
			`Horizontal line: from the time within which half were answered to that for 99 %. Histograms are not shown, because ${text(about.role)} may not read pmr.rollup. `) +
		`${quantiles.map(q => `${q.sign} ${q.name}`).join(' and ')} were answered within this time (printed at the right; late: after the target). ` +
		'Vertical line: Target Response Time, also printed with the word assumed if it is. Unanswered requests have no round-trip time and are not shown.' +
		(answered.length > rows.length ? ` The table has ${plural(answered.length - rows.length, 'more row')}, of fewer requests.` : ''),
		data.times);
}

async function findings()
{
	if (data.findings.length === 0)
		return unseen('findings', 'Diagnosis', 'There are no values of factors to compare.');
	const compared = `${plural(data.findings.length, 'value')} compared, ${count(claimed.length)} with a finding.`;
	if (claimed.length === 0)
		return section('findings', 'Diagnosis: no value has more misses than chance explains', '', compared, data.findings);
	const [first] = claimed;
	return section('findings',
		`Diagnosis: ${plural(Math.round(first.excess), 'more miss', 'more misses')} than expected with ${first.factor} ${first.value}`,
		await draw_findings(claimed.slice(0, 10)),
		`Bar: missed requests of ${text(about.party)} with this value in ${text(month)}. Black mark: misses expected at the same mix of requests ` +
		'from the other values. Strip: the month, thick from the first to the last day of the excess. Burst: worse only on the printed number of these days; ' +
		`none before: the excess began within the month. ${compared} The chart shows what occurs together, not causes.`,
		data.findings);
}

async function comparison()
{
	if (data.comparison.length === 0)
		return unseen('comparison', 'Comparison with the industry', `Not shown: ${month} is not published.`);
	const rows = data.comparison.filter(row => row.measured > 0).slice(0, most_rows);
	const said = data.comparison.filter(row => row.srv !== 'all' && row.verdict !== null);
	const number = verdict => said.filter(row => row.verdict === verdict).length;
	const hidden = new Map(rows.flatMap(row => row.suppressed?.split('; ') ?? []).map(reason => reason.split(': ')));
	const missing = { 'equal mix': '◆ and the verdict are', industry: '□ is' };
	const covered = hidden.has('equal mix') ? ' Covered are requests that can be compared with requests of others at the same mix.' : '';
	return section('comparison',
		said.length === 0 ? 'Comparison with the industry: no SRV can be compared at the same mix' :
			`Comparison with others at the same mix: worse in ${number('worse')} and better in ${number('better')} of ${plural(said.length, 'SRV and mode', 'SRVs and modes')} compared`,
		await draw_comparison(rows),
		`${[...sides].reverse().map(side => `${side.sign} ${text(side.name)}`).join(', ')}. Printed at the right: the verdict on ● compared with ◆, and their difference in percentage points; too few: too few misses are expected for a verdict. ` +
		Object.entries(missing).filter(([figure]) => hidden.has(figure))
			.map(([figure, name]) => `Where ${name} not shown: ${text(hidden.get(figure))}.`).join(' ') + covered,
		data.comparison);
}

const reference_names = { business_process: 'business processes', business_process_srv: 'SRVs of business processes',
	service_level: 'service levels', target_response_time: 'Target Response Times', response_code: 'classes of response codes' };

function basis()
{
	const zone = /days in .*$/.exec(data.rests[0].item)?.[0];
	return `<section id="basis">
<h2>Basis of the figures</h2>
<dl>
<dt>Made from</dt><dd>source ${text(about.source)}, ${text(zone)}, ${text(data.rests[1].item)}</dd>
<dt>Shows</dt><dd>what role ${text(about.role)} can see: ${about.can_see_all_parties ? 'all Parties' : about.parties > 1 ? `${about.parties} Parties` : `only ${text(about.party)}`}</dd>
<dt>Assumed</dt><dd>${data.assumptions.length === 0 ? 'nothing' : data.assumptions.map(row => `${count(row.assumed)} ${text(reference_names[row.reference_table] ?? row.reference_table)}`).join(', ')}${data.assumptions.length === 0 ? '' : ': could not be read in the legal text (view pmr.assumption)'}</dd>
</dl>
<p>A request met its target if it was answered within its Target Response Time, and missed it if it was answered later or not at all.
Only requests whose target is known and has passed are measured. All figures are from the views of pmr_metrics.</p>
</section>`;
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
<p class="status">${final ? 'Final figures' : 'Provisional figures: open to late responses'}, ${text(data.rests[1].item)}</p>
${note ? `<p class="note">${text(note)}</p>` : ''}
${about.parties > 1 ? `<p class="note">This page shows figures of ${about.can_see_all_parties ? 'all' : about.parties} Parties: do not pass it on to one of them.</p>` : ''}
<p class="verdict">${text(verdict())}</p>
${margin()}
${volumes()}
${targets()}
${steps()}
${await processes()}
${await parties()}
${await times()}
${await findings()}
${await comparison()}
${basis()}
</body>
</html>
`);
