import { expect, test } from "vitest";
import type { Bookmark } from "../protocol";
import { ServerClock } from "../state/server-clock";
import { marksOf } from "./marks";

const STRETCH = { from: 1000, to: 2000 };

function bookmark(from: number, to = from): Bookmark {
  const marked = { cameras: [], from: from * 1000, to: to * 1000, name: "Van", note: "" };
  return { id: from, marked, created: 0 };
}

test.each<[string, [from: number, to?: number][], number[]]>([
  ["those in sight", [[900], [1000], [1500], [2000], [2100]], [0, 0.5, 1]],
  [
    "spans that begin before",
    [
      [500, 999],
      [900, 1200],
    ],
    [-0.1],
  ],
  ["the first of those that lie on one another", [[1500], [1503], [1509], [1511]], [0.5, 0.511]],
])("%s", (_, bookmarks, expected) => {
  const all = bookmarks.map(([from, to]) => bookmark(from, to));
  const marks = marksOf(all, STRETCH, new ServerClock(), 0.01);
  expect(marks.map(({ from }) => from)).toEqual(expected);
});
