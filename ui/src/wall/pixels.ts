import { planesOf } from "../connection/picture";
import type { PictureFormat } from "../protocol";
import { conversion } from "./colour";

/** Numbers are multiplied by this and shifted back, since whole numbers are faster. */
const BITS = 14;
const HALF = 1 << (BITS - 1);

const OPAQUE = 0xff000000;

/**
 * Writes the picture as colours, four bytes a pixel: what the shader does for one pixel after the
 * other. Exact to one step of 255. Rows are done in pairs of pixels, which
 * share their chroma.
 */
export function paint(
  format: PictureFormat,
  message: ArrayBuffer,
  pixels: Uint8ClampedArray,
): void {
  const bytes = new Uint8Array(message);
  const words = new Uint32Array(pixels.buffer);
  const [y, u, v] = planesOf(format);
  const { matrix, zero } = conversion(format.matrix, format.range);
  const [light = 0, , , , greenU = 0, blueU = 0, redV = 0, greenV = 0] = matrix.map((factor) =>
    Math.round(factor * (1 << BITS)),
  );
  const black = Math.round(zero[0] * 255);
  for (let row = 0; row < y.height; row++) {
    const chromaRow = (row >> 1) * u.width;
    const lumaRow = y.offset + row * y.width;
    for (let column = 0; column < y.width; column += 2) {
      const cb = (bytes[u.offset + chromaRow + (column >> 1)] as number) - 128;
      const cr = (bytes[v.offset + chromaRow + (column >> 1)] as number) - 128;
      const red = redV * cr + HALF;
      const green = greenU * cb + greenV * cr + HALF;
      const blue = blueU * cb + HALF;
      const end = Math.min(column + 2, y.width);
      for (let at = column; at < end; at++) {
        const luma = light * ((bytes[lumaRow + at] as number) - black);
        const r = clamped((luma + red) >> BITS);
        const g = clamped((luma + green) >> BITS);
        const b = clamped((luma + blue) >> BITS);
        // Red comes first in memory on every machine that browsers run on.
        words[row * y.width + at] = OPAQUE | (b << 16) | (g << 8) | r;
      }
    }
  }
}

function clamped(value: number): number {
  return Math.max(0, Math.min(value, 255));
}
