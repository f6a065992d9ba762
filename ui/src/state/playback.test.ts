// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import {
  goToTime,
  nextRecording,
  previousRecording,
  replay,
  stepForward,
} from "../actions/playback";
import { FakeEngine, fakeCamera, fakePicture, fakeVolume } from "../connection/fake";
import { MEDIA_FLAG_APPROXIMATE, type PlaybackTurn, type RecordedState } from "../protocol";
import { App } from "./app.svelte";
import type { Tile } from "./tile.svelte";

const SIZE = { width: 640, height: 360 };
const NOW = Date.parse("2026-11-05T20:31:07Z");
const FRAME_MS = 17;

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
});
afterEach(() => {
  vi.useRealTimers();
});

async function open() {
  const engine = new FakeEngine([fakeCamera(1), fakeCamera(2)]);
  engine.snapshot = { ...engine.snapshot, volumes: [fakeVolume(1)] };
  const app = new App(engine, engine.dial);
  app.start();
  await vi.advanceTimersByTimeAsync(0);
  const tile = app.wall.tiles[0] as Tile;
  tile.size = SIZE;
  tile.watch(false);
  const sent = (kind: string) => engine.received.filter((it) => it.kind === kind);
  const say = (at: number, speed: number, because: PlaybackTurn | null = null) =>
    engine.say({
      kind: "playback",
      playback: app.playback.number ?? 0,
      state: { at: at * 1000, speed, because },
    });
  const recorded = (state: RecordedState) =>
    engine.say({ kind: "recorded", subscription: engine.subscribed.at(-1) ?? 0, state });
  /** What an effect does. */
  const follow = () => tile.watch(false);
  return { app, engine, tile, sent, say, recorded, follow };
}

test("replay asks for the moment first, then tiles ask for its pictures in place of live ones", async () => {
  const { app, engine, tile, sent, follow } = await open();
  engine.picture(engine.subscribed[0] ?? 0, 1, NOW * 1000);
  expect(tile.state.kind).toBe("live");
  engine.received = [];
  replay.run(app);
  follow();
  expect(engine.received.map(({ kind }) => kind)).toEqual(["play", "unsubscribe", "subscribe"]);
  expect(sent("play")).toMatchObject([{ at: (NOW - 30_000) * 1000, speed: 1 }]);
  expect(sent("subscribe")).toMatchObject([{ playback: app.playback.number }]);
  // What was live is not taken for what was recorded.
  expect(tile.state.kind).toBe("seeking");
  app.playback.leave();
  follow();
  expect(sent("endPlayback")).toHaveLength(1);
  expect(sent("subscribe").at(-1)).not.toHaveProperty("playback");
});

test("replay again goes back further", async () => {
  const { app } = await open();
  replay.run(app);
  await vi.advanceTimersByTimeAsync(1000);
  replay.run(app);
  expect(app.playback.timeAt(NOW + 1000)).toBe(NOW + 1000 - 60_000);
});

test("what has caught up with now is live", async () => {
  const { app, engine, sent, follow } = await open();
  replay.run(app);
  follow();
  const state = { at: NOW * 1000, speed: 1, because: "live" } as const;
  engine.say({ kind: "playback", playback: app.playback.number ?? 0, state });
  follow();
  expect(app.playback.isOn).toBe(false);
  expect(app.playback.turn).toBe("live");
  expect(sent("subscribe").at(-1)).not.toHaveProperty("playback");
});

test("of many moments within one refresh the newest alone is asked for", async () => {
  const { app, sent } = await open();
  app.playback.scrub(NOW - 100_000);
  await vi.advanceTimersByTimeAsync(FRAME_MS);
  const before = sent("play").length;
  for (let i = 1; i <= 50; i++) app.playback.scrub(NOW - 100_000 - i);
  expect(sent("play")).toHaveLength(before);
  await vi.advanceTimersByTimeAsync(FRAME_MS);
  expect(sent("play").slice(before)).toMatchObject([{ at: (NOW - 100_050) * 1000, speed: 0 }]);
});

test("scrubbing goes on afterwards as it did before", async () => {
  const { app, sent } = await open();
  app.playback.seek(NOW - 60_000);
  app.playback.setSpeed(4);
  app.playback.scrub(NOW - 90_000);
  app.playback.scrub(NOW - 80_000);
  expect(app.playback.isPlaying).toBe(false);
  app.playback.endScrub();
  await vi.advanceTimersByTimeAsync(FRAME_MS);
  expect(sent("play").at(-1)).toMatchObject({ at: (NOW - 80_000) * 1000, speed: 4 });
  app.playback.toggle();
  app.playback.scrub(NOW - 70_000);
  app.playback.endScrub();
  await vi.advanceTimersByTimeAsync(FRAME_MS);
  expect(sent("play").at(-1)).toMatchObject({ at: (NOW - 70_000) * 1000, speed: 0 });
});

test.each([1, 4, -2, 0.25])("at speed %d its time goes on by itself", async (speed) => {
  const { app, say } = await open();
  app.playback.seek(NOW - 600_000);
  app.playback.setSpeed(speed);
  await vi.advanceTimersByTimeAsync(2000);
  say(NOW - 500_000, speed);
  await vi.advanceTimersByTimeAsync(3000);
  expect(app.playback.time).toBeCloseTo(NOW - 500_000 + 3000 * speed, -1);
});

