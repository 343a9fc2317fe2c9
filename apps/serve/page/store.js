// What the page shows, and how it follows what a person does: one answer is waited for at a time, and then the newest is asked for.

import { difference, hardly, print } from './alike.js';
import * as api from './api.js';
import { follow } from './live.js';
import * as tree from './tree.js';

const atOnce = 12; // tiles by one answer
const settle = 180; // ms without a change until pictures are drawn as they are, and not on small copies

export class Store {
  constructor(show) {
    this.show = show;
    this.undone = [];
    this.done = [];
    this.lastKey = '';
    this.wroteAddress = -1e9;
    this.timings = []; // of each change that was drawn: {moved, drawn}, in ms
    this.moves = 0;
    this.state = {
      ready: false, blocks: [], rules: {}, yaml: '', yamlTyped: null, error: null, hash: '', seed: '1', epoch: 0, from: 0, count: 12,
      cls: '', side: 192, boxes: true, masks: true, points: true, originals: false, tiles: [], all: 0, large: null, adding: null, gone: '', said: '',
      training: 0, replaying: null, counts: null, theirs: null, written: 0,
    };
  }

  update(values) {
    Object.assign(this.state, values);
    this.show();
  }

  async start() {
    try {
      const [data, transforms] = await Promise.all([api.get('/api/data'), api.get('/api/transforms')]);
      this.data = data;
      this.classes = [...new Set(data.inputs.flatMap((input) => input.parts[0].classes))];
      this.fileYaml = data.file ? data.recipe.yaml : null; // what was last known to be in it
      this.version = data.version;
      this.catalogue = new Map(transforms.map((one) => [one.name, one]));
      await this.readAddress(data.recipe);
      window.addEventListener('popstate', () => {
        this.moves += 1;
        this.guarded(() => this.readAddress(data.recipe).then(() => this.refresh()));
      });
      this.update({ ready: true });
      await this.refresh();
      if (data.version === 'unread') await this.guarded(() => this.readFile(data.version)); // says what is wrong in it
      follow({ told: (change) => this.told(change), look: () => this.look(), failed: (error) => this.failed(error) });
      this.update({ counts: (await api.get('/api/classes')).inputs });
    } catch (error) {
      this.failed(error);
    }
  }

  /** What the server says that has changed; null: nothing, but it's there. */
  told(change) {
    if (this.state.gone) {
      this.update({ gone: '' });
      this.listed = '';
      this.moved();
    }
    if (change?.recipe && change.recipe !== this.version) this.guarded(() => this.readFile(change.recipe));
    if (change?.data) this.say('Files came or went where the images are: start doppel serve again to see which.');
    if (!change?.images) return;
    api.forget();
    this.originals = null;
    this.go({ written: this.state.written + 1 });
  }

  /** Asks how the recipe's file is now, where nothing is told by itself. */
  look() { return api.get('/api/data').then(({ version }) => this.told({ recipe: version })); }

  /** The recipe's file was changed by somebody else, another browser too: it's taken where nothing would be lost. */
  async readFile(version) {
    this.version = version;
    const theirs = await api.get('/api/file');
    const isOurs = this.state.yaml === this.fileYaml && this.state.yamlTyped === null;
    this.fileYaml = theirs.yaml;
    if (theirs.yaml === this.state.yaml) this.update({ theirs: null });
    else if (isOurs) await this.takeTheirs(theirs);
    else this.update({ theirs });
  }
  async takeTheirs(theirs = this.state.theirs) {
    this.keep();
    this.moves += 1;
    this.take(theirs);
    this.update({ yamlTyped: null, theirs: null });
    this.say('the recipe was read from its file again');
    await this.refresh();
  }

  // The address: a recipe by its hash, and its text beside it, so that a link means the same in another run of the program.
  async readAddress(otherwise) {
    const at = new URLSearchParams(location.search);
    const whole = (name, least, most, or) => {
      const value = Number(at.get(name) ?? or);
      return Number.isInteger(value) && value >= least && value <= most ? value : or;
    };
    let recipe = otherwise;
    if (at.has('recipe')) recipe = await api.post('/api/recipe', { yaml: at.get('recipe') }).catch(() => otherwise);
    this.take(recipe);
    this.update({
      seed: /^\d{1,20}$/.test(at.get('seed') ?? '') ? at.get('seed') : '1',
      epoch: whole('epoch', 0, 1e9, 0),
      from: whole('from', 0, 1e9, 0),
      count: whole('count', 1, 96, 12),
      cls: at.get('class') ?? '',
      training: whole('training', 0, 100, 0),
      variants: at.has('variants'),
      yamlTyped: null,
    });
    this.isFromAddress = true;
  }

  writeAddress() {
    const { seed, epoch, from, count, cls, yaml, variants, training } = this.state;
    const at = new URLSearchParams({ seed, epoch, from, count });
    if (training) at.set('training', training);
    if (cls) at.set('class', cls);
    if (variants) at.set('variants', '1');
    if (yaml !== this.data.recipe.yaml) at.set('recipe', yaml);
    const next = `?${at}`;
    if (next === location.search) {
      this.isFromAddress = false;
      return;
    }
    const url = next + location.hash;
    const now = performance.now();
    // A drag is one step back, not thirty.
    if (this.isFromAddress || now - this.wroteAddress < 1000) history.replaceState(null, '', url);
    else history.pushState(null, '', url);
    this.isFromAddress = false;
    this.wroteAddress = now;
  }

