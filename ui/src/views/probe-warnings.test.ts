import { expect, test } from "vitest";
import { PROBE } from "../connection/fake";
import { probeWarnings } from "./probe-warnings";

test.each([
  [1000, 4, []],
  [null, null, []],
  [3_600_000, 2, ["clock is 3,600 s ahead"]],
  [-61_500, 10, ["clock is 61 s behind", "Key frames are 10 s apart"]],
])("a clock %s ms ahead, key frames %s s apart", (clockOffsetMs, keyInterval, parts) => {
  const warnings = probeWarnings({ ...PROBE, main: { ...PROBE.main, clockOffsetMs, keyInterval } });
  expect(warnings).toEqual(parts.map((part) => expect.stringContaining(part)));
});

test("key frames of the smaller stream count, too", () => {
  const sub = { ...PROBE.main, keyInterval: 8.25 };
  expect(probeWarnings({ ...PROBE, sub })).toEqual([expect.stringContaining("8.3 s apart")]);
});
