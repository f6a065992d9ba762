// @vitest-environment jsdom
import { flushSync } from "svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { AUDIBLE, FakeEngine, fakeCamera } from "../connection/fake";
import { FakeSpeaker } from "../sound/fake";
import { App } from "./app.svelte";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** Two cameras with sound on a wall that listens, as the wall's effects do. */
async function listening() {
  const engine = new FakeEngine([fakeCamera(1, AUDIBLE), fakeCamera(2, AUDIBLE)]);
  const speakers: FakeSpeaker[] = [];
  const open = () => {
    const speaker = new FakeSpeaker();
    speakers.push(speaker);
    return speaker;
  };
  const app = new App(engine, engine.dial, open);
  app.start();
  await vi.advanceTimersByTimeAsync(0);
  const stop = $effect.root(() => {
    $effect(() => app.sound.follow());
  });
  app.sound.toggle();
  flushSync();
  const played = () => speakers.at(-1)?.played.length;
  const sound = () => engine.sound(engine.listened.at(-1) ?? 0, [1, 2]);
  return { app, engine, speakers, played, sound, stop };
}

test("nothing is asked for before it is switched on, and the main stream's sound then", async () => {
  const engine = new FakeEngine([fakeCamera(1, AUDIBLE)]);
  const app = new App(engine, engine.dial, () => new FakeSpeaker());
  app.start();
  await vi.advanceTimersByTimeAsync(0);
  app.sound.follow();
  expect(engine.listened).toEqual([]);
  app.sound.toggle();
  app.sound.follow();
  const stream = { camera: fakeCamera(1).address, role: "main" };
  expect(engine.received.at(-1)).toMatchObject({ kind: "listen", stream });
});

test("it follows the selection, and the tile that is alone", async () => {
  const { app, engine, played, sound, stop } = await listening();
  sound();
  expect(played()).toBe(1);
  app.screen.selected = 1;
  flushSync();
  expect(played()).toBe(0);
  const cameras = () =>
    engine.received.flatMap((it) => (it.kind === "listen" ? [it.stream.camera.camera] : []));
  expect(cameras()).toEqual([1, 2]);
  expect(engine.received.at(-2)).toMatchObject({ kind: "unsubscribe" });
  app.screen.alone = fakeCamera(1).address;
  flushSync();
  expect(cameras()).toEqual([1, 2, 1]);
  app.screen.view = "settings";
  flushSync();
  expect(engine.received.at(-1)).toMatchObject({ kind: "unsubscribe" });
  stop();
});

test("muted, it is silent at once, and the speaker is given back", async () => {
  const { app, engine, speakers, sound, stop } = await listening();
  sound();
  app.sound.toggle();
  expect(speakers[0]).toMatchObject({ isClosed: true, played: [] });
  expect(engine.received.at(-1)).toMatchObject({ kind: "unsubscribe" });
  app.sound.toggle();
  flushSync();
  sound();
  expect(speakers.map((it) => it.played.length)).toEqual([0, 1]);
  stop();
});

test.each([
  ["stale", (engine: FakeEngine) => engine.setStream(1, { kind: "stale", since: 0 })],
  ["removed", (engine: FakeEngine) => engine.setStream(1, { kind: "removed" })],
])("a camera that is %s is not heard any more", async (_, change) => {
  const { engine, played, sound, stop } = await listening();
  sound();
  change(engine);
  flushSync();
  expect(played()).toBe(0);
  sound();
  expect(played()).toBe(0);
  engine.setStream(1, AUDIBLE);
  sound();
  expect(played()).toBe(1);
  stop();
});

test("a lost link is silent, and what was heard is asked for again in the next session", async () => {
  const { app, engine, played, sound, stop } = await listening();
  sound();
  engine.drop();
  flushSync();
  expect(played()).toBe(0);
  await vi.advanceTimersByTimeAsync(10);
  expect(app.link.kind).toBe("open");
  expect(engine.listened).toHaveLength(1);
  sound();
  expect(played()).toBe(1);
  stop();
});

