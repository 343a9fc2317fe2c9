// The page of `doppel serve RUNS`: runs as they go on, over each other.

import * as api from './api.js';
import { Chart, short } from './chart.js';
import { Component, html, render } from './html.js';
import { follow, oneAtATime } from './live.js';

const colors = ['var(--blue)', 'var(--orange)', 'var(--green)', 'var(--red)', '#8a63d2', '#0f9aa8', '#b0568f', '#7a7f1f'];

const state = { runs: null, folders: [], picked: new Set(), focus: 0, gone: '', said: '' };
const logs = new Map(); // by run: what its lines said

function fresh() {
  return { next: 0, first: '', damaged: 0, steps: [], epochs: [], files: [], events: [], results: [] };
}

function take(log, line) {
  const kind = Object.keys(line)[0];
  if (kind === 'begin') {
    // It goes on from a checkpoint: what came after that is done again.
    const at = log.epochs.at(-1)?.epoch ?? 0;
    if (line.begin === 'train') log.steps = log.steps.filter((one) => one.at <= at);
  }
  if (kind === 'step') log.steps.push(line);
  if (kind === 'epoch') log.epochs.push(line);
  if (kind === 'file') log.files.push(line);
  if (kind === 'event') log.events.push(line);
  if (kind === 'result') log.results.push(line);
  if (kind === 'arm' && 'accuracy' in line) log.results.push({ result: line.arm, ...line });
}

async function read(number) {
  if (!logs.has(number)) logs.set(number, fresh());
  for (;;) {
    const log = logs.get(number);
    const got = await api.get(`/api/runs/lines/${number}?from=${log.next}&first=${log.first}`);
    const now = got.anew ? fresh() : log;
    if (got.anew) logs.set(number, now);
    for (const line of got.lines) take(now, line);
    const moved = got.next > (got.anew ? 0 : log.next);
    Object.assign(now, { next: got.next, first: got.first, damaged: now.damaged + got.damaged });
    if (!moved) return;
  }
}

async function look() {
  const { runs, folders } = await api.get('/api/runs');
  const isFirst = !state.runs?.length;
  Object.assign(state, { runs, folders });
  if (isFirst) fromAddress();
  for (const number of new Set([...state.picked, state.focus])) if (runs[number] && runs[number].state !== 'gone') await read(number);
}

// At most twice a second, however fast a run writes.
const showNow = oneAtATime(async () => {
  await look();
  state.gone = '';
  show();
}, 500);

function failed(error) {
  if (error instanceof api.Gone) state.gone = 'doppel serve has ended. Once it runs again, open the address that it prints.';
  else if (error.status === 401) state.gone = state.runs ? 'doppel serve runs again, with another token: open the address that it printed.'
    : 'This page has no token: open the whole address that doppel serve printed.';
  else state.said = error.message;
  show();
}

function fromAddress() {
  const at = new URLSearchParams(location.search), count = state.runs.length;
  const numbers = (at.get('runs') ?? '').split('.').filter((text) => /^\d+$/.test(text)).map(Number).filter((n) => n < count);
  const running = state.runs.flatMap((run, i) => (run.state === 'running' ? [i] : []));
  const first = numbers.length ? numbers : running.length ? running : count ? [count - 1] : [];
  state.picked = new Set(first);
  const focus = Number(at.get('focus') ?? first[0] ?? 0);
  state.focus = Number.isInteger(focus) && focus >= 0 && focus < count ? focus : first[0] ?? 0;
}

function change(act) {
  act();
  const at = new URLSearchParams({ runs: [...state.picked].sort((a, b) => a - b).join('.'), focus: state.focus });
  history.pushState(null, '', `?${at}${location.hash}`);
  show();
  showNow().catch(failed);
}
addEventListener('popstate', () => {
  fromAddress();
  show();
  showNow().catch(failed);
});

export function clock(seconds) {
  if (!Number.isFinite(seconds)) return '';
  const whole = Math.round(seconds), pad = (v) => String(v).padStart(2, '0');
  const hours = Math.floor(whole / 3600), minutes = Math.floor(whole / 60) % 60;
  return hours ? `${hours}:${pad(minutes)}:${pad(whole % 60)}` : `${minutes}:${pad(whole % 60)}`;
}

async function stop(number) {
  const run = state.runs[number];
  if (!confirm(`Stop ${run.name}? It writes a checkpoint at the end of what it does, and --resume goes on from there.`)) return;
  try {
    await api.post(`/api/runs/stop/${number}`, {});
    state.said = `${run.name} was asked to stop`;
  } catch (error) {
    state.said = error.message;
  }
  show();
}

