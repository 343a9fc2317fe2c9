// Which classes a transform touches, and what it makes of them.

import { Fold } from './fold.js';
import { html } from './html.js';
import { TypedText } from './typed.js';

const fewEnough = 40; // classes that are listed; of more those are that were named

/** An entry of a name, those that are known to choose from. `add(name)` once it's there. */
function NameBox({ label, names, add, done }) {
  const list = `names-${label.replace(/\W+/g, '-')}`;
  return html`<${TypedText} class="text name" aria-label=${label} list=${list} placeholder="another label" value="" take=${(text) => {
      if (text.trim()) add(text.trim());
      done();
    }} /><datalist id=${list}>${names.map((name) => html`<option value=${name}></option>`)}</datalist>`;
}

function Chosen({ owner, words, chosen, classes, set, done }) {
  const names = [...new Set([...(classes.length <= fewEnough ? classes : []), ...chosen])];
  const change = (next) => { set(next.length ? next : undefined); done(); };
  return html`<fieldset><legend>${words}</legend>
    ${names.map((one) => html`<label class="chip"><input type="checkbox" aria-label="${words} ${one}, of ${owner}" checked=${chosen.includes(one)}
      onChange=${(e) => change([...chosen.filter((other) => other !== one), ...(e.target.checked ? [one] : [])])} /> ${one}</label>`)}
    <${NameBox} label="${words} another label, of ${owner}" names=${classes} add=${(name) => !chosen.includes(name) && set([...chosen, name])} done=${done} /></fieldset>`;
}

function Relabel({ owner, pairs, classes, set, done }) {
  const change = (next) => { set(Object.keys(next).length ? next : undefined); done(); };
  const without = (from) => Object.fromEntries(Object.entries(pairs).filter(([other]) => other !== from));
  return html`<fieldset><legend>becomes</legend>
    ${Object.entries(pairs).map(([from, to]) => html`<span class="chip">${from} → <${TypedText} class="text name" aria-label="what ${from} becomes, of ${owner}" value=${to}
      take=${(text) => change(text.trim() ? { ...pairs, [from]: text.trim() } : without(from))} />
      <button type="button" class="small" aria-label="${from} stays, of ${owner}" onClick=${() => change(without(from))}>×</button></span>`)}
    <${NameBox} label="a label that becomes another, of ${owner}" names=${classes} add=${(from) => set({ ...pairs, [from]: pairs[from] ?? from })} done=${done} /></fieldset>`;
}

/** `set(name, value)`: of only_labels, except_labels or relabel; undefined: it isn't there. */
export function LabelRules({ owner, fields, classes, set, done }) {
  const { only_labels: only = [], except_labels: except = [], relabel = {} } = fields;
  const isSet = only.length + except.length + Object.keys(relabel).length > 0;
  return html`<${Fold} name="labels" words="labels" open=${isSet}>
    <${Chosen} owner=${owner} words="only" chosen=${only} classes=${classes} set=${(value) => set('only_labels', value)} done=${done} />
    <${Chosen} owner=${owner} words="all but" chosen=${except} classes=${classes} set=${(value) => set('except_labels', value)} done=${done} />
    <${Relabel} owner=${owner} pairs=${relabel} classes=${classes} set=${(value) => set('relabel', value)} done=${done} /></${Fold}>`;
}
