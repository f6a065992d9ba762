// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { nowMs } from "../connection/clock";
import { DEGRADED, FakeEngine, FORMAT, fakeCamera, fakePicture, LIVE } from "../connection/fake";
import type { MediaHeader } from "../connection/header";
import type { StreamState } from "../protocol";
import { App } from "./app.svelte";
import { Showing } from "./showing.svelte";
import type { Tile } from "./tile.svelte";

const SIZE = { width: 640, height: 360 };

const HEADER: MediaHeader = {
  kind: "picture",
  isKey: false,
  isShown: true,
  isApproximate: false,
  subscription: 1,
  sequence: 1,
  format: 1,
  mediaTime: 0,
  wallTime: 0,
};

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

async function wall(cameras = [fakeCamera(1), fakeCamera(2)]) {
  const engine = new FakeEngine(cameras);
  const app = new App(engine, engine.dial);
  app.start();
  await vi.advanceTimersByTimeAsync(0);
  return { app, engine };
}

/** The first tile, as it is when the wall shows it. */
async function shownTile(state: StreamState = LIVE) {
  const { app, engine } = await wall([fakeCamera(1, state)]);
  const tile = app.wall.tiles[0] as Tile;
  tile.size = SIZE;
  tile.watch(false);
  let sequence = 0;
  const picture = () =>
    engine.picture(engine.subscribed.at(-1) ?? 0, ++sequence, Math.round(nowMs() * 1000));
  return { app, engine, tile, picture };
}

test("connecting until the first picture, then live", async () => {
  const { tile, picture } = await shownTile();
  expect(tile.state).toMatchObject({ kind: "connecting", stage: "firstKeyFrame" });
  picture();
  expect(tile.state.kind).toBe("live");
});

test("stale at most three seconds after the pictures stop, live with the next", async () => {
  const { tile, picture } = await shownTile();
  for (let i = 0; i < 10; i++) {
    picture();
    await vi.advanceTimersByTimeAsync(100);
  }
  await vi.advanceTimersByTimeAsync(1800);
  expect(tile.state.kind).toBe("live");
  await vi.advanceTimersByTimeAsync(1000);
  expect(tile.state.kind).toBe("stale");
  picture();
  expect(tile.state.kind).toBe("live");
});

test("lost says why and when it is tried again; a late picture changes nothing", async () => {
  const { engine, tile, picture } = await shownTile();
  picture();
  const failure = { code: "ended", message: "The camera hung up." } as const;
  engine.setStream(1, { kind: "lost", failure, retryAt: 5_000_000, attempt: 2 });
  expect(tile.state).toEqual({ kind: "lost", failure, retryAt: 5_000_000 });
  picture();
  expect(tile.state.kind).toBe("lost");
});

test.each(["authFailed", "unsupported"] as const)(
  "%s says why; a late picture changes nothing",
  async (kind) => {
    const { engine, tile, picture } = await shownTile();
    picture();
    const failure = { code: "loginRefused", message: "Wrong password." } as const;
    engine.setStream(1, { kind, failure, retryAt: 5_000_000 });
    expect(tile.state).toEqual({ kind, failure, retryAt: 5_000_000 });
    picture();
    expect(tile.state.kind).toBe(kind);
  },
);

test("live again after it was lost, with the next picture", async () => {
  const { engine, tile, picture } = await shownTile();
  picture();
  const failure = { code: "ended", message: "The camera hung up." } as const;
  engine.setStream(1, { kind: "lost", failure, retryAt: 5_000_000, attempt: 2 });
  await vi.advanceTimersByTimeAsync(4000);
  engine.setStream(1, LIVE);
  expect(tile.state.kind).toBe("stale");
  picture();
  expect(tile.state.kind).toBe("live");
});

test("stale as soon as the server says so, and until it says otherwise", async () => {
  const { engine, tile, picture } = await shownTile();
  picture();
  engine.setStream(1, { kind: "stale", since: 7 });
  expect(tile.state).toEqual({ kind: "stale", since: 7 });
  picture();
  expect(tile.state.kind).toBe("stale");
  engine.setStream(1, LIVE);
  expect(tile.state.kind).toBe("live");
});

test("degraded with pictures, but frozen ones are stale and none is none", async () => {
  const { engine, tile, picture } = await shownTile(DEGRADED);
  expect(tile.state.kind).toBe("connecting");
  picture();
  expect(tile.state).toEqual({ kind: "degraded", droppedPercent: 12 });
  await vi.advanceTimersByTimeAsync(3000);
  expect(tile.state.kind).toBe("stale");
  picture();
  engine.setStream(1, LIVE);
  expect(tile.state.kind).toBe("live");
});

test("removed is said, until the camera is gone", async () => {
  const { engine, tile, picture } = await shownTile();
  picture();
  engine.setStream(1, { kind: "removed" });
  expect(tile.state.kind).toBe("removed");
});

