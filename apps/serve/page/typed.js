// Texts that count once they're entered.

import { Component, html } from './html.js';

/** What is being typed stays, whatever else the page draws meanwhile. `take(text)`: once it's entered. The rest is the input's own. */
export class TypedText extends Component {
  render({ value, take, ...rest }, { typed = null }) {
    return html`<input type="text" ...${rest} value=${typed ?? value} onInput=${(e) => this.setState({ typed: e.target.value })}
      onChange=${(e) => { this.setState({ typed: null }); take(e.target.value); }} onBlur=${() => this.setState({ typed: null })} />`;
  }
}
