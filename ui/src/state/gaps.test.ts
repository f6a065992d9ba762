// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { nowMs } from "../connection/clock";
import { FakeEngine, fakeCamera } from "../connection/fake";
import type { Command, Outcome, RecordingGap } from "../protocol";
import { App } from "./app.svelte";
import { Gaps, MAX_GAPS } from "./gaps.svelte";

type Asked = Extract<Command, { kind: "gaps" }>;

const HOUR_MS = 3600_000;
const [one, two] = [fakeCamera(1).address, fakeCamera(2).address];

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** With so many gaps that begin at so many ms before now, each of a second. */
async function opened(begins: number[]) {
  const engine = new FakeEngine([fakeCamera(1), fakeCamera(2)]);
  const asked: Asked[] = [];
  const now = nowMs();
  const all: RecordingGap[] = begins
    .map((begin) => (now - begin) * 1000)
    .sort((first, second) => first - second)
    .map((from, i) => {
      const stream = { camera: i % 2 === 0 ? one : two, role: "main" } as const;
      return { stream, from, to: from + 1e6, cause: "networkLoss" };
    });
  engine.answer = (command) => {
    if (command.kind !== "gaps") return { kind: "done", reply: { kind: "nothing" } };
    asked.push(command);
    const { from, to, camera, limit } = command;
    const isAsked = (gap: RecordingGap) =>
      gap.to > from &&
      gap.from < to &&
      (camera === null || gap.stream.camera.camera === camera.camera);
    return { kind: "done", reply: { kind: "gaps", gaps: all.filter(isAsked).slice(0, limit) } };
  };
  const app = new App(engine, engine.dial);
  app.start();
  await vi.advanceTimersByTimeAsync(0);
  return { engine, asked, now, gaps: new Gaps(app.connection, app.clock) };
}

const ages = (gaps: Gaps, now: number) =>
  gaps.all?.map(({ from }) => Math.round(now - from / 1000));

test("those of the last 24 h, the newest first", async () => {
  const { gaps, now, asked } = await opened([5000, 25 * HOUR_MS, HOUR_MS]);
  expect(gaps.all).toBeNull();
  await gaps.ask(now);
  expect(ages(gaps, now)).toEqual([5000, HOUR_MS]);
  expect(gaps.cutAt).toBeNull();
  expect(asked).toHaveLength(1);
});

test("of too many the newest, and since when", async () => {
  const { gaps, now, asked } = await opened(
    Array.from({ length: 5000 }, (_, i) => 10_000 * (i + 1)),
  );
  await gaps.ask(now);
  expect(gaps.all?.length).toBeLessThanOrEqual(MAX_GAPS);
  expect(gaps.all?.length).toBeGreaterThan(MAX_GAPS / 2);
  expect(gaps.cutAt).toBeGreaterThan(now - 3 * HOUR_MS);
  expect(ages(gaps, now)?.[0]).toBe(10_000);
  // How far back it may go is known by now.
  asked.length = 0;
  await gaps.ask(now);
  expect(asked.length).toBeLessThanOrEqual(2);
});

test("of one camera alone, and of all again", async () => {
  const { gaps, now, asked } = await opened([4000, 3000, 2000]);
  await gaps.show(two, now);
  expect(asked.at(-1)?.camera).toEqual(two);
  expect(ages(gaps, now)).toEqual([3000]);
  await gaps.show(null, now);
  expect(ages(gaps, now)).toEqual([2000, 3000, 4000]);
});

test("an answer for another camera than the one chosen meanwhile is none", async () => {
  const { engine, gaps, now } = await opened([4000, 3000]);
  const answer = engine.answer;
  engine.answer = () => null;
  const first = gaps.ask(now);
  const late = engine.received.at(-1);
  engine.answer = answer;
  await gaps.show(one, now);
  const outcome: Outcome = { kind: "done", reply: { kind: "gaps", gaps: [] } };
  engine.say({ kind: "reply", request: late?.kind === "command" ? late.request : 0, outcome });
  await first;
  expect(ages(gaps, now)).toEqual([4000]);
});

test("a refusal is kept, and what was known stays", async () => {
  const { engine, gaps, now } = await opened([1000]);
  await gaps.ask(now);
  const failure = { code: "storage", message: "The index is being repaired." } as const;
  engine.answer = () => ({ kind: "failed", failure });
  await gaps.ask(now);
  expect(gaps.failure).toEqual(failure);
  expect(gaps.all).toHaveLength(1);
});
