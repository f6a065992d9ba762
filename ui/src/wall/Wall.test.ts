// @vitest-environment jsdom
import { flushSync, mount, unmount } from "svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { setShape } from "../actions/layouts";
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

const areas = (tiles: HTMLElement[]) => tiles.map((tile) => tile.style.gridArea);

test("every shape is laid out in a grid, and told by rows to those who hear it", async () => {
  const { app, tiles, close } = await shown(["Gate", "Yard"]);
  await setShape.run(app, "onePlusFive");
  flushSync();
  expect(areas(tiles())).toEqual([
    "1 / 1 / span 2 / span 2",
    "1 / 3 / span 1 / span 1",
    "2 / 3 / span 1 / span 1",
    "3 / 1 / span 1 / span 1",
    "3 / 2 / span 1 / span 1",
    "3 / 3 / span 1 / span 1",
  ]);
  const rows = [...document.querySelectorAll("[role=row]")];
  expect(rows.map((row) => row.getAttribute("aria-owns"))).toEqual([
    "tile-0 tile-1",
    "tile-2",
    "tile-3 tile-4 tile-5",
  ]);
  expect(tiles()[0]?.getAttribute("aria-rowspan")).toBe("2");
  await setShape.run(app, "twoPlusEight");
  flushSync();
  const numbers = [...document.querySelectorAll("[role=row]")].map((row) => row.ariaRowIndex);
  expect(numbers).toEqual(["1", "3", "4"]);
  await close();
});

test("elements stay with their tiles when these change places, and so does the focus", async () => {
  const { app, tiles, close } = await shown(["Gate", "Yard"]);
  const [gate, yard] = tiles();
  gate?.focus();
  app.carry.begin(0, true);
  app.carry.step(1, 0);
  app.carry.drop();
  flushSync();
  expect(tiles().slice(0, 2)).toEqual([yard, gate]);
  expect(tiles()[1] === gate && gate === document.activeElement).toBe(true);
  await close();
});

test("the focus goes to the selected tile when its own is gone", async () => {
  const { app, tiles, close } = await shown(["Gate", "Yard"]);
  tiles()[1]?.click();
  flushSync();
  tiles()[1]?.focus();
  app.layouts.show(1);
  flushSync();
  expect(document.activeElement).toBe(tiles()[0]);
  await close();
});

test("what is carried, and where it would go, is seen and said", async () => {
  const { app, close } = await shown(["Gate", "Yard"]);
  const status = () => document.querySelector("[role=status]");
  app.carry.begin(0, true);
  flushSync();
  expect(status()?.textContent).toContain("Moving Gate");
  app.carry.step(0, 1);
  flushSync();
  expect(status()?.textContent).toBe("To tile 3, which is empty");
  const outline = (name: string) => document.querySelector<HTMLElement>(`.over .${name}`);
  expect(outline("from")?.style.gridArea).toBe("1 / 1 / span 1 / span 1");
  expect(outline("target")?.style.gridArea).toBe("2 / 1 / span 1 / span 1");
  app.carry.cancel();
  flushSync();
  expect(outline("target")).toBeNull();
  expect(status()?.textContent).toBe("Gate stays where it was");
  await close();
});

test("the spot says whom it shows", async () => {
  const { app, tiles, close } = await shown(["Gate", "Yard"]);
  const { current } = app.layouts;
  if (current !== null) app.layouts.put({ ...current, spot: 3 });
  flushSync();
  const bar = () => tiles()[3]?.querySelector(".bar")?.textContent?.replace(/\s+/g, " ").trim();
  expect(bar()).toBe("Spot ← 1 Gate");
  tiles()[1]?.click();
  flushSync();
  expect(bar()).toBe("Spot ← 2 Yard");
  tiles()[3]?.click();
  flushSync();
  expect(bar()).toBe("Spot ← 2 Yard");
  await close();
});

test("the menu of a tile is for the tile it was asked for on", async () => {
  const { app, tiles, close } = await shown(["Gate", "Yard"]);
  const event = new MouseEvent("contextmenu", { bubbles: true, cancelable: true, clientX: 7 });
  tiles()[1]?.dispatchEvent(event);
  expect(event.defaultPrevented).toBe(true);
  expect(app.screen.selected).toBe(1);
  expect(app.screen.overlay).toEqual({ kind: "tile", x: 7, y: 0 });
  await close();
});
