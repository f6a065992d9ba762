import { expect, test } from "vitest";
import { EVENT_CROSSING, EVENT_MOTION, EVENT_TAMPER, GAP_CAUSES } from "../protocol";
import { causeOf, eventsOf, isLocked, merged, recordedOf, unpacked } from "./buckets";
import { draw, paletteOf, ROWS } from "./ink";

const INKS = { recorded: 1, partly: 2, missed: 3, excused: 4, locked: 5, event: 6 };

function packed(...runs: [count: number, bucket: number][]): string {
  return btoa(String.fromCharCode(...runs.flat()));
}

function gap(cause: (typeof GAP_CAUSES)[number], recorded = 0): number {
  return ((GAP_CAUSES.indexOf(cause) + 1) << 3) | recorded;
}

test("runs are buckets in turn; what was not sent is empty, what is too much is left out", () => {
  expect([...unpacked(packed([2, 7], [1, 0], [2, 0x87]), "", 6)]).toEqual([7, 7, 0, 0x87, 0x87, 0]);
  expect([...unpacked(packed([255, 7]), "", 3)]).toEqual([7, 7, 7]);
  const events = packed([1, 0], [1, EVENT_MOTION], [9, EVENT_TAMPER]);
  const lane = [...unpacked(packed([2, 7]), events, 4)];
  expect(lane.map(recordedOf)).toEqual([7, 7, 0, 0]);
  expect(lane.map(eventsOf)).toEqual([0, EVENT_MOTION, EVENT_TAMPER, EVENT_TAMPER]);
});

test("a bucket says how much, why not, and whether it is evidence", () => {
  const bucket = gap("noVolume", 3) | 0x80;
  expect([recordedOf(bucket), causeOf(bucket), isLocked(bucket)]).toEqual([3, "noVolume", true]);
  expect([recordedOf(7), causeOf(7), isLocked(7)]).toEqual([7, null, false]);
  // A cause of a later version.
  expect(causeOf(15 << 3)).toBeNull();
});

test("all lanes in one show what is recorded anywhere, and else why not", () => {
  const lanes = [
    Uint16Array.of(0, gap("auth"), gap("auth", 2), 7 | (EVENT_MOTION << 8)),
    Uint16Array.of(gap("diskFull"), 7, gap("diskFull", 5), 0x87 | (EVENT_CROSSING << 8)),
  ];
  const both = 0x87 | ((EVENT_MOTION | EVENT_CROSSING) << 8);
  expect([...merged(lanes, 4)]).toEqual([gap("diskFull"), 7, gap("diskFull", 5), both]);
});

test("recorded stands high, a gap is a low line, evidence is above: also without colours", () => {
  const lane = Uint16Array.of(7, 0x87, gap("auth"), gap("schedule"), 0, gap("auth", 3));
  const pixels = new Uint32Array(lane.length * ROWS);
  draw(pixels, [lane], lane.length, paletteOf(INKS));
  const rows = [...Array(ROWS).keys()].map((i) => [...pixels.slice(i * 6, i * 6 + 6)]);
  expect(rows).toEqual([
    [0, 5, 0, 0, 0, 0],
    [1, 1, 0, 0, 0, 2],
    [1, 1, 0, 0, 0, 2],
    [1, 1, 3, 4, 0, 3],
  ]);
});

test("what happened is above, what was done to a camera in another colour, evidence between", () => {
  const [moved, tampered] = [EVENT_MOTION << 8, (EVENT_TAMPER | EVENT_MOTION) << 8];
  const lane = Uint16Array.of(7 | moved, tampered, 0x87 | moved, 0x87 | moved, 0x87, moved);
  const pixels = new Uint32Array(lane.length * ROWS);
  draw(pixels, [lane], lane.length, paletteOf(INKS));
  expect([...pixels.slice(0, 6)]).toEqual([6, 3, 6, 5, 5, 6]);
});
