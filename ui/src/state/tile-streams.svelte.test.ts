// @vitest-environment jsdom
import { flushSync } from "svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { nowMs } from "../connection/clock";
import { FakeEngine, FORMAT, fakeCamera, fakePicture, LIVE } from "../connection/fake";
import type { StreamState } from "../protocol";
import { standIn } from "../wall/caption";
import { App } from "./app.svelte";
import type { Tile } from "./tile.svelte";

const SIZE = { width: 640, height: 360 };
const SUB = { ...FORMAT, sourceWidth: 640, sourceHeight: 360 };
const FAILURE = { code: "ended", message: "The camera hung up." } as const;
const FAILED: StreamState = { kind: "lost", failure: FAILURE, retryAt: 5_000_000, attempt: 1 };

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A tile that shows the sub-stream among others, as the wall's effect has it. */
async function shown() {
  const camera = fakeCamera(1);
  camera.streams.push(["sub", LIVE]);
  const engine = new FakeEngine([camera]);
  const app = new App(engine, engine.dial);
  app.start();
  await vi.advanceTimersByTimeAsync(0);
  const tile = app.wall.tiles[0] as Tile;
  const drawn = vi.fn();
  tile.onpicture = drawn;
  let isAlone = $state(false);
  const stop = $effect.root(() => {
    $effect(() => tile.watch(isAlone));
  });
  tile.size = SIZE;
  flushSync();
  let sequence = 0;
  const isSub = (number: number) =>
    engine.received.some(
      (it) => it.kind === "subscribe" && it.subscription === number && it.stream.role === "sub",
    );
  /** Of the subscription that was asked for so manieth, from 0. */
  const picture = (nth: number) => {
    const subscription = engine.subscribed[nth] ?? 0;
    const format = engine.announce(subscription, isSub(subscription) ? SUB : FORMAT);
    const wallTime = Math.round(nowMs() * 1000);
    engine.sayRaw(fakePicture({ subscription, sequence: ++sequence, format, wallTime }));
    flushSync();
  };
  const setAlone = (to: boolean) => {
    isAlone = to;
    flushSync();
  };
  /** What is subscribed now, by role. */
  const held = () => {
    const roles = new Map<number, string>();
    for (const it of engine.received) {
      if (it.kind === "subscribe") roles.set(it.subscription, it.stream.role);
      if (it.kind === "unsubscribe") roles.delete(it.subscription);
    }
    return [...roles.values()];
  };
  picture(0);
  return { app, engine, tile, picture, setAlone, held, drawn, stop };
}

test("alone, the sub-stream goes on until the main one has a picture, which is drawn at once", async () => {
  const { engine, tile, picture, setAlone, held, drawn, stop } = await shown();
  setAlone(true);
  expect(held()).toEqual(["sub", "main"]);
  expect(standIn(tile)).toEqual({ isWarning: false, sentence: "The main stream is on its way." });
  picture(0);
  expect(tile.take()?.format).toEqual(SUB);
  expect(tile.state.kind).toBe("live");
  drawn.mockClear();
  picture(1);
  expect(held()).toEqual(["main"]);
  expect(drawn).toHaveBeenCalledOnce();
  const main = tile.take();
  expect(main?.format).toEqual(FORMAT);
  expect(standIn(tile)).toBeNull();
  if (main !== null) tile.drawn(main);
  expect(engine.acknowledged.at(-1)).toMatchObject({ subscription: engine.subscribed[1] });
  stop();
});

test("among others again, the main stream goes on until the sub-stream has a picture", async () => {
  const { tile, picture, setAlone, held, stop } = await shown();
  setAlone(true);
  picture(1);
  setAlone(false);
  expect(held()).toEqual(["main", "sub"]);
  expect(standIn(tile)).toBeNull();
  picture(1);
  expect(tile.state.kind).toBe("live");
  picture(2);
  expect(held()).toEqual(["sub"]);
  stop();
});

test("back before the main stream came, it is given up", async () => {
  const { tile, setAlone, held, stop } = await shown();
  setAlone(true);
  setAlone(false);
  expect(held()).toEqual(["sub"]);
  expect(standIn(tile)).toBeNull();
  stop();
});

test.each<StreamState>([
  FAILED,
  { kind: "authFailed", failure: FAILURE, retryAt: 5_000_000 },
  { kind: "unsupported", failure: FAILURE, retryAt: 5_000_000 },
])("a main stream that is $kind leaves the sub-stream live, and says why", async (state) => {
  const { engine, tile, picture, setAlone, held, stop } = await shown();
  setAlone(true);
  engine.setStream(1, state);
  picture(0);
  expect(tile.state.kind).toBe("live");
  const sentence = "The main stream does not come: The camera hung up.";
  expect(standIn(tile)).toEqual({ isWarning: true, sentence });
  expect(held()).toEqual(["sub", "main"]);
  stop();
});

