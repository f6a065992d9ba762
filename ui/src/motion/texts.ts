import { m } from "../messages";
import type { CameraMotion, MotionAttention, MotionSettings } from "../protocol";
import type { ShapeId } from "../state/motion-draft.svelte";

/** What a zone, mask or line is called: by its number where it has no name. */
export function shapeName({ zones, lines }: MotionSettings, { kind, index }: ShapeId): string {
  const number = index + 1;
  if (kind === "zone") return zones[index]?.name || m.motion_zone({ number });
  if (kind === "line") return lines[index]?.name || m.motion_line({ number });
  return m.motion_mask({ number });
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
