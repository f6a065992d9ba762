import { expect, test } from "vitest";
import {
  MEDIA_FLAG_APPROXIMATE,
  MEDIA_FLAG_KEY,
  MEDIA_FLAG_UNSHOWN,
  MEDIA_KIND_SOUND,
  MEDIA_KIND_UNIT,
} from "../protocol";
import { fakePicture } from "./fake";
import { parseHeader } from "./header";

test("reads every field, with times beyond 32 bits and before zero", () => {
  const fields = {
    subscription: 4_000_000_000,
    sequence: 7,
    format: 3,
    mediaTime: -1_500_000,
    wallTime: 1_790_000_000_123_456,
  };
  const plain = { ...fields, isKey: false, isShown: true, isApproximate: false };
  expect(parseHeader(fakePicture(fields))).toEqual({ kind: "picture", ...plain });
  const sound = fakePicture({ ...fields, kind: MEDIA_KIND_SOUND });
  expect(parseHeader(sound)).toEqual({ kind: "sound", ...plain });
});

test.each([
  [0, { isKey: false, isShown: true, isApproximate: false }],
  [MEDIA_FLAG_APPROXIMATE, { isKey: false, isShown: true, isApproximate: true }],
  [MEDIA_FLAG_KEY, { isKey: true, isShown: true, isApproximate: false }],
  [MEDIA_FLAG_KEY | MEDIA_FLAG_UNSHOWN, { isKey: true, isShown: false, isApproximate: false }],
])("reads the flags of an access unit: %i", (flags, expected) => {
  const header = { subscription: 1, sequence: 1, format: 1, kind: MEDIA_KIND_UNIT, flags };
  expect(parseHeader(fakePicture(header))).toMatchObject({ kind: "unit", ...expected });
});

test.each([
  ["another version", fakePicture({ subscription: 1, sequence: 1, format: 1, version: 2 })],
  ["another kind", fakePicture({ subscription: 1, sequence: 1, format: 1, kind: 9 })],
  ["less than a header", new ArrayBuffer(31)],
  ["nothing", new ArrayBuffer(0)],
])("refuses %s", (_, message) => {
  expect(parseHeader(message)).toBeNull();
});