test("a main stream that the server refuses leaves the sub-stream live, and says why", async () => {
  const { engine, tile, setAlone, stop } = await shown();
  setAlone(true);
  engine.say({
    kind: "unsubscribed",
    subscription: engine.subscribed[1] ?? 0,
    failure: FAILURE,
  });
  expect(tile.state.kind).toBe("live");
  expect(standIn(tile)?.isWarning).toBe(true);
  stop();
});

test("a sub-stream that freezes or is lost meanwhile is said to be, until the main one comes", async () => {
  const { engine, tile, picture, setAlone, stop } = await shown();
  setAlone(true);
  await vi.advanceTimersByTimeAsync(3000);
  expect(tile.state.kind).toBe("stale");
  engine.setStream(1, FAILED, "sub");
  expect(tile.state).toMatchObject({ kind: "lost", failure: FAILURE });
  picture(1);
  expect(tile.state.kind).toBe("live");
  stop();
});

test("one that is big at once begins with the sub-stream where that is live already", async () => {
  const { engine, tile, picture, setAlone, held, stop } = await shown();
  tile.size = null;
  setAlone(true);
  tile.size = SIZE;
  flushSync();
  expect(held()).toEqual(["sub", "main"]);
  picture(1);
  expect(standIn(tile)?.isWarning).toBe(false);
  picture(2);
  expect(held()).toEqual(["main"]);
  tile.size = null;
  engine.setStream(1, { kind: "closed" }, "sub");
  flushSync();
  tile.size = SIZE;
  flushSync();
  expect(held()).toEqual(["main"]);
  stop();
});

test("resting ends both, and nothing is live after it", async () => {
  const { tile, setAlone, held, stop } = await shown();
  setAlone(true);
  tile.size = null;
  flushSync();
  expect(held()).toEqual([]);
  expect(tile.state.kind).toBe("connecting");
  stop();
});

test("both are asked for again in a new session, and the first main picture still ends the sub", async () => {
  const { engine, tile, picture, setAlone, held, stop } = await shown();
  setAlone(true);
  engine.drop();
  await vi.advanceTimersByTimeAsync(10);
  expect(held()).toEqual(["sub", "main"]);
  picture(1);
  expect(held()).toEqual(["main"]);
  expect(tile.state.kind).toBe("live");
  stop();
});

test("its format is that of the stream that is shown", async () => {
  const { tile, picture, setAlone, stop } = await shown();
  const before = tile.format;
  expect(before).toMatchObject({ delivery: "planes", width: 16, sourceWidth: 640 });
  picture(0);
  expect(tile.format).toBe(before);
  setAlone(true);
  expect(tile.format).toBe(before);
  picture(1);
  expect(tile.format?.sourceWidth).toBe(1920);
  stop();
});

test("a picture that is turned, and else the same, has another shape", async () => {
  const { engine, tile, stop } = await shown();
  expect(tile.aspect).toBe(16 / 9);
  const subscription = engine.subscribed[0] ?? 0;
  const format = engine.announce(subscription, { ...SUB, rotation: 90 });
  engine.sayRaw(fakePicture({ subscription, sequence: 9, format }));
  expect(tile.aspect).toBe(9 / 16);
  stop();
});

test("a zoom that has settled asks for more pixels, of the main stream where the sub has no more", async () => {
  const { engine, tile, picture, held, stop } = await shown();
  tile.lens.zoomBy(2);
  tile.lens.zoomBy(2);
  flushSync();
  expect(held()).toEqual(["sub"]);
  await vi.advanceTimersByTimeAsync(150);
  flushSync();
  expect(engine.received.at(-1)).toMatchObject({
    kind: "subscribe",
    stream: { role: "main" },
    width: 2560,
    height: 1440,
  });
  expect(standIn(tile)?.isWarning).toBe(false);
  picture(1);
  // No more than there is, now that it is known.
  expect(engine.received.at(-1)).toMatchObject({ kind: "resize", width: 1920, height: 1080 });
  tile.lens.reset();
  await vi.advanceTimersByTimeAsync(150);
  flushSync();
  expect(held()).toEqual(["main", "sub"]);
  picture(2);
  expect(held()).toEqual(["sub"]);
  expect(engine.received.at(-2)).toMatchObject({ kind: "subscribe", ...SIZE });
  stop();
});
