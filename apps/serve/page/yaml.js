// The recipe's text, edited beside the blocks.

import { Component, html } from './html.js';

export class Yaml extends Component {
  render({ store }) {
    const { yaml, yamlTyped, error } = store.state;
    const text = yamlTyped ?? yaml;
    const lines = text.split('\n').length;
    const right = () => {
      // The word that is near, in place of the one in that line that it is near to.
      const all = text.split('\n');
      const wrong = /'([^']+)'/.exec(error.message)?.[1];
      const at = error.line - 1;
      if (wrong && all[at]?.includes(wrong)) all[at] = all[at].replace(wrong, error.word);
      store.typed(all.join('\n'));
    };
    return html`<section class="yaml" aria-label="the recipe as text">
      <div class="editor"><div class="gutter" aria-hidden="true" ref=${(g) => (this.gutter = g)}>
        ${Array.from({ length: lines }, (_, i) => html`<span class=${error?.line === i + 1 && yamlTyped !== null ? 'wrong' : ''}>${i + 1}</span>`)}</div>
      <textarea spellcheck="false" autocomplete="off" wrap="off" aria-label="YAML" aria-invalid=${!!error} aria-describedby="yaml-error" rows=${Math.min(24, Math.max(6, lines))} value=${text}
        onInput=${(e) => store.typed(e.target.value)} onScroll=${(e) => (this.gutter.scrollTop = e.target.scrollTop)}
        onBlur=${() => !store.state.error && store.update({ yamlTyped: null })}></textarea></div>
      <p id="yaml-error" class="wrong" role="status">${error && html`${error.line ? `line ${error.line}: ` : ''}${error.message}
        ${error.word && error.line && yamlTyped !== null && html` <button type="button" onClick=${right}>use ${error.word}</button>`}`}</p>
    </section>`;
  }
}
