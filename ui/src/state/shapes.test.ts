import { expect, test } from "vitest";
import type { LayoutShape } from "../protocol";
import { bigTiles, neighbour, SHAPE_NAMES, SHAPES } from "./shapes";

/** Each cell of the grid by the tile that takes it, in letters. */
function drawn(shape: LayoutShape): string[] {
  const { side, areas } = SHAPES[shape];
  const letter = (x: number, y: number) => {
    const tiles = [...areas.entries()].filter(
      ([, area]) => area.x <= x && x < area.x + area.span && area.y <= y && y < area.y + area.span,
    );
    return tiles.length === 1 ? String.fromCharCode(97 + (tiles[0]?.[0] ?? 0)) : "?";
  };
  const numbers = [...Array(side).keys()];
  return numbers.map((y) => numbers.map((x) => letter(x, y)).join(""));
}

test.each([
  ["single", ["a"]],
  ["quad", ["ab", "cd"]],
  ["nine", ["abc", "def", "ghi"]],
  ["onePlusFive", ["aab", "aac", "def"]],
  ["onePlusSeven", ["aaab", "aaac", "aaad", "efgh"]],
  ["twoPlusEight", ["aabb", "aabb", "cdef", "ghij"]],
] as const)("%s fills its grid in reading order", (shape, cells) => {
  expect(drawn(shape)).toEqual(cells);
});

test.each([
  ["single", 1],
  ["quad", 4],
  ["onePlusFive", 6],
  ["onePlusSeven", 8],
  ["nine", 9],
  ["twoPlusEight", 10],
  ["sixteen", 16],
  ["twentyFive", 25],
  ["thirtySix", 36],
  ["sixtyFour", 64],
] as const)("%s has %i tiles, and no cell without one", (shape, count) => {
  expect(SHAPES[shape].areas).toHaveLength(count);
  const cells = SHAPES[shape].areas.reduce((sum, { span }) => sum + span * span, 0);
  expect(cells).toBe(SHAPES[shape].side ** 2);
});

test("shapes are named from the fewest tiles to the most", () => {
  const counts = SHAPE_NAMES.map((shape) => SHAPES[shape].areas.length);
  expect(counts).toEqual([1, 4, 6, 8, 9, 10, 16, 25, 36, 64]);
  expect(SHAPE_NAMES.map((shape) => bigTiles(SHAPES[shape]))).toEqual([
    0, 0, 1, 1, 0, 2, 0, 0, 0, 0,
  ]);
});

const [LEFT, RIGHT, UP, DOWN] = [
  [-1, 0],
  [1, 0],
  [0, -1],
  [0, 1],
] as const;

test.each([
  ["quad", "a", RIGHT, "b"],
  ["quad", "b", RIGHT, null],
  ["quad", "b", LEFT, "a"],
  ["quad", "b", DOWN, "d"],
  ["quad", "c", UP, "a"],
  ["quad", "c", DOWN, null],
  ["onePlusFive", "a", RIGHT, "b"],
  ["onePlusFive", "c", LEFT, "a"],
  ["onePlusFive", "a", DOWN, "d"],
  ["onePlusFive", "e", UP, "a"],
  ["onePlusFive", "f", UP, "c"],
  ["onePlusSeven", "a", RIGHT, "c"],
  ["onePlusSeven", "d", LEFT, "a"],
  ["onePlusSeven", "a", DOWN, "f"],
  ["onePlusSeven", "g", UP, "a"],
  ["twoPlusEight", "a", RIGHT, "b"],
  ["twoPlusEight", "b", DOWN, "e"],
  ["twoPlusEight", "f", UP, "b"],
  ["twoPlusEight", "d", UP, "a"],
] as const)("in %s, from %s by %j to %s", (shape, from, [across, down], to) => {
  const index = neighbour(SHAPES[shape], from.charCodeAt(0) - 97, across, down);
  expect(index === null ? null : String.fromCharCode(97 + index)).toBe(to);
});

test.each(SHAPE_NAMES)("every tile of %s is reached with arrows", (shape) => {
  const reached = new Set([0]);
  for (const index of reached) {
    for (const [across, down] of [LEFT, RIGHT, UP, DOWN]) {
      const next = neighbour(SHAPES[shape], index, across, down);
      if (next !== null) reached.add(next);
    }
  }
  expect(reached.size).toBe(SHAPES[shape].areas.length);
});
