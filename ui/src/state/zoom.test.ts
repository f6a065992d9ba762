import { expect, test } from "vitest";
import {
  clamped,
  draggedBy,
  enlarged,
  MAX_SCALE,
  seen,
  sizeIn,
  spanOf,
  WHOLE,
  type Zoom,
  zoomedBy,
} from "./zoom";

const TILE = { width: 160, height: 120 };
const FIT = spanOf(TILE, sizeIn(TILE, 16 / 9, false));
const FILL = spanOf(TILE, sizeIn(TILE, 16 / 9, true));

/** The point of the picture that is at a point of the tile. */
const under = ({ scale, x, y }: Zoom, span: typeof FIT, at: { x: number; y: number }) => ({
  x: x + ((at.x - 0.5) * span.x) / scale,
  y: y + ((at.y - 0.5) * span.y) / scale,
});

test.each([
  ["fits", FIT],
  ["fills", FILL],
])("what is under the cursor stays there where the picture %s", (_, span) => {
  const at = { x: 0.2, y: 0.7 };
  const before = under(WHOLE, span, at);
  let zoom = WHOLE;
  for (const factor of [1.2, 1.5, 3, 0.5, 1.01]) {
    zoom = zoomedBy(zoom, span, factor, at);
    const now = under(zoom, span, at);
    expect(now.x).toBeCloseTo(before.x, 9);
    expect(now.y).toBeCloseTo(before.y, 9);
  }
});

test("the scale goes from the whole picture to sixteen times that", () => {
  const far = zoomedBy(WHOLE, FIT, 1000, { x: 0, y: 0 });
  expect(far.scale).toBe(MAX_SCALE);
  expect(zoomedBy(far, FIT, 1 / 1000, { x: 1, y: 1 })).toBe(WHOLE);
});

test("dragging goes as far as the picture covers what it covered", () => {
  const zoom = { ...WHOLE, scale: 2 };
  const moved = draggedBy(zoom, FIT, { x: 0.1, y: 0 });
  expect(moved.x).toBeCloseTo(0.45, 9);
  expect(draggedBy(zoom, FIT, { x: 5, y: -5 })).toEqual({ scale: 2, x: 0.25, y: 0.75 });
  // Filling, the parts that were cut off can be brought in.
  expect(draggedBy(zoom, FILL, { x: 5, y: 0 }).x).toBeCloseTo(0.1875, 9);
  expect(clamped({ scale: 1, x: 0.2, y: 0.9 }, FIT)).toEqual(WHOLE);
});

test("what is seen is all of it, then a part", () => {
  expect(seen(WHOLE, FIT)).toEqual({ x: 0, y: 0, width: 1, height: 1 });
  expect(seen({ scale: 4, x: 0.5, y: 0.125 }, FIT)).toMatchObject({ x: 0.375, width: 0.25, y: 0 });
  const wide = spanOf(TILE, sizeIn(TILE, 8 / 3, true));
  expect(seen(WHOLE, wide)).toEqual({ x: 0.25, y: 0, width: 0.5, height: 1 });
});

test.each([
  [1, null, { width: 160, height: 120 }],
  [3, null, { width: 480, height: 360 }],
  [3, { width: 400, height: 300 }, { width: 400, height: 300 }],
  // What a tile asks for unzoomed is for the server to bound.
  [3, { width: 80, height: 60 }, { width: 160, height: 120 }],
  [1000, null, { width: 16384, height: 16384 }],
])("zoomed %f times with a source of %o it asks for %o", (scale, source, asked) => {
  expect(enlarged(TILE, scale, source)).toEqual(asked);
});
