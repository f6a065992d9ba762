import { m, tenths } from "../messages";
import type {
  CameraMotion,
  MotionAttention,
  MotionSettings,
  ObservedThing,
  RefusalReason,
  ThingVerdict,
} from "../protocol";
import type { ShapeId } from "../state/motion-draft.svelte";

/** What a zone, mask or line is called: by its number where it has no name. */
export function shapeName({ zones, lines }: MotionSettings, { kind, index }: ShapeId): string {
  const number = index + 1;
  if (kind === "zone") return zones[index]?.name || m.motion_zone({ number });
  if (kind === "line") return lines[index]?.name || m.motion_line({ number });
  return m.motion_mask({ number });
}

/** What becomes of something that is followed. */
export function verdictText(settings: MotionSettings, verdict: ThingVerdict): string {
  switch (verdict.kind) {
    case "elsewhere":
      return m.sight_elsewhere();
    case "masked":
      return m.sight_masked();
    case "told":
      return `✓ ${zoneText(settings, verdict.zone)}`;
    case "refused":
      return REFUSALS[verdict.reason]();
  }
}

/** Something that is followed, and what becomes of it. */
export function thingText(settings: MotionSettings, { id, from, to, verdict }: ObservedThing) {
  const size = tenths((to.x - from.x) * (to.y - from.y) * 100);
  const what = m.sight_thing({ number: id, size, verdict: verdictText(settings, verdict) });
  const isOfZone = verdict.kind === "refused" && settings.zones.length > 1;
  return isOfZone ? `${what} · ${zoneText(settings, verdict.zone)}` : what;
}

const REFUSALS: Record<RefusalReason, () => string> = {
  hours: m.sight_hours,
  still: m.sight_still,
  faint: m.sight_faint,
  small: m.sight_small,
  large: m.sight_large,
  brief: m.sight_brief,
  otherWay: m.sight_other_way,
};

/** A zone by its number from 0; where there is none, the picture is one. */
function zoneText(settings: MotionSettings, zone: number): string {
  return settings.zones.length === 0
    ? m.sight_told()
    : shapeName(settings, { kind: "zone", index: zone });
}

/** How looking for motion is doing. */
export function motionText({ settings: { mode }, state }: CameraMotion): string {
  switch (state.kind) {
    case "off":
      return mode === "auto" ? m.motion_not_needed() : m.motion_off();
    case "starting":
      return m.motion_starting();
    case "watching":
      return state.isCoarse ? m.motion_coarse() : attentionText(state.attention);
    case "waiting":
      return m.motion_waiting();
    case "blind":
      return state.message;
  }
}

function attentionText(attention: MotionAttention): string {
  switch (attention.kind) {
    case "always":
      return m.motion_watching();
    case "learning":
      return m.motion_learning();
    case "bySize":
      return m.motion_by_size({ count: attention.checks });
  }
}
