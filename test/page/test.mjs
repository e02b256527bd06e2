/*
 * test.mjs: checks a page in Chromium.
 *
 *	node test.mjs PAGE PARTY [FIRMWARE]
 *
 * Reads PAGE.html, and from PAGE.json how many marks each chart must have and
 * what the summary and the strips of the diagnosis must say. If FIRMWARE is given,
 * the diagnosis must name it, a cause that began within the month, and a burst.
 * Leaves PAGE.png, PAGE.pdf and PAGE.deuteranopia.png, for people to look at.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const [path, party, firmware] = process.argv.slice(2);
const address = pathToFileURL(`${path}.html`).href;
const expected = Object.assign({}, ...readFileSync(`${path}.json`, 'utf8').trim().split('\n').map(line => JSON.parse(line)));

/* In CSS pixels, 96 to the inch. Paper is A4 between margins of 15 mm. */
const screen = { width: 1000, height: 900 }, paper = { width: 680, height: 1000 };
const smallest = 12;

const profile = mkdtempSync(join(tmpdir(), 'page-'));
const browser = await chromium.launchPersistentContext(profile, {
	executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
	offline: true, viewport: screen,
	args: ['--no-first-run', '--disable-gpu', '--disable-quic', '--disable-sync',
		'--disable-background-networking', '--disable-component-update',
		...process.getuid() === 0 ? ['--no-sandbox'] : []],
});

