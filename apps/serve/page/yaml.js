// The recipe's text, edited beside the blocks.

import { Component, html } from './html.js';

/** A text with numbered lines. `wrong`: the line that is marked. */
export class Editor extends Component {
  render({ label, text, wrong, isInvalid, described, set, leave }) {
    const lines = text.split('\n').length;
    return html`<div class="editor"><div class="gutter" aria-hidden="true" ref=${(g) => (this.gutter = g)}>
        ${Array.from({ length: lines }, (_, i) => html`<span class=${wrong === i + 1 ? 'wrong' : ''}>${i + 1}</span>`)}</div>
      <textarea spellcheck="false" autocomplete="off" wrap="off" aria-label=${label} aria-invalid=${isInvalid} aria-describedby=${described} rows=${Math.min(24, Math.max(6, lines))} value=${text}
        onInput=${(e) => set(e.target.value)} onScroll=${(e) => (this.gutter.scrollTop = e.target.scrollTop)} onBlur=${leave}></textarea></div>`;
  }
}

export function Yaml({ store }) {
  const { yaml, yamlTyped, error } = store.state;
  const text = yamlTyped ?? yaml;
  const right = () => {
    // The word that is near, in place of the one in that line that it is near to.
    const all = text.split('\n');
    const wrong = /'([^']+)'/.exec(error.message)?.[1];
    const at = error.line - 1;
    if (wrong && all[at]?.includes(wrong)) all[at] = all[at].replace(wrong, error.word);
    store.typed(all.join('\n'));
  };
  return html`<section class="yaml" aria-label="the recipe as text">
    <${Editor} label="YAML" text=${text} wrong=${yamlTyped !== null ? error?.line : undefined} isInvalid=${!!error} described="yaml-error" set=${(typed) => store.typed(typed)}
      leave=${() => !store.state.error && store.update({ yamlTyped: null })} />
    <p id="yaml-error" class="wrong" role="status">${error && html`${error.line ? `line ${error.line}: ` : ''}${error.message}
      ${error.word && error.line && yamlTyped !== null && html` <button type="button" onClick=${right}>use ${error.word}</button>`}`}</p>
  </section>`;
}
