// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FakeEngine, fakeCamera } from "../connection/fake";
import type { Command, Outcome } from "../protocol";
import { App } from "../state/app.svelte";
import { nextEvent, previousEvent, reportEvent } from "./events";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

async function opened(outcome: Outcome = { kind: "done", reply: { kind: "nothing" } }) {
  const engine = new FakeEngine([fakeCamera(1), fakeCamera(2)]);
  const commands: Command[] = [];
  engine.answer = (command) => {
    commands.push(command);
    return outcome;
  };
  const app = new App(engine, engine.dial);
  app.start();
  await vi.advanceTimersByTimeAsync(0);
  return { app, engine, commands };
}

test("an event is reported at the selected camera, or the one alone", async () => {
  const { app, commands } = await opened();
  app.screen.selected = 1;
  await reportEvent.run(app);
  app.screen.alone = fakeCamera(1).address;
  await reportEvent.run(app);
  expect(commands).toEqual(
    [2, 1].map((number) => {
      const { address: camera } = fakeCamera(number);
      return { kind: "reportEvent", camera, event: "operator" };
    }),
  );
  expect(app.screen.toast?.text).toBe("Reported an event at Camera 1");
});

test("a refusal is said as the server says it", async () => {
  const failure = { code: "other", message: "Nothing is recorded at this camera." } as const;
  const { app } = await opened({ kind: "failed", failure });
  await reportEvent.run(app);
  expect(app.screen.toast?.text).toBe(failure.message);
});

test("there is a camera to be selected, on the wall, and an engine", async () => {
  const { app, engine } = await opened();
  expect(reportEvent.enabled(app)).toBe(true);
  app.screen.selected = 3;
  expect(reportEvent.enabled(app)).toBe("No camera is selected.");
  app.screen.view = "storage";
  expect(reportEvent.enabled(app)).toBe("Only on the wall.");
  app.screen.view = "wall";
  app.screen.selected = 0;
  engine.ticket = null;
  engine.drop();
  expect(reportEvent.enabled(app)).toContain("connection");
});

test("keys go from one event of the selected camera to the next, and say where there is none", async () => {
  const { address: camera } = fakeCamera(1);
  const from = 1_000_000_000_000;
  const times = { from, to: from, best: from };
  const event = { id: 7, camera, kind: "motion", label: "", ...times, isReviewed: false } as const;
  const { app, engine, commands } = await opened({
    kind: "done",
    reply: { kind: "events", events: [event] },
  });
  app.screen.selected = 0;
  await previousEvent.run(app);
  expect(commands[0]).toMatchObject({ kind: "events", cameras: [camera], from: 0, limit: 1 });
  expect(app.playback.settled).toBe(app.clock.toViewerMs(from));
  await nextEvent.run(app);
  const at = Math.round(app.clock.toServer(app.playback.settled));
  const asked = commands.find((it) => it.kind === "events" && !it.newestFirst);
  expect(asked).toMatchObject({ kind: "events", from: at + 1000, newestFirst: false });
  engine.answer = () => ({ kind: "done", reply: { kind: "events", events: [] } });
  await nextEvent.run(app);
  expect(app.screen.toast?.text).toBe("Nothing more happened in that direction.");
});
