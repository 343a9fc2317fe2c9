// How much pictures differ, as one sees it from afar.

const side = 16;
const canvas = new OffscreenCanvas(side, side);

/** A picture's few coarse pixels. */
export function print(picture) {
  const context = canvas.getContext('2d', { willReadFrequently: true });
  context.drawImage(picture, 0, 0, side, side);
  return context.getImageData(0, 0, side, side).data;
}

/** The mean difference of two prints, in shares of the full range. */
export function difference(a, b) {
  let sum = 0;
  for (let i = 0; i < a.length; i += 4) for (let k = 0; k < 3; ++k) sum += Math.abs(a[i + k] - b[i + k]);
  return sum / (side * side * 3 * 255);
}

/** Below this nobody sees a difference at a glance. */
export const hardly = 0.01;
