import { BUCKET_WHOLE, type GapCause } from "../protocol";
import { causeOf, isLocked, recordedOf } from "./buckets";

/** Pixel rows of a lane: one for evidence, two for recordings, one on which gaps lie. */
export const ROWS = 4;

/** Colours as the bytes of an image have them: one number a pixel. */
export interface Inks {
  recorded: number;
  /** Of which some is missing. */
  partly: number;
  /** What should have been recorded. */
  missed: number;
  /** What was not to be, or was removed since. */
  excused: number;
  locked: number;
}

const EXCUSED = new Set<GapCause | null>(["schedule", "retention"]);

/**
 * Draws lanes below one another, a pixel a bucket. What is recorded stands
 * high, a gap is a low line, broken where nobody planned it: that is seen
 * without colours, too.
 */
export function draw(pixels: Uint32Array, lanes: Uint8Array[], width: number, inks: Inks): void {
  pixels.fill(0);
  lanes.forEach((lane, i) => {
    const top = i * ROWS * width;
    for (let x = 0; x < width; x++) {
      const bucket = lane[x] ?? 0;
      if (bucket === 0) continue;
      if (isLocked(bucket)) pixels[top + x] = inks.locked;
      const recorded = recordedOf(bucket);
      if (recorded > 0) {
        const ink = recorded === BUCKET_WHOLE ? inks.recorded : inks.partly;
        pixels[top + width + x] = ink;
        pixels[top + 2 * width + x] = ink;
      }
      pixels[top + 3 * width + x] = lowest(bucket, x, inks);
    }
  });
}

function lowest(bucket: number, x: number, inks: Inks): number {
  const cause = causeOf(bucket);
  if (cause === null) return recordedOf(bucket) > 0 ? inks.recorded : 0;
  if (EXCUSED.has(cause)) return inks.excused;
  return x % 4 < 3 ? inks.missed : 0;
}

/** A colour of the style sheets as an image has it, whatever it is written as. */
export function inkOf(colour: string, context: CanvasRenderingContext2D): number {
  context.clearRect(0, 0, 1, 1);
  context.fillStyle = colour;
  context.fillRect(0, 0, 1, 1);
  return new Uint32Array(context.getImageData(0, 0, 1, 1).data.buffer)[0] ?? 0;
}
