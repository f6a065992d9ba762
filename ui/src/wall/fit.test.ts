import { expect, test } from "vitest";
import { FORMAT } from "../connection/fake";
import { fitted, shownAspect } from "./fit";

const tile = { x: 10, y: 20, width: 160, height: 120 };

test("fits inside the tile, centred", () => {
  expect(fitted(tile, 16 / 9, false)).toEqual({ x: 10, y: 35, width: 160, height: 90 });
  expect(fitted(tile, 3 / 4, false)).toEqual({ x: 45, y: 20, width: 90, height: 120 });
});

test("fills the tile, centred, where that was chosen", () => {
  expect(fitted(tile, 2, true)).toEqual({ x: -30, y: 20, width: 240, height: 120 });
  expect(fitted(tile, 1, true)).toEqual({ x: 10, y: 0, width: 160, height: 160 });
});

test.each([
  [0, 16 / 9],
  [90, 9 / 16],
  [180, 16 / 9],
  [270, 9 / 16],
])("turned by %i° it is %f wide to high", (rotation, aspect) => {
  expect(shownAspect({ ...FORMAT, rotation })).toBe(aspect);
});
