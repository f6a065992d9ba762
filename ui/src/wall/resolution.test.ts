// @vitest-environment jsdom
import { afterEach, expect, test, vi } from "vitest";
import { onResolution } from "./resolution";

afterEach(() => {
  vi.unstubAllGlobals();
});

test("every change is told, until nobody wants to know", () => {
  const queries: { media: string; query: EventTarget }[] = [];
  vi.stubGlobal("matchMedia", (media: string) => {
    const query = new EventTarget();
    queries.push({ media, query });
    return query;
  });
  const change = () => queries.at(-1)?.query.dispatchEvent(new Event("change"));
  const changed = vi.fn();
  vi.stubGlobal("devicePixelRatio", 1);
  const forget = onResolution(changed);
  vi.stubGlobal("devicePixelRatio", 1.25);
  change();
  vi.stubGlobal("devicePixelRatio", 2);
  change();
  expect(changed).toHaveBeenCalledTimes(2);
  expect(queries.map(({ media }) => media)).toEqual([
    "(resolution: 1dppx)",
    "(resolution: 1.25dppx)",
    "(resolution: 2dppx)",
  ]);
  forget();
  change();
  expect(changed).toHaveBeenCalledTimes(2);
});
