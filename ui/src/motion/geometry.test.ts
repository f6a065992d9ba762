import { expect, test } from "vitest";
import { arrowHead, crossingAngle, middle } from "./geometry";

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

test("an arrow points where a path went, whatever shakes at its end", () => {
  const rounded = (path: { x: number; y: number }[], aspect: number) =>
    arrowHead(path, aspect).map(({ x, y }) => [x, y].map((it) => Number(it.toFixed(3))));
  const right = [
    { x: 0.1, y: 0.5 },
    { x: 0.5, y: 0.5 },
  ];
  const expected = [
    [0.474, 0.53],
    [0.5, 0.5],
    [0.474, 0.47],
  ];
  expect(rounded(right, 2)).toEqual(expected);
  expect(rounded([...right, { x: 0.499, y: 0.5 }, { x: 0.5, y: 0.5 }], 2)).toEqual(expected);
  const up = [
    { x: 0.5, y: 0.9 },
    { x: 0.5, y: 0.1 },
  ];
  expect(rounded(up, 2)).toEqual([
    [0.515, 0.152],
    [0.5, 0.1],
    [0.485, 0.152],
  ]);
  expect(arrowHead([], 2)).toEqual([]);
});
