// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { nowMs } from "../connection/clock";
import { DEGRADED, FakeEngine, fakeCamera, LIVE } from "../connection/fake";
import type { ConnectingStage, StreamState } from "../protocol";
import { App } from "../state/app.svelte";
import type { Tile } from "../state/tile.svelte";
import { caption } from "./caption";

const FAILURE = { code: "other", message: "The camera said no." } as const;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** What a tile says `later` ms after its last picture, if it had one. */
async function said(state: (now: number) => StreamState, later: number, hasPicture = true) {
  const engine = new FakeEngine([fakeCamera(1)]);
  const app = new App(engine, engine.dial);
  app.start();
  await vi.advanceTimersByTimeAsync(0);
  const tile = app.wall.tiles[0] as Tile;
  tile.size = { width: 640, height: 360 };
  tile.watch(false);
  const now = Math.round(nowMs() * 1000);
  if (hasPicture) engine.picture(engine.subscribed[0] ?? 0, 1, now);
  engine.setStream(1, state(now));
  await vi.advanceTimersByTimeAsync(later);
  const note = caption(tile, app);
  return note === null ? null : [note.isWarning ? "▲" : "", note.title, ...note.details];
}

test("a live tile and a degraded one say nothing over their pictures", async () => {
  expect(await said(() => LIVE, 0)).toBeNull();
  expect(await said(() => DEGRADED, 0)).toBeNull();
});

test.each<[ConnectingStage, string]>([
  ["opening", "Opening… 3 s"],
  ["reaching", "Connecting… 3 s"],
  ["asking", "Asking for the stream… 3 s"],
  ["firstKeyFrame", "Waiting for the first key frame… 3 s"],
])("%s has its own words", async (stage, words) => {
  const state = (since: number): StreamState => ({ kind: "connecting", stage, since });
  expect(await said(state, 3000, false)).toEqual(["", words]);
});

test("a stream that was just asked for has a moment before anything is said", async () => {
  const state = (since: number): StreamState => ({ kind: "connecting", stage: "opening", since });
  expect(await said(state, 250, false)).toBeNull();
  expect(await said(state, 500, false)).toEqual(["", "Opening…"]);
});

test("lost says why, how old the last picture is, and last when it is tried again", async () => {
  const state = (now: number): StreamState => ({
    kind: "lost",
    failure: FAILURE,
    retryAt: now + 8e6,
    attempt: 1,
  });
  const [retry, seen] = ["Trying again in 3 s", "Last picture 5 s ago"];
  expect(await said(state, 5000)).toEqual(["▲", "Signal lost", FAILURE.message, seen, retry]);
  expect(await said(state, 5000, false)).toEqual(["▲", "Signal lost", FAILURE.message, retry]);
});

test("a refused login says what the camera said and when it is tried again", async () => {
  const state = (now: number): StreamState => ({
    kind: "authFailed",
    failure: FAILURE,
    retryAt: now + 600e6,
  });
  const retry = "Trying again in 9 min";
  expect(await said(state, 10_000)).toEqual(["▲", "Login refused", FAILURE.message, retry]);
});

test("what cannot be shown is named, and nothing is counted down", async () => {
  const state = (now: number): StreamState => ({
    kind: "unsupported",
    failure: FAILURE,
    retryAt: now + 600e6,
  });
  expect(await said(state, 1000)).toEqual(["▲", "Cannot be shown", FAILURE.message]);
});

test("stale says how long, also where this viewer never saw a picture", async () => {
  const state = (since: number): StreamState => ({ kind: "stale", since });
  expect(await said(state, 6000)).toEqual(["▲", "Frozen 6 s"]);
  expect(await said(state, 6000, false)).toEqual(["▲", "No picture for 6 s"]);
  expect(await said(state, 3 * 3600e3)).toEqual(["▲", "Frozen 3 h"]);
});

test("a removed camera is said to be", async () => {
  expect(await said(() => ({ kind: "removed" }), 0)).toEqual(["", "The camera was removed."]);
});
