// What a recipe has once: what becomes of objects and of masks' edges, and what channels mean.

import { html } from './html.js';
import { Field } from './fields.js';
import { TypedText } from './typed.js';

const numbersOf = (text) => text.match(/\d+/g)?.map(Number) ?? [];

function NumberList({ label, help, value, read, set }) {
  return html`<div class="field"><span class="name">${label}</span>
    <${TypedText} class="text" aria-label="${label} of the recipe" value=${value} take=${(text) => set(read(text))} />
    <span class="unit">${help}</span></div>`;
}

export function Rules({ store }) {
  const { rules } = store.state;
  const set = (name) => (value) => store.rule(name, value);
  const done = () => store.release();
  const pairs = (text) => {
    const all = text.split(',').map(numbersOf).filter((pair) => pair.length === 2);
    return all.length ? all : undefined;
  };
  const rgb = (text) => {
    const all = numbersOf(text);
    return all.length ? all : undefined;
  };
  return html`<details class="block rules"><summary>objects, masks and channels</summary><div class="fields">
    ${store.data.rules.map((field) => html`<${Field} key=${field.name} owner="the recipe" field=${field} value=${rules[field.name] ?? field.value} set=${set(field.name)} done=${done} />`)}
    <${NumberList} label="mirror_pairs" help="keypoints that change places in a mirror, as 0 1, 2 3" value=${(rules.mirror_pairs ?? []).map((pair) => pair.join(' ')).join(', ')} read=${pairs} set=${set('mirror_pairs')} />
    <${NumberList} label="rgb" help="which channels are red, green and blue, from 0; nothing: those of colour images" value=${(rules.rgb ?? []).join(', ')} read=${rgb} set=${set('rgb')} />
  </div></details>`;
}
