// The page of a recipe: what moves the pictures, and what doesn't.

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { open, prints, settled } from './browser.js';
import { add, boxed, moves, openBlock, shown, start, yamlOf } from './recipe_page.js';

const { WORK } = process.env;

test('each kind of control moves the pictures and the YAML', async () => {
  const { page, wrong, close } = await shown(`
- Affine: {p: 1, angle: [20, 30], fill: reflect}
- Pad: {p: 1, left: 0}
- Posterize: {p: 1}
`);
  await openBlock(page, 'Affine');
  assert.ok(await moves(page, () => page.getByLabel('angle of Affine, least').and(page.locator('.number')).fill('-80').then(() => page.keyboard.press('Enter'))), 'typed');
  assert.match(await yamlOf(page), /angle: \[-80, 30\]/);
  assert.ok(await moves(page, async () => {
    await page.locator('input.thumb[aria-label="angle of Affine, most"]').focus();
    for (let i = 0; i < 5; ++i) await page.keyboard.press('ArrowRight');
  }), 'a thumb, by keyboard');
  assert.ok(await moves(page, () => page.getByLabel('fill of Affine', { exact: true }).selectOption('colour')), 'a fill');
  assert.ok(await moves(page, () => page.getByLabel('fill of Affine, colour').fill('#ff0000')), 'a colour');
  assert.match(await yamlOf(page), /fill: \[1, 0, 0\]/);
  assert.ok(await moves(page, () => page.getByLabel('apply Affine').click()), 'the switch');
  assert.match(await yamlOf(page), /Affine: \{[^}]*p: 0[,}]/);
  await page.getByLabel('apply Affine').click();
  await settled(page);
  assert.match(await yamlOf(page), /Affine: \{[^}]*p: 1[,}]/, 'the chance comes back');
  await openBlock(page, 'Pad');
  assert.ok(await moves(page, () => page.getByLabel('left of Pad, as a number').fill('60').then(() => page.keyboard.press('Enter'))), 'a whole number');
  assert.ok(await moves(page, () => page.getByLabel('remove Posterize').click()), 'removing');
  assert.ok(!(await yamlOf(page)).includes('Posterize'));
  assert.deepEqual(wrong, []);
  await close();
});

test('YAML and blocks are one recipe; a mistake leaves the last pictures and names the right word', async () => {
  const { page, close } = await shown('- HorizontalFlip: {p: 1}\n');
  const text = page.getByLabel('YAML');
  assert.ok(await moves(page, () => text.fill('- HorizontalFlip: {p: 1}\n- Negative: {p: 1}\n')));
  await page.locator('.block[data-name=Negative]').waitFor();
  const good = await prints(page);
  await text.fill('- HorizontalFlip: {p: 1}\n- Negativ: {p: 1}\n');
  await page.getByText('line 2:').waitFor();
  assert.deepEqual(await prints(page), good, 'the last good pictures stay');
  assert.equal(await page.locator('.gutter .wrong').textContent(), '2');
  await page.getByRole('button', { name: 'use Negative' }).click();
  await settled(page);
  assert.equal(await page.locator('#yaml-error').textContent(), '');
  assert.deepEqual(await prints(page), good);
  await close();
});

test('undo and redo go through what was done, a drag at a time', async () => {
  const { page, close } = await shown('- Rotate: {p: 1, angle: [30, 40]}\n');
  const first = await prints(page);
  await openBlock(page, 'Rotate');
  assert.ok(await moves(page, async () => {
    const box = await page.locator('input[aria-label="p of Rotate"]').boundingBox();
    await page.mouse.move(box.x + box.width - 8, box.y + box.height / 2);
    await page.mouse.down();
    for (let i = 1; i <= 10; ++i) await page.mouse.move(box.x + box.width - 8 - (i * (box.width - 12)) / 10, box.y + box.height / 2);
    await page.mouse.up();
  }));
  assert.match(await yamlOf(page), /p: 0(\.0\d*)?[,}]/);
  assert.ok(await moves(page, () => page.getByLabel('undo').click()));
  assert.deepEqual(await prints(page), first, 'one step back is before the drag');
  assert.ok(await moves(page, () => page.getByLabel('redo').click()));
  await page.locator('body').click({ position: { x: 700, y: 5 } });
  await page.keyboard.press('Control+z');
  await settled(page);
  assert.deepEqual(await prints(page), first);
  await close();
});

