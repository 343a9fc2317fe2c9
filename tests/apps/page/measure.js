// How fast the page follows: node measure.js PHOTOGRAPHS [COUNT], with DOPPEL and CHROMIUM set. Prints what bench/README.md has.

import { execFileSync } from 'node:child_process';
import { closeBrowser, open, serve, settled } from './browser.js';

const [photographs, count = '12'] = process.argv.slice(2);
const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
const server = await serve(photographs, '--recipe', 'strong');
const { page } = await open(`${server.base}/?count=${count}#${server.token}`, { viewport: { width: 1600, height: 1000 } });
await settled(page);
await page.locator('.block[data-name=ColorJitter] .title').click();
await settled(page);
const slider = await page.locator('input.thumb[aria-label="brightness of ColorJitter, most"]').boundingBox();
const y = slider.y + slider.height / 2;
const at = (share) => slider.x + 8 + share * (slider.width - 16);
const value = await page.locator('input.thumb[aria-label="brightness of ColorJitter, most"]').evaluate((e) => (e.value - e.min) / (e.max - e.min));

// One move at a time, each until its tiles are drawn.
await page.mouse.move(at(value), y);
await page.mouse.down();
for (let i = 1; i <= 20; ++i) {
  await page.mouse.move(at(value - 0.012 * i), y);
  await page.waitForFunction((n) => window.doppel.timings.length >= n && !window.doppel.busy, i, { polling: 5 });
}
await page.mouse.up();
const single = await page.evaluate(() => window.doppel.timings.map(({ moved, drawn }) => drawn - moved));

// Thirty moves in a second.
await settled(page);
await page.evaluate(() => (window.doppel.timings.length = 0));
const here = await page.locator('input.thumb[aria-label="brightness of ColorJitter, most"]').evaluate((e) => (e.value - e.min) / (e.max - e.min));
await page.mouse.move(at(here), y);
await page.mouse.down();
const start = performance.now();
for (let i = 1; i <= 30; ++i) {
  await page.mouse.move(at(here - 0.012 * i), y);
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, start + i * 33.3 - performance.now())));
}
const took = performance.now() - start;
await page.mouse.up();
await page.waitForTimeout(1500);
const drawn = await page.evaluate(() => window.doppel.timings.length);
const load = await page.evaluate(() => performance.getEntriesByType('navigation')[0].loadEventEnd);
const bytes = await page.evaluate(() => performance.getEntriesByType('resource').filter((e) => e.name.includes('/page/')).reduce((sum, e) => sum + e.transferSize, 0));
await server.stop();
await closeBrowser();

const began = performance.now();
execFileSync(process.env.DOPPEL, ['preview', photographs, '--recipe', 'strong', '--count', count, '--side', '192', '--out', '/tmp/sheet.png']);
console.log(JSON.stringify({
  tiles: Number(count), ms_median: Math.round(median(single)), ms_most: Math.round(Math.max(...single)), moves: 30, drag_ms: Math.round(took), drawn,
  load_ms: Math.round(load), page_bytes: bytes, preview_ms: Math.round(performance.now() - began),
}));