  take(recipe) {
    const { transforms, ...rules } = recipe.tree;
    this.update({
      blocks: tree.blocks(transforms, this.catalogue, this.state.blocks), rules, yaml: recipe.yaml, hash: recipe.hash, error: null,
    });
  }

  /** Changes the blocks. `key`: changes of the same one in a row are undone together. */
  change(blocks, key = '') {
    this.keep(key);
    this.update({ blocks, yamlTyped: null });
    this.moved();
  }
  /** Changes what the recipe has once; undefined: it isn't there. */
  rule(name, value) {
    this.keep(`rules.${name}`);
    const rules = { ...this.state.rules, [name]: value };
    if (value === undefined) delete rules[name];
    this.update({ rules, yamlTyped: null });
    this.moved();
  }
  recipe() {
    const { blocks, rules } = this.state;
    return { blocks, rules };
  }
  /** The recipe as it is can be come back to. */
  keep(key = '') {
    if (!key || key !== this.lastKey) this.done.push(this.recipe());
    if (this.done.length > 200) this.done.shift();
    this.undone = [];
    this.lastKey = key;
  }
  /** The end of a gesture: the next change is a step of its own. */
  release() { this.lastKey = ''; }

  undo(from = this.done, to = this.undone) {
    if (!from.length) return;
    to.push(this.recipe());
    this.lastKey = '';
    this.update({ ...from.pop(), yamlTyped: null });
    this.moved();
  }
  redo() { this.undo(this.undone, this.done); }

  typed(yaml) {
    this.update({ yamlTyped: yaml });
    this.moved();
  }

  async preset(name) {
    this.keep();
    await this.guarded(async () => {
      this.moves += 1;
      this.take(await api.post('/api/recipe', { preset: name }));
      this.update({ yamlTyped: null });
      await this.refresh();
    });
  }

  async save() {
    await this.guarded(async () => {
      const { yaml, hash } = this.state;
      const { file, version } = await api.post('/api/save', { hash, version: this.version }).catch((error) => {
        this.version = error.version ?? this.version; // saved once more it's written over
        throw error;
      });
      this.fileYaml = yaml;
      this.version = version;
      this.update({ theirs: null, said: `written to ${file}` });
    });
  }

  say(said) { this.update({ said }); }

  async guarded(work) {
    try {
      await work();
    } catch (error) {
      this.failed(error);
    }
  }

  /** Something changed that the recipe's hash depends on. */
  moved() {
    this.moves += 1;
    this.newest = performance.now();
    clearTimeout(this.settling);
    if (this.busy) this.again = true;
    else this.follow();
  }

  async follow() {
    this.busy = true;
    do {
      this.again = false;
      const moved = this.newest;
      try {
        if (await this.send()) {
          await this.draw(true);
          this.timings.push({ moved, drawn: performance.now() });
        }
      } catch (error) {
        this.failed(error);
      }
    } while (this.again);
    this.busy = false;
    this.settling = setTimeout(() => this.refresh(), settle);
  }

  /** Asks what the newest recipe is; false where it's none. */
  async send() {
    const { blocks, rules, yamlTyped } = this.state;
    try {
      const said = await api.post('/api/recipe', yamlTyped === null
        ? { tree: { ...rules, transforms: tree.written(blocks) } } : { yaml: yamlTyped });
      if (yamlTyped !== null) {
        if (said.hash !== this.state.hash) this.keep('yaml');
        if (!this.again) this.take(said);
      } else {
        this.update({ yaml: said.yaml, hash: said.hash, error: null });
      }
      return true;
    } catch (error) {
      if (!(error instanceof api.Refused)) throw error;
      this.update({ error });
      return false;
    }
  }

  go(values) {
    this.moves += 1;
    this.update(values);
    return this.refresh();
  }

  /** Which images are shown, then their tiles as they are. */
  async refresh() {
    clearTimeout(this.settling);
    await this.guarded(async () => {
      const { cls, from, count, variants } = this.state;
      const wanted = `${cls}/${from}/${count}/${variants}`;
      if (this.listed !== wanted) {
        const list = await api.images({ cls, from, count: variants ? 1 : count });
        this.listed = wanted;
        // Of one image as many epochs, or each image once.
        const shown = variants ? Array.from({ length: count }, (_, later) => ({ ...list.images[0], later })) : list.images.map((image) => ({ ...image, later: 0 }));
        this.update({ all: list.all, tiles: list.images.length ? shown.map((image) => ({ ...image, key: `${image.index}+${image.later}` })) : [] });
      }
      this.writeAddress();
      if (this.busy) return;
      const moves = this.moves;
      await this.draw(false);
      this.settled = Math.max(this.settled ?? 0, moves); // every change up to here is drawn, or newer ones are
      await this.measure(moves);
    });
  }

