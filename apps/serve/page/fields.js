// A control for each kind of field.

import { html } from './html.js';
import { TypedText } from './typed.js';

/** 1, 2 or 5 times a power of ten. */
function roundStep(rough) {
  const power = 10 ** Math.floor(Math.log10(rough));
  const digit = rough / power;
  return power * (digit >= 5 ? 5 : digit >= 2 ? 2 : 1);
}

/** What a slider spans: the bounds, or where those are wide or missing, what is usual. Numbers may be typed beyond it. */
export function span(field, values) {
  const usual = [].concat(field.value).filter(Number.isFinite);
  const reach = Math.max(...[...usual, ...[].concat(values)].map(Math.abs), field.kind.startsWith('whole') ? 4 : 0);
  // Beside a twelfth of its span what is usual would be a single step of a hand.
  const isWide = (end) => end === undefined || Math.abs(end) > 12 * reach && reach > 0;
  const most = reach > 0 ? 3 * reach : 1;
  let low = !isWide(field.low) ? field.low : usual.some((v) => v < 0) || (field.low ?? -1) < 0 ? -most : field.low;
  let high = isWide(field.high) ? most : field.high;
  low = Math.min(low, ...[].concat(values));
  high = Math.max(high, ...[].concat(values));
  const isWhole = field.kind.startsWith('whole');
  const step = isWhole ? Math.max(1, roundStep((high - low) / 200)) : roundStep((high - low) / 200);
  return { low, high, step };
}

const tidy = (value) => Number(value.toPrecision(6));

const number = (text) => {
  const value = Number(text);
  return text.trim() !== '' && Number.isFinite(value) ? value : undefined;
};

function NumberBox({ label, value, field, set, done }) {
  return html`<${TypedText} class="number" inputmode="decimal" aria-label=${label} value=${String(value)}
    take=${(text) => {
      const typed = number(text);
      if (typed !== undefined) set(field.kind.startsWith('whole') ? Math.round(typed) : typed);
      done();
    }} />`;
}

/** Two thumbs on one track. */
function RangeControl({ label, field, value: [low, high], set, done }) {
  const { low: least, high: most, step } = span(field, [low, high]);
  const place = (v) => `${(100 * (v - least)) / (most - least || 1)}%`;
  const thumb = (which, now, change) => html`<input type="range" class="thumb" aria-label="${label}, ${which}" min=${least} max=${most} step="any"
    value=${now} onInput=${(e) => change(tidy(Math.round(e.target.value / step) * step))} onChange=${done}
    onKeyDown=${(e) => {
      const by = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10 }[e.key];
      if (by === undefined) return;
      e.preventDefault();
      change(tidy(Math.min(most, Math.max(least, now + by * step))));
    }} />`;
  const clampLow = (v) => set([Math.min(v, high), high]);
  const clampHigh = (v) => set([low, Math.max(v, low)]);
  return html`<span class="range">
    <${NumberBox} label="${label}, least" value=${low} field=${field} set=${(v) => set([v, Math.max(v, high)])} done=${done} />
    <span class="track"><span class="between" style=${{ left: place(low), width: `calc(${place(high)} - ${place(low)})` }}></span>
      ${thumb('least', low, clampLow)}${thumb('most', high, clampHigh)}</span>
    <${NumberBox} label="${label}, most" value=${high} field=${field} set=${(v) => set([Math.min(low, v), v])} done=${done} />
  </span>`;
}

function NumberControl({ label, field, value, set, done }) {
  const { low, high, step } = span(field, [value]);
  return html`<span class="range">
    <span class="track"><input type="range" aria-label=${label} min=${low} max=${high} step=${step} value=${value}
      onInput=${(e) => set(tidy(Number(e.target.value)))} onChange=${done} /></span>
    <${NumberBox} label="${label}, as a number" value=${value} field=${field} set=${set} done=${done} />
  </span>`;
}

const hex = (color) => '#' + color.slice(0, 3).map((c) => Math.round(255 * c).toString(16).padStart(2, '0')).join('');
const shares = (text) => [1, 3, 5].map((i) => tidy(parseInt(text.slice(i, i + 2), 16) / 255));

function FillControl({ label, field, value, set, done }) {
  const isColor = Array.isArray(value);
  return html`<span class="row">
    <select aria-label=${label} value=${isColor ? 'colour' : value}
      onChange=${(e) => (set(e.target.value === 'colour' ? [0.5, 0.5, 0.5] : e.target.value), done())}>
      ${['colour', ...field.words].map((word) => html`<option selected=${word === (isColor ? 'colour' : value)}>${word}</option>`)}
    </select>
    ${isColor && html`<input type="color" aria-label="${label}, colour" value=${hex(value)}
      onInput=${(e) => set([...shares(e.target.value), ...value.slice(3)])} onChange=${done} />`}
  </span>`;
}

function ListControl({ label, field, value, set, done }) {
  const isNumbers = field.kind === 'numbers';
  return html`<${TypedText} class="text" aria-label="${label}, parted by commas" value=${value.join(', ')} placeholder="parted by commas"
    take=${(text) => {
      const parts = text.split(',').map((part) => part.trim()).filter(Boolean);
      const values = isNumbers ? parts.map(number) : parts;
      if (!values.includes(undefined)) set(values);
      done();
    }} />`;
}

const controls = {
  bool: ({ label, value, set, done }) => html`<input type="checkbox" role="switch" aria-label=${label} checked=${value}
    onChange=${(e) => (set(e.target.checked), done())} />`,
  number: NumberControl,
  whole: NumberControl,
  range: RangeControl,
  'whole range': RangeControl,
  size: ({ label, field, value: [height, width], set, done }) => html`<span class="row">
    <${NumberBox} label="${label}, height" value=${height} field=${{ kind: 'whole' }} set=${(v) => set([v, width])} done=${done} /> ×
    <${NumberBox} label="${label}, width" value=${width} field=${{ kind: 'whole' }} set=${(v) => set([height, v])} done=${done} /></span>`,
  fill: FillControl,
  choice: ({ label, field, value, set, done }) => html`<select aria-label=${label} value=${value} onChange=${(e) => (set(e.target.value), done())}>
    ${field.words.map((word) => html`<option selected=${word === value}>${word}</option>`)}</select>`,
  text: ({ label, value, set, done }) => html`<${TypedText} class="text" aria-label=${label} value=${value} take=${(text) => (set(text), done())} />`,
  numbers: ListControl,
  texts: ListControl,
};

const bounds = ({ low, high, unit }) => {
  const text = low !== undefined && high !== undefined ? `${low} to ${high}` : low !== undefined ? `at least ${low}` : high !== undefined ? `up to ${high}` : '';
  return [text, unit].filter(Boolean).join(' ');
};

/** A field with its name, unit and help. `set(value)` while it moves, `done()` when it rests. */
export function Field({ owner, field, value, set, done }) {
  const Control = controls[field.kind];
  const label = `${field.name} of ${owner}`;
  return html`<div class="field">
    <span class="name" title=${[field.help, bounds(field)].filter(Boolean).join('; ')}>${field.name}</span>
    <${Control} label=${label} field=${field} value=${value} set=${set} done=${done} />
    ${field.named && html`<span class="chips">${field.named.map((one) => html`<button type="button"
      onClick=${() => (set(one.value), done())}>${one.name}</button>`)}</span>`}
    <span class="unit">${[field.unit, field.help].filter(Boolean).join('; ')}</span>
  </div>`;
}
