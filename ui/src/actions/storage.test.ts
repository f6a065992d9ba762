// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FakeEngine, fakeCamera, fakeStatus, fakeVolume } from "../connection/fake";
import type { Command, Evidence, Outcome, Reply } from "../protocol";
import { App } from "../state/app.svelte";
import { DEFAULT_PLAN } from "../state/recording.svelte";
import { addEvidence, removeEvidence } from "./evidence";
import { setPlan } from "./plans";
import { openAddVolume, openLimits, openPlan } from "./screens";
import { addVolume, removeVolume, setLimits } from "./volumes";

const FAILURE = { code: "storage", message: "This folder cannot be written." } as const;
const MAIN = { camera: fakeCamera(1).address, role: "main" } as const;
const EVIDENCE: Evidence = {
  id: 7,
  camera: fakeCamera(1).address,
  from: 1000,
  to: 2000,
  note: "Door",
  created: 3000,
};

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

async function opened() {
  const engine = new FakeEngine([fakeCamera(1)]);
  engine.snapshot = { ...engine.snapshot, volumes: [fakeVolume(1), fakeVolume(2)] };
  const commands: Command[] = [];
  const status = fakeStatus([fakeCamera(1)], engine.snapshot.volumes);
  const replies: Partial<Record<Command["kind"], Reply>> = {
    addVolume: { kind: "volume", volume: fakeVolume(2) },
    addEvidence: { kind: "evidence", evidence: { ...EVIDENCE, id: 8 } },
    recordingStatus: { kind: "recordingStatus", status },
  };
  engine.answer = (command): Outcome => {
    if (command.kind !== "recordingStatus") commands.push(command);
    return { kind: "done", reply: replies[command.kind] ?? { kind: "nothing" } };
  };
  const app = new App(engine, engine.dial);
  app.start();
  await vi.advanceTimersByTimeAsync(0);
  const undo = async () => {
    await app.screen.toast?.undo?.();
    await vi.advanceTimersByTimeAsync(0);
  };
  return { app, engine, commands, undo };
}

const paths = (app: App) => app.recording.volumes.map(({ path }) => path);

test("a volume that is added is there at once", async () => {
  const { app, commands } = await opened();
  app.recording.removeVolume(fakeVolume(2).id);
  const volume = { path: "/mnt/disk2", maxBytes: null, maxDays: null };
  expect(await addVolume(app, volume)).toBeNull();
  expect(commands).toEqual([{ kind: "addVolume", volume }]);
  expect(paths(app)).toEqual(["/mnt/disk1", "/mnt/disk2"]);
});

test("a volume that is removed comes back by its path, and the plans that named it", async () => {
  const { app, commands, undo } = await opened();
  const plan = { ...DEFAULT_PLAN, volume: fakeVolume(2).id };
  app.recording.setPlan(MAIN, plan);
  await removeVolume.run(app, fakeVolume(2));
  expect(paths(app)).toEqual(["/mnt/disk1"]);
  expect(app.screen.toast?.text).toBe("Removed /mnt/disk2. Its recordings stay where they are.");
  // As the server does.
  app.recording.setPlan(MAIN, DEFAULT_PLAN);
  await undo();
  expect(commands).toEqual([
    { kind: "removeVolume", volume: fakeVolume(2).id },
    { kind: "addVolume", volume: { path: "/mnt/disk2", maxBytes: null, maxDays: null } },
    { kind: "setPlan", stream: MAIN, plan },
  ]);
  expect(paths(app)).toEqual(["/mnt/disk1", "/mnt/disk2"]);
  expect(app.recording.planOf(MAIN)).toEqual(plan);
});

