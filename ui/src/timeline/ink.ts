import { BUCKET_WHOLE, EVENT_TAMPER, type GapCause } from "../protocol";
import { causeOf, eventsOf, isLocked, recordedOf } from "./buckets";

/** Pixel rows of a lane: one for events and evidence, two for recordings, one on which gaps lie. */
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
  /** What happened; what was done to the camera has the colour of what is missed. */
  event: number;
}

/** What each bucket there can be looks like, from the upper row to the lower. */
export interface Palette {
  /** By what happened alone. */
  happened: Uint32Array;
  locked: Uint32Array;
  recorded: Uint32Array;
  low: Uint32Array;
  /** The same where a line of gaps is broken. */
  broken: Uint32Array;
}

const EXCUSED = new Set<GapCause | null>(["schedule", "retention"]);
const BUCKETS = 256;

/**
 * What is recorded stands high, a gap is a low line, broken where nobody
 * planned it: that is seen without colours, too. Events are above; evidence lies
 * between where there are both.
 */
export function paletteOf(inks: Inks): Palette {
  const each = (look: (bucket: number) => number) =>
    Uint32Array.from({ length: BUCKETS }, (_, i) => look(i));
  const low = (bucket: number, missed: number) => {
    const cause = causeOf(bucket);
    if (cause === null) return recordedOf(bucket) > 0 ? inks.recorded : 0;
    return EXCUSED.has(cause) ? inks.excused : missed;
  };
  return {
    happened: each((events) => {
      if (events === 0) return 0;
      return (events & EVENT_TAMPER) === 0 ? inks.event : inks.missed;
    }),
    locked: each((bucket) => (isLocked(bucket) ? inks.locked : 0)),
    recorded: each((bucket) => {
      const recorded = recordedOf(bucket);
      if (recorded === 0) return 0;
      return recorded === BUCKET_WHOLE ? inks.recorded : inks.partly;
    }),
    low: each((bucket) => low(bucket, inks.missed)),
    broken: each((bucket) => low(bucket, 0)),
  };
}

/** Draws lanes below one another, a pixel a bucket. */
export function draw(
  pixels: Uint32Array,
  lanes: Uint16Array[],
  width: number,
  palette: Palette,
): void {
  const { happened, locked, recorded, low, broken } = palette;
  for (let i = 0; i < lanes.length; i++) {
    const lane = lanes[i] ?? new Uint16Array(width);
    let at = i * ROWS * width;
    for (let x = 0; x < width; x++, at++) {
      const cell = lane[x] ?? 0;
      const bucket = cell & (BUCKETS - 1);
      const isFourth = (x & 3) === 3;
      const [event, lock] = [happened[eventsOf(cell)] ?? 0, locked[bucket] ?? 0];
      const high = recorded[bucket] ?? 0;
      pixels[at] = event === 0 || (isFourth && lock !== 0) ? lock : event;
      pixels[at + width] = high;
      pixels[at + 2 * width] = high;
      pixels[at + 3 * width] = (isFourth ? broken : low)[bucket] ?? 0;
    }
  }
}

/** A colour of the style sheets as an image has it, whatever it is written as. */
export function inkOf(colour: string, context: CanvasRenderingContext2D): number {
  context.clearRect(0, 0, 1, 1);
  context.fillStyle = colour;
  context.fillRect(0, 0, 1, 1);
  return new Uint32Array(context.getImageData(0, 0, 1, 1).data.buffer)[0] ?? 0;
}
