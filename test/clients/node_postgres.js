/*
 * node_postgres.js
 *		Does what a web service does through node-postgres: prepared statements
 *		with parameters, cursors, types, errors.  Each answer must equal that of
 *		psql.
 *
 *		node node_postgres.js QUESTIONS ANSWERS
 *
 * Logs in by libpq's environment variables.  Each file of QUESTIONS is a query,
 * whose parameters are the environment variables PARTY, FROM_DAY and TO_DAY.
 * ANSWERS has psql's answer to each query, and the columns of the reports,
 * tab-separated.
 */
'use strict';

const fs = require('fs');
const path = require('path');
const { Client, types } = require('pg');
const Cursor = require('pg-cursor');
const { check, run } = require('./checks');

const RUNS = 3;
const BATCH = 5;
const { BOOL, INT4, INT8, FLOAT8, TEXT, DATE, TIMESTAMPTZ } = types.builtins;
const typeNames = new Map([[BOOL, 'bool'], [INT4, 'int4'], [INT8, 'int8'],
	[FLOAT8, 'float8'], [TEXT, 'text'], [DATE, 'date'],
	[TIMESTAMPTZ, 'timestamptz']]);

const [questions, answers] = process.argv.slice(2);

function readAnswer(name)
{
	return fs.readFileSync(path.join(answers, `${name}.tsv`), 'utf8')
		.trimEnd().split('\n').map(line => line.split('\t'));
}

/*
 * The value that node-postgres returns for psql's text: a bigint is a string, as
 * a JavaScript number would lose digits; a date is local midnight; a time has
 * milliseconds.
 */
function parse(text, type)
{
	if (text === '\\N')
		return null;
	switch (type)
	{
		case INT4:
		case FLOAT8:
			return Number(text);
		case BOOL:
			return text === 't';
		case DATE:
		{
			const [year, month, day] = text.split('-').map(Number);
			return new Date(year, month - 1, day);
		}
		case TIMESTAMPTZ:
			return new Date(text.replace(' ', 'T').replace('+00', 'Z'));
		default:
			return text;
	}
}

function compare(what, fields, rows, answer)
{
	const expected = answer.slice(1).map(line =>
		line.map((text, i) => parse(text, fields[i].dataTypeID)));

	for (const field of fields)
		check(`${what}, plain type of ${field.name}`,
			typeNames.has(field.dataTypeID), true);
	check(`${what}, columns`, fields.map(field => field.name), answer[0]);
	check(what, rows, expected);
}

async function ask(client, name, text, values)
{
	const answer = readAnswer(name);

	for (let run = 1; run <= RUNS; run++)
	{
		const result = await client.query(
			{ name, text, values, rowMode: 'array' });
		compare(`${name}, run ${run}`, result.fields, result.rows, answer);
	}

	const cursor = client.query(
		new Cursor(text, values, { rowMode: 'array' }));
	const rows = [];
	let batch;
	do
	{
		batch = await cursor.read(BATCH);
		rows.push(...batch);
		check(`${name}, batch`, batch.length <= BATCH, true);
	} while (batch.length > 0);
	compare(`${name}, with a cursor`, cursor._result.fields, rows, answer);
	await cursor.close();
}

async function readColumns(client)
{
	const [heading, ...columns] = readAnswer('columns');
	const found = [];

	for (const view of new Set(columns.map(column => column[0])))
	{
		const { fields } = await client.query(
			`SELECT * FROM pmr.${client.escapeIdentifier(view)} LIMIT 0`);
		for (const field of fields)
			found.push([view, field.name, typeNames.get(field.dataTypeID)]);
	}
	check('columns of the views', found,
		columns.map(column => column.slice(0, 3)));
}

async function getState(client, query)
{
	try
	{
		await client.query(query);
		return 'no error';
	}
	catch (error)
	{
		return error.code;
	}
}

async function main()
{
	const client = new Client();
	const all = [process.env.PARTY, process.env.FROM_DAY, process.env.TO_DAY];

	await client.connect();
	for (const file of fs.readdirSync(questions).sort())
	{
		const text = fs.readFileSync(path.join(questions, file), 'utf8');
		const count = Math.max(...text.match(/(?<=\$)[1-3]/g).map(Number));
		await ask(client, path.basename(file, '.sql'), text,
			all.slice(0, count));
	}
	await readColumns(client);

	check('a table of all Parties',
		await getState(client, 'SELECT * FROM pmr.rollup'), '42501');
	check('days in the wrong order', await getState(client,
		"SELECT * FROM pmr.performance('2026-07-02', '2026-07-01')"), '22023');
	check('another Party', await getState(client,
		"SELECT * FROM pmr.diagnose('no such Party', '2026-07-01', '2026-07-31')"),
		'42501');
	check('a Party that is a condition', (await client.query(
		'SELECT * FROM pmr.party_performance WHERE party = $1',
		["' OR '1' = '1"])).rows, []);
	await client.end();
}

run(main);
