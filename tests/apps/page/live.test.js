// What others change while the page is open: files, and the program itself.

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { open, prints, settled } from './browser.js';
import { boxed, folder, moves, shown, start, writePicture, yamlOf } from './recipe_page.js';

test("the recipe's file is read again where nothing would be lost, and else it's said", async () => {
  const { page, file, server, wrong, close } = await shown('- HorizontalFlip: {p: 1}\n');
  const before = await prints(page);
  writeFileSync(file, '- Negative: {p: 1}\n');
  await page.locator('.block[data-name=Negative]').waitFor();
  await settled(page);
  assert.notDeepEqual(await prints(page), before);
  await page.getByLabel('undo').click();
  await page.locator('.block[data-name=HorizontalFlip]').waitFor();
  writeFileSync(file, '- Transpose: {p: 1}\n');
  await page.getByText('was changed by another program').waitFor();
  assert.match(await yamlOf(page), /HorizontalFlip/);
  await page.getByRole('button', { name: 'take it' }).click();
  await page.locator('.block[data-name=Transpose]').waitFor();
  writeFileSync(file, '- Transpos: {p: 1}\n');
  await page.getByText("there is no transform 'Transpos'").first().waitFor();
  assert.match(await yamlOf(page), /Transpose/);
  assert.deepEqual(wrong.filter((text) => !text.includes('422')), []);
  const later = await open(server.address); // after it was broken
  await later.page.getByText("there is no transform 'Transpos'").first().waitFor();
  assert.match(await yamlOf(later.page), /HorizontalFlip/);
  await later.close();
  await close();
});

test('an image that is written anew is drawn anew, and what comes or goes is said', async () => {
  const data = folder('written');
  for (const name of ['a', 'b']) mkdirSync(join(data, name));
  const put = (name, color) => writePicture(join(data, name), () => color);
  put('a/1.ppm', [200, 0, 0]);
  put('b/1.ppm', [0, 200, 0]);
  const { page, close } = await shown('- HorizontalFlip: {p: 1}\n', { data: [data] });
  const before = await prints(page);
  put('a/1.ppm', [0, 0, 200]);
  await page.waitForFunction((old) => {
    const canvas = document.querySelector('.tile canvas');
    return canvas.getContext('2d').getImageData(1, 1, 1, 1).data[2] > 150 && old;
  }, before);
  put('b/2.ppm', [9, 9, 9]);
  await page.getByText('Files came or went').waitFor();
  await close();
});

test("the catalogue's pictures follow the image, those that are seen", async () => {
  const data = folder('examples');
  for (const name of ['a', 'b']) mkdirSync(join(data, name));
  const put = (name, color) => writePicture(join(data, name), (x) => color.map((one) => one + (x % 8)));
  put('a/1.ppm', [200, 0, 0]);
  put('b/1.ppm', [0, 200, 0]);
  const { page, wrong, close } = await shown('- HorizontalFlip: {p: 1}\n', { data: [data] });
  const asked = [];
  page.on('request', (request) => request.url().includes('/api/example/') && asked.push(request.url()));
  await page.getByRole('button', { name: 'add a transform' }).click();
  /** Of the flip's picture and of the large one, which of red, green and blue is most. */
  const most = (channel) => page.waitForFunction((wanted) => [...document.querySelectorAll('.found li')].filter((one) => one.querySelector('b').textContent === 'HorizontalFlip')
    .map((one) => one.querySelector('canvas[data-drawn]')).concat(document.querySelector('canvas.sample:not([hidden])')).every((canvas) => {
      if (!canvas) return false;
      const [...color] = canvas.getContext('2d').getImageData(canvas.width / 2, canvas.height / 2, 1, 1).data.slice(0, 3);
      return color.indexOf(Math.max(...color)) === wanted;
    }), channel);
  await page.getByLabel('search transforms').fill('flip');
  await most(0);
  put('a/1.ppm', [0, 0, 200]);
  await most(2);
  // Another image is the first one: by Back, say.
  await page.evaluate(() => {
    history.replaceState(null, '', `?from=1${location.hash}`);
    window.dispatchEvent(new PopStateEvent('popstate'));
  });
  await most(1);
  await page.getByLabel('search transforms').fill('');
  await page.waitForFunction(() => document.querySelectorAll('.found canvas[data-drawn]').length > 3);
  asked.length = 0;
  const again = page.waitForRequest((request) => /\/api\/example\/.*written=2/.test(request.url()));
  put('b/1.ppm', [200, 0, 0]);
  await again;
  await page.waitForFunction(() => document.querySelectorAll('.found canvas[data-drawn]').length > 3);
  const all = await page.locator('.found li').count();
  assert.ok(asked.length > 0 && asked.length < all / 2, `${asked.length} of ${all} were asked for again`);
  assert.deepEqual(wrong, []);
  await close();
});

