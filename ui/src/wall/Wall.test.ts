// @vitest-environment jsdom
import { flushSync, mount, unmount } from "svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { setShape } from "../actions/layouts";
import { goLive, replay, syncTiles } from "../actions/playback";
import { toggleStatistics } from "../actions/wall";
import { zoom } from "../actions/zoom";
import {
  AUDIBLE,
  DEGRADED,
  FakeEngine,
  fakeCamera,
  fakeStatistics,
  fakeVolume,
} from "../connection/fake";
import type { MotionState, StreamRecordingState } from "../protocol";
import { FakeSpeaker } from "../sound/fake";
import { App } from "../state/app.svelte";
import type { Tile } from "../state/tile.svelte";
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
  vi.stubGlobal("matchMedia", () => new EventTarget());
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

const FAILED: StreamRecordingState = {
  kind: "failed",
  cause: "diskFull",
  message: "The volume is full. Add another.",
  since: 1,
};

/** What the tile of a camera says of its recording, where there are so many volumes. */
async function recorded(volumes: number, state: StreamRecordingState | null) {
  const { app, engine, tiles, close } = await shown(["Gate"]);
  for (let i = 1; i <= volumes; i++) {
    engine.say({ kind: "update", update: { kind: "volume", volume: fakeVolume(i) } });
  }
  const stream = { camera: fakeCamera(1).address, role: "main" } as const;
  if (state !== null) engine.say({ kind: "update", update: { kind: "recording", stream, state } });
  flushSync();
  const [tile] = tiles();
  const said = (selector: string) =>
    tile?.querySelector(`.bar ${selector}`)?.textContent?.replace(/\s+/g, " ").trim();
  return { app, engine, tile, said, close };
}

test.each<[string, number, StreamRecordingState | null, string | undefined, string | undefined]>([
  ["not known", 1, null, undefined, undefined],
  ["not to be recorded", 1, { kind: "off" }, undefined, undefined],
  ["not yet", 1, { kind: "notYet" }, undefined, undefined],
  ["recorded", 1, { kind: "recording", since: 1 }, undefined, "● Recording"],
  ["waiting", 1, { kind: "waiting" }, undefined, "○ Waiting for an event, or its hour"],
  ["failed", 1, FAILED, "▲ not rec The volume is full. Add another.", undefined],
  ["without a volume", 0, FAILED, undefined, undefined],
])("says quietly that it is recorded, and loudly that it is not: %s", async (_, ...facts) => {
  const [volumes, state, warning, quiet] = facts;
  const { said, close } = await recorded(volumes, state);
  expect([said(".warning"), said(".recorded")]).toEqual([warning, quiet]);
  await close();
});

test("a camera that is to be watched and is not says so, until it is", async () => {
  const { engine, said, close } = await recorded(0, null);
  const settings = { mode: "on" as const, zones: [], masks: [], lines: [] };
  const say = (state: MotionState) => {
    const motion = { camera: fakeCamera(1).address, settings, state };
    engine.say({ kind: "update", update: { kind: "motion", motion } });
    flushSync();
    return said(".warning");
  };
  expect(say({ kind: "blind", message: "It is not decoded.", since: 1 })).toBe(
    "▲ not watched It is not decoded.",
  );
  expect(say({ kind: "watching", isCoarse: false, attention: { kind: "always" } })).toBeUndefined();
  await close();
});