test('blocks are dragged, nested, copied and found in the catalogue', async () => {
  const { page, wrong, close } = await shown('- Rotate: {p: 1}\n- Negative: {p: 1}\n- OneOf: {p: 1, of: [HorizontalFlip]}\n');
  const names = () => page.evaluate(() => window.doppel.state.blocks.map((one) => one.name));
  await page.locator('.block[data-name=Negative] > .head').dragTo(page.locator('.block[data-name=Rotate] > .head'), { targetPosition: { x: 60, y: 3 } });
  await settled(page);
  assert.deepEqual(await names(), ['Negative', 'Rotate', 'OneOf']);
  await page.locator('.block[data-name=Rotate] > .head').dragTo(page.locator('.block[data-name=HorizontalFlip] > .head'), { targetPosition: { x: 60, y: 20 } });
  await settled(page);
  assert.deepEqual(await names(), ['Negative', 'OneOf']);
  assert.match(await yamlOf(page), /of: \[\{?HorizontalFlip[^\]]*\}?, *\{?Rotate/s);
  await page.getByLabel('move up OneOf').click();
  await page.getByLabel('duplicate Negative').click();
  await settled(page);
  assert.deepEqual(await names(), ['OneOf', 'Negative', 'Negative']);
  await page.getByRole('button', { name: 'add a transform' }).click();
  await add(page, 'GaussianNoise', () => page.getByLabel('search transforms').fill('gaussian noise'));
  assert.equal((await names()).at(-1), 'GaussianNoise');
  assert.deepEqual(wrong, []);
  await close();
});

test('tiles at rest are the very ones that the server draws, after any step of seed and epoch', async () => {
  const { page, server, close } = await shown('- RandomResizedCrop: {scale: [0.2, 1]}\n- ColorJitter: {p: 1}\n');
  await page.getByLabel('seed more').click();
  await page.getByLabel('epoch more').click();
  await settled(page);
  const same = await page.evaluate(async ({ token }) => {
    const { hash, tiles, side } = window.doppel.state;
    const results = [];
    for (const [i, canvas] of [...document.querySelectorAll('.tile canvas')].entries()) {
      const response = await fetch(`/api/tile/${hash}/2/1/${tiles[i].index}?size=${side}`, { headers: { 'X-Doppel-Token': token } });
      const picture = await createImageBitmap(await response.blob());
      const own = new OffscreenCanvas(picture.width, picture.height);
      own.getContext('2d').drawImage(picture, 0, 0);
      const [a, b] = [own, canvas].map((c) => c.getContext('2d').getImageData(0, 0, picture.width, picture.height).data);
      results.push(canvas.width === picture.width && a.every((v, k) => v === b[k]));
    }
    return results;
  }, { token: server.token });
  assert.ok(same.length > 0 && same.every(Boolean), String(same));
  await close();
});

test('a link has the whole state, and Back goes back', async () => {
  const { page, server, close } = await shown('- HorizontalFlip: {p: 1}\n');
  await page.getByLabel('YAML').fill('- Negative: {p: 1}\n');
  await settled(page);
  await page.waitForTimeout(1100);
  await page.getByLabel('seed more').click();
  await settled(page);
  const link = page.url();
  const before = await prints(page);
  const other = await open(link);
  await settled(other.page);
  assert.deepEqual(await prints(other.page), before);
  assert.match(await yamlOf(other.page), /Negative/);
  assert.equal(await other.page.getByLabel('seed', { exact: true }).textContent(), '2');
  await other.close();
  await page.goBack();
  await page.getByLabel('seed', { exact: true }).and(page.getByText('1', { exact: true })).waitFor();
  await settled(page);
  assert.ok(link.startsWith(server.base));
  await close();
});

test('boxes move with the pixels that they are around', async () => {
  for (const [yaml, x, y, width, height] of [
    ['- HorizontalFlip: {p: 1}', 0.5, 0, 0.5, 0.5],
    ['- Rotate90: {p: 1, times: [1]}', 0, 0.5, 0.5, 0.5],
    ['- CenterCrop: {p: 1, size: [32, 32]}', 0, 0, 0.5, 0.5]]) {
    const { page, close } = await shown(yaml, { data: [boxed('part')] });
    const found = await page.evaluate(() => {
      const polygon = document.querySelector('.overlay polygon').getBoundingClientRect();
      const canvas = document.querySelector('.tile canvas');
      const around = canvas.getBoundingClientRect();
      const context = canvas.getContext('2d');
      const at = [(polygon.left + polygon.width / 2 - around.left) / around.width, (polygon.top + polygon.height / 2 - around.top) / around.height];
      return {
        place: [(polygon.left - around.left) / around.width, (polygon.top - around.top) / around.height, polygon.width / around.width, polygon.height / around.height],
        red: context.getImageData(Math.floor(at[0] * canvas.width), Math.floor(at[1] * canvas.height), 1, 1).data[0],
      };
    });
    [x, y, width, height].forEach((wanted, i) => assert.ok(Math.abs(found.place[i] - wanted) < 0.03, `${yaml}: ${found.place}`));
    assert.ok(found.red > 200, `${yaml}: the box isn't where its pixels are`);
    await close();
  }
});

test('a class that is called like a script is text', async () => {
  const name = '<img src=x onerror=window.hacked=1><script>window.hacked=1</script>';
  const { page, close } = await shown('- Negative: {p: 1}', { data: [boxed(name)] });
  assert.equal(await page.evaluate(() => window.hacked), undefined);
  assert.equal(await page.locator('.overlay title').first().textContent(), name);
  assert.equal(await page.locator('img').count(), 0);
  await close();
});

test('large: op by op, with what each step costs', async () => {
  const { page, wrong, close } = await shown('- HorizontalFlip: {p: 1}\n- Negative: {p: 1}\n- GaussianBlur: {p: 1}\n');
  await page.locator('.picture').first().click();
  await page.getByText('Op by op').waitFor();
  assert.equal(await page.locator('.ops li').count(), 4);
  assert.match(await page.locator('dialog').textContent(), /\d+ µs/);
  await page.locator('.ops button').first().click();
  await page.keyboard.press('Escape');
  await page.locator('dialog').waitFor({ state: 'detached' });
  assert.deepEqual(wrong, []);
  await close();
});

test('by keyboard alone: a transform is added, set and saved', async () => {
  const { page, file, close } = await shown('- HorizontalFlip\n');
  const tabTo = async (name) => {
    for (let i = 0; i < 80; ++i) {
      await page.keyboard.press('Tab');
      if (await page.evaluate((label) => (document.activeElement.ariaLabel ?? document.activeElement.textContent).startsWith(label), name)) return;
    }
    assert.fail(`Tab doesn't come to '${name}'`);
  };
  await tabTo('+ add a transform');
  await page.keyboard.press('Enter');
  await add(page, 'Negative', () => page.keyboard.type('negative'));
  await tabTo('p of Negative');
  await page.keyboard.press('End');
  await settled(page);
  assert.match(await yamlOf(page), /Negative: \{[^}]*p: 1[,}]/);
  await page.keyboard.press('Control+Home');
  await page.evaluate(() => document.activeElement.blur());
  await tabTo('save');
  await page.keyboard.press('Enter');
  await page.getByText('written to').waitFor();
  assert.match(readFileSync(file, 'utf8'), /Negative/);
  await close();
});

