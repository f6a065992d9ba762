import type { CameraEvent, EventKind } from "../protocol";
import { m } from ".";

const TEXTS: Record<EventKind, () => string> = {
  motion: m.kind_motion,
  loitering: m.kind_loitering,
  crossing: m.kind_crossing,
  covered: m.kind_covered,
  black: m.kind_black,
  defocused: m.kind_defocused,
  frozen: m.kind_frozen,
  shifted: m.kind_shifted,
  reported: m.kind_reported,
};

/** What happened, and at which zone or line where that has a name. */
export function eventText({ kind, label }: Pick<CameraEvent, "kind" | "label">): string {
  const text = TEXTS[kind]();
  return label === "" ? text : m.event_at({ event: text, label });
}
