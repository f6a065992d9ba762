import { expect, test } from "vitest";
import { crossingAngle, middle } from "./geometry";

test.each([
  ["upwards, its right is right", { x: 0.5, y: 0.75 }, { x: 0.5, y: 0.25 }, "toRight", 0],
  ["upwards, its left is left", { x: 0.5, y: 0.75 }, { x: 0.5, y: 0.25 }, "toLeft", 180],
  ["to the right, its right is down", { x: 0, y: 0.5 }, { x: 1, y: 0.5 }, "toRight", 90],
  ["slanted as it is on the screen", { x: 0, y: 0.5 }, { x: 0.25, y: 0 }, "toRight", 45],
] as const)("%s", (_, from, to, sense, degrees) => {
  expect(crossingAngle({ name: "", from, to, sense }, 2)).toBeCloseTo(degrees);
});

test("the middle of corners", () => {
  expect(
    middle([
      { x: 0, y: 0 },
      { x: 1, y: 0 },
      { x: 0.5, y: 0.9 },
    ]),
  ).toEqual({ x: 0.5, y: 0.3 });
});
