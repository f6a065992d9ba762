import type { Size } from "../connection/picture";

/**
 * Samples of one plane, rows `stride` and columns `step` bytes apart. Those of
 * more than eight bits have two bytes, the lower first.
 */
export interface Samples extends Size {
  bytes: Uint8Array;
  offset: number;
  stride: number;
  step: number;
  bits: number;
}

/** Writes a plane in another size, no larger, row by row: each sample is the mean of what it covers. */
export function shrink(from: Samples, { width, height }: Size, to: Uint8Array, at: number): void {
  const isItsSize = from.width === width && from.height === height;
  if (isItsSize && from.bits === 8) return copy(from, to, at);
  const line = new Float32Array(from.width);
  const [across, down] = [from.width / width, from.height / height];
  for (let y = 0; y < height; y++) {
    addRows(from, y * down, Math.min((y + 1) * down, from.height), line);
    const row = at + y * width;
    for (let x = 0; x < width; x++) {
      const mean = meanOf(line, x * across, Math.min((x + 1) * across, from.width));
      to[row + x] = Math.min(mean + 0.5, 255);
    }
  }
}

function copy({ bytes, offset, stride, step, width, height }: Samples, to: Uint8Array, at: number) {
  for (let y = 0; y < height; y++) {
    const [start, row] = [offset + y * stride, at + y * width];
    if (step === 1) to.set(bytes.subarray(start, start + width), row);
    else for (let x = 0; x < width; x++) to[row + x] = bytes[start + x * step] as number;
  }
}

/** The mean of the rows from `begin` to `end`, which may lie within rows. */
function addRows(from: Samples, begin: number, end: number, line: Float32Array): void {
  const { bytes, offset, stride, step, width, bits } = from;
  const isWide = bits > 8;
  line.fill(0);
  for (let y = Math.floor(begin); y < end; y++) {
    const part = (Math.min(y + 1, end) - Math.max(y, begin)) / (end - begin);
    const share = part / 2 ** (bits - 8);
    let at = offset + y * stride;
    for (let x = 0; x < width; x++, at += step) {
      const high = isWide ? (bytes[at + 1] as number) << 8 : 0;
      line[x] = (line[x] as number) + share * ((bytes[at] as number) | high);
    }
  }
}

function meanOf(line: Float32Array, begin: number, end: number): number {
  const first = Math.floor(begin);
  const last = Math.min(Math.ceil(end), line.length) - 1;
  if (first >= last) return line[last] as number;
  let sum = (first + 1 - begin) * (line[first] as number);
  for (let x = first + 1; x < last; x++) sum += line[x] as number;
  sum += (end - last) * (line[last] as number);
  return sum / (end - begin);
}