try {
	const page = await browser.newPage();
	const requests = [], complaints = [];
	page.on('request', request => requests.push(request.url()));
	page.on('console', message => complaints.push(message.text()));
	page.on('pageerror', error => complaints.push(String(error)));
	page.on('dialog', dialog => { complaints.push(dialog.message()); dialog.dismiss(); });

	await page.goto(address);
	await page.screenshot({ path: `${path}.png`, fullPage: true });

	/* The page has only text and pictures, even if names look like HTML. */
	assert.deepEqual(await page.evaluate(() => [...new Set([...document.querySelectorAll(
		'script, img, image, iframe, object, embed, link, a, b, foreignObject')].map(e => e.outerHTML))]), []);
	assert.equal(await page.evaluate(() => [...document.querySelectorAll('*')].filter(e =>
		e.getAttributeNames().some(name => /^on|href$/.test(name))).length), 0);
	assert.ok((await page.textContent('h1')).startsWith(`${party}: `));
	assert.ok((await page.textContent('.note')).includes('GENERATED <data>'));
	if (firmware)
		for (const words of [firmware, 'none before', 'burst on 3 days'])
			assert.ok((await page.textContent('#findings')).includes(words), words);

	/* The summary says what the views say: volumes, assumed targets, a margin if requests are few. */
	const verdict = await page.textContent('.verdict');
	for (const words of expected.verdict)
		assert.ok(verdict.includes(words), `"${verdict}" lacks "${words}"`);
	assert.equal((verdict.match(/\.( |$)/g)).length, 1);
	assert.deepEqual(await page.evaluate(() => [...document.querySelectorAll('#volumes tr:nth-child(2) td')]
		.map(cell => cell.textContent)).then(cells => cells.slice(0, 4)), expected.volumes);
	assert.ok((await page.textContent('#targets h2')).includes(expected.targets));
	assert.ok(await page.locator('#steps li').count() > 0);
	const margin = await page.locator('#margin').count() ? await page.textContent('#margin') : '';
	if (expected.interval !== null) {
		const [low, high] = expected.interval;
		assert.equal(margin !== '', high - low > 2);
		const [, from, to] = / is ([\d.]+) to ([\d.]+) %/.exec(margin) ?? [null, low, high];
		assert.ok(Math.abs(from - low) < 0.06 && Math.abs(to - high) < 0.06, margin);
	}

	/* A role that can see one Party gets a page that may be passed on. */
	assert.equal((await page.textContent('body')).includes('do not pass it on'), (await page.locator('#parties').count()) > 0);

	/* Each chart has as many marks as the views have figures. */
	const found = await page.evaluate(names => Object.fromEntries(names.map(name => {
		const [chart, mark] = name.split(' ');
		return [name, document.querySelectorAll(`#${chart} svg [aria-roledescription="${mark}"]`).length];
	})), Object.keys(expected.marks));
	assert.deepEqual(found, expected.marks);

	/* Each claim of diagnose says its days, in words and by its place in the strip. */
	const days = await page.evaluate(() => {
		const [boxes, months] = ['days', 'month'].map(mark => [...document.querySelectorAll(`#findings [aria-roledescription="${mark}"]`)]
			.map(e => ({ name: e.getAttribute('aria-label'), box: e.getBoundingClientRect() })));
		const texts = [...document.querySelectorAll('#findings svg text')].map(text => text.textContent);
		return boxes.map(({ name, box }, i) => [texts.includes(name) ? name : null,
			...[box.left, box.right].map(x => Number(((x - months[i].box.left) / months[i].box.width).toFixed(2)))]);
	});
	assert.deepEqual(days, expected.days);

	/* No two marks of a page differ only in colour: a shape means the same in all charts. */
	const alike = await page.evaluate(() => {
		const colors = new Map();
		for (const mark of document.querySelectorAll('[aria-roledescription="point"]')) {
			const shape = mark.getAttribute('d').replace(/[\d.]+/g, '');
			colors.set(shape, (colors.get(shape) ?? new Set()).add(mark.getAttribute('fill')));
		}
		return [...colors].filter(([, set]) => set.size > 1).map(([shape, set]) => `${shape}: ${[...set]}`);
	});
	assert.equal(alike.join('\n'), '');

	/* Contrast with the white page as WCAG requires: 4.5 for text, 3 for marks or their outlines. */
	const pale = await page.evaluate(() => {
		const luminance = color => {
			const parts = color.match(/[\d.]+/g).slice(0, 3).map(part => part / 255)
				.map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
			return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
		};
		const contrast = color => color === 'none' ? 0 : 1.05 / (luminance(color) + 0.05);
		const weak = [];
		for (const element of document.querySelectorAll('p, h1, h2, dt, dd, figcaption, summary, footer'))
			if (contrast(getComputedStyle(element).color) < 4.5)
				weak.push(element.textContent || element.getAttribute('aria-label'));
		for (const element of document.querySelectorAll('svg text'))
			if (contrast(getComputedStyle(element).fill) < 4.5)
				weak.push(element.textContent || element.getAttribute('aria-label'));
		for (const element of document.querySelectorAll('svg :is(path, line)[role="graphics-symbol"]')) {
			const style = getComputedStyle(element);
			if (Math.max(contrast(style.fill), contrast(style.stroke)) < 3)
				weak.push(element.textContent || element.getAttribute('aria-label'));
		}
		return weak;
	});
	assert.equal(pale.join('\n'), '');

	/* All text is large enough, inside the page, and does not overlap other text. */
	for (const [media, size] of [['screen', screen], ['print', paper]]) {
		await page.emulateMedia({ media });
		await page.setViewportSize(size);
		const faults = await page.evaluate(smallest => {
			const faults = [], width = document.documentElement.clientWidth;
			if (document.documentElement.scrollWidth > width)
				faults.push(`the page is ${document.documentElement.scrollWidth} wide`);
			for (const element of document.querySelectorAll('p, h1, h2, dt, dd, figcaption'))
				if (parseFloat(getComputedStyle(element).fontSize) < smallest)
					faults.push(`small: ${element.textContent}`);
			for (const svg of document.querySelectorAll('svg')) {
				const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
				const frame = svg.closest('section').getBoundingClientRect();
				const texts = [...svg.querySelectorAll('text')].filter(text => text.textContent !== '' &&
					getComputedStyle(text).opacity !== '0').map(text => ({ text, box: text.getBoundingClientRect() }));
				texts.forEach(({ text, box }, i) => {
					if (parseFloat(getComputedStyle(text).fontSize) * scale < smallest - 0.01)
						faults.push(`small: ${text.textContent}`);
					if (box.left < 0 || box.right > width || box.top < frame.top || box.bottom > frame.bottom)
						faults.push(`cut off: ${text.textContent}`);
					for (const other of texts.slice(i + 1))
						if (Math.min(box.right, other.box.right) - Math.max(box.left, other.box.left) > 1 &&
							Math.min(box.bottom, other.box.bottom) - Math.max(box.top, other.box.top) > 4)
							faults.push(`over each other: ${text.textContent} | ${other.text.textContent}`);
				});
			}
			return faults;
		}, smallest);
		assert.equal(faults.join('\n'), '', media);
	}
	await page.pdf({ path: `${path}.pdf`, preferCSSPageSize: true });

	await page.emulateMedia({ media: 'screen' });
	const session = await browser.newCDPSession(page);
	await session.send('Emulation.setEmulatedVisionDeficiency', { type: 'deuteranopia' });
	await page.screenshot({ path: `${path}.deuteranopia.png`, fullPage: true });

	assert.deepEqual(requests, [address]);
	assert.deepEqual(complaints, []);
} finally {
	await browser.close();
	rmSync(profile, { recursive: true, force: true });
}
