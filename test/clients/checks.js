/*
 * checks.js
 *		Compares values with the expected ones, and reports the differences and the
 *		number of checks.
 */
'use strict';

const assert = require('assert');

let checks = 0;
let failures = 0;

exports.check = (what, got, expected) =>
{
	checks++;
	try
	{
		assert.deepStrictEqual(got, expected);
	}
	catch (error)
	{
		failures++;
		console.log(`${what}: ${error.message}`);
	}
};

/* Runs the test; a test without checks fails. */
exports.run = async test =>
{
	process.exitCode = 1;
	try
	{
		await test();
		console.log(`${checks} checks, ${failures} failed`);
		process.exitCode = checks > 0 && failures === 0 ? 0 : 1;
	}
	catch (error)
	{
		console.error(error);
	}
};