test("connecting again is not live, until a newer picture says so", async () => {
  const { engine, tile, picture } = await shownTile();
  picture();
  engine.setStream(1, { kind: "connecting", stage: "opening", since: 7 });
  expect(tile.state).toEqual({ kind: "connecting", stage: "opening", since: 7 });
  picture();
  expect(tile.state.kind).toBe("live");
  await vi.advanceTimersByTimeAsync(3000);
  expect(tile.state.kind).toBe("connecting");
});

test("offline while the engine is away, and not live before a new picture after that", async () => {
  const { engine, tile, picture } = await shownTile();
  picture();
  engine.ticket = null;
  engine.drop();
  expect(tile.state.kind).toBe("offline");
  await vi.advanceTimersByTimeAsync(4000);
  engine.ticket = "next";
  await vi.advanceTimersByTimeAsync(5000);
  expect(tile.state.kind).toBe("stale");
  expect(engine.subscribed).toHaveLength(1);
  picture();
  expect(tile.state.kind).toBe("live");
});

test("a refusal stands until it is asked for again", async () => {
  const { engine, tile } = await shownTile();
  const failure = { code: "notVideo", message: "No video." } as const;
  engine.say({ kind: "unsubscribed", subscription: engine.subscribed[0] ?? 0, failure });
  const retryAt = (nowMs() + 1000) * 1000;
  expect(tile.state).toEqual({ kind: "lost", failure, retryAt });
  tile.watch(false);
  expect(engine.subscribed).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1000);
  expect(tile.state.kind).toBe("connecting");
});

test("a resting tile takes nothing, and what it showed is no longer live", async () => {
  const { engine, tile, picture } = await shownTile();
  picture();
  tile.rest();
  expect(tile.state.kind).toBe("connecting");
  expect(engine.received.at(-1)).toMatchObject({ kind: "unsubscribe" });
});

test("empty where there is no camera, or it was removed", async () => {
  const { app, engine } = await wall();
  expect(app.wall.tiles.map(({ state }) => state.kind)).toEqual([
    "connecting",
    "connecting",
    "empty",
    "empty",
  ]);
  const camera = fakeCamera(1).address;
  engine.say({ kind: "update", update: { kind: "cameraRemoved", camera } });
  expect(app.wall.tiles[0]?.state.kind).toBe("empty");
});

test("acknowledges what was drawn, and counts it", async () => {
  const { engine, tile, picture } = await shownTile();
  for (let i = 0; i < 30; i++) {
    picture();
    const next = tile.take();
    expect(tile.take()).toBeNull();
    await vi.advanceTimersByTimeAsync(40);
    if (next !== null) tile.drawn(next);
    await vi.advanceTimersByTimeAsync(60);
  }
  expect(engine.acknowledged).toHaveLength(30);
  expect(tile.figures).toEqual({ rate: 10, lagMs: 40 });
});

test("says how pictures come, anew only where something of it changed", async () => {
  const { engine, tile, picture } = await shownTile();
  expect(tile.format).toBeNull();
  picture();
  const first = tile.format;
  expect(first).toMatchObject({ delivery: "planes", reason: "Because.", width: 16, height: 8 });
  const subscription = engine.subscribed[0] ?? 0;
  const format = engine.announce(subscription, { ...FORMAT, sourceWidth: 1280 });
  engine.sayRaw(fakePicture({ subscription, sequence: 8, format }));
  engine.sayRaw(fakePicture({ subscription, sequence: 9, format }));
  expect(tile.format).not.toBe(first);
  const second = tile.format;
  engine.sayRaw(fakePicture({ subscription, sequence: 10, format }));
  expect(tile.format).toBe(second);
  tile.rest();
  expect(tile.format).toBeNull();
});

test("a picture that is not drawn is given back", async () => {
  const { app } = await wall();
  const bitmaps = [1, 2].map(() => ({ close: vi.fn() }) as unknown as ImageBitmap);
  const watcher = { changed: () => {}, arrived: () => {} };
  const showing = new Showing(app, { camera: fakeCamera(1).address, role: "main" }, SIZE, watcher);
  for (const content of bitmaps) showing.picture({ header: HEADER, format: FORMAT, content });
  expect(bitmaps.map(({ close }) => vi.mocked(close).mock.calls.length)).toEqual([1, 0]);
  showing.end();
  expect(bitmaps[1]?.close).toHaveBeenCalledOnce();
});

test("the same tile stays the same through every change of its layout", async () => {
  const { app } = await wall();
  const [first, second] = app.wall.tiles;
  const layout = app.layouts.current;
  if (layout === null) throw new Error("no layout");
  app.layouts.put({ ...layout, tiles: layout.tiles.with(1, null) });
  expect(app.wall.tiles[0]).toBe(first);
  expect(app.wall.tiles[1]).not.toBe(second);
});
