import type { ConnectingStage, Delivery } from "../protocol";
import { m, number, tenths } from ".";

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

/** What is shown, and of what where that is more. */
export function sizeText(format: {
  width: number;
  height: number;
  sourceWidth: number;
  sourceHeight: number;
}): string {
  const { width, height, sourceWidth, sourceHeight } = format;
  const size = m.shown_size({ width, height });
  if (width === sourceWidth && height === sourceHeight) return size;
  return m.shown_size_of({
    size,
    source: m.shown_size({ width: sourceWidth, height: sourceHeight }),
  });
}

export function bitRateText(bits: number): string {
  if (bits < 1e6) return m.rate_kilobits({ rate: number(Math.round(bits / 1e3)) });
  return m.rate_megabits({ rate: tenths(bits / 1e6) });
}

export function deliveryText(delivery: Delivery): string {
  switch (delivery) {
    case "encoded":
      return m.delivery_encoded();
    case "jpeg":
      return m.delivery_jpeg();
    case "planes":
      return m.delivery_planes();
  }
}