test('a program that ends is said to have, and the page comes back', async () => {
  const { page, server, close } = await shown('- HorizontalFlip: {p: 1}\n');
  const port = new URL(server.base).port;
  assert.equal(await server.stop(), 0);
  await page.getByLabel('seed more').click();
  await page.getByText('has ended').waitFor();
  const again = await start('sample:photos', '--port', port);
  await page.getByText('with another token').waitFor();
  await page.goto(again.address);
  await page.reload();
  await settled(page);
  await close();
});

test('a drag draws on the way, one answer at a time, and ends with the newest', async () => {
  const { page, close } = await shown('- Rotate: {p: 1, angle: [-10, 10]}\n- Negative: {p: 1}\n');
  await openBlock(page, 'Rotate');
  await settled(page);
  const most = await page.evaluate(() => {
    const ask = window.fetch;
    window.waiting = 0;
    window.mostWaiting = 0;
    window.fetch = (...words) => {
      if (String(words[0]).includes('/api/recipe')) window.mostWaiting = Math.max(window.mostWaiting, ++window.waiting);
      return ask(...words).finally(() => String(words[0]).includes('/api/recipe') && --window.waiting);
    };
    window.doppel.timings.length = 0;
  });
  assert.equal(most, undefined);
  const box = await page.locator('input.thumb[aria-label="angle of Rotate, most"]').boundingBox();
  const start = box.x + box.width * (await page.locator('input.thumb[aria-label="angle of Rotate, most"]').evaluate((e) => (8 + ((e.value - e.min) / (e.max - e.min)) * (e.clientWidth - 16)) / e.clientWidth));
  await page.mouse.move(start, box.y + box.height / 2);
  await page.mouse.down();
  for (let i = 1; i <= 30; ++i) await page.mouse.move(start + i, box.y + box.height / 2);
  await page.mouse.up();
  await settled(page);
  const { timings, mostWaiting, hash } = await page.evaluate(() => ({ timings: window.doppel.timings.length, mostWaiting: window.mostWaiting, hash: window.doppel.state.hash }));
  assert.ok(timings >= 2, `${timings} drawn on the way`);
  assert.equal(mostWaiting, 1);
  const again = await page.evaluate(async () => {
    const { blocks, rules } = window.doppel.state;
    const tree = await import('/page/tree.js');
    const api = await import('/page/api.js');
    return (await api.post('/api/recipe', { tree: { ...rules, transforms: tree.written(blocks) } })).hash;
  });
  assert.equal(hash, again);
  await close();
});

