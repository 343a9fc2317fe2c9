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
    this.version = body.version;
  }
}

/** Nobody answers: the program has ended. */
export class Gone extends Error {}

async function ask(path, options = {}) {
  let response;
  try {
    response = await fetch(path, { ...options, headers: { 'X-Doppel-Token': token, ...options.headers } });
  } catch (error) {
    if (error.name === 'AbortError') throw error;
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

export const path = (kind, { hash, seed, epoch, index, training }, values = {}) =>
  `/api/${kind}/${hash}/${seed}/${epoch}/${index}?${query({ training: training || undefined, ...values })}`;

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

/** Several tiles of a recipe and a seed by one answer: a picture, or a Refused, for each of `list`. */
export async function tiles(list, values) {
  const wheres = list.map((at) => path('tile', at, values));
  const missing = [...list.keys()].filter((i) => !kept.has(wheres[i]));
  const got = new Map();
  if (missing.length) {
    const { hash, seed, training } = list[0], of = missing.map((i) => `${list[i].epoch}.${list[i].index}`).join(',');
    const bytes = await (await ask(`/api/tiles/${hash}/${seed}?${query({ training: training || undefined, ...values, of })}`)).arrayBuffer();
    const view = new DataView(bytes), type = values.format === 'jpeg' ? 'image/jpeg' : 'image/png';
    let at = 0;
    await Promise.all(missing.map(async (i) => {
      const isError = view.getUint8(at), size = view.getUint32(at + 1, true), part = bytes.slice(at + 5, at + 5 + size);
      at += 5 + size;
      if (isError) got.set(i, new Refused(422, { error: new TextDecoder().decode(part) }));
      else kept.set(wheres[i], await createImageBitmap(new Blob([part], { type })));
    }));
  }
  const all = list.map((_, i) => got.get(i) ?? kept.get(wheres[i]));
  while (kept.size > mostKept) kept.delete(kept.keys().next().value);
  return all;
}

/** Images' files were written anew: what was drawn of them is of the past. */
export const forget = () => kept.clear();

/** What the server says as things change, a line at a time: `told(change)`, and `told(null)` as it begins to and now and then. Ends where the server does, or by `signal`. */
export async function listen(told, signal) {
  const reader = (await ask('/api/events', { signal })).body.pipeThrough(new TextDecoderStream()).getReader();
  for (let text = ''; ;) {
    const { value, done } = await reader.read();
    if (done) return;
    const lines = (text + value).split('\n');
    text = lines.pop();
    for (const line of lines) told(line ? JSON.parse(line) : null);
  }
}

/** Any other picture, which isn't kept. */
export const picture = async (where) => createImageBitmap(await (await ask(where)).blob());

export const plan = (at, values) => get(path('plan', at, values));

export const images = ({ cls, from, count }) => get(`/api/images?${query({ class: cls || undefined, from, count })}`);
