import type { Size } from "../connection/picture";
import type { Ratio } from "../protocol";

/**
 * The size of a picture for a tile, before turning: what it covers of it, to a
 * pair of pixels, and never more than `source`. The engine scales in the same way.
 */
export function textureSize(aspect: Ratio, rotation: number, source: Size, tile: Size): Size {
  const isUpright = rotation % 180 === 0;
  const [across, down] = isUpright ? [tile.width, tile.height] : [tile.height, tile.width];
  const shape = aspect.num / aspect.den;
  const width = Math.min(across, down * shape);
  return { width: even(width, source.width), height: even(width / shape, source.height) };
}

function even(length: number, most: number): number {
  return Math.min(2 * Math.max(1, Math.round(length / 2)), most);
}
