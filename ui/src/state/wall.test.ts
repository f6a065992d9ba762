// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FakeEngine, fakeCamera } from "../connection/fake";
import type { Layout } from "../protocol";
import { App } from "./app.svelte";
import { withShape, withSwapped, withTile } from "./layouts.svelte";

const SIZE = { width: 640, height: 360 };

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Cameras with two streams each on the first tiles of a layout of four. */
async function opened(count: number, change: Partial<Layout> = {}) {
  const cameras = [...Array(count).keys()].map((i) => {
    const camera = fakeCamera(i + 1);
    const sub = ["sub", camera.streams[0]?.[1]] as (typeof camera.streams)[number];
    return { ...camera, streams: [...camera.streams, sub] };
  });
  const engine = new FakeEngine(cameras);
  const app = new App(engine, engine.dial);
  app.start();
  await vi.advanceTimersByTimeAsync(0);
  const edit = (changed: (layout: Layout) => Layout) => {
    const { current } = app.layouts;
    if (current !== null) app.layouts.put(changed(current));
  };
  edit((layout) => ({ ...layout, ...change }));
  return { app, engine, edit };
}

/** What the wall's component does for each tile, in an effect. */
function watch(app: App) {
  for (const tile of app.wall.tiles) {
    tile.size = SIZE;
    tile.watch(app.wall.isBig(tile));
  }
}

const onTiles = (app: App) => app.wall.tiles.map(({ camera }) => camera?.number ?? null);

test("tiles go with their cameras, and their streams stay open", async () => {
  const { app, engine, edit } = await opened(4);
  const before = app.wall.tiles;
  watch(app);
  const begun = engine.received.length;
  edit((layout) => withSwapped(layout, 0, 3));
  expect(app.wall.tiles.map((tile) => before.indexOf(tile))).toEqual([3, 1, 2, 0]);
  edit((layout) => withShape(layout, "sixteen"));
  expect(app.wall.tiles.slice(0, 4).map((tile) => before.indexOf(tile))).toEqual([3, 1, 2, 0]);
  watch(app);
  expect(engine.received.slice(begun)).toEqual([]);
});

test("a camera that another layout shows as well keeps its tile", async () => {
  const { app } = await opened(4);
  const first = app.wall.tiles[0];
  app.layouts.show(1);
  expect(app.wall.tiles).toHaveLength(1);
  expect(app.wall.tiles[0]).toBe(first);
  app.layouts.show(2);
  expect(app.wall.tiles[0]).toBe(first);
});

test("a tile for each camera, where one is on two", async () => {
  const { app } = await opened(1);
  const address = fakeCamera(1).address;
  app.layouts.put({
    id: 2,
    name: "",
    shape: "quad",
    tiles: [address, address, null, null],
    spot: null,
  });
  expect(onTiles(app)).toEqual([1, 1, null, null]);
  expect(new Set(app.wall.tiles).size).toBe(4);
});

test("a big tile gets the main stream, small ones the smaller", async () => {
  const { app, engine } = await opened(4);
  const tiles = [1, 2].map((number) => fakeCamera(number).address);
  app.layouts.put({
    id: 2,
    name: "",
    shape: "onePlusFive",
    tiles: [...tiles, null, null, null, null],
    spot: null,
  });
  watch(app);
  const roles = engine.received.flatMap((it) => (it.kind === "subscribe" ? [it.stream.role] : []));
  // The first until the second comes.
  expect(roles).toEqual(["sub", "main", "sub"]);
});

test("the selection stays in the wall when that gets smaller, and comes back with it", async () => {
  const { app, edit } = await opened(4);
  app.screen.selected = 3;
  edit((layout) => withShape(layout, "single"));
  expect(app.wall.selected).toBe(app.wall.tiles[0]);
  edit((layout) => withShape(layout, "quad"));
  expect(app.wall.selected).toBe(app.wall.tiles[3]);
});

test("the spot shows what is selected, and goes on with it when it is selected itself", async () => {
  const { app } = await opened(4, { spot: 0 });
  const select = (index: number) => {
    app.screen.selected = index;
    app.wall.follow();
  };
  expect(onTiles(app)).toEqual([1, 2, 3, 4]);
  expect(app.wall.tiles[0]?.isSpot).toBe(true);
  select(2);
  expect(onTiles(app)).toEqual([3, 2, 3, 4]);
  select(1);
  expect(onTiles(app)).toEqual([2, 2, 3, 4]);
  const spot = app.wall.tiles[0];
  select(0);
  expect(app.wall.tiles[0]).toBe(spot);
});

test("the spot gets the main stream, and the tile beside it stays as it is", async () => {
  const { app, engine } = await opened(2, { spot: 3 });
  watch(app);
  const [first, second] = app.wall.tiles;
  const begun = engine.received.length;
  app.screen.selected = 1;
  expect(app.wall.tiles[0]).toBe(first);
  expect(app.wall.tiles[1]).toBe(second);
  watch(app);
  const said = engine.received.slice(begun);
  const camera = fakeCamera(2).address;
  expect(said).toMatchObject([
    { kind: "subscribe", stream: { camera, role: "sub" } },
    { kind: "subscribe", stream: { camera, role: "main" } },
  ]);
});

test("an empty tile, and a camera that is gone, leave the spot as it is", async () => {
  const { app, engine, edit } = await opened(3, { spot: 0 });
  app.screen.selected = 1;
  app.wall.follow();
  app.screen.selected = 3;
  app.wall.follow();
  expect(onTiles(app)).toEqual([2, 2, 3, null]);
  edit((layout) => withTile(layout, 1, null));
  expect(onTiles(app)).toEqual([2, null, 3, null]);
  engine.say({ kind: "update", update: { kind: "cameraRemoved", camera: fakeCamera(2).address } });
  expect(onTiles(app)).toEqual([1, null, 3, null]);
});

test("what is alone is the spot, where that shows it already", async () => {
  const { app } = await opened(4, { spot: 0 });
  app.screen.selected = 2;
  app.screen.alone = fakeCamera(3).address;
  expect(app.wall.alone).toBe(app.wall.tiles[0]);
  expect(app.wall.visitor).toBeNull();
});

test("nothing is put under the spot unasked", async () => {
  const { app } = await opened(1, { spot: 1 });
  expect(app.wall.firstEmpty()).toBe(2);
});
