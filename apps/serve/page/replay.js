// A plan, done again to any image.

import * as api from './api.js';
import { Component, html } from './html.js';
import { Overlay } from './grid.js';
import { oneAtATime } from './live.js';
import { Editor } from './yaml.js';

const size = 320;

export class Replay extends Component {
  constructor(props) {
    super(props);
    const { text, index } = props.store.state.replaying;
    this.state = { text, index: index ?? props.store.state.tiles[0]?.index ?? 0, error: null, plan: null, at: null };
    this.draw = oneAtATime(() => this.replay());
  }
  componentDidMount() {
    this.dialog.showModal();
    this.draw();
  }
  set(values) {
    this.setState(values, () => this.draw());
  }
  /** Reads what stands there now, and draws it. */
  async replay() {
    const { text, index } = this.state;
    if (!text.trim()) return this.setState({ error: null, plan: null });
    try {
      const { hash } = await api.post('/api/recipe', { plan: text });
      const at = { hash, seed: 0, epoch: 0, index };
      const [picture, plan] = await Promise.all([api.tile(at, { size }), api.plan(at)]);
      this.setState({ error: null, plan, at }, () => {
        if (!this.canvas) return;
        Object.assign(this.canvas, { width: picture.width, height: picture.height });
        this.canvas.getContext('2d').drawImage(picture, 0, 0);
      });
    } catch (error) {
      if (!(error instanceof api.Refused)) this.props.store.failed(error);
      this.setState({ error, plan: null });
    }
  }
  render({ store }) {
    const { text, index, error, plan, at } = this.state;
    const { boxes, masks, points } = store.state;
    const shown = new Map([[index, `image ${index}`], ...store.state.tiles.map((tile) => [tile.index, tile.name])]);
    return html`<dialog class="replay" ref=${(d) => (this.dialog = d)} aria-label="replay a plan" onClose=${() => store.update({ replaying: null })}>
      <div class="bar"><b>Replay a plan</b><button type="button" onClick=${() => this.dialog.close()}>close</button></div>
      <p class="help">What "copy the plan" gave, or doppel preview --plans wrote: YAML or JSON.</p>
      <${Editor} label="plan" text=${text} wrong=${error?.line} isInvalid=${!!error} described="plan-error" set=${(typed) => this.set({ text: typed })} />
      <p id="plan-error" class="wrong" role="status">${error && html`${error.line ? `line ${error.line}: ` : ''}${error.message}`}</p>
      <div class="bar"><label>on <select aria-label="image of the plan" onChange=${(e) => this.set({ index: Number(e.target.value) })}>
          ${[...shown].map(([i, name]) => html`<option value=${i} selected=${i === index}>${name}</option>`)}</select></label>
        <label>or number <input class="number" type="number" min="0" max=${store.data.images - 1} aria-label="number of the image" value=${index}
          onChange=${(e) => this.set({ index: Math.max(0, Math.min(store.data.images - 1, Math.round(Number(e.target.value)) || 0)) })} /></label>
        ${plan && html`<button type="button" onClick=${() => store.update({ large: { at } })}>op by op</button>`}</div>
      ${plan && html`<span class="frame"><canvas ref=${(c) => (this.canvas = c)}></canvas><${Overlay} plan=${plan} show=${{ boxes, masks, points }} /></span><p class="words">${plan.words}</p>`}
    </dialog>`;
  }
}
