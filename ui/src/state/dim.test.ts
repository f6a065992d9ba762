// @vitest-environment jsdom
import { expect, test } from "vitest";
import { Dim } from "./dim.svelte";

function kept(value: string | null) {
  const stub = {
    value,
    getItem: () => stub.value,
    setItem: (_: string, to: string) => {
      stub.value = to;
    },
  };
  return stub;
}

test("full where nothing was chosen, and as it was chosen from then on", () => {
  const storage = kept(null);
  const dim = new Dim(storage);
  expect(dim.percent).toBe(100);
  dim.percent = 60;
  expect(new Dim(storage).percent).toBe(60);
});

test.each([
  ["37", 40],
  ["-3", 40],
  ["64", 60],
  ["1000", 100],
  ["dark", 100],
])("what was kept as %s is %i", (value, percent) => {
  expect(new Dim(kept(value)).percent).toBe(percent);
});