test("limits change, and change back", async () => {
  const { app, commands, undo } = await opened();
  const limits = { maxBytes: 5e9, maxDays: 30 };
  expect(await setLimits(app, fakeVolume(1), limits)).toBeNull();
  expect(app.recording.volume(fakeVolume(1).id)).toEqual({ ...fakeVolume(1), ...limits });
  await undo();
  expect(commands.at(-1)).toEqual({ kind: "setVolume", volume: fakeVolume(1) });
  expect(app.recording.volume(fakeVolume(1).id)).toEqual(fakeVolume(1));
});

test("a plan changes, and changes back", async () => {
  const { app, commands, undo } = await opened();
  const plan = { ...DEFAULT_PLAN, mode: "off" } as const;
  expect(await setPlan(app, MAIN, plan)).toBeNull();
  expect(app.recording.planOf(MAIN)).toEqual(plan);
  await undo();
  expect(commands.at(-1)).toEqual({ kind: "setPlan", stream: MAIN, plan: DEFAULT_PLAN });
  expect(app.recording.planOf(MAIN)).toEqual(DEFAULT_PLAN);
});

test("evidence that is released can be kept again", async () => {
  const { app, commands, undo } = await opened();
  app.evidence.put(EVIDENCE);
  await removeEvidence.run(app, EVIDENCE);
  expect(app.evidence.all).toEqual([]);
  await undo();
  const { id, created, ...again } = EVIDENCE;
  expect(commands).toEqual([
    { kind: "removeEvidence", id },
    { kind: "addEvidence", evidence: again },
  ]);
  expect(app.evidence.all).toMatchObject([{ id: 8, created }]);
});

test("evidence of a camera that was removed has a name, too", async () => {
  const { app } = await opened();
  app.cameras.remove(EVIDENCE.camera);
  expect(removeEvidence.label(app, EVIDENCE)).toBe("Release the evidence of Removed camera 1");
});

test("an answer that was asked for before a change is older than it", async () => {
  const { app, engine } = await opened();
  engine.answer = () => null;
  const asked = app.evidence.ask();
  const last = engine.received.at(-1);
  app.evidence.put(EVIDENCE);
  const outcome: Outcome = { kind: "done", reply: { kind: "evidenceList", evidence: [] } };
  engine.say({ kind: "reply", request: last?.kind === "command" ? last.request : 0, outcome });
  await asked;
  expect(app.evidence.all).toEqual([EVIDENCE]);
});

test("what the server will not have changes nothing, and is told where it was asked for", async () => {
  const { app, engine } = await opened();
  engine.answer = () => ({ kind: "failed", failure: FAILURE });
  const { id: _, created: __, ...evidence } = EVIDENCE;
  const volume = { path: "/mnt/disk9", maxBytes: null, maxDays: null };
  expect(await addVolume(app, volume)).toEqual(FAILURE);
  expect(await setLimits(app, fakeVolume(1), { maxBytes: 1, maxDays: 1 })).toEqual(FAILURE);
  expect(await setPlan(app, MAIN, { ...DEFAULT_PLAN, mode: "off" })).toEqual(FAILURE);
  expect(await addEvidence(app, evidence)).toEqual(FAILURE);
  expect(app.screen.toast).toBeNull();
  await removeVolume.run(app, fakeVolume(1));
  expect(app.screen.toast).toEqual({ text: FAILURE.message });
  expect(paths(app)).toEqual(["/mnt/disk1", "/mnt/disk2"]);
  expect(app.recording.planOf(MAIN)).toEqual(DEFAULT_PLAN);
});

test("dialogs open over the storage screen, wherever they were asked for", async () => {
  const { app, engine } = await opened();
  openPlan.run(app, { name: "Gate", stream: MAIN });
  expect([app.screen.view, app.screen.overlay]).toEqual([
    "storage",
    { kind: "plan", stream: MAIN },
  ]);
  openLimits.run(app, fakeVolume(1));
  expect(app.screen.overlay).toEqual({ kind: "limits", volume: fakeVolume(1).id });
  engine.ticket = null;
  engine.drop();
  expect(openAddVolume.enabled(app, undefined)).toContain("connection");
});
