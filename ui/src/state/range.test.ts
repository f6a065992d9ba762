import { expect, test } from "vitest";
import { Range } from "./range.svelte";

const MINUTE = 60_000;
const NOW = 100 * MINUTE;

test.each<[string, ...marks: [end: "begin" | "end", at: number][]]>([
  ["1–2", ["begin", 1], ["end", 2]],
  ["1–2", ["end", 2], ["begin", 1]],
  ["3–null", ["begin", 1], ["end", 2], ["begin", 3]],
  ["null–1", ["begin", 2], ["end", 3], ["end", 1]],
])("%s after %s %s %s", (expected, ...marks) => {
  const range = new Range();
  for (const [end, at] of marks) range[end](at);
  expect(`${range.from}–${range.to}`).toBe(expected);
});

test("a drag may go either way; without one nothing is chosen", () => {
  const range = new Range();
  range.choose(7, 7);
  expect(range.isSet).toBe(false);
  range.choose(5, 3);
  expect([range.from, range.to]).toEqual([3, 5]);
});

test.each<[string, number | null, number | null, number, number, number]>([
  ["both ends", 10, 20, 50, 10, 20],
  ["from the begin on to where it is", 10, null, 50, 10, 50],
  ["from the begin on, being before it", 60, null, 50, 60, 62],
  ["up to the end, from where it is", null, 60, 50, 50, 60],
  ["up to the end, being after it", null, 20, 50, 18, 20],
  ["the minutes around it", null, null, 50, 48, 52],
  ["the last minutes of what is live", null, null, 100, 98, 100],
])("what is handed on: %s", (_, from, to, at, expectedFrom, expectedTo) => {
  const range = new Range();
  if (from !== null) range.begin(from * MINUTE);
  if (to !== null) range.end(to * MINUTE);
  const span = range.around(at * MINUTE, NOW);
  expect(span).toEqual({ from: expectedFrom * MINUTE, to: expectedTo * MINUTE });
});
