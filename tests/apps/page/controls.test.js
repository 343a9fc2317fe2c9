// Controls for what every transform may have, and for what a recipe has once.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { settled } from './browser.js';
import { boxed, folder, moves, openBlock, shown, type, writePicture, yamlOf } from './recipe_page.js';

const open = (page, words) => page.locator('summary', { hasText: words }).first().click();

test('label rules: which classes are touched, what becomes of them, and whom the strip says was spared', async () => {
  const { page, wrong, close } = await shown('- Rotate: {p: 1, angle: [60, 80]}\n', { data: ['sample:digits'] });
  await openBlock(page, 'Rotate');
  await open(page, 'labels');
  const shownClass = await page.evaluate(() => window.doppel.state.tiles[0].class);
  const other = shownClass === '7' ? '3' : '7';
  assert.ok(await moves(page, () => page.getByLabel(`only ${other}, of Rotate`).check()), 'only');
  assert.match(await yamlOf(page), new RegExp(`only_labels: \\[["']?${other}["']?\\]`));
  const spared = await page.evaluate((name) => window.doppel.state.tiles.filter((tile) => tile.class !== name).length, other);
  await page.getByText(`${spared} of 12 pictures were spared Rotate by their labels`, { exact: true }).waitFor();
  assert.ok(await moves(page, () => page.getByLabel(`only ${other}, of Rotate`).uncheck()), 'nobody is left out');
  assert.ok(await moves(page, () => page.getByLabel(`all but ${shownClass}, of Rotate`).check()), 'all but');
  assert.match(await yamlOf(page), /except_labels: /);
  await page.getByLabel(`all but ${shownClass}, of Rotate`).uncheck();
  await settled(page);
  // Names that aren't there are no classes, but those with a question mark may be missing.
  const text = page.getByLabel('all but another label, of Rotate');
  await text.fill('eleven?');
  await page.keyboard.press('Enter');
  await settled(page);
  assert.match(await yamlOf(page), /except_labels: \[["']?eleven\?["']?\]/);
  await page.getByLabel('all but eleven?, of Rotate').click(); // it goes with its mark
  await page.getByLabel('a label that becomes another, of Rotate').fill(shownClass);
  await page.keyboard.press('Enter');
  await page.getByLabel(`what ${shownClass} becomes, of Rotate`).fill(other);
  await page.keyboard.press('Enter');
  await settled(page);
  assert.match(await yamlOf(page), new RegExp(`relabel: \\{["']?${shownClass}["']?: ["']?${other}["']?\\}`));
  assert.equal(await page.locator('.tile .class').first().textContent(), other);
  await page.getByLabel(`${shownClass} stays, of Rotate`).click();
  await settled(page);
  assert.doesNotMatch(await yamlOf(page), /relabel/);
  assert.deepEqual(wrong, []);
  await close();
});

test('schedules: from, until and what grows move the pictures as training goes on', async () => {
  const { page, wrong, close } = await shown('- Rotate: {p: 1, angle: [70, 80]}\n');
  await openBlock(page, 'Rotate');
  await open(page, 'when in training');
  assert.equal(await page.getByLabel('percent of training that is over').count(), 0);
  assert.ok(await moves(page, () => type(page, 'from of Rotate, as a number', '0.5')), 'it begins later');
  assert.match(await yamlOf(page), /from: 0\.5/);
  const over = page.getByLabel('percent of training that is over');
  assert.ok(await moves(page, () => over.fill('50')), 'it has begun');
  assert.match(page.url(), /training=50/);
  assert.ok(await moves(page, () => type(page, 'until of Rotate, as a number', '0.8').then(() => settled(page)).then(() => over.fill('80'))), 'it has ended');
  assert.match(await yamlOf(page), /until: 0\.8/);
  await type(page, 'from of Rotate, as a number', '0');
  await settled(page);
  await over.fill('0');
  await settled(page);
  await page.getByLabel('what grows, of Rotate').selectOption('angle');
  await settled(page);
  assert.ok(await moves(page, async () => {
    await type(page, 'start angle of Rotate, least', '0');
    await settled(page);
    await type(page, 'start angle of Rotate, most', '5');
  }), 'it begins smaller');
  assert.match(await yamlOf(page), /start: \{[^}]*angle: \[0, 5\]/);
  assert.ok(await moves(page, () => over.fill('75')), 'it grows');
  // What isn't said to grow stays as the transform has it.
  await page.getByLabel('YAML').fill('- Rotate: {p: 1, angle: [70, 80], start: {angle: [0, 5], p: 1}}\n');
  await settled(page);
  assert.deepEqual(await page.evaluate(() => window.doppel.state.blocks[0].fields.start), { angle: [0, 5] });
  assert.deepEqual(wrong, []);
  await close();
});

test('what a recipe has once: objects that are dropped, what shows in masks, pairs and channels', async () => {
  const { page, wrong, close } = await shown('- CenterCrop: {p: 1, size: [32, 32]}\n', { data: [boxed('part', 24)] });
  assert.equal(await page.locator('.overlay polygon').count(), 1);
  await open(page, 'objects, masks and channels');
  await type(page, 'min_area of the recipe, as a number', '500');
  await settled(page);
  assert.match(await yamlOf(page), /min_area: 500/);
  assert.equal(await page.locator('.overlay polygon').count(), 0);
  await page.getByLabel('undo').click();
  await settled(page);
  assert.equal(await page.locator('.overlay polygon').count(), 1, 'undo takes it back');
  await type(page, 'mask_fill of the recipe, as a number', '255');
  await page.getByLabel('keypoints of the recipe', { exact: true }).selectOption('drop');
  await page.getByLabel('mirror_pairs of the recipe').fill('0 1, 2 3');
  await page.keyboard.press('Enter');
  assert.ok(await moves(page, () => page.getByLabel('rgb of the recipe').fill('2, 1, 0').then(() => page.keyboard.press('Enter'))), 'channels are others');
  const yaml = await yamlOf(page);
  for (const part of [/mask_fill: 255/, /keypoints: drop/, /mirror_pairs:[\s\S]*\[0, 1\][\s\S]*\[2, 3\]/, /rgb: \[2, 1, 0\]/]) assert.match(yaml, part);
  assert.deepEqual(wrong, []);
  await close();
});

test('the catalogue has a picture of every transform, drawn once it is seen', async () => {
  const { page, wrong, close } = await shown('- HorizontalFlip\n');
  const asked = [];
  page.on('request', (request) => request.url().includes('/api/example/') && asked.push(request.url()));
  await page.getByRole('button', { name: 'add a transform' }).click();
  const drawn = (most) => page.waitForFunction((n) => document.querySelectorAll('.found canvas[data-drawn]').length >= n, most);
  await drawn(4);
  const all = await page.locator('.found li').count();
  assert.ok(asked.length < all / 2, `${asked.length} of ${all} were asked for at once`);
  for (let at = 0; at < all; at += 5) await page.locator('.found li').nth(at).scrollIntoViewIfNeeded();
  await page.locator('.found li').last().scrollIntoViewIfNeeded();
  await drawn(all);
  const prints = await page.evaluate(() => [...document.querySelectorAll('.found li canvas')].map((canvas) =>
    canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.filter((_, i) => i % 4 < 3).reduce((sum, v, i) => (sum + v * (i % 97)) % 1e9, 0)));
  assert.ok(new Set(prints).size > 0.8 * all, `${new Set(prints).size} of ${all} pictures are others`);
  assert.deepEqual(wrong, []);
  await close();
});

test('an outline of a mask goes along its pixels, around holes too', async () => {
  const data = folder('masks');
  const { mkdirSync } = await import('node:fs');
  for (const name of ['images', 'masks']) mkdirSync(join(data, name));
  writePicture(join(data, 'images', 'one.ppm'), () => [90, 90, 90]);
  const isIn = (v, from, to) => v >= from && v < to;
  writePicture(join(data, 'masks', 'one.pgm'), (x, y) => (isIn(x, 16, 48) && isIn(y, 8, 40) && !(isIn(x, 24, 32) && isIn(y, 16, 24)) ? 1 : 0));
  const { page, close } = await shown('- HorizontalFlip: {p: 1}\n', { data: [data] });
  const mask = await page.evaluate(() => window.doppel.state.tiles[0].plan.masks[0].find((one) => one.number === 1));
  const corners = (points) => points.map(([x, y]) => [64 * x, 64 * y].map((v) => Math.round(100 * v) / 100).join(' ')).sort();
  assert.deepEqual(mask.outlines.map(corners), [['16 40', '16 8', '48 40', '48 8'], ['32 16', '32 24', '40 16', '40 24']]);
  assert.equal(await page.locator('.overlay path').count(), 1);
  await close();
});
