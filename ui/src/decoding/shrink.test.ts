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
  return [...to];
}

test("a plane of its own size is copied, without what is between", () => {
  const rows = [
    [1, 2, 3],
    [4, 5, 6],
  ];
  expect(shrunk(rows, 1, { width: 3, height: 2 })).toEqual([0, 0, 1, 2, 3, 4, 5, 6]);
  const mixed = [[1, 9, 2, 9]];
  expect(shrunk(mixed, 2, { width: 2, height: 1 })).toEqual([0, 0, 1, 2]);
});

test("a smaller one is the mean of what it covers, parts of samples too", () => {
  const rows = [
    [10, 20, 60],
    [30, 40, 80],
  ];
  // Of three columns each of two takes one and a half.
  const left = (10 + 20 / 2 + 30 + 40 / 2) / 3;
  const right = (20 / 2 + 60 + 40 / 2 + 80) / 3;
  expect(shrunk(rows, 1, { width: 2, height: 1 })).toEqual([
    0,
    0,
    Math.round(left),
    Math.round(right),
  ]);
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
  expect(shrunk(rows, 1, { width: 5, height: 3 })).toEqual([0, 0, ...Array(15).fill(255)]);
});
