import { expect, test } from "vitest";
import { trackText } from "./events";

const track = (...places: [x: number, y: number][]) =>
  places.map(([x, y], i) => ({ time: i * 2e6, centre: { x, y }, width: 0.1, height: 0.2 }));

test.each([
  ["From left to right in 2 s", track([0.1, 0.2], [0.9, 0.4])],
  ["From right to left in 4 s", track([0.9, 0.2], [0.5, 0.9], [0.2, 0.4])],
  ["From left to right in 2 s", track([0.1, 0.2], [0.16, 0.2])],
  ["Downwards in 2 s", track([0.5, 0.2], [0.6, 0.9])],
  ["Upwards in 2 s", track([0.5, 0.9], [0.4, 0.1])],
  ["Ends near where it began, after 4 s", track([0.5, 0.5], [0.1, 0.5], [0.45, 0.55])],
])("%s", (expected, places) => {
  expect(trackText(places)).toBe(expected);
});
