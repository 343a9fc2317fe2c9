// What the data is: its parts, classes and remarks.

import { Component, html } from './html.js';
import { Later } from './later.js';

export class About extends Component {
  render({ store }, { isLooking }) {
    return html`<details class="about"><summary>the data</summary>
    <button type="button" onClick=${() => this.setState({ isLooking: true })}>look at every image</button>
    ${isLooking && html`<${Later} store=${store} load=${() => import('./inspection.js').then((m) => m.Inspection)} close=${() => this.setState({ isLooking: false })} />`}
    ${store.data.inputs.map((input, i) => html`<section key=${input.name}><h3>${input.name} <span class="unit">${input.layout}</span></h3>
      ${input.remarks.map((text) => html`<p class="warning">${text}</p>`)}
      ${input.parts.map((part, k) => html`<p><b>${part.name}</b>: ${part.size} samples</p><${Classes} store=${store} part=${part} counts=${store.state.counts?.[i][k]} />`)}</section>`)}
  </details>`;
  }
}

/** The classes of a part; those of what is trained on are shown by a click. Counts come when they're known. */
function Classes({ store, part, counts }) {
  const most = Math.max(1, ...(counts ?? []).map((one) => one.images));
  const words = ({ images, objects }) => (objects ? `${images} images, ${objects} objects` : images);
  return html`<ul class="classes">${part.classes.map((name, c) => html`<li><button type="button" disabled=${part.name !== 'train' || counts?.[c].images === 0} title="show them"
    onClick=${() => store.go({ cls: name, from: 0 })}>${name}</button>
    ${counts && html`<meter min="0" max=${most} value=${counts[c].images} aria-hidden="true"></meter> ${words(counts[c])}`}</li>`)}</ul>`;
}

/** What of all pictures together is worth a word. */
export function Warnings({ store }) {
  const tiles = store.state.tiles.filter((tile) => tile.plan);
  if (!tiles.length) return null;
  const said = [];
  const lost = { boxes: 0, rotated_boxes: 0, keypoints: 0 };
  let hidden = 0;
  let empty = 0;
  for (const { plan } of tiles) {
    let before = 0;
    let after = 0;
    for (const kind of Object.keys(lost)) {
      lost[kind] += plan.counts[kind][0] - plan.counts[kind][1];
      before += plan.counts[kind][0];
      after += plan.counts[kind][1];
    }
    empty += before > 0 && after === 0;
    hidden += [...plan.boxes, ...plan.rotated_boxes].filter((one) => one.visibility < 0.3).length;
  }
  for (const [kind, n] of Object.entries(lost)) if (n > 0) said.push(`${n} ${kind.replace('_', ' ')} lost`);
  if (hidden) said.push(`${hidden} objects nearly hidden`);
  if (empty) said.push(`${empty} pictures without any of their objects`);
  const same = tiles.filter((tile) => !tile.plan.ops.length).length;
  if (same) said.push(same === tiles.length ? 'all pictures are as they were' : `${same} of ${tiles.length} pictures are as they were`);
  const near = tiles.filter((tile) => tile.isLikeOriginal).length;
  if (near) said.push(`${near} of ${tiles.length} pictures hardly differ from their originals`);
  const alike = tiles.filter((tile) => tile.isLikeAnother).length;
  if (alike) said.push(`${alike} hardly differ from another of the same image`);
  const spared = new Map();
  for (const { plan } of tiles) for (const name of new Set(plan.spared)) spared.set(name, (spared.get(name) ?? 0) + 1);
  for (const [name, n] of spared) said.push(`${n} of ${tiles.length} pictures were spared ${name} by their labels`);
  const broken = store.state.tiles.filter((tile) => tile.error).length;
  if (broken) said.push(`${broken} can't be drawn`);
  return html`<p class="strip" role="status">${said.map((one) => html`<span class="warning">${one}</span>`)}</p>`;
}
