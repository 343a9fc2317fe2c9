// The page of `doppel serve DATA`.

import { About, Warnings } from './about.js';
import { Blocks, Catalogue } from './blocks.js';
import { Drawn } from './drawn.js';
import { Grid } from './grid.js';
import { html, render } from './html.js';
import { Later } from './later.js';
import { Rules } from './rules.js';
import { Store } from './store.js';
import * as tree from './tree.js';
import { Yaml } from './yaml.js';

const root = document.getElementById('app');
let asked = false;
const store = new Store(() => {
  if (asked) return;
  asked = true;
  queueMicrotask(() => {
    asked = false;
    show();
  });
});
window.doppel = store; // for tests, and for measuring

function Stepper({ label, value, step }) {
  return html`<span class="stepper"><span>${label}</span>
    <button type="button" aria-label="${label} less" onClick=${() => step(-1)}>−</button><output aria-label=${label}>${value}</output>
    <button type="button" aria-label="${label} more" onClick=${() => step(1)}>+</button></span>`;
}

function Toggle({ name, label }) {
  return html`<label class="chip"><input type="checkbox" checked=${store.state[name]} onChange=${(e) => store.update({ [name]: e.target.checked })} /> ${label}</label>`;
}

function Above() {
  const { seed, epoch, from, count, cls, all, side, training, blocks } = store.state;
  const more = (value, by) => String(BigInt.asUintN(64, BigInt(value) + BigInt(by)));
  return html`<div class="above" role="toolbar" aria-label="what is shown">
    <${Stepper} label="seed" value=${seed} step=${(by) => store.go({ seed: more(seed, by) })} />
    <${Stepper} label="epoch" value=${epoch} step=${(by) => store.go({ epoch: Math.max(0, epoch + by) })} />
    ${(training > 0 || tree.hasSchedule(blocks)) && html`<label>training over <input type="range" aria-label="percent of training that is over" min="0" max="100" step="5" value=${training}
      onInput=${(e) => store.go({ training: Number(e.target.value) })} /><output>${training} %</output></label>`}
    <span class="stepper"><span>images</span>
      <button type="button" aria-label="images before" disabled=${from === 0} onClick=${() => store.go({ from: Math.max(0, from - count) })}>‹</button>
      <output aria-label="images">${all ? `${Math.min(from + 1, all)} to ${Math.min(from + count, all)} of ${all}` : '0'}</output>
      <button type="button" aria-label="images behind" disabled=${from + count >= all} onClick=${() => store.go({ from: from + count })}>›</button></span>
    <label>count <select aria-label="count" onChange=${(e) => store.go({ count: Number(e.target.value) })}>
      ${[...new Set([1, 4, 6, 12, 24, 48, 96, count])].sort((a, b) => a - b).map((n) => html`<option selected=${n === count}>${n}</option>`)}</select></label>
    ${store.classes.length > 0 && html`<label>class <select aria-label="class" onChange=${(e) => store.go({ cls: e.target.value, from: 0 })}>
      <option value="" selected=${!cls}>all</option>${store.classes.map((name) => html`<option value=${name} selected=${name === cls}>${name}</option>`)}</select></label>`}
    <label>size <input type="range" aria-label="size of pictures" min="96" max="384" step="32" value=${side} onChange=${(e) => store.go({ side: Number(e.target.value) })} /></label>
    <${Toggle} name="boxes" label="boxes" /><${Toggle} name="masks" label="masks" /><${Toggle} name="points" label="keypoints" /><${Toggle} name="originals" label="originals" />
    <label class="chip"><input type="checkbox" checked=${store.state.variants} onChange=${(e) => store.go({ variants: e.target.checked })} /> variants of one</label>
    ${store.state.other ? html`<button type="button" onClick=${() => store.update({ other: null })}>end comparing</button>`
    : html`<button type="button" title="keep this recipe, and show what comes beside it" onClick=${() => store.compare()}>compare with this</button>`}
    <button type="button" title="paste a plan, and see it done to an image" onClick=${() => store.update({ replaying: { text: '' } })}>replay a plan</button>
  </div>`;
}

function Recipe() {
  const { blocks } = store.state;
  const copy = (text) => store.copy(text);
  return html`<section class="recipe" aria-label="the recipe">
    <div class="bar">
      <label>begin with <select aria-label="preset" onChange=${(e) => { if (e.target.value) store.preset(e.target.value); e.target.value = ''; }}>
        <option value="">a preset …</option>${store.data.presets.map((name) => html`<option>${name}</option>`)}</select></label>
      <button type="button" aria-label="undo" title="undo (Ctrl+Z)" disabled=${!store.done.length} onClick=${() => store.undo()}>↶</button>
      <button type="button" aria-label="redo" title="redo (Ctrl+Shift+Z)" disabled=${!store.undone.length} onClick=${() => store.redo()}>↷</button>
      <button type="button" onClick=${() => copy(store.state.yaml)}>copy YAML</button>
      <button type="button" onClick=${() => copy(`import doppel as dp\n\nrecipe = ${tree.pythonRecipe(blocks, store.state.rules, store.catalogue, store.data.rules)}\n`)}>copy Python</button>
      <button type="button" onClick=${() => copy(`const auto recipe = doppel::augment::Recipe::from_yaml(R"yaml(${store.state.yaml})yaml");\n`)}>copy C++</button>
      ${store.data.file && html`<button type="button" disabled=${Boolean(store.state.error)} onClick=${() => store.save()} title=${store.state.error ? 'the YAML has a mistake' : store.data.file}>save</button>`}
    </div>
    ${store.state.theirs && html`<p class="warning" role="alert">${store.data.file} was changed by another program or page.
      <button type="button" onClick=${() => store.guarded(() => store.takeTheirs())}>take it</button> <button type="button" onClick=${() => store.update({ theirs: null })}>keep this one</button></p>`}
    <${Blocks} list=${blocks} store=${store} />
    <${Rules} store=${store} />
    <${Yaml} store=${store} />
  </section>`;
}

function show() {
  const { ready, gone, said, adding, large, replaying } = store.state;
  render(html`
    <header><h1>doppel</h1><span class="unit">${store.data?.inputs.map((one) => `${one.name} (${one.layout})`).join(', ') ?? ''}</span>
      <span class="said" role="status" aria-live="polite">${said}</span></header>
    ${gone && html`<p class="gone" role="alert">${gone}</p>`}
    ${ready ? html`<main><div class="left"><${Recipe} /></div><div class="right"><${Above} /><${Warnings} store=${store} /><${Grid} store=${store} /><${Drawn} store=${store} /><${About} store=${store} /></div></main>
      ${adding && html`<${Catalogue} store=${store} />`}${replaying !== null && html`<${Later} key=${replaying.text} load=${() => import('./replay.js').then((m) => m.Replay)} store=${store} />`}${large !== null && html`<${Later} load=${() => import('./large.js').then((m) => m.Large)} store=${store} />`}`
    : !gone && html`<p class="wait">One moment …</p>`}`, root);
}

document.addEventListener('keydown', (e) => {
  const isText = /^(TEXTAREA|INPUT)$/.test(e.target.tagName) && !/^(range|checkbox|color)$/.test(e.target.type);
  if (!(e.ctrlKey || e.metaKey) || e.key.toLowerCase() !== 'z' || isText) return;
  e.preventDefault();
  if (e.shiftKey) store.redo();
  else store.undo();
});

root.textContent = '';
store.start();
