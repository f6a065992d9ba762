import {
  BUCKET_CAUSE_SHIFT,
  BUCKET_LOCKED,
  BUCKET_WHOLE,
  GAP_CAUSES,
  type GapCause,
} from "../protocol";

const CAUSE_MASK = 0b1111;
const EVENT_SHIFT = 8;

/**
 * The buckets of a lane: what is recorded in the lower byte, what happened in the
 * upper one. Those that the server did not send are empty.
 */
export function unpacked(runs: string, events: string, buckets: number): Uint16Array {
  const lane = new Uint16Array(buckets);
  for (const [run, shift] of [
    [runs, 0],
    [events, EVENT_SHIFT],
  ] as const) {
    const bytes = atob(run);
    let at = 0;
    for (let i = 0; i + 1 < bytes.length; i += 2) {
      const end = Math.min(buckets, at + bytes.charCodeAt(i));
      const value = bytes.charCodeAt(i + 1) << shift;
      for (; value !== 0 && at < end; at++) lane[at] = (lane[at] ?? 0) | value;
      at = end;
    }
  }
  return lane;
}

/** What happened: the sum of its `EVENT_` marks. */
export function eventsOf(bucket: number): number {
  return bucket >> EVENT_SHIFT;
}

/** How much is recorded: 0 is nothing, `BUCKET_WHOLE` all of it. */
export function recordedOf(bucket: number): number {
  return bucket & BUCKET_WHOLE;
}

/** Why the rest is not; `null` where that is not known, or there is no rest. */
export function causeOf(bucket: number): GapCause | null {
  return GAP_CAUSES[((bucket >> BUCKET_CAUSE_SHIFT) & CAUSE_MASK) - 1] ?? null;
}

export function isLocked(bucket: number): boolean {
  return (bucket & BUCKET_LOCKED) !== 0;
}

/** All lanes in one: as much as the one of which most is recorded, and why where nothing is. */
export function merged(lanes: Uint16Array[], buckets: number): Uint16Array {
  const all = new Uint16Array(buckets);
  const anywhere = BUCKET_LOCKED | (0xff << EVENT_SHIFT);
  for (const lane of lanes) {
    for (let i = 0; i < buckets; i++) {
      const [one, other] = [all[i] ?? 0, lane[i] ?? 0];
      const more = recordedOf(other) > recordedOf(one) || one === 0 ? other : one;
      all[i] = more | ((one | other) & anywhere);
    }
  }
  return all;
}
