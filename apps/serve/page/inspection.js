// What reading every image tells: sizes, broken files, images that somebody should look at, and those that come twice.

import * as api from './api.js';
import { Component, html } from './html.js';
import { LazyPicture } from './picture.js';

const percent = (v) => v.toFixed(4);

/** A sample as it is. */
function Sample({ part, index, name, note }) {
  return html`<figure class="sample-of"><${LazyPicture} where="/api/inspection/picture/${part}/${index}?size=112" side="112" label=${name} />
    <figcaption>${name.split('/').at(-1)}${note && html`<span class="class">${note}</span>`}</figcaption></figure>`;
}

function Boxes({ part }) {
  const classes = part.classes.filter((one) => one.boxes);
  return classes.length ? html`<p class="help">boxes: ${classes.map((one) => `${one.name} ${one.boxes}`).join(', ')}</p>` : null;
}

function Part({ part, number }) {
  const sizes = part.sizes.slice(0, 6).map((one) => `${one.height} x ${one.width} (${one.count})`).join(', ');
  return html`<section aria-label=${part.name}><h3>${part.name}: ${part.samples} images</h3>
    <p class="help">height x width: ${sizes}${part.sizes.length > 6 ? ` and ${part.sizes.length - 6} further sizes` : ''}; ${part.channels.map((one) => `${one.what} (${one.count})`).join(', ')};
      mean ${part.mean.map(percent).join(' ')}, std ${part.std.map(percent).join(' ')}</p>
    <${Boxes} part=${part} />
    ${part.broken.count > 0 && html`<h4>${part.broken.count} broken</h4><ul>${part.broken.samples.map((one) => html`<li>${one.why}</li>`)}</ul>`}
    ${part.concerns.map((one) => html`<h4>${one.what}: ${one.count}</h4><div class="samples">${one.samples.slice(0, 24).map((sample) => html`<${Sample} part=${number} ...${sample} />`)}</div>`)}
  </section>`;
}

function Twins({ duplicates, parts }) {
  if (!duplicates.count) return html`<h3>Images that come twice</h3><p class="help">None.</p>`;
  const words = (pair) => [pair.exact ? 'the same' : 'almost the same', pair.conflict && 'with different labels', pair.across && 'in two parts'].filter(Boolean).join(', ');
  const note = (one) => [parts.length > 1 && parts[one.part].name, one.class].filter(Boolean).join(', ');
  return html`<h3>Images that come twice</h3><p class="help">${duplicates.count} pairs: ${duplicates.exact} the same, ${duplicates.conflicts} with different labels, ${duplicates.across} in two parts.</p>
    <div class="twins">${duplicates.pairs.map((pair) => html`<div class="twin"><span class=${pair.conflict || pair.across ? 'warning' : 'unit'}>${words(pair)}</span>
      <div class="samples"><${Sample} ...${pair.a} note=${note(pair.a)} /><${Sample} ...${pair.b} note=${note(pair.b)} /></div></div>`)}</div>`;
}

/** The dialog. `close`: called at its end. */
export class Inspection extends Component {
  componentDidMount() {
    this.dialog.showModal();
    this.ask();
  }
  componentWillUnmount() { clearTimeout(this.next); }
  async ask() {
    try {
      const said = await api.get('/api/inspection');
      this.setState({ ...said, error: null });
      if (!said.found) this.next = setTimeout(() => this.ask(), 500);
    } catch (error) {
      this.setState({ error: error.message });
    }
  }
  render({ close }, { done = 0, all = 1, found, error }) {
    return html`<dialog class="data" aria-label="every image" ref=${(d) => { if (d) this.dialog = d; }} onClose=${close}>
      <div class="bar"><h2>Every image</h2><button type="button" onClick=${() => this.dialog.close()}>close</button></div>
      ${error && html`<p class="wrong">${error}</p>`}
      ${!found && html`<p role="status">Looking at each image: ${done} of ${all} <progress max=${all} value=${done}></progress></p>`}
      ${found && html`${found.parts.map((part, number) => html`<${Part} part=${part} number=${number} />`)}
        <${Twins} duplicates=${found.duplicates} parts=${found.parts} />`}
    </dialog>`;
  }
}
