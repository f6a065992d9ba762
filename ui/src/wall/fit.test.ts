import { expect, test } from "vitest";
import { fitted } from "./fit";

const tile = { x: 10, y: 20, width: 160, height: 120 };

test("fits inside the tile, centred", () => {
  expect(fitted(tile, 16 / 9, false)).toEqual({ x: 10, y: 35, width: 160, height: 90 });
  expect(fitted(tile, 3 / 4, false)).toEqual({ x: 45, y: 20, width: 90, height: 120 });
});

test("fills the tile, centred, where that was chosen", () => {
  expect(fitted(tile, 2, true)).toEqual({ x: -30, y: 20, width: 240, height: 120 });
  expect(fitted(tile, 1, true)).toEqual({ x: 10, y: 0, width: 160, height: 160 });
});

test("a zoomed picture reaches out of its tile, around the point in the centre", () => {
  const zoom = { scale: 2, x: 0.5, y: 0.75 };
  expect(fitted(tile, 16 / 9, false, zoom)).toEqual({ x: -70, y: -55, width: 320, height: 180 });
});

test("where fill or fit was changed since, no more of the tile is bare than unzoomed", () => {
  const corner = { scale: 2, x: 0.9, y: 0.9 };
  expect(fitted(tile, 16 / 9, false, corner)).toEqual({ x: -150, y: -55, width: 320, height: 180 });
  expect(fitted(tile, 2, true, corner)).toEqual({ x: -310, y: -100, width: 480, height: 240 });
});
