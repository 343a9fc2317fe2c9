// A plan, copied from a tile, and done again to images.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { settled } from './browser.js';
import { boxed, shown } from './recipe_page.js';

/** The pixels of a canvas in a dialog, once there are some. */
const pixels = (page, dialog) => page.waitForFunction((name) => {
  const canvas = document.querySelector(`dialog.${name} canvas`);
  return canvas?.width > 0 && canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.join();
}, dialog).then((handle) => handle.jsonValue());

test('a plan is copied from a tile, replayed on its image and on another, op by op', async () => {
  const { page, server, wrong, close } = await shown('- HorizontalFlip: {p: 1}\n- Negative: {p: 1}\n', { data: ['sample:digits'], permissions: ['clipboard-read', 'clipboard-write'] });
  await page.locator('.tile').first().getByRole('button', { name: /^copy the plan of/ }).click();
  await page.getByText('copied', { exact: true }).waitFor();
  const text = await page.evaluate(() => navigator.clipboard.readText());
  assert.match(text, /source: \[28, 28\]/);
  await page.getByRole('button', { name: 'replay a plan' }).click();
  await page.getByLabel('plan', { exact: true }).fill(text);
  await page.locator('dialog.replay .words', { hasText: 'flip' }).waitFor();
  const replayed = () => page.evaluate(async (token) => {
    const { hash } = await (await fetch('/api/recipe', { method: 'POST', headers: { 'X-Doppel-Token': token, 'Content-Type': 'application/json' },
      body: JSON.stringify({ plan: document.querySelector('dialog.replay textarea').value }) })).json();
    const ask = async (path) => (await (await fetch(path, { headers: { 'X-Doppel-Token': token } })).arrayBuffer());
    const bytes = (buffer) => new Uint8Array(buffer).join();
    const { hash: own, seed, tiles } = window.doppel.state;
    return bytes(await ask(`/api/tile/${hash}/9/9/${tiles[0].index}?size=64`)) === bytes(await ask(`/api/tile/${own}/${seed}/0/${tiles[0].index}?size=64`));
  }, server.token);
  assert.equal(await replayed(), true, 'the same picture again');
  const first = await pixels(page, 'replay');
  const other = await page.evaluate(() => String(window.doppel.state.tiles[1].index));
  await page.getByLabel('image of the plan').selectOption(other);
  await page.waitForFunction((before) => {
    const canvas = document.querySelector('dialog.replay canvas');
    return canvas && canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.join() !== before;
  }, first);
  await page.getByRole('button', { name: 'op by op' }).click();
  await page.locator('.ops li').nth(2).waitFor();
  assert.equal(await page.locator('.ops li').count(), 3);
  await page.keyboard.press('Escape');
  await page.locator('dialog.large').waitFor({ state: 'detached' });
  assert.deepEqual(wrong, []);
  await close();
});

test('a wrong plan is told at its line, and what is of another size by both', async () => {
  const { page, close } = await shown('- HorizontalFlip: {p: 1}\n', { data: ['sample:digits'] });
  await page.getByRole('button', { name: 'replay a plan' }).click();
  const text = page.getByLabel('plan', { exact: true });
  await text.fill('source: [28, 28]\nops:\n  - Flap: {}\n');
  await page.getByText("line 3: there is no op 'Flap'").waitFor();
  assert.equal(await page.locator('dialog.replay .gutter .wrong').textContent(), '3');
  await text.fill('source: [30, 28]\nops: []\n');
  await page.getByText('drawn for an image of 30x28 (height x width), not 28x28').waitFor();
  await text.fill('{"source": [28, 28], "ops": []}');
  await page.locator('dialog.replay .words', { hasText: 'unchanged' }).waitFor();
  assert.equal(await page.locator('#plan-error').textContent(), '');
  await close();
});

test('a plan goes from the large view to replaying, boxes along', async () => {
  const { page, close } = await shown('- HorizontalFlip: {p: 1}\n', { data: [boxed('part')] });
  await page.locator('.picture').first().click();
  await page.getByRole('button', { name: 'replay it on an image' }).click();
  await page.locator('dialog.replay .overlay polygon').waitFor();
  const plan = await page.evaluate(() => document.querySelector('dialog.replay .overlay polygon').getAttribute('points').split(' ').map((p) => Number(p.split(',')[0])));
  assert.equal(Math.min(...plan), 32, 'the box is flipped');
  await page.keyboard.press('Escape');
  await page.locator('dialog.replay').waitFor({ state: 'detached' });
  await settled(page);
  await close();
});