function Run({ run, number }) {
  const { facts = {}, step } = run;
  const words = [run.kind, facts.net ?? facts.preset, facts.data?.split('/').at(-1), facts.recipe && facts.recipe !== 'recipe.yaml' ? facts.recipe : null].filter(Boolean).join(', ');
  const pick = (on) => change(() => (on ? state.picked.add(number) : state.picked.delete(number)));
  return html`<li class="run" aria-current=${number === state.focus}>
    <div class="top"><span class="swatch" style=${{ background: colors[number % colors.length] }}></span>
      <input type="checkbox" aria-label="curves of ${run.name}" checked=${state.picked.has(number)} onChange=${(e) => pick(e.target.checked)} />
      <button type="button" class="open" onClick=${() => change(() => { state.focus = number; state.picked.add(number); })}>${run.name}</button>
      <span class="state ${run.state}">${run.state}</span>
      ${run.state === 'running' && html`<button type="button" onClick=${() => stop(number)} aria-label="stop ${run.name}">stop</button>`}</div>
    <div class="unit">${words}</div>
    ${run.state === 'running' && step && html`<progress max=${step.of} value=${step.step} aria-label="progress of ${run.name}"></progress>
      <div class="unit">${step.what ?? `step ${step.step} of ${step.of}`}, ${clock(step.seconds_left)} left${step.images_per_second ? `, ${Math.round(step.images_per_second)} images/s` : ''}</div>`}
  </li>`;
}

/** Curves of one sort: which keys, of steps and of epochs. */
const sorts = [
  { title: 'loss', of: (key) => key === 'loss' || key.endsWith('_loss') },
  { title: 'accuracy', of: (key) => key === 'accuracy' || /_(accuracy|iou|map)$/.test(key) },
  { title: 'mean absolute error', of: (key) => key.endsWith('_mae') },
  { title: 'R²', of: (key) => key.endsWith('_r2') },
  { title: 'images/s', of: (key) => key === 'images_per_second' },
  { title: 'seconds waited for images', of: (key) => key === 'waiting', isShown: (lines) => lines.some((line) => line.points.some((p) => p[1] > 0)) },
  { title: 'learning rate', of: (key) => key === 'learning_rate' },
  { title: 'taken for what they are', of: (key) => key === 'real_found' || key === 'fake_found' },
  { title: 'Fréchet distance', of: (key) => key === 'frechet' || key === 'floor' },
  { title: 'coverage', of: (key) => key === 'coverage' || key === 'as_asked' },
];

function curves(sort) {
  const lines = [];
  for (const number of state.picked) {
    const run = state.runs[number], log = logs.get(number);
    if (!run || !log) continue;
    const prefix = state.picked.size > 1 ? `${run.name} ` : '', color = colors[number % colors.length];
    const add = (rows, x, kind) => {
      const keys = new Set(rows.slice(-50).flatMap(Object.keys).filter(sort.of));
      for (const key of keys) {
        const points = rows.filter((row) => Number.isFinite(row[key]) && Number.isFinite(row[x])).map((row) => [row[x], row[key]]);
        const isHeld = /^(test|valid|validation)_/.test(key) || ['floor', 'as_asked', 'fake_found', 'generator_loss'].includes(key);
        if (points.length) lines.push({ name: prefix + key.replaceAll('_', ' '), color, points, kind: kind || (isHeld ? 'held' : '') });
      }
    };
    const isTrain = log.epochs.length || log.steps.some((row) => 'at' in row);
    add(log.epochs, 'epoch', '');
    if (isTrain) add(log.steps, 'at', log.epochs.some((row) => Object.keys(row).some(sort.of)) ? 'thin' : '');
    else add(log.steps, 'step', '');
    add(log.files, 'step', '');
  }
  return lines;
}

/** A picture of a run, asked for anew when `version` changes. */
class Picture extends Component {
  componentDidMount() { this.load(); }
  componentDidUpdate() { this.load(); }
  async load() {
    const { run, name, version } = this.props, wanted = `${run}/${name}/${version}`;
    if (this.wanted === wanted) return;
    this.wanted = wanted;
    const picture = await api.picture(`/api/runs/picture/${run}/${name}`).catch(() => null);
    if (this.wanted !== wanted || !picture || !this.canvas) return;
    Object.assign(this.canvas, { width: picture.width, height: picture.height });
    this.canvas.getContext('2d').drawImage(picture, 0, 0);
  }
  render({ label }) {
    return html`<figure><figcaption>${label}</figcaption><canvas role="img" aria-label=${label} ref=${(c) => { this.canvas = c; }}></canvas></figure>`;
  }
}