test('variants of one image, another recipe beside, and what is drawn', async () => {
  const { page, wrong, close } = await shown('- Rotate: {p: 1, angle: [-80, 80]}\n');
  await page.getByLabel('variants of one').click();
  await settled(page);
  assert.equal(new Set(await page.evaluate(() => window.doppel.state.tiles.map((tile) => tile.index))).size, 1);
  const variants = await prints(page);
  assert.equal(new Set(variants).size, 12);
  await page.getByRole('button', { name: 'compare with this' }).click();
  await settled(page);
  const pair = () => page.evaluate(() => [...document.querySelectorAll('.tile')].slice(0, 1).map((tile) =>
    [...tile.querySelectorAll('canvas')].map((c) => c.getContext('2d').getImageData(0, 0, c.width, c.height).data.join())).map(([a, b]) => a === b)[0]);
  assert.equal(await pair(), true);
  await page.getByLabel('YAML').fill('- Negative: {p: 1}');
  await settled(page);
  assert.equal(await pair(), false);
  await page.getByRole('button', { name: 'end comparing' }).click();
  await page.getByLabel('YAML').fill('- Rotate: {p: 1, angle: [20, 40]}');
  await settled(page);
  await page.getByText('what is drawn').click();
  const bars = page.getByRole('img', { name: /^angle: / });
  await bars.waitFor();
  const [, low, high] = /from ([\d.]+) to ([\d.]+)/.exec(await bars.getAttribute('aria-label')).map(Number);
  assert.ok(low >= 20 && low < 22 && high <= 40 && high > 38, `${low} to ${high}`);
  assert.deepEqual(wrong, []);
  await close();
});

