// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FakeEngine, fakeCamera, fakeStatus, fakeVolume } from "../connection/fake";
import type { Camera, Command, StreamRecordingState, Update } from "../protocol";
import { App } from "./app.svelte";
import { DEFAULT_PLAN } from "./recording.svelte";

const CAMERA: Camera = {
  ...fakeCamera(1),
  streams: [
    ["main", { kind: "closed" }],
    ["sub", { kind: "closed" }],
  ],
};
const MAIN = { camera: CAMERA.address, role: "main" } as const;
const SUB = { camera: CAMERA.address, role: "sub" } as const;
const ON: StreamRecordingState = { kind: "recording", since: 1 };
const FAILED: StreamRecordingState = {
  kind: "failed",
  cause: "unreachable",
  message: "The camera does not answer.",
  since: 2,
};

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

async function opened(volumes = [fakeVolume(1)]) {
  const engine = new FakeEngine([CAMERA]);
  engine.snapshot = { ...engine.snapshot, volumes };
  const commands: Command[] = [];
  engine.answer = (command) => {
    commands.push(command);
    const status = fakeStatus([CAMERA], volumes, ON);
    return { kind: "done", reply: { kind: "recordingStatus", status } };
  };
  const app = new App(engine, engine.dial);
  app.start();
  await vi.advanceTimersByTimeAsync(0);
  const tell = (update: Update) => engine.say({ kind: "update", update });
  return { app, engine, commands, tell };
}

test("the states of recording are asked for when the link begins", async () => {
  const { app, commands } = await opened();
  expect(commands).toEqual([{ kind: "recordingStatus" }]);
  expect(app.recording.stateOf(MAIN)).toEqual(ON);
  expect(app.recording.countsOf(SUB)?.bytes).toBe(5e9);
  expect(app.recording.volumeState(fakeVolume(1).id)).toEqual({ kind: "ready" });
});

test("without a volume nothing is asked, and nothing said of a camera", async () => {
  const { app, commands, tell } = await opened([]);
  expect(commands).toEqual([]);
  tell({ kind: "recording", stream: MAIN, state: { ...FAILED, cause: "noVolume" } });
  expect(app.recording.stateOf(MAIN)?.kind).toBe("failed");
  expect(app.recording.stateOfCamera(CAMERA.address)).toBeNull();
});

test("a plan is the default until another is said, and its streams are known by volume", async () => {
  const { app, tell } = await opened();
  expect(app.recording.planOf(MAIN)).toEqual(DEFAULT_PLAN);
  expect(DEFAULT_PLAN.week).toHaveLength(168);
  const plan = { ...DEFAULT_PLAN, mode: "event", volume: fakeVolume(1).id } as const;
  tell({ kind: "plan", stream: SUB, plan });
  expect(app.recording.planOf(SUB)).toEqual(plan);
  expect(app.recording.streamsOn(fakeVolume(1).id)).toEqual([SUB]);
});

test("volumes come, change and go by updates", async () => {
  const { app, tell } = await opened();
  const paths = () => app.recording.volumes.map(({ path, maxDays }) => [path, maxDays]);
  tell({ kind: "volume", volume: fakeVolume(2) });
  tell({ kind: "volume", volume: { ...fakeVolume(1), maxDays: 30 } });
  expect(paths()).toEqual([
    ["/mnt/disk1", 30],
    ["/mnt/disk2", null],
  ]);
  tell({ kind: "volumeState", volume: fakeVolume(2).id, state: { kind: "full" } });
  expect(app.recording.volumeState(fakeVolume(2).id)).toEqual({ kind: "full" });
  tell({ kind: "volumeRemoved", volume: fakeVolume(2).id });
  expect(paths()).toHaveLength(1);
  expect(app.recording.volumeState(fakeVolume(2).id)).toBeNull();
});

test.each<[StreamRecordingState, StreamRecordingState, string]>([
  [ON, FAILED, "failed"],
  [FAILED, { kind: "off" }, "failed"],
  [{ kind: "off" }, ON, "recording"],
  [{ kind: "waiting" }, { kind: "notYet" }, "waiting"],
  [{ kind: "notYet" }, { kind: "off" }, "notYet"],
  [{ kind: "off" }, { kind: "off" }, "off"],
])("of two streams, the one that says most: %o %o", async (main, sub, kind) => {
  const { app, tell } = await opened();
  tell({ kind: "recording", stream: MAIN, state: main });
  tell({ kind: "recording", stream: SUB, state: sub });
  expect(app.recording.stateOfCamera(CAMERA.address)?.kind).toBe(kind);
});

test("what was told while it was asked for is newer than the answer", async () => {
  const { app, engine, tell } = await opened();
  engine.answer = () => null;
  void app.recording.ask();
  tell({ kind: "recording", stream: MAIN, state: FAILED });
  const last = engine.received.at(-1);
  const request = last?.kind === "command" ? last.request : 0;
  const status = fakeStatus([CAMERA], [fakeVolume(1)], { kind: "waiting" });
  const outcome = { kind: "done", reply: { kind: "recordingStatus", status } } as const;
  engine.say({ kind: "reply", request, outcome });
  await vi.advanceTimersByTimeAsync(0);
  expect(app.recording.stateOf(MAIN)).toEqual(FAILED);
  expect(app.recording.stateOf(SUB)).toEqual({ kind: "waiting" });
});

test("what a server knew before it was away is asked for again", async () => {
  const { app, engine, commands, tell } = await opened();
  tell({ kind: "recording", stream: MAIN, state: FAILED });
  engine.drop();
  await vi.advanceTimersByTimeAsync(5000);
  expect(commands).toHaveLength(2);
  expect(app.recording.stateOf(MAIN)).toEqual(ON);
});

test("a refusal is kept until there is an answer, and takes nothing away", async () => {
  const { app, engine } = await opened();
  const failure = { code: "other", message: "This server does not record yet." } as const;
  const answer = engine.answer;
  engine.answer = () => ({ kind: "failed", failure });
  await app.recording.ask();
  expect(app.recording.failure).toEqual(failure);
  expect(app.recording.status?.volumes).toHaveLength(1);
  engine.answer = answer;
  await app.recording.ask();
  expect(app.recording.failure).toBeNull();
});
