import {
  BUCKET_CAUSE_SHIFT,
  BUCKET_LOCKED,
  BUCKET_WHOLE,
  GAP_CAUSES,
  type GapCause,
} from "../protocol";

const CAUSE_MASK = 0b1111;

/** The buckets of a lane, one byte each; those that the server did not send are empty. */
export function unpacked(runs: string, buckets: number): Uint8Array {
  const bytes = atob(runs);
  const lane = new Uint8Array(buckets);
  let at = 0;
  for (let i = 0; i + 1 < bytes.length; i += 2) {
    const end = at + bytes.charCodeAt(i);
    lane.fill(bytes.charCodeAt(i + 1), at, end);
    at = end;
  }
  return lane;
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
export function merged(lanes: Uint8Array[], buckets: number): Uint8Array {
  const all = new Uint8Array(buckets);
  for (const lane of lanes) {
    for (let i = 0; i < buckets; i++) {
      const [one, other] = [all[i] ?? 0, lane[i] ?? 0];
      const more = recordedOf(other) > recordedOf(one) || one === 0 ? other : one;
      all[i] = more | ((one | other) & BUCKET_LOCKED);
    }
  }
  return all;
}
