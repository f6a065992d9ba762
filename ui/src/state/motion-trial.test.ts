// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FakeEngine, fakeCamera } from "../connection/fake";
import type { Command, MotionSettings, Outcome, TrialVerdict } from "../protocol";
import { App } from "./app.svelte";
import { MotionTrial } from "./motion-trial.svelte";

const MINUTE_US = 60_000_000;
const CAMERA = fakeCamera(1).address;
const SETTINGS: MotionSettings = { mode: "on", zones: [], masks: [], lines: [] };

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

type Try = Extract<Command, { kind: "tryMotion" }>;

async function opened(answer: (asked: Try) => Outcome) {
  const engine = new FakeEngine([fakeCamera(1)]);
  const asked: [number, number][] = [];
  engine.answer = (command) => {
    if (command.kind !== "tryMotion") return { kind: "done", reply: { kind: "nothing" } };
    asked.push([command.from / MINUTE_US, command.to / MINUTE_US]);
    return answer(command);
  };
  const app = new App(engine, engine.dial);
  app.start();
  await vi.advanceTimersByTimeAsync(0);
  return { trial: new MotionTrial(app), asked };
}

function event(from: number, verdict: TrialVerdict) {
  return { verdict, kind: "motion" as const, label: "", from, to: from + 1, best: from };
}

function done({ from, to }: Try): Outcome {
  const events = [event(from, "comes"), event(from + 1, "stays")];
  return { kind: "done", reply: { kind: "motionTrial", trial: { events, looked: to - from } } };
}

test("a span is tried piece by piece, the newest first", async () => {
  const { trial, asked } = await opened(done);
  await trial.run(CAMERA, SETTINGS, 0, 25 * MINUTE_US);
  expect(asked).toEqual([
    [15, 25],
    [5, 15],
    [0, 5],
  ]);
  expect(trial.counts).toEqual({ comes: 3, goes: 0, stays: 3 });
  const times = trial.events.map(({ from }) => from);
  expect(times).toEqual(times.toSorted((one, other) => other - one));
  expect([trial.done, trial.isRunning, trial.lookedMs]).toEqual([1, false, 25 * 60_000]);
});

test("what is stopped keeps what is known, and another begins anew", async () => {
  let stop = () => {};
  const { trial, asked } = await opened((command) => {
    stop();
    return done(command);
  });
  const first = trial.run(CAMERA, SETTINGS, 0, 60 * MINUTE_US);
  await first;
  expect([asked.length, trial.events.length]).toEqual([6, 12]);
  stop = () => trial.stop();
  await trial.run(CAMERA, SETTINGS, 0, 60 * MINUTE_US);
  expect([asked.length, trial.events.length, trial.isRunning]).toEqual([7, 0, false]);
});

test("where it cannot be tried it is said, and what is known stays", async () => {
  const failure = { code: "other", message: "This file cannot be read." } as const;
  const { trial, asked } = await opened((command) =>
    command.from === 0 ? { kind: "failed", failure } : done(command),
  );
  await trial.run(CAMERA, SETTINGS, 0, 15 * MINUTE_US);
  expect([trial.failure?.message, trial.events.length]).toEqual([failure.message, 2]);
  expect([asked.length, trial.isRunning]).toEqual([2, false]);
});
