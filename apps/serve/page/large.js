// One picture large: op by op, what was fused, what each step costs.

import * as api from './api.js';
import { Component, html } from './html.js';
import { Overlay } from './grid.js';

const size = 640;

export class Large extends Component {
  constructor() {
    super();
    this.state = { plan: null, ops: null };
  }
  componentDidMount() {
    this.dialog.showModal();
    this.load();
  }
  at() {
    const { at, index, later } = this.props.store.state.large;
    return at ?? this.props.store.at(index, later);
  }
  async load() {
    try {
      const plan = await api.plan(this.at(), { explain: true });
      this.setState({ plan }, () => this.paint(plan.ops.length));
    } catch (error) {
      this.setState({ error: error.message });
    }
  }
  /** The picture after so many ops. */
  async paint(ops) {
    this.setState({ ops });
    const picture = await api.tile(this.at(), { size, ops }).catch(() => null);
    if (!picture || !this.canvas || this.state.ops !== ops) return;
    Object.assign(this.canvas, { width: picture.width, height: picture.height });
    this.canvas.getContext('2d').drawImage(picture, 0, 0);
  }
  render({ store }) {
    const { plan, ops, error } = this.state;
    const { boxes, masks, points } = store.state;
    const isWhole = plan && ops === plan.ops.length;
    const step = (k, text, note) => html`<li><button type="button" aria-pressed=${ops === k} onClick=${() => this.paint(k)}>${text}</button> <span class="unit">${note}</span></li>`;
    return html`<dialog class="large" ref=${(d) => (this.dialog = d)} aria-label="one picture" onClose=${() => store.update({ large: null })}
      onKeyDown=${(e) => { const by = { ArrowDown: 1, ArrowUp: -1 }[e.key]; if (!by || !plan) return; e.preventDefault(); this.paint(Math.max(0, Math.min(plan.ops.length, ops + by))); }}>
      <div class="bar"><b>${plan?.name ?? ''}</b><button type="button" onClick=${() => this.dialog.close()}>close</button></div>
      ${error && html`<p class="broken">${error}</p>`}
      <div class="two"><span class="frame"><canvas ref=${(c) => (this.canvas = c)}></canvas>${isWhole && html`<${Overlay} plan=${plan} show=${{ boxes, masks, points }} />`}</span>
      ${plan && html`<div>
        <h3>Op by op</h3>
        <ol class="ops" start="0">${step(0, 'the original', `${plan.source[1]}×${plan.source[0]}`)}
          ${plan.ops.map((op, i) => step(i + 1, op.text, `${op.size[1]}×${op.size[0]}`))}</ol>
        <h3>What is done at once, and what it costs</h3>
        <ol>${plan.explained.steps.map((one) => html`<li title=${one.reason}>${one.how}: ${one.ops.length} ${one.ops.length === 1 ? 'op' : 'ops'}, ${Math.round(one.microseconds)} µs</li>`)}</ol>
        <p class="unit">all in one go: ${Math.round(plan.explained.microseconds)} µs on one thread</p>
        <details><summary>the plan</summary><pre>${plan.explained.yaml}</pre></details>
        <button type="button" onClick=${() => store.copy(plan.explained.yaml)}>copy the plan</button>
        <button type="button" onClick=${() => store.update({ large: null, replaying: { text: plan.explained.yaml, index: this.at().index } })}>replay it on an image</button>
      </div>`}</div>
    </dialog>`;
  }
}
