// @vitest-environment jsdom
import { flushSync, mount, unmount } from "svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { AUDIBLE, DEGRADED, FakeEngine, fakeCamera } from "../connection/fake";
import { FakeSpeaker } from "../sound/fake";
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
  const app = new App(engine, engine.dial, () => new FakeSpeaker());
  app.start();
  await vi.advanceTimersByTimeAsync(0);
  const props = { app, theme: "dark", hidden: false } as const;
  const wall = mount(Wall, { target: document.body, props });
  flushSync();
  const tiles = () => [...document.querySelectorAll<HTMLElement>("[data-tile]")];
  return { app, engine, tiles, close: () => unmount(wall) };
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

test("a degraded tile says so beside its name, and shows the picture as it is", async () => {
  const { app, engine, tiles, close } = await shown(["Gate"]);
  const tile = app.wall.tiles[0];
  if (tile === undefined) throw new Error("no tile");
  tile.size = { width: 640, height: 360 };
  flushSync();
  engine.picture(engine.subscribed[0] ?? 0, 1);
  engine.setStream(1, DEGRADED);
  flushSync();
  expect(tiles()[0]?.dataset["state"]).toBe("degraded");
  expect(tiles()[0]?.textContent).toContain("▲ dropping 12 %");
  expect(tiles()[0]?.querySelector(".note")).toBeNull();
  await close();
});

test("a refused login can be fixed from its tile", async () => {
  const { app, engine, tiles, close } = await shown(["Gate"]);
  const failure = { code: "loginRefused", message: "Wrong password." } as const;
  engine.setStream(1, { kind: "authFailed", failure, retryAt: 0 });
  flushSync();
  expect(tiles()[0]?.dataset["state"]).toBe("authFailed");
  expect(tiles()[0]?.textContent).toContain("Wrong password.");
  tiles()[0]?.querySelector("button")?.click();
  expect(app.screen.overlay).toEqual({ kind: "login", camera: fakeCamera(1).address });
  await close();
});

test("the tile that is heard has a speaker; one without sound says so", async () => {
  const { app, engine, tiles, close } = await shown(["Gate", "Yard"]);
  const bars = () => tiles().map((tile) => tile.querySelector(".sound")?.textContent?.trim());
  engine.setStream(1, AUDIBLE);
  flushSync();
  expect(bars()).toEqual([undefined, undefined, undefined, undefined]);
  app.sound.toggle();
  flushSync();
  expect(bars()).toEqual(["heard", undefined, undefined, undefined]);
  expect(tiles()[0]?.querySelector(".sound svg")?.getAttribute("aria-hidden")).toBe("true");
  tiles()[1]?.click();
  flushSync();
  expect(bars()).toEqual([undefined, "no sound", undefined, undefined]);
  app.sound.toggle();
  flushSync();
  expect(bars()).toEqual([undefined, undefined, undefined, undefined]);
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
