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

/**
 * Writes a plane in another size, no larger, row by row: it is halved while it
 * can be, which leaves nothing out, and then blended from neighbours.
 */
export function shrink(from: Samples, size: Size, to: Uint8Array, at: number): void {
  let samples = from.bits === 8 ? from : narrowed(from);
  while (samples.width >= 2 * size.width && samples.height >= 2 * size.height) {
    samples = halved(samples);
  }
  const isItsSize = samples.width === size.width && samples.height === size.height;
  if (isItsSize) copy(samples, to, at);
  else blend(samples, size, to, at);
}

function narrowed({ bytes, offset, stride, step, width, height, bits }: Samples): Samples {
  const narrow = new Uint8Array(width * height);
  for (let y = 0, i = 0; y < height; y++) {
    let place = offset + y * stride;
    for (let x = 0; x < width; x++, place += step) {
      const code = (bytes[place] as number) | ((bytes[place + 1] as number) << 8);
      narrow[i++] = code >> (bits - 8);
    }
  }
  return { bytes: narrow, offset: 0, stride: width, step: 1, width, height, bits: 8 };
}

/** Each the mean of two by two. */
function halved({ bytes, offset, stride, step, ...whole }: Samples): Samples {
  const [width, height] = [whole.width >> 1, whole.height >> 1];
  const half = new Uint8Array(width * height);
  for (let y = 0, i = 0; y < height; y++) {
    let above = offset + 2 * y * stride;
    let below = above + stride;
    for (let x = 0; x < width; x++, above += 2 * step, below += 2 * step) {
      const upper = (bytes[above] as number) + (bytes[above + step] as number);
      const lower = (bytes[below] as number) + (bytes[below + step] as number);
      half[i++] = (upper + lower + 2) >> 2;
    }
  }
  return { bytes: half, offset: 0, stride: width, step: 1, width, height, bits: 8 };
}

function copy({ bytes, offset, stride, step, width, height }: Samples, to: Uint8Array, at: number) {
  for (let y = 0; y < height; y++) {
    const [start, row] = [offset + y * stride, at + y * width];
    if (step === 1) to.set(bytes.subarray(start, start + width), row);
    else for (let x = 0; x < width; x++) to[row + x] = bytes[start + x * step] as number;
  }
}

/** The way from one neighbour to the other has so many parts. */
const PARTS = 256;

function blend(from: Samples, { width, height }: Size, to: Uint8Array, at: number): void {
  const { bytes, offset } = from;
  const columns = neighbours(from.width, width, from.step);
  const rows = neighbours(from.height, height, from.stride);
  for (let y = 0, i = at; y < height; y++) {
    const above = offset + (rows.one[y] as number);
    const below = offset + (rows.other[y] as number);
    const down = rows.share[y] as number;
    for (let x = 0; x < width; x++) {
      const left = columns.one[x] as number;
      const right = columns.other[x] as number;
      const across = columns.share[x] as number;
      const upper = mixed(bytes[above + left] as number, bytes[above + right] as number, across);
      const lower = mixed(bytes[below + left] as number, bytes[below + right] as number, across);
      to[i++] = (mixed(upper, lower, down) + (PARTS * PARTS) / 2) >> 16;
    }
  }
}

function mixed(one: number, other: number, share: number): number {
  return one * (PARTS - share) + other * share;
}

/** Between which two each place of a line lies, and how far from the first, in parts of the way. */
function neighbours(from: number, to: number, step: number) {
  const one = new Int32Array(to);
  const other = new Int32Array(to);
  const share = new Int32Array(to);
  for (let i = 0; i < to; i++) {
    const place = Math.min(Math.max(((i + 0.5) * from) / to - 0.5, 0), from - 1);
    const first = Math.floor(place);
    one[i] = first * step;
    other[i] = Math.min(first + 1, from - 1) * step;
    share[i] = Math.round((place - first) * PARTS);
  }
  return { one, other, share };
}
