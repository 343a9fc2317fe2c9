// The recipe as blocks that are dragged, switched and nested.

import { Component, html } from './html.js';
import { Field } from './fields.js';
import { LabelRules } from './labels.js';
import { LazyPicture } from './picture.js';
import { Schedule } from './schedule.js';
import * as tree from './tree.js';

let dragged = null; // the id of the block that is being dragged

function Block({ one, store, position, all }) {
  const entry = store.catalogue.get(one.name);
  const { blocks } = store.state;
  const children = tree.childFields(entry);
  const isOff = one.fields.p === 0;
  const change = (next, key) => store.change(next, key);
  const done = () => store.release();
  const setRule = (name, value) => change(tree.setField(store.state.blocks, one.id, name, value), `${one.id}.${name}`);
  const field = (f) => html`<${Field} key=${f.name} owner=${one.name} field=${f} value=${one.fields[f.name] ?? f.value}
    set=${(value) => change(tree.setField(store.state.blocks, one.id, f.name, value), `${one.id}.${f.name}`)} done=${done} />`;
  const p = entry.fields.find((f) => f.name === 'p');
  const behind = (e) => {
    const { top, height } = e.currentTarget.getBoundingClientRect();
    return e.clientY > top + height / 2;
  };
  const button = (name, label, act, off) => html`<button type="button" class="small" aria-label="${label} ${one.name}" title=${label} disabled=${off}
    onClick=${act}>${name}</button>`;
  return html`<li class="block ${isOff ? 'off' : ''}" data-name=${one.name}>
    <div class="head" draggable="true"
      onDragStart=${(e) => { dragged = one.id; e.dataTransfer.setData('text/plain', one.name); e.dataTransfer.effectAllowed = 'move'; e.stopPropagation(); }}
      onDragEnd=${() => (dragged = null)}
      onDragOver=${(e) => { if (dragged === null || dragged === one.id) return; e.preventDefault(); e.currentTarget.dataset.drop = behind(e) ? 'behind' : 'before'; }}
      onDragLeave=${(e) => delete e.currentTarget.dataset.drop}
      onDrop=${(e) => { e.preventDefault(); e.stopPropagation(); const after = behind(e); delete e.currentTarget.dataset.drop;
        if (dragged !== null) change(tree.move(blocks, dragged, one.id, after)); }}>
      <span class="grip" aria-hidden="true">⠿</span>
      <button type="button" class="title" aria-expanded=${one.open} onClick=${() => store.update({ blocks: tree.set(blocks, one.id, { open: !one.open }) })}
        title=${entry.help}>${one.open ? '▾' : '▸'} ${one.name}</button>
      ${p && html`<span class="chance" title="how often it is applied">${Math.round(100 * one.fields.p)} %</span>`}
      <input type="checkbox" role="switch" aria-label="apply ${one.name}" checked=${!isOff} onChange=${() => change(tree.toggle(blocks, one.id))} />
      ${button('↑', 'move up', () => change(tree.shift(blocks, one.id, -1)), position === 0)}
      ${button('↓', 'move down', () => change(tree.shift(blocks, one.id, 1)), position === all - 1)}
      ${button('2×', 'duplicate', () => change(tree.duplicate(blocks, one.id)))}
      ${button('×', 'remove', () => change(tree.remove(blocks, one.id)))}
    </div>
    ${one.open && html`<div class="fields"><p class="help">${entry.help}</p>${p && field(p)}
      ${entry.fields.filter((f) => f.name !== 'p' && f.kind !== 'transforms').map(field)}
      ${html`<${LabelRules} owner=${one.name} fields=${one.fields} classes=${store.classes} set=${setRule} done=${done} />
        <${Schedule} owner=${one.name} entry=${entry} fields=${one.fields} set=${setRule} done=${done} />`}</div>`}
    ${children.map((name) => html`<${Blocks} list=${one.fields[name] ?? []} store=${store} parent=${one.id} field=${name} />`)}
  </li>`;
}

