import { dateTime, dateTimeRange, m } from "../messages";
import { causeText, durationText } from "../messages/storage";
import {
  BUCKET_WHOLE,
  EVENT_CROSSING,
  EVENT_LOITERING,
  EVENT_MOTION,
  EVENT_REPORTED,
  EVENT_TAMPER,
  type PlaybackTurn,
} from "../protocol";
import type { Range } from "../state/range.svelte";
import { causeOf, eventsOf, isLocked, recordedOf } from "./buckets";
import { offsetText } from "./zone";

const EVENTS: [mark: number, text: () => string][] = [
  [EVENT_TAMPER, m.event_tamper],
  [EVENT_CROSSING, m.event_crossing],
  [EVENT_LOITERING, m.event_loitering],
  [EVENT_MOTION, m.event_motion],
  [EVENT_REPORTED, m.event_reported_mark],
];

/** What is recorded at a moment, and what happened, in words. */
export function bucketText(bucket: number): string {
  const happened = EVENTS.filter(([mark]) => (eventsOf(bucket) & mark) !== 0);
  const state = recordedText(bucket);
  if (happened.length === 0) return state;
  return m.lane_happened({ state, events: happened.map(([, text]) => text()).join(", ") });
}

function recordedText(bucket: number): string {
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
