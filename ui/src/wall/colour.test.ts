import { expect, test } from "vitest";
import { FORMAT } from "../connection/fake";
import { messageBytes, planesOf } from "../connection/picture";
import type { ColourMatrix, ColourRange } from "../protocol";
import { conversion } from "./colour";
import { paint } from "./pixels";

type Colour = [number, number, number];

/** Y′CbCr codes and the R′G′B′ they stand for, worked out by hand from ITU-T H.273. */
const CASES: [ColourMatrix, ColourRange, Colour, Colour][] = [
  ["bt601", "limited", [16, 128, 128], [0, 0, 0]],
  ["bt601", "limited", [235, 128, 128], [255, 255, 255]],
  ["bt601", "limited", [81, 90, 240], [254, 0, 0]],
  ["bt601", "limited", [145, 54, 34], [0, 255, 1]],
  ["bt601", "limited", [41, 240, 110], [0, 0, 255]],
  ["bt601", "full", [76, 85, 255], [254, 0, 0]],
  ["bt601", "full", [128, 128, 128], [128, 128, 128]],
  ["bt709", "limited", [63, 102, 240], [255, 1, 0]],
  ["bt709", "limited", [173, 42, 26], [0, 255, 1]],
  ["bt709", "limited", [32, 240, 118], [1, 0, 255]],
  ["bt709", "full", [54, 99, 255], [254, 0, 0]],
  ["bt709", "full", [0, 128, 128], [0, 0, 0]],
  ["bt709", "full", [255, 128, 128], [255, 255, 255]],
  ["fcc", "limited", [82, 90, 240], [255, 0, 0]],
  ["smpte240m", "limited", [62, 102, 240], [254, 0, 0]],
  ["bt2020", "limited", [74, 97, 240], [255, 0, 1]],
  ["bt2020", "limited", [29, 240, 119], [0, 0, 255]],
];

test.each(CASES)("%s, %s: %j is %j", (matrix, range, code, colour) => {
  const shown = shade(matrix, range, code);
  shown.forEach((part, i) => {
    expect(Math.abs(part - (colour[i] ?? 0))).toBeLessThanOrEqual(1);
  });
});

test("encoding any colour by the definition and showing it gives it back", () => {
  for (const [matrix, red, blue] of [
    ["bt601", 0.299, 0.114],
    ["bt709", 0.2126, 0.0722],
    ["fcc", 0.3, 0.11],
    ["smpte240m", 0.212, 0.087],
    ["bt2020", 0.2627, 0.0593],
  ] as const) {
    for (const range of ["limited", "full"] as const) {
      for (const colour of [
        [255, 0, 0],
        [12, 200, 99],
        [0, 0, 255],
        [250, 240, 3],
      ] as Colour[]) {
        const back = matrixTimes(conversion(matrix, range), encode(colour, red, blue, range));
        back.forEach((part, i) => {
          expect(part * 255).toBeCloseTo(colour[i] ?? 0, 6);
        });
      }
    }
  }
});

test("without WebGL the same colours come out", () => {
  const format = { ...FORMAT, width: 5, height: 3 };
  const message = new ArrayBuffer(messageBytes(format));
  const [, u, v] = planesOf(format);
  const bytes = new Uint8Array(message).fill(173, 32);
  bytes.fill(42, u.offset).fill(26, v.offset);
  const pixels = new Uint8ClampedArray(5 * 3 * 4);
  paint(format, message, pixels);
  expect([...pixels.slice(-4)]).toEqual([...shade("bt709", "limited", [173, 42, 26]), 255]);
});

/** What the fragment shader does with one pixel, in the same order. */
function shade(matrix: ColourMatrix, range: ColourRange, code: Colour): number[] {
  const rgb = matrixTimes(
    conversion(matrix, range),
    code.map((part) => part / 255),
  );
  return rgb.map((part) => Math.round(Math.min(Math.max(part, 0), 1) * 255));
}

function matrixTimes(by: ReturnType<typeof conversion>, code: number[]): number[] {
  return [0, 1, 2].map((row) =>
    code.reduce(
      (sum, part, column) =>
        sum + (by.matrix[column * 3 + row] ?? 0) * (part - (by.zero[column] ?? 0)),
      0,
    ),
  );
}

/** The definition, forwards: R′G′B′ to codes from 0 to 1. */
function encode(colour: Colour, red: number, blue: number, range: ColourRange): number[] {
  const [r, g, b] = colour.map((part) => part / 255) as Colour;
  const y = red * r + (1 - red - blue) * g + blue * b;
  const [cb, cr] = [(b - y) / (2 * (1 - blue)), (r - y) / (2 * (1 - red))];
  return range === "limited"
    ? [(16 + 219 * y) / 255, (128 + 224 * cb) / 255, (128 + 224 * cr) / 255]
    : [y, 128 / 255 + cb, 128 / 255 + cr];
}
