import type { Stretch } from "../state/stretch";
import { isAmbiguous, offsetAt, offsetText } from "./zone";

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Distances of ticks that people count in. */
const STEPS_MS = [
  100,
  250,
  500,
  ...[1, 2, 5, 10, 15, 30].map((it) => it * SECOND_MS),
  ...[1, 2, 5, 10, 15, 30].map((it) => it * MINUTE_MS),
  ...[1, 2, 3, 6, 12].map((it) => it * HOUR_MS),
  ...[1, 2, 7].map((it) => it * DAY_MS),
];

/** A moment that is named on a timeline. */
export interface Tick {
  at: number;
  /** How it is written: by its day, or by its time to the minute or finer. */
  form: "day" | "minute" | "second" | "fraction";
  /** Where the time of day alone does not say it: how far it is from UTC. */
  offset: string | null;
}

/** Ticks at round times of the viewer's zone, no closer to each other than `leastMs`. */
export function ticksOf(stretch: Stretch, leastMs: number): Tick[] {
  const step = STEPS_MS.find((it) => it >= leastMs) ?? 7 * DAY_MS;
  const moments = step < HOUR_MS ? even(stretch, step) : hourly(stretch, step);
  return moments.map((at) => ({
    at,
    form: formOf(at, step),
    offset: step < DAY_MS && isAmbiguous(at) ? offsetText(at) : null,
  }));
}

/** Zones are whole quarters of an hour from UTC: what divides one divides the other. */
function even({ from, to }: Stretch, step: number): number[] {
  const found = [];
  // Half an hour is no part of zones that are off by a quarter.
  const shift = step > 15 * MINUTE_MS ? offsetAt(from) % step : 0;
  for (let at = Math.ceil((from + shift) / step) * step - shift; at <= to; at += step) {
    found.push(at);
  }
  return found;
}

/** By looking at each hour: a day may have twenty-three or twenty-five of them. */
function hourly({ from, to }: Stretch, step: number): number[] {
  const found = [];
  const shift = offsetAt(from) % HOUR_MS;
  for (let at = Math.ceil((from + shift) / HOUR_MS) * HOUR_MS - shift; at <= to; at += HOUR_MS) {
    if (isRound(at, step)) found.push(at);
  }
  return found;
}

function isRound(at: number, step: number): boolean {
  if (step < DAY_MS) return local(at) % step === 0;
  // Where clocks are set at midnight, a day begins at another hour.
  const day = localDay(at);
  const isFirst = day !== localDay(at - HOUR_MS);
  // The first day of 1970 was a Thursday, and weeks begin on Mondays.
  return isFirst && (step < 7 * DAY_MS ? day % (step / DAY_MS) === 0 : (day + 3) % 7 === 0);
}

/** Days since 1970, as clocks on the wall count them. */
function localDay(at: number): number {
  return Math.floor(local(at) / DAY_MS);
}

function local(at: number): number {
  return at + offsetAt(at);
}

function formOf(at: number, step: number): Tick["form"] {
  const isMidnight = localDay(at) !== localDay(at - 1);
  if (step >= DAY_MS || isMidnight) return "day";
  if (step >= MINUTE_MS) return "minute";
  return step >= SECOND_MS ? "second" : "fraction";
}
