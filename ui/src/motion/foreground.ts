import type { Observation } from "../protocol";

/** The alpha of each pixel that stands out, row by row: 255, and 0 of all others. */
export function foregroundAlpha({ width, height, foreground }: Observation): Uint8Array {
  const bits = atob(foreground);
  const alpha = new Uint8Array(width * height);
  for (let at = 0; at < alpha.length; at++) {
    const isSet = (bits.charCodeAt(at >> 3) >> (7 - (at & 7))) & 1;
    if (isSet === 1) alpha[at] = 255;
  }
  return alpha;
}
