// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { toggleStatistics } from "../actions/wall";
import { FakeEngine, fakeCamera, fakeStatistics } from "../connection/fake";
import { App } from "./app.svelte";

const STREAM = { camera: fakeCamera(1).address, role: "main" } as const;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** An engine that has counted so much, second by second from the first that it is asked. */
async function counting(counted: (second: number) => { bytes: number; units: number }) {
  const engine = new FakeEngine([fakeCamera(1)]);
  let asked = 0;
  engine.answer = (command) => {
    if (command.kind !== "statistics") return { kind: "done", reply: { kind: "nothing" } };
    return fakeStatistics(100 + asked, { stream: STREAM, ...counted(asked++) });
  };
  const app = new App(engine, engine.dial);
  app.start();
  await vi.advanceTimersByTimeAsync(0);
  return { app, engine, asked: () => asked };
}

const steady = (second: number) => ({ bytes: 500_000 * second, units: 25 * second });

test("rates are differences, by the second of the engine", async () => {
  const { app } = await counting(steady);
  toggleStatistics.run(app);
  await vi.advanceTimersByTimeAsync(0);
  expect(app.rates.of(STREAM)).toBeNull();
  await vi.advanceTimersByTimeAsync(3000);
  expect(app.rates.of(STREAM)).toEqual({ bits: 4_000_000, units: 25 });
});

test("the engine is asked once a second, and only while somebody looks", async () => {
  const { app, asked } = await counting(steady);
  await vi.advanceTimersByTimeAsync(3000);
  expect(asked()).toBe(0);
  toggleStatistics.run(app);
  await vi.advanceTimersByTimeAsync(5000);
  expect(asked()).toBe(6);
  toggleStatistics.run(app);
  await vi.advanceTimersByTimeAsync(5000);
  expect(asked()).toBe(6);
  expect(app.rates.of(STREAM)).toBeNull();
});

test("a stream that was opened anew counts from there", async () => {
  const { app } = await counting((second) => steady(second < 3 ? second : second - 3));
  toggleStatistics.run(app);
  await vi.advanceTimersByTimeAsync(4000);
  expect(app.rates.of(STREAM)).toBeNull();
  await vi.advanceTimersByTimeAsync(1000);
  expect(app.rates.of(STREAM)).toEqual({ bits: 4_000_000, units: 25 });
});

test("a stream that was idle counts from when it is not, and one that stops comes to nothing", async () => {
  const { app } = await counting((second) => steady(Math.min(5, Math.max(0, second - 3))));
  toggleStatistics.run(app);
  await vi.advanceTimersByTimeAsync(3000);
  expect(app.rates.of(STREAM)).toEqual({ bits: 0, units: 0 });
  await vi.advanceTimersByTimeAsync(2000);
  expect(app.rates.of(STREAM)).toEqual({ bits: 4_000_000, units: 25 });
  await vi.advanceTimersByTimeAsync(10_000);
  expect(app.rates.of(STREAM)).toEqual({ bits: 0, units: 0 });
});

test("key frames that come every other second do not show", async () => {
  const bytes = (second: number) => 500_000 * second + (second % 2) * 400_000;
  const { app } = await counting((second) => ({ bytes: bytes(second), units: 25 * second }));
  toggleStatistics.run(app);
  const bits = [];
  for (let second = 0; second < 10; second++) {
    await vi.advanceTimersByTimeAsync(1000);
    if (second > 4) bits.push(app.rates.of(STREAM)?.bits ?? 0);
  }
  expect(Math.max(...bits) / Math.min(...bits)).toBeLessThan(1.5);
});

test("nothing is said of an engine that is away", async () => {
  const { app, engine } = await counting(steady);
  toggleStatistics.run(app);
  await vi.advanceTimersByTimeAsync(2000);
  engine.ticket = null;
  engine.drop();
  await vi.advanceTimersByTimeAsync(1000);
  expect(app.rates.of(STREAM)).toBeNull();
});
