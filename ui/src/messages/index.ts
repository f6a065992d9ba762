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

/** Whole seconds of an age, never below none. */
export function seconds(ms: number): string {
  return number(Math.max(0, Math.floor(ms / 1000)));
}

const timeFormat = perLocale(
  (locale) => new Intl.DateTimeFormat(locale, { timeStyle: "medium", hourCycle: "h23" }),
);
const listFormat = perLocale((locale) => new Intl.ListFormat(locale));
const numberFormat = perLocale((locale) => new Intl.NumberFormat(locale));

/** Formats cost more to make than to use. */
function perLocale<Format>(make: (locale: string) => Format): (locale: string) => Format {
  const made = new Map<string, Format>();
  return (locale) => {
    const format = made.get(locale) ?? make(locale);
    made.set(locale, format);
    return format;
  };
}
