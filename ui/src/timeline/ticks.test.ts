import { afterAll, beforeAll, expect, test } from "vitest";
import { ticksOf } from "./ticks";
import { isAmbiguous, offsetText } from "./zone";

const HOUR_MS = 3600_000;
const DAY_MS = 24 * HOUR_MS;
const own = process.env["TZ"];

beforeAll(() => {
  process.env["TZ"] = "Europe/Berlin";
});
afterAll(() => {
  if (own === undefined) delete process.env["TZ"];
  else process.env["TZ"] = own;
});

/** Hour and minute as clocks in Berlin show them, with what is said beside. */
function told(from: string, hours: number, leastMs: number): string[] {
  const begin = Date.parse(from);
  return ticksOf({ from: begin, to: begin + hours * HOUR_MS }, leastMs).map(({ at, offset }) => {
    const local = new Date(at);
    const time = [local.getHours(), local.getMinutes()].map((it) => String(it).padStart(2, "0"));
    return `${time.join(":")}${offset ?? ""}`;
  });
}

test("an hour that comes twice is there twice, each told by its offset", () => {
  expect(told("2026-10-24T23:00:00Z", 4, HOUR_MS)).toEqual([
    "01:00",
    "02:00+02:00",
    "02:00+01:00",
    "03:00",
    "04:00",
  ]);
});

test("an hour that is left out is not there, and the next says its offset", () => {
  expect(told("2026-03-28T23:00:00Z", 4, HOUR_MS)).toEqual([
    "00:00",
    "01:00",
    "03:00+02:00",
    "04:00",
    "05:00",
  ]);
});

test("ticks hours apart stay at round hours across a change of the clocks", () => {
  expect(told("2026-10-24T22:00:00Z", 25, 6 * HOUR_MS)).toEqual([
    "00:00",
    "06:00",
    "12:00",
    "18:00",
    "00:00",
  ]);
  expect(told("2026-03-28T20:00:00Z", 12, 2 * HOUR_MS)).toEqual([
    "22:00",
    "00:00",
    "04:00",
    "06:00",
    "08:00",
    "10:00",
  ]);
});

test("days begin at midnight, however long they are", () => {
  const ticks = ticksOf(
    { from: Date.parse("2026-10-23T12:00:00Z"), to: Date.parse("2026-10-27T12:00:00Z") },
    DAY_MS,
  );
  expect(ticks.map(({ at }) => new Date(at).toISOString())).toEqual([
    "2026-10-23T22:00:00.000Z",
    "2026-10-24T22:00:00.000Z",
    "2026-10-25T23:00:00.000Z",
    "2026-10-26T23:00:00.000Z",
  ]);
  expect(ticks.every(({ form, offset }) => form === "day" && offset === null)).toBe(true);
});

test("half hours stand at half hours where a zone is off by a quarter", () => {
  process.env["TZ"] = "Asia/Kathmandu";
  expect(told("2026-06-01T00:00:00Z", 1.5, HOUR_MS / 2)).toEqual(["06:00", "06:30", "07:00"]);
  process.env["TZ"] = "Europe/Berlin";
});

test("there are as many ticks as fit, at any length", () => {
  for (let length = 1000; length <= 31 * DAY_MS; length *= 1.7) {
    const from = Date.parse("2026-10-10T07:13:17Z");
    const ticks = ticksOf({ from, to: from + length }, length / 12);
    expect(ticks.length, `${length} ms`).toBeLessThanOrEqual(13);
    expect(ticks.length, `${length} ms`).toBeGreaterThanOrEqual(3);
  }
});

test.each([
  ["2026-10-24T23:59:59Z", false, "+02:00"],
  ["2026-10-25T00:00:00Z", true, "+02:00"],
  ["2026-10-25T00:59:59Z", true, "+02:00"],
  ["2026-10-25T01:00:00Z", true, "+01:00"],
  ["2026-10-25T01:59:59Z", true, "+01:00"],
  ["2026-10-25T02:00:00Z", false, "+01:00"],
  ["2026-03-29T00:59:59Z", false, "+01:00"],
  ["2026-03-29T01:00:00Z", true, "+02:00"],
  ["2026-03-29T02:00:00Z", false, "+02:00"],
])("%s is told with its offset: %s", (iso, expected, offset) => {
  expect(isAmbiguous(Date.parse(iso))).toBe(expected);
  expect(offsetText(Date.parse(iso))).toBe(offset);
});

test("offsets before UTC have a minus, and their minutes", () => {
  process.env["TZ"] = "America/St_Johns";
  expect(offsetText(Date.parse("2026-01-01T00:00:00Z"))).toBe("−03:30");
  process.env["TZ"] = "Europe/Berlin";
});
