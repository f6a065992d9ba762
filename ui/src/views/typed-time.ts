import { isAmbiguous } from "../timeline/zone";

const SECOND_MS = 1000;
const HOUR_MS = 3600 * SECOND_MS;
const UNITS: Record<string, number> = {
  s: SECOND_MS,
  m: 60 * SECOND_MS,
  min: 60 * SECOND_MS,
  h: HOUR_MS,
  d: 24 * HOUR_MS,
};

/**
 * The moments that a line may mean, in the viewer's zone: `14:05` and `14:05:30` (the last there
 * was), `2026-11-22` and `2026-11-22 14:05` (ISO 8601), `-90s`, `-10m`, `-2h` and `-3d` (back from
 * now). Two where clocks were set back; none where it is no time, or one still to come.
 */
export function typedTimes(line: string, now: number): number[] {
  const typed = line.trim().toLowerCase();
  const times = ago(typed, now) ?? dated(typed) ?? timeOfDay(typed, now) ?? [];
  return times.filter((time) => time <= now);
}

function ago(typed: string, now: number): number[] | null {
  const [, count, unit] = /^[-−] ?(\d{1,5}) ?(s|m|min|h|d)$/.exec(typed) ?? [];
  const size = UNITS[unit ?? ""];
  return size === undefined ? null : [now - Number(count) * size];
}

function dated(typed: string): number[] | null {
  const [, year, month, day, time] = /^(\d{4})-(\d\d?)-(\d\d?)(?:[t ]+(.*))?$/.exec(typed) ?? [];
  if (year === undefined) return null;
  const clock = time === undefined ? [0, 0, 0] : clockOf(time);
  const midnight = new Date(Number(year), Number(month) - 1, Number(day));
  // No such day is another one.
  const isDay = midnight.getMonth() === Number(month) - 1 && midnight.getDate() === Number(day);
  return clock && (isDay ? moments(midnight, clock) : []);
}

/** Today's, else yesterday's. */
function timeOfDay(typed: string, now: number): number[] | null {
  const clock = clockOf(typed);
  if (clock === null) return null;
  const today = new Date(now);
  const passed = moments(today, clock).filter((time) => time <= now);
  if (passed.length > 0) return passed;
  today.setDate(today.getDate() - 1);
  return moments(today, clock);
}

/** Hour, minute, second. */
type Clock = number[];

function clockOf(typed: string): Clock | null {
  const [, hour, minute, second] = /^(\d\d?):(\d\d)(?::(\d\d))?$/.exec(typed) ?? [];
  const clock = [hour, minute, second ?? 0].map(Number);
  const isClock = [24, 60, 60].every((end, i) => (clock[i] ?? end) < end);
  return hour !== undefined && isClock ? clock : null;
}

/** None in an hour that was left out, two in one that came twice. */
function moments(day: Date, [hour = 0, minute = 0, second = 0]: Clock): number[] {
  const time = new Date(day).setHours(hour, minute, second, 0);
  const isIt = (ms: number) => {
    const date = new Date(ms);
    return date.getHours() === hour && date.getMinutes() === minute;
  };
  const times = isAmbiguous(time) ? [time - HOUR_MS, time, time + HOUR_MS] : [time];
  return times.filter(isIt);
}
