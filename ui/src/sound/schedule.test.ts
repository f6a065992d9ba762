import { beforeEach, expect, test } from "vitest";
import { Schedule } from "./schedule";

/** A clock that only goes when it is told to. */
let now = 0;
let schedule = new Schedule();
const UNIT = 0.02;

beforeEach(() => {
  now = 10;
  schedule = new Schedule();
});

/** One unit comes, and time goes on. Answers how far ahead it is played, in ms. */
function comes(thenPasses: number): number | null {
  const start = schedule.place(UNIT, now);
  const ahead = start === null ? null : Math.round((start - now) * 1000);
  now += thenPasses;
  return ahead;
}

test("what comes evenly is played evenly, a fifth of a second later", () => {
  const ahead = Array.from({ length: 100 }, () => comes(UNIT));
  expect(new Set(ahead)).toEqual(new Set([200]));
});

test("sounds follow each other without a gap, however unevenly they come", () => {
  const starts = [0.001, 0.03, 0.002, 0.06, 0.001, 0.002, 0.03].map((pause) => {
    const start = schedule.place(UNIT, now);
    now += pause;
    return start ?? 0;
  });
  for (const [i, start] of starts.entries()) expect(start).toBeCloseTo(10.2 + i * UNIT);
});

test("after a gap it begins again, with the same patience", () => {
  comes(UNIT);
  expect(comes(1)).toBe(200);
  expect(comes(UNIT)).toBe(200);
});

test("of a burst nothing is heard later than half a second, and the rest comes close again", () => {
  comes(2);
  const burst = Array.from({ length: 100 }, () => comes(0));
  expect(burst.filter((it) => it !== null).at(-1)).toBe(500);
  expect(burst.filter((it) => it !== null)).toHaveLength(16);
  const after = Array.from({ length: 100 }, () => comes(UNIT));
  // A quarter of a second is skipped, and then all is played again.
  expect(after.findIndex((it) => it !== null)).toBe(14);
  expect(after.slice(14).every((it) => it !== null && it <= 250 && it >= 120)).toBe(true);
});

test("a camera whose clock is too fast is skipped over seldom, not all the time", () => {
  const kept = Array.from({ length: 3000 }, () => comes(UNIT * 0.99)).filter((it) => it !== null);
  expect(kept.length).toBeGreaterThan(2950);
  expect(Math.max(...kept)).toBeLessThanOrEqual(500);
});

/** One unit comes that is due in so many ms. Answers in how many it is played. */
function due(wait: number): number | null {
  const start = schedule.placeDue(UNIT, now, now + wait / 1000);
  return start === null ? null : Math.round((start - now) * 1000);
}

test("what is due is played when it is, without gaps where times waver", () => {
  expect([300, 323, 335, 362].map(due)).toEqual([300, 320, 340, 360]);
  // A longer gap is one.
  expect(due(500)).toBe(500);
});

test("what is too late, of another time, or twice at once is not played", () => {
  expect(due(-10)).toBeNull();
  expect(due(5000)).toBeNull();
  expect(due(100)).toBe(100);
  expect([40, 60, 120].map(due)).toEqual([null, null, 120]);
});

test("cleared, it begins anew", () => {
  comes(0);
  comes(0);
  schedule.clear();
  expect(comes(0)).toBe(200);
});
