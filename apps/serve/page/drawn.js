// What the recipe draws, many times over: how often each op comes, and with which numbers.

import * as api from './api.js';
import { Component, html } from './html.js';

const bins = 24;
const draws = 300;
const short = (v) => String(Number(v.toPrecision(3)));

/** Bars of how often numbers fall where. */
function Histogram({ name, numbers }) {
  const low = Math.min(...numbers);
  const high = Math.max(...numbers);
  if (low === high) return html`<div class="histogram"><span>${name}</span> <span class="unit">always ${short(low)}</span></div>`;
  const counts = Array(bins).fill(0);
  for (const v of numbers) counts[Math.min(bins - 1, Math.floor((bins * (v - low)) / (high - low)))] += 1;
  const most = Math.max(...counts);
  return html`<div class="histogram"><span>${name}</span>
    <svg viewBox="0 0 ${bins} 10" preserveAspectRatio="none" role="img" aria-label="${name}: ${numbers.length} draws from ${short(low)} to ${short(high)}">
      ${counts.map((n, i) => html`<rect x=${i + 0.06} width="0.88" y=${10 - (10 * n) / most} height=${(10 * n) / most} />`)}</svg>
    <span class="unit ends"><span>${short(low)}</span><span>${short(high)}</span></span></div>`;
}

export class Drawn extends Component {
  constructor() {
    super();
    this.state = { open: false, drawn: null, of: '' };
  }
  componentDidUpdate() {
    this.load();
  }
  /** Anew once the recipe rests and is another. */
  async load() {
    const { store } = this.props;
    const { hash, seed, tiles } = store.state;
    const of = `${hash}/${seed}/${tiles[0]?.index}`;
    if (!this.state.open || store.busy || of === this.loading || !tiles.length) return;
    this.loading = of;
    try {
      const drawn = await api.get(api.path('drawn', { ...store.at(tiles[0].index), epoch: 0 }, { count: draws }));
      if (of === this.loading) this.setState({ drawn, name: tiles[0].name });
    } catch (error) {
      store.failed(error);
    }
  }
  render() {
    const { drawn, name } = this.state;
    return html`<details class="drawn" onToggle=${(e) => this.setState({ open: e.target.open })}><summary>what is drawn</summary>
      ${drawn && html`<p class="unit">${drawn.draws} epochs of ${name}</p>
        ${drawn.ops.map((op) => html`<section key=${op.name}><h3>${op.name} <span class="unit">in ${Math.round((100 * Math.min(op.draws, drawn.draws)) / drawn.draws)} %</span></h3>
          <div class="histograms">${Object.entries(op.numbers).map(([field, numbers]) => html`<${Histogram} key=${field} name=${field} numbers=${numbers} />`)}</div></section>`)}
        ${!drawn.ops.length && html`<p>nothing</p>`}`}
    </details>`;
  }
}