export function Blocks({ list, store, parent, field }) {
  const title = parent ? `add inside ${tree.find(store.state.blocks, parent)?.name}` : 'add a transform';
  return html`<ol class="blocks">
    ${list.map((one, i) => html`<${Block} key=${one.id} one=${one} store=${store} position=${i} all=${list.length} />`)}
    <li><button type="button" class="add" onClick=${() => store.update({ adding: { parent, field } })}>+ ${title}</button></li>
  </ol>`;
}

/** The catalogue, searched. */
export class Catalogue extends Component {
  constructor() {
    super();
    this.state = { words: '', at: 0 };
  }
  componentDidMount() {
    this.dialog.showModal();
    this.seen = this.image();
    this.look();
  }
  /** The image that the pictures are of: by its number, and how often files were written since the page was opened. */
  image() {
    const { tiles, written } = this.props.store.state;
    return `${tiles[0]?.index ?? 0}?written=${written}`;
  }
  componentDidUpdate() {
    const image = this.image();
    if (this.seen !== image) this.look();
    this.seen = image;
  }
  found() {
    const words = this.state.words.toLowerCase().split(/\s+/).filter(Boolean);
    const rank = (one) => (one.name.toLowerCase().includes(words[0] ?? '') ? 0 : 1);
    return [...this.props.store.catalogue.values()]
      .filter((one) => words.every((word) => `${one.name} ${one.family} ${one.help}`.toLowerCase().includes(word)))
      .sort((a, b) => rank(a) - rank(b));
  }
  // What the transform does to the first image shown.
  async look() {
    const one = this.found()[this.state.at];
    const picture = one && (await this.props.store.sample(one.name).catch(() => null));
    if (one === this.found()[this.state.at] && this.canvas) {
      this.canvas.hidden = !picture;
      if (!picture) return;
      Object.assign(this.canvas, { width: picture.width, height: picture.height });
      this.canvas.getContext('2d').drawImage(picture, 0, 0);
    }
  }
  select(values) {
    this.setState(values, () => this.look());
  }
  take(name) {
    const { store } = this.props;
    const { parent, field } = store.state.adding;
    this.dialog.close();
    store.change(tree.append(store.state.blocks, tree.newBlock(name, store.catalogue), parent, field));
  }
  render() {
    const found = this.found();
    const at = Math.min(this.state.at, found.length - 1);
    const image = this.image();
    const step = (e) => {
      const by = { ArrowDown: 1, ArrowUp: -1 }[e.key];
      if (by) this.select({ at: Math.max(0, Math.min(found.length - 1, at + by)) });
      else if (e.key === 'Enter' && found[at]) this.take(found[at].name);
      else return;
      e.preventDefault();
      requestAnimationFrame(() => this.dialog?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' }));
    };
    return html`<dialog class="catalogue" ref=${(d) => (this.dialog = d)} aria-label="add a transform" onClose=${() => this.props.store.update({ adding: null })}>
      <input type="search" class="text" placeholder="search ${this.props.store.catalogue.size} transforms" aria-label="search transforms" autofocus
        value=${this.state.words} onInput=${(e) => this.select({ words: e.target.value, at: 0 })} onKeyDown=${step} />
      <div class="found"><ul role="listbox" aria-label="transforms">
        ${found.map((one, i) => html`<li key=${one.name} role="option" aria-selected=${i === at} onMouseEnter=${() => this.select({ at: i })} onClick=${() => this.take(one.name)}>
          <${LazyPicture} where="/api/example/${one.name}/${image}" side="96" label="" /><span><b>${one.name}</b> <span class="unit">${one.family}</span><br />${one.help}</span></li>`)}
        ${!found.length && html`<li>nothing is called so</li>`}
      </ul><canvas class="sample" aria-hidden="true" hidden ref=${(c) => (this.canvas = c)}></canvas></div>
      <button type="button" onClick=${() => this.dialog.close()}>close</button>
    </dialog>`;
  }
}
