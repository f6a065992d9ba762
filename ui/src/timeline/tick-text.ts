import { m, shortDay, shortTime, timeOfDay } from "../messages";
import type { Tick } from "./ticks";

/** As a tick is written. */
export function tickText({ at, form, offset }: Tick): string {
  const text = write(at, form);
  return offset === null ? text : m.timeline_moment({ time: text, offset });
}

function write(at: number, form: Tick["form"]): string {
  switch (form) {
    case "day":
      return shortDay(at);
    case "minute":
      return shortTime(at);
    case "second":
      return timeOfDay(at);
    case "fraction":
      return m.tick_fraction({ tenths: String(Math.floor((at % 1000) / 100)) });
  }
}
