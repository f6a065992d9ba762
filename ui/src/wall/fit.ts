import type { Size } from "../connection/picture";
import { clamped, sizeIn, spanOf, WHOLE } from "../state/zoom";

/** A rectangle in device pixels, from the top left of the canvas. */
export interface Area extends Size {
  x: number;
  y: number;
}

/**
 * Where a picture lies in its tile: centred, inside of it, or with `isFilling`
 * around it; zoomed it may be larger and elsewhere. Fractions of pixels are
 * kept, so that the centre is exact.
 */
export function fitted(tile: Area, aspect: number, isFilling: boolean, zoom = WHOLE): Area {
  const whole = sizeIn(tile, aspect, isFilling);
  const { scale, x, y } = clamped(zoom, spanOf(tile, whole));
  const [width, height] = [whole.width * scale, whole.height * scale];
  return {
    x: tile.x + tile.width / 2 - x * width,
    y: tile.y + tile.height / 2 - y * height,
    width,
    height,
  };
}

export function isSameArea(one: Area | null, other: Area | null): boolean {
  if (one === null || other === null) return one === other;
  const isSameSize = one.width === other.width && one.height === other.height;
  return isSameSize && one.x === other.x && one.y === other.y;
}
