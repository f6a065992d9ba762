// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { goLive, playPause, replay, syncTiles } from "../actions/playback";
import { FakeEngine, fakeCamera } from "../connection/fake";
import { App } from "./app.svelte";

const SIZE = { width: 640, height: 360 };
const NOW = Date.parse("2026-11-05T20:31:07Z");
const REPLAYED = NOW - 30_000;

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Three cameras on a wall of four tiles, and what tiles show now, as their effects do. */
async function open() {
  const engine = new FakeEngine([fakeCamera(1), fakeCamera(2), fakeCamera(3)]);
  const app = new App(engine, engine.dial);
  app.start();
  await vi.advanceTimersByTimeAsync(0);
  const follow = () => {
    for (const tile of app.wall.tiles) {
      tile.size = SIZE;
      tile.watch(false);
    }
  };
  follow();
  const numbers = () => app.wall.tiles.slice(0, 3).map(({ playback }) => playback.number !== null);
  const moments = () => app.wall.tiles.slice(0, 3).map(({ playback }) => playback.timeAt(NOW));
  const sent = (kind: string) => engine.received.filter((it) => it.kind === kind);
  return { app, engine, follow, numbers, moments, sent };
}

test("tiles are in step, until they are freed: then the selected one alone is played again", async () => {
  const { app, engine, follow, numbers, sent } = await open();
  replay.run(app);
  follow();
  expect(numbers()).toEqual([true, true, true]);
  expect(sent("play")).toHaveLength(1);
  goLive.run(app);
  follow();
  syncTiles.run(app);
  follow();
  const live = app.wall.tiles.map(({ subscription }) => subscription);
  engine.received = [];
  app.screen.selected = 1;
  replay.run(app);
  follow();
  expect(numbers()).toEqual([false, true, false]);
  expect(sent("subscribe")).toMatchObject([
    { stream: { camera: { camera: 2 } }, playback: app.playback.number },
  ]);
  // What is live goes on without a break.
  expect(app.wall.tiles[0]?.subscription).toBe(live[0]);
  expect(app.wall.tiles[2]?.subscription).toBe(live[2]);
});

test("free tiles have each a moment, a speed and a pause, and keys mean those of the selected one", async () => {
  const { app, engine, moments } = await open();
  syncTiles.run(app);
  replay.run(app);
  app.screen.selected = 1;
  expect(app.playback.isOn).toBe(false);
  app.playback.seek(NOW - 90_000);
  app.playback.setSpeed(4);
  app.screen.selected = 2;
  playPause.run(app);
  // Nearer to now nothing is there yet.
  expect(moments()).toEqual([REPLAYED, NOW - 90_000, NOW - 500]);
  expect(app.playback).toMatchObject({ isPlaying: false, speed: 1 });
  app.screen.selected = 1;
  expect(app.playback).toMatchObject({ isPlaying: true, speed: 4 });
  // The server's word on one is not one on others.
  await vi.advanceTimersByTimeAsync(2000);
  const state = { at: (NOW - 60_000) * 1000, speed: 4, because: "skipped" } as const;
  engine.say({ kind: "playback", playback: app.playback.number ?? 0, state });
  expect(app.playback.settled).toBe(NOW - 60_000);
  expect(app.wall.tiles.map(({ playback }) => playback.turn)).toEqual([
    null,
    "skipped",
    null,
    null,
  ]);
});

test("free, the selected tile alone goes back to live; in step, all of them", async () => {
  const { app, numbers } = await open();
  replay.run(app);
  syncTiles.run(app);
  app.screen.selected = 2;
  goLive.run(app);
  expect(numbers()).toEqual([true, true, false]);
  expect(goLive.enabled(app)).toEqual(expect.any(String));
  app.screen.selected = 0;
  syncTiles.run(app);
  expect(numbers()).toEqual([true, true, true]);
  goLive.run(app);
  expect(numbers()).toEqual([false, false, false]);
});

test("freed, tiles go on from where all of them were", async () => {
  const { app, follow, moments, sent } = await open();
  replay.run(app);
  app.playback.setSpeed(2);
  follow();
  const before = app.wall.tiles[0]?.subscription;
  syncTiles.run(app);
  follow();
  expect(moments()).toEqual([REPLAYED, REPLAYED, REPLAYED]);
  const names = app.wall.tiles.map(({ playback }) => playback.number);
  expect(new Set(names.slice(0, 3)).size).toBe(3);
  // The empty tile plays nothing, the selected one shows on what it showed.
  expect(names[3]).toBeNull();
  expect(app.wall.tiles[0]?.subscription).toBe(before);
  expect(sent("play").slice(1)).toMatchObject([
    { playback: names[1], at: REPLAYED * 1000, speed: 2 },
    { playback: names[2], at: REPLAYED * 1000, speed: 2 },
  ]);
});

test("in step again, all tiles are where the selected one is, recorded or live", async () => {
  const { app, follow, moments, numbers, sent } = await open();
  syncTiles.run(app);
  replay.run(app);
  app.screen.selected = 1;
  app.playback.seek(NOW - 90_000);
  follow();
  const { number } = app.playback;
  const before = app.wall.tiles[1]?.subscription;
  syncTiles.run(app);
  follow();
  expect(moments()).toEqual([NOW - 90_000, NOW - 90_000, NOW - 90_000]);
  expect(app.playback.number).toBe(number);
  expect(app.wall.tiles[1]?.subscription).toBe(before);
  expect(sent("endPlayback")).toHaveLength(1);
  syncTiles.run(app);
  app.screen.selected = 0;
  goLive.run(app);
  syncTiles.run(app);
  expect(numbers()).toEqual([false, false, false]);
  expect(app.playbacks.isAnyOn).toBe(false);
});

test("after the engine was away each goes on where it would be", async () => {
  const { app, engine, follow, sent } = await open();
  syncTiles.run(app);
  app.playback.seek(NOW - 600_000);
  app.screen.selected = 1;
  app.playback.seek(NOW - 300_000);
  follow();
  engine.drop();
  await vi.advanceTimersByTimeAsync(2000);
  expect(engine.dialled).toBe(2);
  const moments = sent("play").map((it) => (it.kind === "play" ? (it.at ?? 0) / 1000 : 0));
  expect(moments).toHaveLength(2);
  expect(moments[0]).toBeGreaterThanOrEqual(NOW - 600_000);
  expect(moments[1]).toBeGreaterThanOrEqual(NOW - 300_000);
});

test("free, an empty tile plays nothing, and one that goes ends its playback", async () => {
  const { app, sent } = await open();
  syncTiles.run(app);
  app.screen.selected = 3;
  expect(replay.enabled(app)).toEqual(expect.any(String));
  app.screen.selected = 0;
  replay.run(app);
  const { number } = app.playback;
  app.wall.tiles[0]?.end();
  expect(sent("endPlayback")).toMatchObject([{ playback: number }]);
});
