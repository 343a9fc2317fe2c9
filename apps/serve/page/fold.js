// What can be folded away.

import { Component, html } from './html.js';

/** Unfolded at first where `open` says so; from then on as it was left. */
export class Fold extends Component {
  constructor(props) {
    super(props);
    this.state = { open: props.open };
  }
  render({ name, words, children }, { open }) {
    return html`<details class=${name} open=${open} onToggle=${(e) => this.setState({ open: e.target.open })}><summary>${words}</summary>${children}</details>`;
  }
}