const labels = { 'mistakes.png': 'surest mistakes', 'confusion.png': 'what is taken for what', 'first_batch.png': 'the first batch, as the network sees it' };

class Sheets extends Component {
  render({ run, number, log }) {
    const names = run.pictures.filter((name) => /^samples_\d+\.png$/.test(name));
    if (!names.length) return null;
    const at = Math.min(this.state.at ?? names.length - 1, names.length - 1), name = names[at];
    const row = log?.files.findLast((one) => one.file === name);
    const words = row ? Object.entries(row).filter(([key, value]) => !['file', 'step'].includes(key) && value !== null)
      .map(([key, value]) => `${key.replaceAll('_', ' ')} ${typeof value === 'number' ? short(value) : value}`).join(', ') : '';
    return html`<h3>Samples</h3><div class="sheets"><input type="range" min="0" max=${names.length - 1} value=${at} aria-label="which sheet of samples"
      onInput=${(e) => this.setState({ at: Number(e.target.value) === names.length - 1 ? undefined : Number(e.target.value) })} /><output>step ${Number(name.slice(8, -4))}</output></div>
      <div class="pictures"><${Picture} run=${number} name=${name} version="" label=${words || name} /></div>`;
  }
}

function Results({ log }) {
  if (!log?.results.length) return null;
  const amounts = [...new Set(log.results.map((row) => row.images))].sort((a, b) => b - a);
  const arms = [...new Set(log.results.map((row) => row.result))];
  const cell = (arm, images) => {
    const own = log.results.filter((row) => row.result === arm && row.images === images).map((row) => row.accuracy);
    return own.length ? `${(100 * own.reduce((a, b) => a + b) / own.length).toFixed(2)} % (${own.length})` : '';
  };
  return html`<h3>Results</h3><p class="help">Mean accuracy, and of how many repetitions.</p><div class="scroll"><table class="results">
    <thead><tr><th>arm</th>${amounts.map((n) => html`<th>${n} images</th>`)}</tr></thead>
    <tbody>${arms.map((arm) => html`<tr><th>${arm}</th>${amounts.map((n) => html`<td>${cell(arm, n)}</td>`)}</tr>`)}</tbody></table></div>`;
}

function Focus() {
  const number = state.focus, run = state.runs[number], log = logs.get(number);
  if (!run || run.state === 'gone') return run ? html`<p class="help">${run.name}: its folder isn't there any more.</p>` : null;
  const shown = Object.keys(labels).filter((name) => run.pictures.includes(name));
  return html`<section aria-label=${run.name}><h2>${run.name}</h2>
    ${log?.damaged > 0 && html`<p class="warning">${log.damaged} lines of its log can't be read, and are left out</p>`}
    ${log?.events.length > 0 && html`<ul>${log.events.slice(-5).map((one) => html`<li>${one.event}</li>`)}</ul>`}
    <${Results} log=${log} /><${Sheets} key=${number} run=${run} number=${number} log=${log} />
    <div class="pictures">${shown.map((name) => html`<${Picture} key=${number + name} run=${number} name=${name} version=${run.state} label=${labels[name]} />`)}</div></section>`;
}

function show() {
  const { runs, gone, said } = state;
  const charts = runs && sorts.map((sort) => ({ sort, lines: curves(sort) })).filter(({ sort, lines }) => lines.length && (sort.isShown?.(lines) ?? true));
  const unit = runs && [...state.picked].some((n) => logs.get(n)?.epochs.length || logs.get(n)?.steps.some((row) => 'at' in row)) ? 'epoch' : 'step';
  render(html`<header><h1>doppel</h1><span class="unit">${runs ? `${runs.length} run${runs.length === 1 ? '' : 's'}` : ''}</span><span class="said" role="status" aria-live="polite">${said}</span></header>
    ${gone && html`<p class="gone" role="alert">${gone}</p>`}
    ${runs && !runs.length && html`<p class="wait" role="status">No run has begun yet in ${state.folders.join(', ')}: the first one appears here.</p>`}
    ${runs?.length > 0 && html`<main><div class="left"><ul class="runs" aria-label="runs">${runs.map((run, number) => html`<${Run} key=${number} run=${run} number=${number} />`)}</ul></div>
      <div class="right still"><div class="charts">${charts.map(({ sort, lines }) => html`<${Chart} key=${sort.title} title=${sort.title} unit=${unit} lines=${lines} />`)}</div><${Focus} /></div></main>`}`, root);
}

const root = document.getElementById('app');
root.textContent = '';
window.doppel = { state, logs }; // for tests
follow({ told: () => showNow().catch(failed), look: showNow, failed });
