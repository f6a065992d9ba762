import { expect, test } from "vitest";
import { textureSize } from "./texture";

type Pair = [number, number];

/** As the engine does it, in `crates/codec/src/fit.rs`. */
test.each<[Pair, Pair, number, Pair, Pair]>([
  [[640, 360], [16, 9], 0, [480, 270], [480, 270]],
  [[1920, 1080], [16, 9], 0, [300, 300], [300, 168]],
  [[1920, 1080], [16, 9], 0, [479, 268], [476, 268]],
  [[1920, 1080], [16, 9], 0, [1, 1], [2, 2]],
  [[640, 360], [16, 9], 0, [3840, 2160], [640, 360]],
  [[177, 99], [177, 99], 0, [177, 99], [177, 99]],
  [[720, 576], [16, 9], 0, [512, 288], [512, 288]],
  [[1920, 1080], [16, 9], 90, [180, 320], [320, 180]],
  [[1920, 1080], [16, 9], 270, [320, 180], [180, 102]],
])("%j of %j turned by %i on %j is %j", (source, [num, den], rotation, tile, expected) => {
  const size = ([width, height]: Pair) => ({ width, height });
  expect(textureSize({ num, den }, rotation, size(source), size(tile))).toEqual(size(expected));
});
