// When in training a transform is applied, and from what its numbers grow.

import { Fold } from './fold.js';
import { html } from './html.js';
import { Field } from './fields.js';

const grows = ['number', 'whole', 'range', 'whole range', 'size'];
const shares = [
  { name: 'from', kind: 'number', value: 0, low: 0, high: 1, help: 'share of training that is over as it begins' },
  { name: 'until', kind: 'number', value: 1, low: 0, high: 1, help: 'share of training that is over as it ends' }];

/** `set(name, value)`: of from, until or start; undefined: it isn't there. */
export function Schedule({ owner, entry, fields, set, done }) {
  const { start } = fields;
  const growing = entry.fields.filter((field) => grows.includes(field.kind));
  const begins = (name, value) => {
    const next = { ...start, [name]: value };
    if (value === undefined) delete next[name];
    set('start', Object.keys(next).length ? next : undefined);
  };
  const isSet = ['from', 'until', 'start'].some((name) => fields[name] !== undefined);
  return html`<${Fold} name="schedule" words="when in training" open=${isSet}>
    ${shares.map((field) => html`<${Field} owner=${owner} field=${field} value=${fields[field.name] ?? field.value} done=${done}
      set=${(value) => set(field.name, value === field.value ? undefined : value)} />`)}
    ${growing.filter((field) => start?.[field.name] !== undefined).map((field) => html`<div class="row"><${Field} owner=${owner} field=${{ ...field, name: `start ${field.name}`, help: 'at first', named: undefined }}
      value=${start[field.name]} set=${(value) => begins(field.name, value)} done=${done} />
      <button type="button" class="small" aria-label="${field.name} doesn't grow, of ${owner}" onClick=${() => { begins(field.name); done(); }}>×</button></div>`)}
    ${growing.length > 0 && html`<label class="row">grows <select aria-label="what grows, of ${owner}" onChange=${(e) => {
      const { value } = e.target;
      e.target.value = '';
      if (value) begins(value, fields[value] ?? growing.find((field) => field.name === value).value);
      done();
    }}><option value="">nothing more</option>${growing.filter((field) => start?.[field.name] === undefined).map((field) => html`<option>${field.name}</option>`)}</select></label>`}
  </${Fold}>`;
}
