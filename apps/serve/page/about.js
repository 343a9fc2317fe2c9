// What the data is: its parts, classes and remarks.

import { Component, html } from './html.js';
import { Inspection } from './inspection.js';

export class About extends Component {
  render({ store }, { isLooking }) {
    return html`<details class="about"><summary>the data</summary>
    <button type="button" onClick=${() => this.setState({ isLooking: true })}>look at every image</button>
    ${isLooking && html`<${Inspection} close=${() => this.setState({ isLooking: false })} />`}
    ${store.data.inputs.map((input) => html`<section key=${input.name}><h3>${input.name} <span class="unit">${input.layout}</span></h3>
      ${input.remarks.map((text) => html`<p class="warning">${text}</p>`)}
      ${input.parts.map((part) => {
        const most = Math.max(1, ...part.classes.map((one) => one.count));
        return html`<p><b>${part.name}</b>: ${part.size} samples</p>
          <ul class="classes">${part.classes.map((one) => html`<li><button type="button" disabled=${part.name !== 'train' || !one.count} title="show them"
            onClick=${() => store.go({ cls: one.name, from: 0 })}>${one.name}</button>
            <meter min="0" max=${most} value=${one.count} aria-hidden="true"></meter> ${one.count}</li>`)}</ul>`;
      })}</section>`)}
  </details>`;
  }
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
  const broken = store.state.tiles.filter((tile) => tile.error).length;
  if (broken) said.push(`${broken} can't be drawn`);
  return html`<p class="strip" role="status">${said.map((one) => html`<span class="warning">${one}</span>`)}</p>`;
}
