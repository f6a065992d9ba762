import { expect, test } from "vitest";
import { shrink } from "./shrink";

function shrunk(rows: number[][], step: number, size: { width: number; height: number }) {
  const width = (rows[0]?.length ?? 0) / step;
  // Rows lie farther apart than they are long, behind something else.
  const bytes = Uint8Array.from([99, 99, ...rows.flatMap((row) => [...row, 77])]);
  const place = { offset: 2, stride: width * step + 1, step, bits: 8 };
  const samples = { bytes, ...place, width, height: rows.length };
  const to = new Uint8Array(2 + size.width * size.height);
  shrink(samples, size, to, 2);
  return [...to.subarray(2)];
}

test("a plane of its own size is copied, without what is between", () => {
  const rows = [
    [1, 2, 3],
    [4, 5, 6],
  ];
  expect(shrunk(rows, 1, { width: 3, height: 2 })).toEqual([1, 2, 3, 4, 5, 6]);
  expect(shrunk([[1, 9, 2, 9]], 2, { width: 2, height: 1 })).toEqual([1, 2]);
});

test("halves leave nothing out", () => {
  const rows = [
    [10, 20, 60, 70],
    [30, 40, 80, 90],
    [10, 20, 60, 70],
    [30, 40, 80, 90],
  ];
  expect(shrunk(rows, 1, { width: 2, height: 2 })).toEqual([25, 75, 25, 75]);
  expect(shrunk(rows, 1, { width: 1, height: 1 })).toEqual([50]);
  expect(shrunk(rows, 2, { width: 1, height: 2 })).toEqual([45, 45]);
});

test("what lies between two is blended", () => {
  // The middles of two in three: a quarter of the way to the second, and to the third.
  expect(shrunk([[0, 100, 200]], 1, { width: 2, height: 1 })).toEqual([25, 175]);
  expect(shrunk([[0], [100], [200]], 1, { width: 1, height: 2 })).toEqual([25, 175]);
});

test("a slope stays one, whatever the size", () => {
  const slope = Array.from({ length: 7 }, () => Array.from({ length: 240 }, (_, x) => x));
  for (const width of [239, 170, 121, 120, 119, 61, 7]) {
    const row = shrunk(slope, 1, { width, height: 5 }).slice(width, 2 * width);
    row.forEach((sample, x) => {
      const expected = ((x + 0.5) * 240) / width - 0.5;
      expect(Math.abs(sample - expected)).toBeLessThanOrEqual(2);
    });
  }
});

test("samples of ten bits become eight", () => {
  // 1023 and 512, the lower byte first.
  const bytes = Uint8Array.of(0xff, 3, 0, 2);
  const samples = { bytes, offset: 0, stride: 4, step: 2, bits: 10, width: 2, height: 1 };
  const to = new Uint8Array(2);
  shrink(samples, { width: 2, height: 1 }, to, 0);
  expect([...to]).toEqual([255, 128]);
});

test("white stays white", () => {
  const rows = Array.from({ length: 7 }, () => Array(13).fill(255) as number[]);
  expect(shrunk(rows, 1, { width: 5, height: 3 })).toEqual(Array(15).fill(255));
});
