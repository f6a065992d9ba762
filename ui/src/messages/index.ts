import { getLocale } from "./generated/runtime.js";

export { m } from "./generated/messages.js";

/** Whether the page is written from right to left. */
export function isRightToLeft(): boolean {
  return document.dir === "rtl";
}

/** The time of day in the viewer's zone. */
export function timeOfDay(ms: number): string {
  return timeFormat(getLocale()).format(ms);
}

/** “14:05” in the viewer's zone. */
export function shortTime(ms: number): string {
  return shortTimeFormat(getLocale()).format(ms);
}

/** “5 Nov” in the viewer's zone. */
export function shortDay(ms: number): string {
  return shortDayFormat(getLocale()).format(ms);
}

/** Day and time of day in the viewer's zone. */
export function dateTime(ms: number): string {
  return dateTimeFormat(getLocale()).format(ms);
}

/** From when to when in the viewer's zone; the day is said once where it is the same. */
export function dateTimeRange(fromMs: number, toMs: number): string {
  return dateTimeFormat(getLocale()).formatRange(fromMs, Math.max(fromMs, toMs));
}

/** “Monday” for 0, and so on. */
export function weekday(day: number): string {
  return weekdayFormat(getLocale()).format(dayOfWeek(day));
}

/** “Mon” for 0, and so on. */
export function shortWeekday(day: number): string {
  return shortWeekdayFormat(getLocale()).format(dayOfWeek(day));
}

/** “A, B and C”. */
export function list(parts: string[]): string {
  return listFormat(getLocale()).format(parts);
}

export function number(value: number): string {
  return numberFormat(getLocale()).format(value);
}

export function tenths(value: number): string {
  return number(Math.round(value * 10) / 10);
}

export function hundredths(value: number): string {
  return number(Math.round(value * 100) / 100);
}

/** Whole seconds of an age, never below none. */
export function seconds(ms: number): string {
  return number(Math.max(0, Math.floor(ms / 1000)));
}

const timeFormat = perLocale(
  (locale) => new Intl.DateTimeFormat(locale, { timeStyle: "medium", hourCycle: "h23" }),
);
const shortTimeFormat = perLocale(
  (locale) => new Intl.DateTimeFormat(locale, { timeStyle: "short", hourCycle: "h23" }),
);
const shortDayFormat = perLocale(
  (locale) => new Intl.DateTimeFormat(locale, { weekday: "short", day: "numeric", month: "short" }),
);
const dateTimeFormat = perLocale(
  (locale) =>
    new Intl.DateTimeFormat(locale, {
      dateStyle: "medium",
      timeStyle: "medium",
      hourCycle: "h23",
    }),
);
const weekdayFormat = perLocale(
  (locale) => new Intl.DateTimeFormat(locale, { weekday: "long", timeZone: "UTC" }),
);
const shortWeekdayFormat = perLocale(
  (locale) => new Intl.DateTimeFormat(locale, { weekday: "short", timeZone: "UTC" }),
);
const listFormat = perLocale((locale) => new Intl.ListFormat(locale));
const numberFormat = perLocale((locale) => new Intl.NumberFormat(locale));

function dayOfWeek(day: number): number {
  // The first day of 2024 was a Monday.
  return Date.UTC(2024, 0, 1 + day);
}

/** Formats cost more to make than to use. */
function perLocale<Format>(make: (locale: string) => Format): (locale: string) => Format {
  const made = new Map<string, Format>();
  return (locale) => {
    const format = made.get(locale) ?? make(locale);
    made.set(locale, format);
    return format;
  };
}
