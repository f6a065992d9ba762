// @vitest-environment jsdom
import { flushSync, mount, unmount } from "svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FakeEngine, fakeCamera } from "../connection/fake";
import { App } from "../state/app.svelte";
import Wall from "./Wall.svelte";

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal(
    "ResizeObserver",
    class {
      observe() {}
      unobserve() {}
      disconnect() {}
    },
  );
  // jsdom draws nothing.
  HTMLCanvasElement.prototype.getContext = () => null;
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

async function shown(names: string[]) {
  const engine = new FakeEngine(names.map((name, i) => ({ ...fakeCamera(i + 1), name })));
  const app = new App(engine, engine.dial);
  app.start();
  await vi.advanceTimersByTimeAsync(0);
  const props = { app, theme: "dark", hidden: false } as const;
  const wall = mount(Wall, { target: document.body, props });
  flushSync();
  const tiles = () => [...document.querySelectorAll<HTMLElement>("[data-tile]")];
  return { app, tiles, close: () => unmount(wall) };
}

test.each([
  ["markup", '<img src=x onerror="alert(1)"><b>bold</b>'],
  ["300 characters", "Loading dock ".repeat(30).slice(0, 300)],
  ["emoji, right to left and controls", "🚚 مدخل \u202E gate \u0000"],
])("shows a name as it is, whatever it holds: %s", async (_, name) => {
  const { tiles, close } = await shown([name]);
  expect(document.querySelector(".name")?.textContent).toBe(name);
  expect(tiles()[0]?.querySelector("img, b")).toBeNull();
  await close();
});

test("tiles name their place, camera and state, and one of them takes the focus", async () => {
  const { app, tiles, close } = await shown(["Gate", "Yard"]);
  expect(
    tiles().map(({ dataset }) => [dataset["tile"], dataset["camera"], dataset["state"]]),
  ).toEqual([
    ["0", "1", "connecting"],
    ["1", "2", "connecting"],
    ["2", undefined, "empty"],
    ["3", undefined, "empty"],
  ]);
  expect(tiles().map(({ tabIndex }) => tabIndex)).toEqual([0, -1, -1, -1]);
  tiles()[1]?.click();
  flushSync();
  expect(app.screen.selected).toBe(1);
  expect(tiles().map(({ tabIndex }) => tabIndex)).toEqual([-1, 0, -1, -1]);
  await close();
});

test("a tile alone hides the others, and keeps its place", async () => {
  const { app, tiles, close } = await shown(["Gate", "Yard"]);
  const before = tiles()[1];
  before?.dispatchEvent(new MouseEvent("click", { bubbles: true }));
  before?.dispatchEvent(new MouseEvent("dblclick", { bubbles: true }));
  flushSync();
  expect(app.wall.alone).toBe(app.wall.tiles[1]);
  const seen = tiles().filter((tile) => tile.closest("[hidden]") === null);
  expect(seen).toEqual([before]);
  await close();
});