/** A wall that listens to the recordings of half a minute ago, and sound of some ms later than that. */
async function replayed() {
  const heard = await listening();
  const { app, engine } = heard;
  const at = Date.now() - 30_000;
  app.playback.seek(at);
  flushSync();
  const later = (ms: number) =>
    engine.sound(engine.listened.at(-1) ?? 0, [1, 2], 8000, (at + ms) * 1000);
  const waits = () => heard.speakers.at(-1)?.waits;
  return { ...heard, at, later, waits };
}

test("what was recorded is heard in place of what is live, with the picture of the same moment", async () => {
  const { app, engine, later, waits, stop } = await replayed();
  expect(engine.received.slice(-2)).toMatchObject([
    { kind: "unsubscribe" },
    { kind: "listen", stream: { role: "main" }, playback: app.playback.number },
  ]);
  later(300);
  await vi.advanceTimersByTimeAsync(100);
  later(320);
  expect(waits()?.map((wait) => Math.round((wait ?? 0) * 1000))).toEqual([300, 220]);
  app.playback.leave();
  flushSync();
  expect(engine.received.at(-1)).not.toHaveProperty("playback");
  engine.sound(engine.listened.at(-1) ?? 0, [1, 2]);
  expect(waits()).toEqual([undefined]);
  stop();
});

test("it is silent at any other speed, and elsewhere it begins anew", async () => {
  const { app, at, later, played, stop } = await replayed();
  later(300);
  expect(played()).toBe(1);
  app.playback.setSpeed(2);
  flushSync();
  later(320);
  expect(played()).toBe(0);
  app.playback.setSpeed(1);
  flushSync();
  later(340);
  expect(played()).toBe(1);
  app.playback.toggle();
  flushSync();
  later(360);
  expect(played()).toBe(0);
  app.playback.toggle();
  flushSync();
  later(380);
  expect(played()).toBe(1);
  app.playback.seek(at - 60_000);
  flushSync();
  expect(played()).toBe(0);
  stop();
});

test("of a recording it is said that it is heard while it is, and that it has no sound where none comes", async () => {
  const { app, later, stop } = await replayed();
  const [tile] = app.wall.tiles;
  if (tile === undefined) throw new Error("no tile");
  expect(app.sound.of(tile)).toBeNull();
  await vi.advanceTimersByTimeAsync(250);
  later(600);
  expect(app.sound.of(tile)).toBe("heard");
  await vi.advanceTimersByTimeAsync(2000);
  expect(app.sound.of(tile)).toBe("none");
  app.playback.toggle();
  expect(app.sound.of(tile)).toBeNull();
  stop();
});

test("sound that cannot be decoded is none, until the next session", async () => {
  vi.spyOn(console, "warn").mockImplementation(() => {});
  const { app, engine, stop } = await listening();
  const tile = app.wall.tiles[0];
  if (tile === undefined) throw new Error("no tile");
  expect(app.sound.of(tile)).toBe("heard");
  const failure = { code: "unsupported", message: "No." } as const;
  engine.say({ kind: "unsubscribed", subscription: engine.listened[0] ?? 0, failure });
  expect(app.sound.of(tile)).toBe("none");
  engine.drop();
  await vi.advanceTimersByTimeAsync(10);
  expect(app.sound.of(tile)).toBe("heard");
  stop();
});

test("a machine that plays nothing says so, and stays mute", async () => {
  vi.spyOn(console, "error").mockImplementation(() => {});
  const engine = new FakeEngine([fakeCamera(1, AUDIBLE)]);
  const app = new App(engine, engine.dial, () => {
    throw new TypeError("AudioContext is not a constructor");
  });
  app.start();
  await vi.advanceTimersByTimeAsync(0);
  app.sound.toggle();
  expect(app.sound.isOn).toBe(false);
  expect(app.screen.toast?.text).toContain("no sound");
});
