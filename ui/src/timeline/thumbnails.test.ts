// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FakeEngine, fakeCamera } from "../connection/fake";
import type { NewStill, Outcome } from "../protocol";
import { App } from "../state/app.svelte";
import { ThumbnailFeed } from "./thumbnails.svelte";

const NOW = Date.parse("2026-11-05T20:31:07Z");
const REST_MS = 150;
const GATE = fakeCamera(1).address;
const YARD = fakeCamera(2).address;

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
});
afterEach(() => {
  vi.useRealTimers();
});

function picture(taken: number): Outcome {
  const still = { taken: taken * 1000, width: 160, height: 90, name: "Gate.jpg", file: `${taken}` };
  return { kind: "done", reply: { kind: "still", still } };
}

/** With a key frame each two seconds, and an engine that answers when it is told to. */
async function opened() {
  const engine = new FakeEngine([fakeCamera(1), fakeCamera(2)]);
  const app = new App(engine, engine.dial);
  app.start();
  await vi.advanceTimersByTimeAsync(0);
  engine.answer = () => null;
  const feed = new ThumbnailFeed(app);
  const asked = (): NewStill[] =>
    engine.received.flatMap((it) =>
      it.kind === "command" && it.command.kind === "takeStill" ? [it.command.still] : [],
    );
  const answer = async (outcome?: Outcome) => {
    const last = engine.received.findLast((it) => it.kind === "command");
    if (last?.kind !== "command" || last.command.kind !== "takeStill") throw new Error("asked?");
    const at = (last.command.still.at ?? 0) / 1000;
    const known = picture(Math.floor(at / 2000) * 2000);
    engine.say({ kind: "reply", request: last.request, outcome: outcome ?? known });
    await vi.advanceTimersByTimeAsync(0);
  };
  return { app, engine, feed, asked, answer };
}

const rest = () => vi.advanceTimersByTimeAsync(REST_MS);

test("where a pointer rests, a small picture is asked for, and its own moment is told", async () => {
  const { feed, asked, answer } = await opened();
  feed.want(GATE, NOW - 9500);
  await vi.advanceTimersByTimeAsync(REST_MS - 1);
  expect(asked()).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(asked()).toMatchObject([
    { stream: { camera: GATE }, at: (NOW - 9500) * 1000, thumbnail: { width: 160, height: 90 } },
  ]);
  expect(feed.shown).toBeNull();
  await answer();
  const taken = Math.floor((NOW - 9500) / 2000) * 2000;
  expect(feed.shown).toEqual({ kind: "picture", at: taken * 1000, jpeg: `${taken}` });
});

test("a pointer that goes on asks for nothing", async () => {
  const { feed, asked } = await opened();
  for (let i = 0; i < 20; i++) {
    feed.want(GATE, NOW - 60_000 + 2000 * i);
    await vi.advanceTimersByTimeAsync(REST_MS - 1);
  }
  feed.rest();
  await vi.advanceTimersByTimeAsync(1000);
  expect(asked()).toEqual([]);
});

test("one is asked for at a time, the newest next, and none of another moment is shown", async () => {
  const { feed, asked, answer } = await opened();
  for (const ago of [60_000, 50_000, 40_000, 30_000]) {
    feed.want(GATE, NOW - ago);
    await rest();
  }
  expect(asked()).toHaveLength(1);
  await answer();
  expect(feed.shown).toBeNull();
  expect(asked().map(({ at }) => at)).toEqual([(NOW - 60_000) * 1000, (NOW - 30_000) * 1000]);
  await answer();
  expect(feed.shown).toMatchObject({ kind: "picture" });
  // What is pointed at next has none yet, whatever was shown.
  feed.want(GATE, NOW - 20_000);
  expect(feed.shown).toBeNull();
  feed.want(YARD, NOW - 30_000);
  expect(feed.shown).toBeNull();
});

test("a picture that is known to be that of a moment is not asked for again, for a while", async () => {
  const { feed, asked, answer } = await opened();
  const key = Math.floor((NOW - 60_000) / 2000) * 2000;
  feed.want(GATE, key + 1500);
  await rest();
  await answer();
  const { shown } = feed;
  feed.rest();
  expect(feed.shown).toBeNull();
  for (const at of [key, key + 700, key + 1500]) {
    feed.want(GATE, at);
    expect(feed.shown).toBe(shown);
  }
  // There may be a key frame in between.
  feed.want(GATE, key + 1600);
  expect(feed.shown).toBeNull();
  feed.rest();
  expect(asked()).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(60_000);
  feed.want(GATE, key);
  expect(feed.shown).toBeNull();
});

test("an answer to an earlier question is shown where it is right", async () => {
  const { feed, asked, answer } = await opened();
  const key = Math.floor((NOW - 60_000) / 2000) * 2000;
  feed.want(GATE, key + 1500);
  await rest();
  feed.want(GATE, key + 500);
  await rest();
  await answer();
  expect(feed.shown).toMatchObject({ at: key * 1000 });
  expect(asked()).toHaveLength(1);
});

test("where there is none, it says why, and looks again another time", async () => {
  const { engine, feed, asked, answer } = await opened();
  feed.want(GATE, NOW - 60_000);
  await rest();
  await answer({ kind: "done", reply: { kind: "unrecorded", cause: "diskFull" } });
  const at = (NOW - 60_000) * 1000;
  expect(feed.shown).toEqual({ kind: "nothing", at, cause: "diskFull" });
  feed.want(GATE, NOW - 50_000);
  await rest();
  engine.drop();
  await vi.advanceTimersByTimeAsync(0);
  expect(feed.shown).toMatchObject({ kind: "failed" });
  feed.rest();
  await vi.advanceTimersByTimeAsync(5000);
  feed.want(GATE, NOW - 60_000);
  await rest();
  expect(asked()).toHaveLength(1);
});

test("the sub-stream is asked for where there is one", async () => {
  const { app, engine, feed, asked } = await opened();
  const camera = { ...fakeCamera(1), streams: fakeCamera(1).streams };
  const [main] = camera.streams;
  if (main === undefined) throw new Error("no stream");
  engine.say({
    kind: "update",
    update: { kind: "camera", camera: { ...camera, streams: [main, ["sub", main[1]]] } },
  });
  expect(app.cameras.get(GATE)?.streams).toHaveLength(2);
  feed.want(GATE, NOW - 60_000);
  await rest();
  feed.want(YARD, NOW - 60_000);
  expect(asked()).toMatchObject([{ stream: { camera: GATE, role: "sub" } }]);
});