test("it never runs ahead of now, nor stands where nothing is written yet", async () => {
  const { app, sent } = await open();
  app.playback.seek(NOW + 5000);
  await vi.advanceTimersByTimeAsync(FRAME_MS);
  expect(sent("play").at(-1)).toMatchObject({ at: (NOW - 500) * 1000 });
  app.playback.setSpeed(16);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(app.playback.time).toBeLessThanOrEqual(app.now);
});

test("an answer to an earlier wish moves nothing; one to the last does, and so does the server", async () => {
  const { app, say } = await open();
  app.playback.seek(NOW - 60_000);
  await vi.advanceTimersByTimeAsync(FRAME_MS);
  app.playback.toggle();
  app.playback.seek(NOW - 3600_000);
  await vi.advanceTimersByTimeAsync(FRAME_MS);
  say(NOW - 60_000, 1);
  expect(app.playback.settled).toBe(NOW - 3600_000);
  say(NOW - 3600_040, 0);
  expect(app.playback.settled).toBe(NOW - 3600_040);
  say(NOW - 1800_000, 1, "skipped");
  expect(app.playback.settled).toBe(NOW - 1800_000);
  expect(app.playback.turn).toBe("skipped");
});

test("a step stands; the server says where", async () => {
  const { app, engine, tile, sent, say, follow } = await open();
  replay.run(app);
  follow();
  stepForward.run(app);
  expect(sent("step")).toMatchObject([
    { playback: app.playback.number, subscription: engine.subscribed.at(-1), pictures: 1 },
  ]);
  expect(tile.subscription).toBe(engine.subscribed.at(-1));
  expect(app.playback.isPlaying).toBe(false);
  say(NOW - 29_960, 0, "stepped");
  expect(app.playback.settled).toBe(NOW - 29_960);
});

test("after the engine was away it goes on where it would be", async () => {
  const { app, engine, sent, follow } = await open();
  app.playback.seek(NOW - 600_000);
  follow();
  await vi.advanceTimersByTimeAsync(1000);
  engine.drop();
  await vi.advanceTimersByTimeAsync(2000);
  expect(engine.dialled).toBe(2);
  const [play] = sent("play");
  expect(play).toMatchObject({ speed: 1 });
  const at = play?.kind === "play" ? (play.at ?? 0) / 1000 : 0;
  expect(at - (NOW - 600_000)).toBeGreaterThanOrEqual(1000);
  const kinds = engine.received.map(({ kind }) => kind);
  expect(kinds.indexOf("play")).toBeLessThan(kinds.indexOf("subscribe"));
});

test("a tile says what it shows: pictures of a time, nothing and why, or what is wrong", async () => {
  const { app, engine, tile, recorded, follow } = await open();
  replay.run(app);
  follow();
  const subscription = engine.subscribed.at(-1) ?? 0;
  const format = engine.announce(subscription);
  const wallTime = (NOW - 30_000) * 1000;
  const picture = (sequence: number, flags: number) => {
    engine.sayRaw(fakePicture({ subscription, sequence, format, wallTime, flags }));
    const taken = tile.take();
    if (taken !== null) tile.drawn(taken);
  };
  picture(1, MEDIA_FLAG_APPROXIMATE);
  expect(tile.state.kind).toBe("recorded");
  expect(tile.moment).toEqual({ at: NOW - 30_000, isApproximate: true });
  picture(2, 0);
  expect(tile.moment?.isApproximate).toBe(false);
  // A picture that stands is no frozen camera, and a camera that is lost now recorded then.
  await vi.advanceTimersByTimeAsync(60_000);
  const failure = { code: "ended", message: "Gone." } as const;
  engine.setStream(1, { kind: "lost", failure, retryAt: 1, attempt: 1 });
  expect(tile.state.kind).toBe("recorded");
  recorded({ kind: "nothing", cause: "diskFull" });
  expect(tile.state).toEqual({ kind: "unrecorded", cause: "diskFull" });
  recorded({ kind: "failed", message: "Damaged." });
  expect(tile.state).toEqual({ kind: "unreadable", message: "Damaged." });
  recorded({ kind: "shown" });
  expect(tile.state.kind).toBe("recorded");
});

test("without a volume there is only what is in memory", async () => {
  const { app, engine } = await open();
  engine.say({ kind: "update", update: { kind: "volumeRemoved", volume: fakeVolume(1).id } });
  expect(replay.enabled(app)).toBe(true);
  expect(nextRecording.enabled(app)).toEqual(expect.any(String));
  expect(goToTime.enabled(app, 0)).toEqual(expect.any(String));
});

test("keys go to where the next recording begins, and say where there is none", async () => {
  const { app, engine } = await open();
  app.playback.seek(NOW - 600_000);
  const nothing = { beginBefore: null, endBefore: null, beginAfter: null, endAfter: null };
  const begin = (NOW - 500_000) * 1000;
  engine.answer = (command) => {
    expect(command).toEqual({
      kind: "neighbours",
      camera: fakeCamera(1).address,
      at: expect.any(Number),
    });
    const neighbours = { ...nothing, beginAfter: begin };
    return { kind: "done", reply: { kind: "neighbours", neighbours } };
  };
  await nextRecording.run(app);
  expect(app.playback.settled).toBe(NOW - 500_000);
  await previousRecording.run(app);
  expect(app.playback.settled).toBe(NOW - 500_000);
  expect(app.screen.toast).not.toBeNull();
});
