// The page of a recipe, opened for a test.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after } from 'node:test';
import { closeBrowser, open, prints, serve, settled } from './browser.js';

const { WORK } = process.env;
const stops = [];
after(async () => {
  await closeBrowser();
  for (const stop of stops) await stop();
});
const fresh = (name) => join(WORK, `${name}-${Math.random().toString(36).slice(2)}`);

export async function start(...words) {
  const server = await serve(...words);
  stops.push(server.stop);
  return server;
}

/** Opens the page on a recipe of its own; `query`: what stands behind "?". */
export async function shown(yaml, { data = ['sample:photos'], query = '', ...options } = {}) {
  const file = `${fresh('recipe')}.yaml`;
  writeFileSync(file, yaml);
  const server = await start(...data, '--recipe', file);
  const opened = await open(server.address.replace('/#', `/${query}#`), options);
  await settled(opened.page);
  return { ...opened, server, file };
}
export const yamlOf = (page) => page.getByLabel('YAML').inputValue();

/** Does something, and says whether the pictures are others then. */
export async function moves(page, act) {
  const before = await prints(page);
  await act();
  await settled(page);
  return JSON.stringify(await prints(page)) !== JSON.stringify(before);
}
export const openBlock = async (page, name) => {
  const title = page.locator(`.block[data-name=${name}] .title`).first();
  await title.click();
  await title.and(page.locator('[aria-expanded=true]')).waitFor();
};
/** Types a number into a field, by its label. */
export const type = (page, label, text) => page.getByLabel(label, { exact: true }).and(page.locator('.number')).fill(text).then(() => page.keyboard.press('Enter'));

/** Searches the open catalogue by what `search` types, and takes what is found first, by the keyboard. */
export async function add(page, name, search) {
  await page.locator('[aria-label="search transforms"]:focus').waitFor();
  await search();
  await page.locator('.found [aria-selected=true] b', { hasText: new RegExp(`^${name}$`) }).waitFor();
  await page.keyboard.press('Enter');
  await page.locator(`.block[data-name=${name}]`).first().waitFor();
  await settled(page);
}

/** A data set of one image with a box in its left upper quarter, of a class of any name and size. */
export function boxed(name, side = 32) {
  const folder = fresh('boxed');
  mkdirSync(folder);
  writePicture(join(folder, 'one.ppm'), (x, y) => (x < 32 && y < 32 ? [250, 40, 40] : [40, 40, 40]));
  writeFileSync(join(folder, 'coco.json'), JSON.stringify({
    images: [{ id: 1, file_name: 'one.ppm', width: 64, height: 64 }],
    annotations: [{ id: 1, image_id: 1, category_id: 1, bbox: [0, 0, side, side], area: side * side, iscrowd: 0 }],
    categories: [{ id: 1, name }],
  }));
  return join(folder, 'coco.json');
}

/** A picture of 64 x 64 pixels, each [red, green, blue], or a number for grey. */
export function writePicture(file, color) {
  const rows = Array.from({ length: 64 }, (_, y) => Array.from({ length: 64 }, (_, x) => color(x, y)));
  const isGrey = typeof rows[0][0] === 'number';
  writeFileSync(file, Buffer.concat([Buffer.from(`P${isGrey ? 5 : 6}\n64 64\n255\n`), Buffer.from(rows.flat(2))]));
}

/** A new folder for a test's data. */
export function folder(name) {
  const path = fresh(name);
  mkdirSync(path);
  return path;
}
