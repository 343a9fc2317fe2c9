// The pictures, with what lies in them drawn over: switching that costs nothing.

import { Component, html } from './html.js';

const colors = { box: 'var(--orange)', rotated: 'var(--blue)', outline: 'var(--green)', mask: 'var(--green)', point: 'var(--red)' };

/** Boxes, outlines and points over a picture whose sides are 1. */
export function Overlay({ plan, show }) {
  if (!plan) return null;
  const [height, width] = plan.size;
  const at = ([x, y]) => `${(x * width).toFixed(2)},${(y * height).toFixed(2)}`;
  const shape = (points, color, title, closed = true) => html`<${closed ? 'polygon' : 'polyline'} points=${points.map(at).join(' ')}
    fill="none" stroke=${colors[color]}><title>${title ?? ''}</title></${closed ? 'polygon' : 'polyline'}>`;
  const corners = ({ from: [x0, y0], to: [x1, y1] }) => [[x0, y0], [x1, y0], [x1, y1], [x0, y1]];
  return html`<svg class="overlay" viewBox="0 0 ${width} ${height}" preserveAspectRatio="none" aria-hidden="true">
    ${show.masks && plan.masks.flat().map((one) => html`<path d=${one.outlines.map((points) => `M${points.map(at).join('L')}Z`).join('')}
      fill=${colors.mask} fill-rule="evenodd" fill-opacity="0.25" stroke=${colors.mask}><title>${one.class ?? one.number}</title></path>`)}
    ${show.masks && plan.outlines.map((one) => shape(one.points, 'outline', one.class, one.closed))}
    ${show.boxes && plan.boxes.map((one) => shape(corners(one), 'box', one.class))}
    ${show.boxes && plan.rotated_boxes.map((one) => shape(one.points, 'rotated', one.class))}
    ${show.points && plan.keypoints.filter((k) => k.visibility > 0).map((k) => html`<circle cx=${k.at[0] * width} cy=${k.at[1] * height}
      r=${Math.max(width, height) / 80} fill=${colors.point} />`)}
  </svg>`;
}

/** What is worth a warning about a tile. */
export function warnings(tile) {
  const { plan } = tile;
  if (!plan) return [];
  const said = [];
  const lost = ['boxes', 'rotated_boxes', 'keypoints'].map((kind) => [kind.replace('_', ' '), plan.counts[kind][0] - plan.counts[kind][1]]).filter(([, n]) => n > 0);
  for (const [kind, n] of lost) said.push(`${n} ${kind} lost`);
  const hidden = [...plan.boxes, ...plan.rotated_boxes].filter((one) => one.visibility < 0.3).length;
  if (hidden) said.push(`${hidden} nearly hidden`);
  return said;
}

/** The picture into the canvas, unless it's there. */
function put(canvas, picture) {
  if (!picture || !canvas || canvas.shows === picture) return;
  if (canvas.width !== picture.width || canvas.height !== picture.height) Object.assign(canvas, { width: picture.width, height: picture.height });
  canvas.getContext('2d').drawImage(picture, 0, 0);
  canvas.shows = picture;
}

class Tile extends Component {
  componentDidMount() {
    this.props.tile.shown = () => this.setState({});
    this.paint();
  }
  componentDidUpdate() {
    this.props.tile.shown = () => this.setState({});
    this.paint();
  }
  async look(original) {
    if (!original) return this.setState({ original: null });
    this.wants = true;
    const [picture, plan] = await this.props.store.original(this.props.tile.index).catch(() => []);
    if (this.wants) this.setState({ original: picture && { picture, plan } });
  }
  shown() {
    const { tile, originals } = this.props;
    if (originals && !this.state.original && !this.asked) {
      this.asked = true;
      this.look(true);
    }
    return (this.state.original && (originals || this.wants) && this.state.original) || tile;
  }
  paint() {
    put(this.canvas, this.shown().picture);
    put(this.second, this.props.tile.beside);
  }
  render({ tile, store, show, originals }) {
    const { plan } = this.shown();
    const leave = () => { this.wants = false; if (!originals) this.setState({ original: null }); };
    if (!originals && !this.wants && this.state.original) this.asked = false;
    const words = tile.error ? '' : tile.plan?.words || 'as it is';
    return html`<figure class="tile">
      <button type="button" class="picture" aria-label="${tile.name}: ${tile.error ?? words}. Show it large" data-index=${tile.index}
        onMouseEnter=${() => this.look(true)} onMouseLeave=${leave} onBlur=${leave}
        onKeyDown=${(e) => e.key === 'o' && this.look(true)} onKeyUp=${(e) => e.key === 'o' && leave()}
        onClick=${() => !tile.error && store.update({ large: { index: tile.index, later: tile.later } })}>
        ${tile.error ? html`<span class="broken">${tile.error}</span>`
          : html`<span class="frame"><canvas ref=${(c) => (this.canvas = c)}></canvas><${Overlay} plan=${plan} show=${show} /></span>`}
      </button>
      ${tile.beside && html`<span class="picture beside" role="img" aria-label="${tile.name} by the recipe that is compared with"><canvas class="second" ref=${(c) => (this.second = c)}></canvas></span>`}
      <figcaption>${!tile.error && html`<button type="button" class="small copy" aria-label="copy the plan of ${tile.name}" onClick=${() => store.copyPlan(tile)}>copy plan</button>`}<b>${tile.name}</b>${tile.later > 0 && html` <span class="unit">+${tile.later}</span>`}${tile.class !== null && html` <span class="class">${tile.plan?.class ?? tile.class}</span>`}
        <span class="words">${words}</span>${warnings(tile).map((one) => html`<span class="warning">${one}</span>`)}</figcaption>
    </figure>`;
  }
}

export function Grid({ store }) {
  const { tiles, boxes, masks, points, originals, side } = store.state;
  return html`<div class="grid" style=${{ '--side': `${side}px` }}>${tiles.map((tile) => html`<${Tile} key=${tile.key} tile=${tile} store=${store}
    show=${{ boxes, masks, points }} originals=${originals} />`)}</div>`;
}