test('classes are counted and filter the images; what is lost is said', async () => {
  const digits = await shown('- HorizontalFlip: {p: 1}', { data: ['sample:digits'] });
  await digits.page.getByText('the data', { exact: true }).click();
  await digits.page.locator('.classes').first().getByRole('button', { name: '7', exact: true }).click();
  await settled(digits.page);
  assert.deepEqual(new Set(await digits.page.evaluate(() => window.doppel.state.tiles.map((tile) => tile.class))), new Set(['7']));
  assert.match(digits.page.url(), /class=7/);
  await digits.close();
  const lost = await shown('- Crop: {p: 1}'.replace('Crop', 'CenterCrop').replace('p: 1', 'p: 1, size: [8, 8]') + '\n', { data: [boxed('part', 3)] });
  assert.match(await lost.page.locator('.strip').textContent(), /1 boxes lost/);
  assert.match(await lost.page.locator('.strip').textContent(), /without any of their objects/);
  await lost.close();
});

test('other sites get nothing', async () => {
  const server = await start('sample:photos');
  const other = await start('sample:photos');
  const { page, close } = await open(other.address);
  const got = await page.evaluate(async ({ base, token }) => {
    const tried = async (act) => act().then((r) => (r.type === 'opaque' ? 'opaque' : r.status), () => 'failed');
    const headers = { 'X-Doppel-Token': token };
    return [
      await tried(() => fetch(`${base}/api/data`, { headers })),
      await tried(() => fetch(`${base}/api/recipe`, { method: 'POST', mode: 'no-cors', body: '{}' })),
      await new Promise((resolve) => {
        const image = new Image();
        image.onload = () => resolve('loaded');
        image.onerror = () => resolve('failed');
        image.src = `${base}/page/icon.svg`;
      }),
    ];
  }, { base: server.base, token: server.token });
  assert.deepEqual(got, ['failed', 'failed', 'failed']);
  await close();
});

test('pictures that hardly differ are told, from their originals and from one another', async () => {
  const { page, wrong, close } = await shown('- Brightness: {factor: [1.005, 1.01], p: 1}\n');
  await page.getByText(/^\d+ of \d+ pictures hardly differ from their originals$/).waitFor();
  await page.getByLabel('variants of one').check();
  await settled(page);
  await page.getByText(/hardly differ from another of the same image$/).waitFor();
  assert.deepEqual(wrong, []);
  await close();
});

test('every image is looked at: what comes twice lies side by side', async () => {
  const data = join(WORK, 'twice');
  for (const folder of ['train/a', 'train/b', 'test/a']) mkdirSync(join(data, folder), { recursive: true });
  const photos = join(process.env.SOURCE, 'dataset/sample/photos');
  const photo = readFileSync(readdirSync(photos, { recursive: true }).map((name) => join(photos, name)).find((name) => name.endsWith('.jpg')));
  for (const name of ['train/a/1.jpg', 'train/b/2.jpg', 'test/a/3.jpg']) writeFileSync(join(data, name), photo);
  writeFileSync(join(data, 'train/b/cut.jpg'), photo.subarray(0, 900));
  const { page, close } = await shown('- HorizontalFlip\n', { data: [data] });
  await page.getByText('the data', { exact: true }).click();
  await page.getByRole('button', { name: 'look at every image' }).click();
  await page.getByText('1 broken').waitFor();
  await page.getByText('the same, with different labels').waitFor();
  await page.getByText('the same, in two parts').first().waitFor();
  const drawn = await page.waitForFunction(() => [...document.querySelectorAll('.twin canvas')].filter((canvas) =>
    canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.some((value) => value > 0)).length >= 2);
  assert.ok(drawn);
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await close();
});

test('light, dark and narrow: nothing is cut off', async () => {
  const pictures = process.env.SCREENSHOTS;
  for (const [name, options] of [['light', { colorScheme: 'light' }], ['dark', { colorScheme: 'dark' }], ['narrow', { viewport: { width: 400, height: 900 } }]]) {
    const { page, wrong, close } = await shown('- RandomResizedCrop\n- OneOf: {p: 1, of: [Affine, Perspective]}\n- CoarseDropout: {p: 1}\n', options);
    await openBlock(page, 'RandomResizedCrop');
    await openBlock(page, 'Affine');
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${name} is too wide`);
    if (pictures) await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });
    assert.deepEqual(wrong, []);
    await close();
  }
});
