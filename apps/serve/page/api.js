// Asking the server. The token is in the address behind '#', which no browser sends by itself.

const inAddress = location.hash.slice(1);
if (/^[0-9a-f]{32}$/.test(inAddress)) sessionStorage.setItem('token', inAddress);
const token = sessionStorage.getItem('token') ?? '';

/** What the server said instead of an answer: `message`, and of a recipe `line` and `word`. */
export class Refused extends Error {
  constructor(status, body) {
    super(body.error ?? `the server answered ${status}`);
    this.status = status;
    this.line = body.line;
    this.word = body.word;
  }
}

/** Nobody answers: the program has ended. */
export class Gone extends Error {}

async function ask(path, options = {}) {
  let response;
  try {
    response = await fetch(path, { ...options, headers: { 'X-Doppel-Token': token, ...options.headers } });
  } catch {
    throw new Gone('the program has ended');
  }
  if (response.ok) return response;
  throw new Refused(response.status, await response.json().catch(() => ({})));
}

export const get = async (path) => (await ask(path)).json();

export const post = async (path, body) =>
  (await ask(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  })).json();

const query = (values) =>
  Object.entries(values)
    .filter(([, value]) => value !== undefined && value !== false)
    .map(([name, value]) => `${name}=${encodeURIComponent(value === true ? 1 : value)}`)
    .join('&');

export const path = (kind, { hash, seed, epoch, index }, values = {}) =>
  `/api/${kind}/${hash}/${seed}/${epoch}/${index}?${query(values)}`;

// Pictures that were drawn lately. The browser keeps none of them (no-store): another program may have this port tomorrow.
const kept = new Map();
const mostKept = 300;

/** A tile as something that a canvas draws. */
export async function tile(at, values) {
  const where = path('tile', at, values);
  const found = kept.get(where);
  if (found) return found;
  const picture = await createImageBitmap(await (await ask(where)).blob());
  kept.set(where, picture);
  if (kept.size > mostKept) kept.delete(kept.keys().next().value);
  return picture;
}

/** Any other picture, which isn't kept. */
export const picture = async (where) => createImageBitmap(await (await ask(where)).blob());

export const plan = (at, values) => get(path('plan', at, values));

export const images = ({ cls, from, count }) => get(`/api/images?${query({ class: cls || undefined, from, count })}`);
