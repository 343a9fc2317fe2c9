// A served page in a browser, for a test each.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chromium } from 'playwright-core';

const { DOPPEL, CHROMIUM } = process.env;

/** Starts `doppel serve` with these words; resolves to its address and how to end it. */
export async function serve(...words) {
  const program = spawn(DOPPEL, ['serve', ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  program.stderr.on('data', (text) => (said += text));
  const address = await new Promise((resolve, reject) => {
    let text = '';
    program.stdout.on('data', (part) => {
      text += part;
      if (text.includes('\n')) resolve(text.trim());
    });
    program.once('exit', (code) => reject(new Error(`doppel serve ended with ${code}: ${said}`)));
  });
  const stop = async () => {
    if (program.exitCode !== null) return program.exitCode;
    program.kill('SIGINT');
    const [code] = await once(program, 'exit');
    return code;
  };
  return { address, stop, base: address.replace(/\/#.*/, ''), token: address.replace(/.*#/, '') };
}

let browser;
export async function open(address, options = {}) {
  browser ??= await chromium.launch({ executablePath: CHROMIUM, timeout: 120_000, args: ['--no-sandbox', '--disable-dev-shm-usage', ...(options.args ?? [])] });
  const context = await browser.newContext({ viewport: { width: 1360, height: 900 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  const wrong = [];
  page.on('pageerror', (error) => wrong.push(String(error)));
  page.on('console', (message) => message.type() === 'error' && wrong.push(message.text()));
  await page.goto(address);
  return { page, wrong, close: () => context.close() };
}
export const closeBrowser = async () => browser?.close();

/** Waits until every tile is drawn as it is, of the newest recipe. */
export const settled = (page) =>
  page.waitForFunction(() => {
    const store = window.doppel;
    return store?.state.ready && !store.busy && store.settled === store.moves && store.state.tiles.length > 0;
  }, undefined, { timeout: 60_000 });

/** The pixels of all tiles, as a number each. */
export const prints = (page) =>
  page.evaluate(() => [...document.querySelectorAll('.tile canvas')].map((canvas) => {
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    let hash = 7;
    for (let i = 0; i < data.length; i += 4) hash = (hash * 31 + data[i] + 3 * data[i + 1] + 5 * data[i + 2]) | 0;
    return hash;
  }));
