import { expect, test } from "vitest";
import {
  containing,
  following,
  LEAST_MS,
  lengthOf,
  MOST_MS,
  moved,
  shareOf,
  zoomed,
} from "./stretch";

const HOUR = { from: 0, to: 3600_000 };

test.each([0.5, 2, 10])(
  "zooming by %d keeps the moment under the pointer in its place",
  (factor) => {
    const at = 900_000;
    const result = zoomed(HOUR, factor, at);
    expect(lengthOf(result)).toBeCloseTo(factor * lengthOf(HOUR));
    expect(shareOf(result, at)).toBeCloseTo(0.25);
  },
);

test("zooming ends at a second and at a month, with the moment still in its place", () => {
  const near = zoomed(HOUR, 1e-9, 900_000);
  expect(lengthOf(near)).toBe(LEAST_MS);
  expect(shareOf(near, 900_000)).toBeCloseTo(0.25);
  const far = zoomed(HOUR, 1e9, 900_000);
  expect(lengthOf(far)).toBe(MOST_MS);
  expect(shareOf(far, 900_000)).toBeCloseTo(0.25);
});

test("nothing is moved far into the future", () => {
  expect(moved(HOUR, 1e9, 3600_000)).toEqual({ from: 360_000, to: 3960_000 });
  expect(moved({ from: 1e6, to: 1e6 + 3600_000 }, 60_000, 0).from).toBe(1e6);
  expect(moved(HOUR, -1e9, 3600_000).from).toBe(-1e9);
});

test("what is out of sight comes to the middle, what is in sight moves nothing", () => {
  expect(containing(HOUR, 1)).toBe(HOUR);
  expect(shareOf(containing(HOUR, 1e9), 1e9)).toBeCloseTo(0.5);
});

test("now is followed near the end", () => {
  expect(shareOf(following(HOUR, 1e9), 1e9)).toBeCloseTo(0.95);
});
