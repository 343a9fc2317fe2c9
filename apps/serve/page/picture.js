// A small picture that is asked for once it is seen.

import * as api from './api.js';
import { Component, html } from './html.js';

/** `where`: what is asked for, once more where it becomes another; `side`: of the room that is kept free for it. */
export class LazyPicture extends Component {
  componentDidMount() {
    this.watch = new IntersectionObserver((seen) => seen.some((one) => one.isIntersecting) && this.load(), { rootMargin: '100px' });
    this.watch.observe(this.canvas);
  }
  componentDidUpdate({ where }) {
    if (where === this.props.where) return;
    // Observing anew tells whether it is seen; until then the old picture stays.
    delete this.canvas.dataset.drawn;
    this.watch.disconnect();
    this.watch.observe(this.canvas);
  }
  componentWillUnmount() { this.watch.disconnect(); }
  async load() {
    this.watch.disconnect();
    const { where } = this.props;
    const picture = await api.picture(where).catch(() => null);
    if (!picture || !this.canvas || where !== this.props.where) return;
    Object.assign(this.canvas, { width: picture.width, height: picture.height });
    this.canvas.getContext('2d').drawImage(picture, 0, 0);
    this.canvas.dataset.drawn = '1';
  }
  render({ side, label }) {
    return html`<canvas width=${side} height=${side} role="img" aria-label=${label} ref=${(c) => { if (c) this.canvas = c; }}></canvas>`;
  }
}
