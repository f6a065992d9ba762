import { expect, test } from "vitest";
import type { HourMode, RecordingPlan, VolumeState } from "../protocol";
import { DEFAULT_PLAN } from "../state/recording.svelte";
import { painted, weekOf } from "../state/week";
import {
  bytesText,
  durationText,
  forecastText,
  planText,
  proofText,
  volumeNextStep,
  volumeStateTitle,
} from "./storage";

test.each([
  [0, "0 B"],
  [999, "1 kB"],
  [900, "900 B"],
  [1e9, "1 GB"],
  [999_960_000_000, "1 TB"],
  [412_300_000, "412.3 MB"],
  [8e12, "8 TB"],
  [2 ** 53, "9,007.2 TB"],
])("%d bytes are %s", (bytes, text) => {
  expect(bytesText(bytes)).toBe(text);
});

test.each([
  [400, "0.4 s"],
  [59_900, "59.9 s"],
  [60_000, "1 min 0 s"],
  [192_400, "3 min 12 s"],
  [3_600_000, "1 h 0 min"],
  [26 * 3600_000, "26 h 0 min"],
])("%d ms are %s", (ms, text) => {
  expect(durationText(ms)).toBe(text);
});

test.each([
  [18.2, "≈ 18 days"],
  [1.5, "≈ 36 h"],
  [0.01, "≈ 0 h"],
])("a forecast of %d days is %s", (days, text) => {
  expect(forecastText(days)).toBe(text);
});

test.each([
  [100, "100 % of the last 24 h"],
  [99.9999, "99.99 % of the last 24 h"],
  [99.97, "99.97 % of the last 24 h"],
  [0, "0 % of the last 24 h"],
])("%d %% is never rounded up: %s", (percent, text) => {
  expect(proofText(percent)).toBe(text);
});

const WORKING = painted(weekOf<HourMode>("event"), 8, 4 * 24 + 17, "continuous");

test.each<[Partial<RecordingPlan>, string]>([
  [{}, "Always"],
  [{ mode: "off" }, "Never"],
  [{ mode: "event" }, "Around events: 5 s before, 10 s after"],
  [{ mode: "schedule" }, "By week: 168 h always"],
  [
    { mode: "schedule", week: WORKING },
    "By week: 50 h always, 118 h around events (5 s before, 10 s after)",
  ],
])("a plan in words: %o", (change, text) => {
  expect(planText({ ...DEFAULT_PLAN, ...change })).toBe(text);
});

const STEP = "Connect the disk again.";

test.each<[VolumeState, string, RegExp]>([
  [{ kind: "ready" }, "", /^$/],
  [{ kind: "full" }, "Full", /add a volume/],
  [{ kind: "slow" }, "Too slow", /faster disk/],
  [{ kind: "readOnly", message: STEP }, "Read only", /^Connect the disk again\.$/],
  [{ kind: "missing", message: STEP }, "Missing", /^Connect/],
  [{ kind: "swapped", message: STEP }, "Another disk is in its place", /^Connect/],
  [{ kind: "failed", message: STEP }, "Failed", /^Connect/],
])("a volume in words, with the next step: %o", (state, title, step) => {
  expect(volumeStateTitle(state)).toBe(title);
  expect(volumeNextStep(state)).toMatch(step);
});
