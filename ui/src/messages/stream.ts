import type { ConnectingStage } from "../protocol";
import { m, number } from ".";

/** How far a stream is on the way to its first picture. */
export function stageText(stage: ConnectingStage): string {
  switch (stage) {
    case "opening":
      return m.stage_opening();
    case "reaching":
      return m.stage_reaching();
    case "asking":
      return m.stage_asking();
    case "firstKeyFrame":
      return m.stage_first_key_frame();
  }
}

/** What a degraded stream lacks. What never came cannot be counted. */
export function droppingText(percent: number): string {
  return percent > 0 ? m.dropping({ percent: number(percent) }) : m.dropping_some();
}

/** Codec and, where it is announced, size. */
export function shapeText(stream: { codec: string; width: number; height: number }): string {
  const { codec, width, height } = stream;
  const size = width > 0 && height > 0 ? ` ${width}×${height}` : "";
  return codec.toUpperCase() + size;
}
