/*
 * check.js
 *		Queries Cube over the report views through its HTTP API: each answer must
 *		equal that of psql, pre-aggregations are used, and they are rebuilt when a
 *		month has been rolled up again.
 *
 *		node check.js
 *
 * Cube and psql log in as a role that sees one Party, by libpq's environment
 * variables.  OWNER is the connection string of a role that may refresh the
 * source "demo", SCHEMA the schema for Cube's pre-aggregations.
 */
'use strict';

const crypto = require('crypto');
const net = require('net');
const { execFileSync, spawn } = require('child_process');
const { check, run } = require('../checks');

const SECONDS_TO_START = 60;
const SECONDS_TO_ANSWER = 60;
const secret = crypto.randomBytes(16).toString('hex');

function sleep(seconds)
{
	return new Promise(resolve => setTimeout(resolve, 1000 * seconds));
}

function psql(query, connection = '')
{
	const text = execFileSync('psql', ['-X', '-q', '-A', '-t', '-F', '\t',
		'-v', 'ON_ERROR_STOP=1', '-d', connection, '-c', query],
	{ encoding: 'utf8' });
	return text.split('\n').filter(line => line !== '')
		.map(line => line.split('\t'));
}

function findPort()
{
	return new Promise(resolve =>
	{
		const server = net.createServer().listen(0, '127.0.0.1', () =>
		{
			const { port } = server.address();
			server.close(() => resolve(port));
		});
	});
}

/* In production mode, as for users: Cube requires a signed token. */
function startCube(port)
{
	const { PGHOST, PGPORT, PGDATABASE, PGUSER, PGPASSWORD, SCHEMA } =
		process.env;

	return spawn(process.execPath,
		[require.resolve('@cubejs-backend/server/bin/server')],
		{
			cwd: __dirname,
			stdio: ['ignore', 'inherit', 'inherit'],
			env: {
				...process.env,
				NODE_ENV: 'production',
				PORT: String(port),
				CUBEJS_DB_TYPE: 'postgres',
				CUBEJS_DB_HOST: PGHOST,
				CUBEJS_DB_PORT: PGPORT,
				CUBEJS_DB_NAME: PGDATABASE,
				CUBEJS_DB_USER: PGUSER,
				CUBEJS_DB_PASS: PGPASSWORD,
				CUBEJS_API_SECRET: secret,
				CUBEJS_SCHEMA_PATH: 'model',
				CUBEJS_CACHE_AND_QUEUE_DRIVER: 'memory',
				CUBEJS_PRE_AGGREGATIONS_SCHEMA: SCHEMA,
				CUBEJS_SCHEDULED_REFRESH_TIMER: '1',
				CUBEJS_TELEMETRY: 'false',
			},
		});
}

