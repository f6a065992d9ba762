import type { CameraEvent, EventKind, TrackPlace } from "../protocol";
import { m } from ".";
import { durationText } from "./storage";

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

/** Where a thing went, and how long it took. */
export function trackText(places: TrackPlace[]): string {
  const [first, last] = [places[0], places.at(-1)];
  if (first === undefined || last === undefined) return "";
  const [across, down] = [last.centre.x - first.centre.x, last.centre.y - first.centre.y];
  const time = durationText((last.time - first.time) / 1000);
  const gaps = places.map(({ centre: { x, y } }) =>
    Math.max(Math.abs(x - first.centre.x), Math.abs(y - first.centre.y)),
  );
  if (Math.max(Math.abs(across), Math.abs(down)) < Math.max(...gaps) / 2) {
    return m.track_near({ time });
  }
  if (Math.abs(across) >= Math.abs(down)) {
    return across > 0 ? m.track_right({ time }) : m.track_left({ time });
  }
  return down > 0 ? m.track_down({ time }) : m.track_up({ time });
}
