import type { Size } from "../connection/picture";
import type { PictureFormat } from "../protocol";

/** A rectangle in device pixels, from the top left of the canvas. */
export interface Area extends Size {
  x: number;
  y: number;
}

/** Width to height of the picture as it is shown, upright. */
export function shownAspect({ displayAspect: { num, den }, rotation }: PictureFormat): number {
  return rotation % 180 === 0 ? num / den : den / num;
}

/**
 * Where a picture lies in its tile, centred: inside of it, or with `isFilling`
 * around it. Fractions of pixels are kept, so that the centre is exact.
 */
export function fitted(tile: Area, aspect: number, isFilling: boolean): Area {
  const isWider = aspect > tile.width / tile.height;
  const width = isWider === isFilling ? tile.height * aspect : tile.width;
  const height = isWider === isFilling ? tile.height : tile.width / aspect;
  return {
    x: tile.x + (tile.width - width) / 2,
    y: tile.y + (tile.height - height) / 2,
    width,
    height,
  };
}