test("what is not recorded says so over the video alone, too, and not while the engine is away", async () => {
  const { app, engine, tile, said, close } = await recorded(1, FAILED);
  app.screen.isVideoOnly = true;
  const shownTile = app.wall.tiles[0];
  if (shownTile === undefined) throw new Error("no tile");
  shownTile.size = { width: 640, height: 360 };
  flushSync();
  engine.picture(engine.subscribed[0] ?? 0, 1);
  flushSync();
  expect(tile?.dataset["state"]).toBe("live");
  expect(tile?.querySelector(".bar")?.classList.contains("veiled")).toBe(false);
  engine.ticket = null;
  engine.drop();
  flushSync();
  expect(said(".warning")).toBeUndefined();
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

/** The first tile and its element, 640 by 360 pixels large, with a picture. */
async function withPicture() {
  const { app, engine, tiles, close } = await shown(["Gate", "Yard"]);
  const [tile, element] = [app.wall.tiles[0] as Tile, tiles()[0] as HTMLElement];
  tile.size = { width: 640, height: 360 };
  flushSync();
  engine.picture(engine.subscribed[0] ?? 0, 1);
  element.getBoundingClientRect = () => new DOMRect(0, 0, 640, 360);
  element.setPointerCapture = () => {};
  flushSync();
  const turn = (deltaY: number, init: WheelEventInit = {}) => {
    const event = new WheelEvent("wheel", { deltaY, bubbles: true, cancelable: true, ...init });
    element.dispatchEvent(event);
    flushSync();
    return event.defaultPrevented;
  };
  const point = (type: string, x: number, y: number, on: Element = element) => {
    const init = { clientX: x, clientY: y, isPrimary: true, bubbles: true, cancelable: true };
    const event = new PointerEvent(type, init);
    on.dispatchEvent(event);
    flushSync();
    return event.defaultPrevented;
  };
  return { app, engine, tile, element, turn, point, close };
}

test("the wheel zooms at the cursor, and back to the whole; with Ctrl it is the page's", async () => {
  const { element, tile, turn, close } = await withPicture();
  expect(turn(-300, { ctrlKey: true, clientX: 0, clientY: 0 })).toBe(false);
  expect(element.querySelector(".minimap")).toBeNull();
  expect(turn(-300, { clientX: 0, clientY: 0 })).toBe(true);
  expect(tile.lens.zoom).toEqual({ scale: 2, x: 0.25, y: 0.25 });
  expect(element.querySelector(".chip")?.textContent).toBe("2×");
  const { left, top, width, height } = (element.querySelector(".seen") as HTMLElement).style;
  expect([left, top, width, height].map(Number.parseFloat)).toEqual([0, 0, 50, 50]);
  turn(600, { clientX: 640, clientY: 360 });
  expect(tile.lens.isZoomed).toBe(false);
  expect(element.querySelector(".minimap, .chip")).toBeNull();
  await close();
});

test("a drag moves a zoomed picture, and the minimap looks where it is pressed", async () => {
  const { app, element, tile, turn, point, close } = await withPicture();
  expect(point("pointerdown", 320, 180)).toBe(false);
  point("pointerup", 320, 180);
  turn(-600, { clientX: 320, clientY: 180 });
  expect(point("pointerdown", 320, 180)).toBe(true);
  point("pointermove", 160, 180);
  expect(app.carry.isActive).toBe(false);
  point("pointerup", 160, 180);
  point("lostpointercapture", 160, 180);
  point("pointermove", 640, 180);
  expect(tile.lens.zoom).toMatchObject({ scale: 4, x: 0.5625, y: 0.5 });
  const map = element.querySelector(".minimap") as HTMLElement;
  map.getBoundingClientRect = () => new DOMRect(500, 300, 100, 50);
  map.setPointerCapture = () => {};
  point("pointerdown", 530, 335, map);
  expect(tile.lens.zoom).toMatchObject({ scale: 4, x: 0.3, y: 0.7 });
  point("pointermove", 600, 300, map);
  expect(tile.lens.zoom).toMatchObject({ scale: 4, x: 0.875, y: 0.125 });
  await close();
});

test("zooming by keys is said, and shown on its tile", async () => {
  const { app, element, tile, close } = await withPicture();
  const said = () => document.querySelector(".zoom-status")?.textContent?.trim();
  expect(said()).toBe("");
  zoom.run(app);
  flushSync();
  expect(said()).toContain("Zoomed 2 times.");
  expect(element.querySelector(".keys")?.textContent).toBe("zoom 2×");
  tile.lens.reset();
  flushSync();
  expect(said()).toBe("");
  await close();
});

test("statistics say what is shown and what it costs, and change only where that did", async () => {
  const { app, engine, element, close } = await withPicture();
  let asked = 0;
  engine.answer = () => {
    const counts = { bytes: 250_000 * asked, units: 25 * asked };
    return fakeStatistics(100 + asked++, {
      stream: { camera: fakeCamera(1).address, role: "main" },
      ...counts,
    });
  };
  toggleStatistics.run(app);
  await vi.advanceTimersByTimeAsync(2000);
  flushSync();
  const overlay = () => element.querySelector("dl")?.textContent?.replace(/\s+/g, " ").trim();
  expect(overlay()).toContain("25 fps 2 Mbit/s");
  expect(overlay()).toContain("16×8 of 1920×1080 H264");
  expect(overlay()).toContain("planes");
  const changes = vi.fn();
  const observer = new MutationObserver(changes);
  observer.observe(element.querySelector("dl") as Element, {
    characterData: true,
    childList: true,
    subtree: true,
  });
  await vi.advanceTimersByTimeAsync(1000);
  flushSync();
  expect(changes).not.toHaveBeenCalled();
  toggleStatistics.run(app);
  flushSync();
  expect(overlay()).toBeUndefined();
  await close();
});

test("free, each tile says that it plays a recording; in step, the wall does", async () => {
  const { app, engine, tiles, close } = await shown(["Gate", "Yard"]);
  const framed = () => tiles().map((tile) => /PLAYBACK [\d:]+/.test(tile.textContent ?? ""));
  const wall = () => document.querySelector(".wall > .frame")?.textContent;
  const said = () => {
    const all = [...document.querySelectorAll("[role=status]")];
    return all.map(({ textContent }) => textContent.trim()).join("");
  };
  syncTiles.run(app);
  replay.run(app);
  flushSync();
  expect(framed()).toEqual([true, false, false, false]);
  expect(wall()).toBeUndefined();
  expect(said()).toContain("The selected tile");
  app.screen.selected = 1;
  flushSync();
  expect(said()).toBe("");
  app.screen.selected = 0;
  syncTiles.run(app);
  flushSync();
  expect(framed()).toEqual([false, false, false, false]);
  expect(wall()).toContain("PLAYBACK");
  // A tile that goes takes its own playback along.
  goLive.run(app);
  syncTiles.run(app);
  app.screen.selected = 1;
  replay.run(app);
  const playback = app.playback.number;
  flushSync();
  await setShape.run(app, "single");
  flushSync();
  expect(engine.received).toContainEqual({ kind: "endPlayback", playback });
  await close();
});

test("a graphics driver that does not come back is done without, on a fresh canvas", async () => {
  const { element, close } = await withPicture();
  const canvas = () => document.querySelector("canvas#wall") as HTMLCanvasElement;
  const first = canvas();
  const lost = new Event("webglcontextlost", { cancelable: true });
  first.dispatchEvent(lost);
  flushSync();
  expect(lost.defaultPrevented).toBe(true);
  expect(element.dataset["state"]).toBe("stale");
  expect(element.textContent).toContain("graphics driver");
  await vi.advanceTimersByTimeAsync(4999);
  flushSync();
  expect(canvas()).toBe(first);
  await vi.advanceTimersByTimeAsync(1);
  flushSync();
  expect(canvas()).not.toBe(first);
  expect(element.textContent).not.toContain("graphics driver");
  await close();
});

test("one that comes back in time goes on", async () => {
  const { element, close } = await withPicture();
  const canvas = document.querySelector("canvas#wall");
  canvas?.dispatchEvent(new Event("webglcontextlost"));
  await vi.advanceTimersByTimeAsync(1000);
  canvas?.dispatchEvent(new Event("webglcontextrestored"));
  flushSync();
  expect(element.textContent).not.toContain("graphics driver");
  await vi.advanceTimersByTimeAsync(10_000);
  flushSync();
  expect(document.querySelector("canvas#wall")).toBe(canvas);
  await close();
});
