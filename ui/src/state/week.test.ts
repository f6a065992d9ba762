import { expect, test } from "vitest";
import { HOURS, hourBeside, hoursOf, painted, weekOf } from "./week";

const at = (day: number, time: number) => day * HOURS + time;

test.each([
  [at(0, 0), 1, 0, at(1, 0)],
  [at(0, 0), -1, -1, at(0, 0)],
  [at(6, 23), 1, 1, at(6, 23)],
  [at(2, 23), 0, 1, at(2, 23)],
  [at(2, 5), 0, 24, at(2, 23)],
  [at(2, 5), -7, -24, at(0, 0)],
])("beside hour %i, %i days and %i hours away, is hour %i", (hour, days, hours, expected) => {
  expect(hourBeside(hour, days, hours)).toBe(expected);
});

test.each([
  ["one hour", at(3, 4), at(3, 4), 1],
  ["working hours", at(0, 8), at(4, 17), 50],
  ["the same, from the other corner", at(4, 8), at(0, 17), 50],
  ["a day", at(6, 23), at(6, 0), 24],
  ["a time of every day", at(0, 12), at(6, 12), 7],
  ["all of it", at(6, 23), at(0, 0), 168],
])("paints %s", (_, one, other, count) => {
  const week = painted(weekOf("continuous"), one, other, "event");
  expect(week).toHaveLength(168);
  expect(hoursOf(week, "event")).toBe(count);
  expect([week[one], week[other]]).toEqual(["event", "event"]);
  expect(hoursOf(week, "continuous")).toBe(168 - count);
});