test('two browsers shape a recipe each, and one is told of what the other has saved', async () => {
  const { page, file, server, wrong, close } = await shown('- HorizontalFlip: {p: 1}\n');
  const other = await open(server.address);
  await settled(other.page);
  assert.deepEqual(await prints(other.page), await prints(page));
  const before = await prints(page);
  assert.ok(await moves(other.page, () => other.page.getByLabel('YAML').fill('- Negative: {p: 1}\n')));
  await Promise.all([page, other.page].map(async (one, i) => {
    for (let step = 0; step < 5; ++step) await one.getByLabel(i ? 'seed more' : 'epoch more').click();
    await settled(one);
  }));
  for (let step = 0; step < 5; ++step) await page.getByLabel('epoch less').click();
  await settled(page);
  assert.deepEqual(await prints(page), before);
  await other.page.getByRole('button', { name: 'save' }).click();
  await other.page.getByText('written to').waitFor();
  await page.locator('.block[data-name=Negative]').waitFor();  // nothing was changed here, so nothing is lost
  await page.getByLabel('YAML').fill('- Transpose: {p: 1}\n');
  await settled(page);
  await other.page.getByLabel('YAML').fill('- VerticalFlip: {p: 1}\n');
  await settled(other.page);
  await page.getByRole('button', { name: 'save' }).click();
  await other.page.getByText('was changed by another program').waitFor();
  assert.match(await yamlOf(other.page), /VerticalFlip/);
  assert.match(readFileSync(file, 'utf8'), /Transpose/);
  assert.deepEqual([...wrong, ...other.wrong], []);
  await other.close();
  await close();
});

test('where there are sixteen streams the next page asks now and then', async () => {
  const server = await start('sample:photos');
  const pages = [];
  const ended = new AbortController();
  for (let i = 0; i < 16; ++i) pages.push(await fetch(`${server.base}/api/events`, { headers: { 'X-Doppel-Token': server.token }, signal: ended.signal }));
  assert.deepEqual(pages.map((one) => one.status), Array(16).fill(200));
  const { page, close } = await open(server.address);
  await settled(page);
  assert.ok(await moves(page, () => page.getByLabel('YAML').fill('- Negative: {p: 1}\n')));
  ended.abort();
  await close();
});

test('a detection set counts its classes by part, and filters by them at once', async () => {
  const file = boxed('part');
  const json = JSON.parse(readFileSync(file, 'utf8'));
  json.images.push({ id: 2, file_name: 'two.ppm', width: 64, height: 64 });
  json.categories.push({ id: 2, name: 'wheel' });
  for (let i = 0; i < 3; ++i) json.annotations.push({ id: 2 + i, image_id: 2, category_id: 2, bbox: [8 * i, 8, 8, 8], area: 64, iscrowd: 0 });
  writeFileSync(file, JSON.stringify(json));
  writePicture(join(file, '..', 'two.ppm'), () => [0, 0, 200]);
  const { page, wrong, close } = await shown('- HorizontalFlip: {p: 1}\n', { data: [file] });
  await page.getByText('the data', { exact: true }).click();
  await page.locator('.classes li', { hasText: 'wheel' }).getByText('1 images, 3 objects').waitFor();
  await page.locator('.classes').getByRole('button', { name: 'wheel' }).click();
  await settled(page);
  assert.deepEqual(await page.evaluate(() => window.doppel.state.tiles.map((tile) => tile.name)), ['two.ppm']);
  assert.deepEqual(wrong, []);
  await close();
});
