import { m } from "../messages";
import type { HourMode } from "../protocol";

/** What hours of a week are painted with. */
export interface Brush<Mode> {
  mode: Mode;
  ink: "full" | "half" | "none";
  label: () => string;
}

/** For when a stream is recorded. */
export const PLAN_BRUSHES: Brush<HourMode>[] = [
  { mode: "continuous", ink: "full", label: m.hour_continuous },
  { mode: "event", ink: "half", label: m.hour_event },
  { mode: "off", ink: "none", label: m.hour_off },
];

/** For when a zone tells of things. */
export const ZONE_BRUSHES: Brush<boolean>[] = [
  { mode: true, ink: "full", label: m.hour_told },
  { mode: false, ink: "none", label: m.hour_untold },
];
