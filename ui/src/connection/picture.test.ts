import { expect, test } from "vitest";
import { FORMAT } from "./fake";
import { isUsable, messageBytes, planesOf, shownAspect, uprightSource } from "./picture";

test.each([
  [{ width: 16, height: 8 }, 32 + 128 + 32 + 32],
  [{ width: 5, height: 3 }, 32 + 15 + 6 + 6],
  [{ width: 1, height: 1 }, 32 + 1 + 1 + 1],
])("rounds chroma up: %o", (size, bytes) => {
  expect(messageBytes(size)).toBe(bytes);
});

test("planes lie one after the other, behind the header", () => {
  expect(planesOf({ width: 5, height: 3 })).toEqual([
    { width: 5, height: 3, offset: 32 },
    { width: 3, height: 2, offset: 47 },
    { width: 3, height: 2, offset: 53 },
  ]);
});

test.each([
  [0, 16 / 9, { width: 1920, height: 1080 }],
  [90, 9 / 16, { width: 1080, height: 1920 }],
  [180, 16 / 9, { width: 1920, height: 1080 }],
  [270, 9 / 16, { width: 1080, height: 1920 }],
])("turned by %i° it is %f wide to high", (rotation, aspect, source) => {
  expect(shownAspect({ ...FORMAT, rotation })).toBe(aspect);
  expect(uprightSource({ ...FORMAT, rotation })).toEqual(source);
});

test.each([
  [{}, true],
  [{ width: 0 }, false],
  [{ height: 16385 }, false],
  [{ width: 1.5 }, false],
  [{ rotation: 45 }, false],
  [{ displayAspect: { num: 1, den: 0 } }, false],
])("knows formats that cannot be: %o", (change, isPossible) => {
  expect(isUsable({ ...FORMAT, ...change })).toBe(isPossible);
});
