import { expect, test } from "vitest";
import { UNITS } from "../connection/fake";
import { decoderConfig } from "./config";

/** Profile 1, tier Main, level 4: two bytes of header, one of the set, twelve of the profile. */
const H265_PROFILE = [0x01, 0x60, 0, 0, 0, 0x90, 0, 0, 0, 0, 0, 0x78];

test.each<[string, string, number[], string]>([
  [
    "H.264, its own",
    "h264",
    [0, 0, 0, 1, 0x09, 0xf0, 0, 0, 1, 0x67, 0x42, 0xc0, 0x1f, 5],
    "avc1.42c01f",
  ],
  [
    "H.265, its own, with bytes in between that are not meant",
    "hevc",
    [0, 0, 1, 0x42, 1, 1, 1, 0x60, 0, 0, 3, 0, 0x90, 0, 0, 3, 0, 0, 3, 0, 0x78, 0, 9],
    "hvc1.1.6.L120.90",
  ],
])("finds the profile in a key frame: %s", (_, codec, unit, expected) => {
  const config = decoderConfig({ ...UNITS, codec }, Uint8Array.from(unit));
  expect(config).toMatchObject({ codec: expected, optimizeForLatency: true });
  expect(config?.description).toBeUndefined();
});

test.each<[string, number[], string]>([
  ["h264", [1, 0x64, 0, 0x28, 0xff, 0xe1], "avc1.640028"],
  ["hevc", [1, ...H265_PROFILE, 0xf0], "hvc1.1.6.L120.90"],
  // A profile space, the High tier and a constraint far behind.
  ["hevc", [1, 0x62, 0x20, 0, 0, 0, 0xb0, 0, 0, 0, 0, 8, 0x99, 0], "hvc1.A2.4.H153.b0.0.0.0.0.8"],
])(
  "finds the profile of %s in its record, which goes to the decoder",
  (codec, record, expected) => {
    const config = btoa(String.fromCharCode(...record));
    const found = decoderConfig({ ...UNITS, codec, config }, new Uint8Array(0));
    expect(found?.codec).toBe(expected);
    expect([...((found?.description as Uint8Array) ?? [])]).toEqual(record);
  },
);

test.each([
  ["h264", [0, 0, 1, 0x65, 0x88]],
  ["h264", []],
  ["hevc", [0, 0, 1, 0x42, 1, 1, 1]],
  ["vp9", [0, 0, 1, 0x67, 0x42, 0xc0, 0x1f]],
])("says nothing of %s where nothing is said", (codec, unit) => {
  expect(decoderConfig({ ...UNITS, codec }, Uint8Array.from(unit))).toBeNull();
});
