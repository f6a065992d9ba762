import { expect, test } from "vitest";
import { Figures } from "./figures";
import { Liveness } from "./liveness";

/** After pictures at these times, the tile goes stale right after `limit`. */
test.each([
  [[0], 2000],
  [[0, 40, 80, 120], 2120],
  [[0, 1000, 2000, 3000], 6000],
])("pictures at %j are fresh until %i ms", (times, limit) => {
  const liveness = new Liveness();
  for (const time of times) liveness.arrived(time);
  expect(liveness.isStale(limit)).toBe(false);
  expect(liveness.isStale(limit + 1)).toBe(true);
});

test("without a picture there is nothing to be stale", () => {
  expect(new Liveness().isStale(1e9)).toBe(false);
});

test("figures are none before the first second, and then settle once a second", () => {
  const figures = new Figures();
  expect(figures.settle(1000)).toBeNull();
  for (let picture = 0; picture <= 250; picture++) {
    const now = 5000 + picture * 40;
    figures.drawn(now, 40);
    const settled = figures.settle(now);
    expect(settled).toEqual(picture < 23 ? null : { rate: 25, lagMs: 40 });
  }
});

test("clocks a little apart make no lag below nothing", () => {
  const figures = new Figures();
  figures.drawn(0, -3);
  figures.drawn(500, -3);
  expect(figures.settle(1000)?.lagMs).toBe(0);
});
