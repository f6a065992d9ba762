import type { Size } from "../connection/picture";

/** A place in a tile or in a picture: from 0 at the left and the top to 1. */
export interface Point {
  x: number;
  y: number;
}

/** How much larger a picture is than it would be, and which of its points is in the tile's centre. */
export interface Zoom extends Point {
  scale: number;
}

/** How wide and high a tile is, measured in pictures that are not zoomed. */
export type Span = Point;

export const CENTRE: Point = { x: 0.5, y: 0.5 };
export const WHOLE: Zoom = { scale: 1, ...CENTRE };
export const MAX_SCALE = 16;

/** What is left of a zoom at less than this is not worth a minimap. */
const LEAST_SCALE = 1.01;

/** The size of a picture in its tile: inside of it, or with `isFilling` around it. */
export function sizeIn(tile: Size, aspect: number, isFilling: boolean): Size {
  const isWider = aspect > tile.width / tile.height;
  return {
    width: isWider === isFilling ? tile.height * aspect : tile.width,
    height: isWider === isFilling ? tile.height : tile.width / aspect,
  };
}

export function spanOf(tile: Size, picture: Size): Span {
  return { x: tile.width / picture.width, y: tile.height / picture.height };
}

/** Nearest to the zoom among those that leave no part of the tile bare which the whole picture covers. */
export function clamped({ scale, x, y }: Zoom, span: Span): Zoom {
  const clamp = (centre: number, across: number) => {
    const half = Math.min(1, across) / (2 * scale);
    return Math.min(1 - half, Math.max(half, centre));
  };
  return { scale, x: clamp(x, span.x), y: clamp(y, span.y) };
}

/** Larger by a factor, where what is at this point of the tile stays there. */
export function zoomedBy(zoom: Zoom, span: Span, factor: number, at: Point): Zoom {
  const scale = Math.min(MAX_SCALE, zoom.scale * factor);
  if (scale < LEAST_SCALE) return WHOLE;
  const centre = (middle: number, place: number, across: number) =>
    middle + (place - 0.5) * across * (1 / zoom.scale - 1 / scale);
  const moved = { scale, x: centre(zoom.x, at.x, span.x), y: centre(zoom.y, at.y, span.y) };
  return clamped(moved, span);
}

/** Elsewhere by a part of the tile, as if the picture were dragged. */
export function draggedBy(zoom: Zoom, span: Span, by: Point): Zoom {
  const { scale, x, y } = zoom;
  return clamped({ scale, x: x - (by.x * span.x) / scale, y: y - (by.y * span.y) / scale }, span);
}

/** The part of the picture that is seen: its left and upper edge, and its size. */
export function seen(zoom: Zoom, span: Span): Point & Size {
  const range = (centre: number, across: number) => {
    const half = across / (2 * zoom.scale);
    const from = Math.max(0, centre - half);
    return [from, Math.min(1, centre + half) - from] as const;
  };
  const [x, width] = range(zoom.x, span.x);
  const [y, height] = range(zoom.y, span.y);
  return { x, y, width, height };
}

/** What to ask for so that a zoomed picture is sharp, and never more than there is. */
export function enlarged(tile: Size, scale: number, source: Size | null): Size {
  const most = (length: number, there: number) =>
    Math.min(Math.ceil(length * scale), Math.max(length, there), MAX_LENGTH);
  return {
    width: most(tile.width, source?.width ?? MAX_LENGTH),
    height: most(tile.height, source?.height ?? MAX_LENGTH),
  };
}

/** The most a viewer may ask for. */
const MAX_LENGTH = 16384;
