import { dateTime, dateTimeRange, m } from "../messages";
import { causeText, durationText } from "../messages/storage";
import { BUCKET_WHOLE, type PlaybackTurn } from "../protocol";
import type { Range } from "../state/range.svelte";
import { causeOf, isLocked, recordedOf } from "./buckets";
import { offsetText } from "./zone";

/** What is recorded at a moment, in words. */
export function bucketText(bucket: number): string {
  const recorded = recordedOf(bucket);
  const cause = causeOf(bucket);
  const words = { cause: cause === null ? "" : causeText(cause) };
  if (recorded === 0) return cause === null ? m.lane_nothing() : m.lane_gap(words);
  if (isLocked(bucket)) return m.lane_locked();
  if (recorded === BUCKET_WHOLE) return m.lane_recorded();
  return cause === null ? m.lane_some() : m.lane_partly(words);
}

/** A moment without any doubt: with its day and its distance to UTC. */
export function momentText(at: number): string {
  return m.timeline_moment({ time: dateTime(at), offset: offsetText(at) });
}

/** What is chosen; nothing where nothing is. */
export function rangeText({ from, to }: Pick<Range, "from" | "to">): string {
  if (from === null) return to === null ? "" : m.range_until({ to: dateTime(to) });
  if (to === null) return m.range_since({ from: dateTime(from) });
  return m.range_of({ range: dateTimeRange(from, to), duration: durationText(to - from) });
}

/** Why the server changed how the playback goes on. */
export function turnText(turn: PlaybackTurn): string {
  switch (turn) {
    case "stepped":
      return "";
    case "skipped":
      return m.turn_skipped();
    case "live":
      return m.turn_live();
    case "begin":
      return m.turn_begin();
  }
}
