// Parts of the page that are fetched once they're shown.

import { Component, html } from './html.js';

/** `load()`: the part's component, in time. The rest is for it. */
export class Later extends Component {
  componentDidMount() {
    this.props.load().then((Part) => this.setState({ Part }), () => this.props.store?.say('the program has ended'));
  }
  render({ load, ...props }, { Part }) {
    return Part ? html`<${Part} ...${props} />` : null;
  }
}
