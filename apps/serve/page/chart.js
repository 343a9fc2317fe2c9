// Curves of several runs over each other, as SVG.

import { Component, html } from './html.js';

const width = 420, height = 190, left = 56, right = 8, top = 8, bottom = 20;

/** Round numbers within a range, about `count` of them. */
export function ticks(low, high, count) {
  const span = high - low;
  if (!(span > 0)) return [low];
  const raw = span / count, power = 10 ** Math.floor(Math.log10(raw));
  const step = power * [1, 2, 5, 10].find((m) => m * power >= raw);
  const all = [];
  for (let k = Math.ceil(low / step); k * step <= high + step * 1e-9; ++k) all.push(k * step);
  return all;
}

export const short = (v) => {
  const size = Math.abs(v);
  if (size >= 1e5 || (size > 0 && size < 1e-3)) return v.toExponential(1);
  return String(Number(v.toPrecision(size >= 100 ? 4 : 3)));
};

/** What a curve spans; lone outliers of a beginning (a loss of 80) don't flatten the rest. */
export function bounds(lines) {
  const ys = lines.flatMap((line) => line.points.map((p) => p[1])).filter(Number.isFinite).sort((a, b) => a - b);
  const xs = lines.flatMap((line) => line.points.map((p) => p[0]));
  if (!ys.length) return null;
  const at = (share) => ys[Math.min(ys.length - 1, Math.floor(share * ys.length))];
  let low = ys[0], high = ys[ys.length - 1];
  if (ys.length > 20 && high > at(0.98) + 3 * (at(0.98) - low)) high = at(0.98) + (at(0.98) - low);
  if (low === high) [low, high] = [low - Math.abs(low) / 10 - 1e-9, high + Math.abs(high) / 10 + 1e-9];
  const margin = (high - low) / 20;
  const first = xs.reduce((a, b) => Math.min(a, b)), last = xs.reduce((a, b) => Math.max(a, b));
  return { x: [first, Math.max(last, first + 1e-9)], y: [low - margin, high + margin] };
}

/** `lines`: {name, color, points: [[x, y], …], kind: '', 'thin' or 'held'}. */
export class Chart extends Component {
  pointed(e) {
    const box = this.svg.getBoundingClientRect();
    this.setState({ share: ((e.clientX - box.left) / box.width * width - left) / (width - left - right) });
  }
  render({ title, unit, lines }) {
    const span = bounds(lines);
    if (!span) return null;
    const x = (v) => left + (v - span.x[0]) / (span.x[1] - span.x[0]) * (width - left - right);
    const y = (v) => height - bottom - (Math.min(v, span.y[1]) - span.y[0]) / (span.y[1] - span.y[0]) * (height - top - bottom);
    const path = (points) => {
      const step = Math.max(1, Math.floor(points.length / 1000)); // more than pixels can show
      return points.filter((p, i) => Number.isFinite(p[1]) && (i % step === 0 || i === points.length - 1))
        .map((p, i) => `${i ? 'L' : 'M'}${x(p[0]).toFixed(1)} ${y(p[1]).toFixed(1)}`).join('');
    };
    const main = lines.filter((line) => line.kind !== 'thin' && line.points.length);
    const shown = main.length ? main : lines;
    const { share } = this.state;
    const where = share === undefined || share === null ? null : span.x[0] + Math.min(1, Math.max(0, share)) * (span.x[1] - span.x[0]);
    const value = (line) => (where === null ? line.points.at(-1)
      : line.points.reduce((best, p) => (Math.abs(p[0] - where) < Math.abs(best[0] - where) ? p : best)));
    const read = shown.filter((line) => line.points.length).map((line) => `${line.name} ${short(value(line)[1])}`).join(', ');
    return html`<figure class="chart"><figcaption><b>${title}</b><span class="read">${where === null ? '' : `${unit} ${short(where)}: `}${read}</span></figcaption>
      <svg ref=${(s) => { this.svg = s; }} viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}: at last ${read}"
        onPointerMove=${(e) => this.pointed(e)} onPointerLeave=${() => this.setState({ share: null })}>
        ${ticks(...span.y, 4).map((v) => html`<line class="rule" x1=${left} x2=${width - right} y1=${y(v)} y2=${y(v)} /><text x=${left - 5} y=${y(v) + 4} text-anchor="end">${short(v)}</text>`)}
        ${ticks(...span.x, 5).map((v) => html`<text x=${x(v)} y=${height - 5} text-anchor="middle">${short(v)}</text>`)}
        ${lines.map((line) => (line.points.length === 1
    ? html`<circle cx=${x(line.points[0][0])} cy=${y(line.points[0][1])} r="3" fill=${line.color} />`
    : html`<path d=${path(line.points)} stroke=${line.color} class=${line.kind} />`))}
        ${where !== null && html`<line class="rule" x1=${x(where)} x2=${x(where)} y1=${top} y2=${height - bottom} />`}
      </svg></figure>`;
  }
}