  at(index, later = 0, hash = this.state.hash) {
    return { hash, seed: this.state.seed, epoch: this.state.epoch + later, index, training: this.state.training };
  }

  /** Keeps this recipe beside what comes. */
  compare() {
    this.update({ other: { hash: this.state.hash, yaml: this.state.yaml } });
    return this.go({});
  }

  /** Draws all tiles, the first row first; a draft on small copies. Stops where something newer is to be drawn. */
  async draw(isDraft) {
    const turn = (this.turn = (this.turn ?? 0) + 1);
    const { tiles, side } = this.state;
    const size = Math.round(side * Math.min(2, devicePixelRatio || 1));
    const values = isDraft ? { size, draft: true, format: 'jpeg' } : { size };
    const chunks = [];
    for (let i = 0; i < tiles.length; i += atOnce) chunks.push(tiles.slice(i, i + atOnce));
    const one = async () => {
      for (let chunk; (chunk = chunks.shift());) {
        if (turn !== this.turn) return;
        await this.drawTiles(chunk, values, isDraft);
      }
    };
    await Promise.all([one(), one()]);
    if (turn === this.turn) this.update({});
  }

  /** Which pictures hardly differ from their originals, or from others of the same image. */
  async measure(moves) {
    const seen = new Map(); // prints of an image's pictures
    for (const tile of this.state.tiles) {
      if (moves !== this.moves) return;
      if (!tile.picture) continue;
      const own = print(tile.picture), others = seen.get(tile.index) ?? [];
      const isUnchanged = tile.plan && !tile.plan.ops.length;
      tile.isLikeAnother = !isUnchanged && others.some((other) => difference(own, other) < hardly);
      seen.set(tile.index, [...others, own]);
      this.originals ??= new Map();
      if (!this.originals.has(tile.index)) this.originals.set(tile.index, print((await this.original(tile.index))[0]));
      tile.isLikeOriginal = !isUnchanged && difference(own, this.originals.get(tile.index)) < hardly;
    }
    if (moves === this.moves) this.update({});
  }

  async drawTiles(chunk, values, isDraft) {
    const { other } = this.state;
    const ats = (hash) => chunk.map((tile) => this.at(tile.index, tile.later, hash));
    const planOf = (tile) => api.plan(this.at(tile.index, tile.later), isDraft ? { size: values.size, draft: true } : {}).catch((error) => {
      if (!(error instanceof api.Refused)) throw error;
      return null; // its picture says why
    });
    // Targets move with their image; words can wait until it rests.
    const [pictures, plans, beside] = await Promise.all([
      api.tiles(ats(), values), Promise.all(chunk.map((tile) => (!isDraft || tile.hasTargets ? planOf(tile) : tile.plan))),
      other ? api.tiles(ats(other.hash), values) : []]);
    chunk.forEach((tile, i) => {
      const picture = pictures[i], plan = plans[i];
      if (picture instanceof api.Refused) {
        Object.assign(tile, { picture: null, plan: null, beside: null, error: picture.message });
      } else {
        const hasTargets = plan && (['boxes', 'rotated_boxes', 'keypoints', 'outlines', 'masks'].some((kind) => plan[kind].length)
          || Object.values(plan.counts).some(([before]) => before > 0));
        Object.assign(tile, { picture, plan, beside: beside[i] instanceof api.Refused ? null : beside[i] ?? null, error: null, hasTargets, isDraft });
      }
      tile.shown?.();
    });
  }

  /** What one transform, applied for certain, makes of the first image shown. */
  async sample(name) {
    const { hash } = await api.post('/api/recipe', { tree: { transforms: [{ [name]: { p: 1 } }] } });
    return api.tile({ ...this.at(this.state.tiles[0]?.index ?? 0), hash }, { size: 192, draft: true, format: 'jpeg' });
  }

  /** An image as it is. */
  async original(index) {
    const size = Math.round(this.state.side * Math.min(2, devicePixelRatio || 1));
    this.plain ??= api.post('/api/recipe', { preset: 'none' });
    const at = { hash: (await this.plain).hash, seed: 0, epoch: 0, index };
    return Promise.all([api.tile(at, { size, draft: true, format: 'jpeg' }), api.plan(at)]);
  }

  failed(error) {
    if (error instanceof api.Gone)
      this.update({ gone: 'doppel serve has ended. Once it runs again, open the address that it prints; what stands behind ? in this one is the recipe.' });
    else if (error.status === 401)
      this.update({ gone: this.state.ready ? 'doppel serve runs again, with another token: open the address that it printed.' : 'This page has no token: open the whole address that doppel serve printed.' });
    else this.say(error.message);
    if (!(error instanceof api.Gone || error instanceof api.Refused)) throw error;
  }

  copy(text) {
    return navigator.clipboard.writeText(text).then(() => this.say('copied'), () => this.say('the browser refuses to copy'));
  }
  /** A tile's plan, as a text that can be replayed. */
  copyPlan({ index, later }) {
    return this.guarded(async () => this.copy((await api.plan(this.at(index, later), { explain: true })).explained.yaml));
  }
}
