import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Firsts } from "./firsts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test("nothing is held where nothing is awaited", () => {
  const ask = vi.fn();
  new Firsts().after(ask);
  expect(ask).toHaveBeenCalledOnce();
});

test("more is asked for once all have their first", () => {
  const [firsts, ask, gate, yard] = [new Firsts(), vi.fn(), {}, {}];
  firsts.expect(gate);
  firsts.expect(yard);
  firsts.settle(gate);
  firsts.after(ask);
  expect(ask).not.toHaveBeenCalled();
  firsts.settle(yard);
  expect(ask).toHaveBeenCalledOnce();
});

test("one that never comes holds up nobody for long", () => {
  const [firsts, ask] = [new Firsts(), vi.fn()];
  firsts.expect({});
  firsts.after(ask);
  vi.advanceTimersByTime(300);
  expect(ask).toHaveBeenCalledOnce();
  firsts.after(ask);
  expect(ask).toHaveBeenCalledTimes(2);
});
