// The page of runs: curves that grow while a real `doppel train` goes on, several over each other, pictures, and stopping.

import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { closeBrowser, open, serve } from './browser.js';

const { DOPPEL, WORK } = process.env;
const runs = join(WORK, 'runs');
const stops = [];
const doppel = (...words) => execFileSync(DOPPEL, words, { cwd: WORK, stdio: 'ignore' });

before(() => {
  mkdirSync(runs);
  doppel('train', 'sample:digits', '--net', 'lenet', '--epochs', '2', '--out', 'runs/first');
  doppel('gan', 'sample:digits', '--steps', '20', '--every', '10', '--score-steps', '0', '--out', 'runs/gan');
  doppel('study', 'sample:digits', '--fractions', '40', '--seeds', '1', '--steps', '4', '--gan-steps', '0', '--out', 'runs/study');
});
after(async () => {
  await closeBrowser();
  for (const stop of stops) await stop();
});

async function shown(query = '', options = {}) {
  const server = await serve('runs');
  stops.push(server.stop);
  const opened = await open(server.address.replace('/#', `/${query}#`), options);
  await opened.page.waitForSelector('.run');
  return { ...opened, server };
}
const chart = (page, title) => page.locator('.chart', { has: page.getByText(title, { exact: true }) });
const path = (page, title, which = 0) => chart(page, title).locator('path').nth(which).getAttribute('d');
/** Whether a canvas shows more than one colour. */
const isDrawn = (page, label) =>
  page.waitForFunction((name) => {
    const canvas = [...document.querySelectorAll('canvas')].find((one) => one.getAttribute('aria-label')?.includes(name));
    if (!canvas || !canvas.width) return false;
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    return data.some((value, i) => i % 4 === 0 && value !== data[0]);
  }, label);

test('a run goes on, its curves grow, and it is stopped after a question', async () => {
  const { page, wrong, close } = await shown();
  const program = spawn(DOPPEL, ['train', 'sample:digits', '--net', 'lenet', '--epochs', '500', '--out', 'runs/now'], { cwd: WORK, stdio: 'ignore' });
  const ended = once(program, 'exit');
  const run = page.locator('.run', { hasText: 'now' });
  await run.getByText('running').waitFor();
  await run.getByRole('button', { name: 'now', exact: true }).click();
  await chart(page, 'accuracy').waitFor();
  await page.waitForFunction(() => window.doppel.logs.get(window.doppel.state.focus)?.epochs.length > 1);
  const earlier = await path(page, 'loss');
  const later = await page.waitForFunction((d) => {
    const now = document.querySelector('.chart path')?.getAttribute('d');
    return now && now !== d && now.split('L').length > d.split('L').length;
  }, earlier);
  assert.ok(later);
  assert.match(await run.textContent(), /step \d+ of \d+, .* left, \d+ images\/s/);
  let asked = '';
  page.once('dialog', (dialog) => { asked = dialog.message(); dialog.dismiss(); });
  await page.getByRole('button', { name: 'stop now' }).click();
  assert.match(asked, /Stop now\?/);
  await page.waitForTimeout(300);
  assert.equal(program.exitCode, null, 'stopped though the answer was no');
  page.once('dialog', (dialog) => dialog.accept());
  await page.getByRole('button', { name: 'stop now' }).click();
  assert.equal((await ended)[0], 1);
  await run.getByText('stopped', { exact: true }).waitFor();
  assert.deepEqual(wrong, []);
  await close();
});

test('runs lie over each other, and the address has which', async () => {
  const { page, wrong, close } = await shown('?runs=0&focus=0');
  const lines = () => chart(page, 'accuracy').locator('path').count();
  await chart(page, 'accuracy').waitFor();
  const one = await lines();
  const other = page.locator('.run', { hasText: 'now' });
  await other.getByRole('checkbox').focus();
  await page.keyboard.press('Space');
  await page.waitForFunction((n) => document.querySelectorAll('.chart')[1]?.querySelectorAll('path').length > n, one);
  assert.match(new URL(page.url()).search, /runs=0\.\d/);
  await page.goBack();
  await page.waitForFunction((n) => document.querySelectorAll('.chart')[1]?.querySelectorAll('path').length === n, one);
  await isDrawn(page, 'what is taken for what');
  await isDrawn(page, 'surest mistakes');
  await chart(page, 'loss').locator('svg').hover({ position: { x: 100, y: 60 } });
  await chart(page, 'loss').locator('.read', { hasText: /^epoch [\d.]+: / }).waitFor();
  assert.deepEqual(wrong, []);
  await close();
});

test("a GAN's sheets by step, and a study's table", async () => {
  const { page, wrong, close } = await shown('?runs=1&focus=1');
  await isDrawn(page, 'value');
  await page.getByLabel('which sheet of samples').focus();
  await page.keyboard.press('Home');
  await page.getByText('step 10', { exact: true }).waitFor();
  await page.locator('.run', { hasText: 'study' }).getByRole('button', { name: 'study' }).click();
  await page.locator('table.results td', { hasText: '%' }).first().waitFor();
  assert.deepEqual(wrong, []);
  await close();
});

test('where no run has begun the page waits, and shows the first one', async () => {
  const server = await serve('later');
  stops.push(server.stop);
  const { page, wrong, close } = await open(server.address);
  await page.getByText('No run has begun yet in later').waitFor();
  mkdirSync(join(WORK, 'later', 'one'), { recursive: true });
  writeFileSync(join(WORK, 'later', 'one', 'steps.jsonl'), '{"step":1,"of":3,"loss":2}\n{"step":2,"of":3,"loss":1}\n');
  await page.locator('.run', { hasText: 'one' }).waitFor();
  await chart(page, 'loss').locator('path').waitFor();
  assert.deepEqual(wrong, []);
  await close();
});

test('names are text, the page is dark and narrow, and says when the program has ended', async () => {
  const name = '<img src=x onerror=alert(1)>';
  mkdirSync(join(runs, name));
  writeFileSync(join(runs, name, 'steps.jsonl'), '{"step":1,"of":2,"loss":1}\nhalf');
  const { page, server, wrong, close } = await shown('', { viewport: { width: 400, height: 900 }, colorScheme: 'dark' });
  await page.getByText(name).waitFor();
  assert.equal(await page.locator('img').count(), 0);
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'wider than the window');
  await server.stop();
  await page.getByRole('alert').getByText('has ended').waitFor();
  assert.deepEqual(wrong.filter((text) => !text.includes('net::ERR_')), []);
  await close();
});