function makeToken()
{
	const encode = object =>
		Buffer.from(JSON.stringify(object)).toString('base64url');
	const body = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode({})}`;
	const signature = crypto.createHmac('sha256', secret).update(body)
		.digest('base64url');
	return `${body}.${signature}`;
}

async function get(url, token)
{
	const response = await fetch(url,
		{ headers: token ? { Authorization: token } : {} });
	return { status: response.status, body: await response.json() };
}

async function waitForCube(url, cube)
{
	for (let i = 0; i < SECONDS_TO_START; i++)
	{
		if (cube.exitCode !== null)
			throw new Error('Cube has ended');
		try
		{
			if ((await get(`${url}/readyz`)).status === 200)
				return;
		}
		catch (error)
		{
			// not listening yet
		}
		await sleep(1);
	}
	throw new Error('Cube does not start');
}

function makeAddress(url, call, query)
{
	return `${url}/cubejs-api/v1/${call}?query=`
		+ encodeURIComponent(JSON.stringify(query));
}

/* Cube answers "Continue wait" while it works. */
async function load(url, query)
{
	for (let i = 0; i < SECONDS_TO_ANSWER; i++)
	{
		const { status, body } = await get(
			makeAddress(url, 'load', query), makeToken());
		if (status !== 200)
			throw new Error(JSON.stringify(body));
		if (body.error === undefined)
			return body;
		await sleep(1);
	}
	throw new Error('Cube does not answer');
}

/* Both return numbers as text, with a different number of digits. */
function readRows(body, members)
{
	return body.data.map(row => members.map(member =>
	{
		const value = row[member];
		return value === null ? '' : value;
	}));
}

function toComparable(rows, numbers)
{
	return rows.map(row => row.map((value, i) =>
		i >= row.length - numbers && value !== '' ? Number(value) : value));
}

const performance = {
	query: {
		measures: ['PartyPerformance.requests', 'PartyPerformance.met',
			'PartyPerformance.missed', 'PartyPerformance.targetMetPct'],
		dimensions: ['PartyPerformance.srv', 'PartyPerformance.mode'],
		timeDimensions: [{ dimension: 'PartyPerformance.month',
			granularity: 'month' }],
		order: [['PartyPerformance.srv', 'asc'],
			['PartyPerformance.mode', 'asc']],
		timezone: 'UTC',
	},
	members: ['PartyPerformance.srv', 'PartyPerformance.mode',
		'PartyPerformance.month.month', 'PartyPerformance.requests',
		'PartyPerformance.met', 'PartyPerformance.missed',
		'PartyPerformance.targetMetPct'],
	numbers: 4,
	table: `${process.env.SCHEMA}.party_performance_monthly`,
	sql: `SELECT srv, mode, to_char(month, 'YYYY-MM-DD"T00:00:00.000"'),
			sum(requests), sum(met), sum(missed),
			100.0 * sum(met) / nullif(sum(met) + sum(missed), 0)
		FROM pmr.party_performance GROUP BY srv, mode, month
		ORDER BY srv, mode`,
};

const percentiles = {
	query: {
		measures: ['PartyPerformance.requests', 'PartyPerformance.p95S'],
		dimensions: ['PartyPerformance.srv', 'PartyPerformance.mode'],
		filters: [{ member: 'PartyPerformance.party', operator: 'equals',
			values: [process.env.PARTY] }],
		order: [['PartyPerformance.srv', 'asc'],
			['PartyPerformance.mode', 'asc']],
	},
	members: ['PartyPerformance.srv', 'PartyPerformance.mode',
		'PartyPerformance.requests', 'PartyPerformance.p95S'],
	numbers: 2,
	sql: `SELECT srv, mode, requests, p95_s FROM pmr.party_performance
		ORDER BY srv, mode`,
};

/* There is no percentile over several rows. */
const noPercentile = {
	query: {
		measures: ['PartyPerformance.requests', 'PartyPerformance.p95S'],
	},
	members: ['PartyPerformance.requests', 'PartyPerformance.p95S'],
	numbers: 2,
	sql: 'SELECT sum(requests), NULL FROM pmr.party_performance',
};

const comparison = {
	query: {
		measures: ['PartyComparison.measured', 'PartyComparison.ownMetPct',
			'PartyComparison.industryMetPct', 'PartyComparison.expectedMetPct'],
		dimensions: ['PartyComparison.srv', 'PartyComparison.mode',
			'PartyComparison.verdict', 'PartyComparison.suppressed'],
		order: [['PartyComparison.srv', 'asc'],
			['PartyComparison.mode', 'asc']],
	},
	members: ['PartyComparison.srv', 'PartyComparison.mode',
		'PartyComparison.verdict', 'PartyComparison.suppressed',
		'PartyComparison.measured', 'PartyComparison.ownMetPct',
		'PartyComparison.industryMetPct', 'PartyComparison.expectedMetPct'],
	numbers: 4,
	sql: `SELECT srv, mode, verdict, suppressed, measured, own_met_pct,
			industry_met_pct, expected_met_pct
		FROM pmr.party_comparison ORDER BY srv, mode`,
};

/* Compares the answers; "table" is the pre-aggregation that Cube must read. */
async function compare(url, what, { query, members, numbers, sql, table })
{
	const body = await load(url, query);
	const got = toComparable(readRows(body, members), numbers);
	const expected = toComparable(psql(sql), numbers);

	check(`${what}: there are rows`, expected.length > 0, true);
	check(what, got, expected);

	const plan = await get(makeAddress(url, 'sql', query), makeToken());
	const tables = plan.body.sql.preAggregations.map(from => from.tableName);
	check(`${what}: from`, tables, table === undefined ? [] : [table]);
}

/* The names of pre-aggregation tables begin with "table", followed by a version. */
function countTables(table)
{
	const [schema, name] = table.split('.');
	return psql(`SELECT relname FROM pg_class WHERE relkind = 'r'
		AND relnamespace = '${schema}'::regnamespace
		AND relname LIKE '${name}%'`).length;
}

/* When a month is rolled up again, the pre-aggregation is rebuilt. */
async function restate(url)
{
	const counts = 'SELECT sum(missed) FROM pmr.party_performance';
	const [[before]] = psql(counts);

	psql(`UPDATE audit.sr_log SET response_at = NULL, result_code = NULL
		WHERE supplier_code = '${process.env.PARTY}'`, process.env.OWNER);
	psql(`CALL pmr.refresh('demo', '${process.env.FROM_DAY}',
		'${process.env.TO_DAY}')`, process.env.OWNER);
	const [[after]] = psql(counts);
	check('a restated month has other figures', before === after, false);

	for (let i = 0; i < SECONDS_TO_ANSWER; i++)
	{
		const body = await load(url, performance.query);
		const missed = body.data.reduce(
			(sum, row) => sum + Number(row['PartyPerformance.missed']), 0);
		if (missed === Number(after))
			break;
		await sleep(1);
	}
	await compare(url, 'restated', performance);
}

async function main()
{
	const port = await findPort();
	const url = `http://127.0.0.1:${port}`;
	const cube = startCube(port);

	try
	{
		await waitForCube(url, cube);
		check('no answer without a token',
			(await get(`${url}/cubejs-api/v1/meta`)).status, 403);
		await compare(url, 'performance', performance);
		check('there is a pre-aggregation',
			countTables(performance.table) > 0, true);
		await compare(url, 'percentiles', percentiles);
		await compare(url, 'no percentile', noPercentile);
		await compare(url, 'comparison', comparison);
		await restate(url);
	}
	finally
	{
		cube.kill('SIGKILL');
	}
}

run(main);
