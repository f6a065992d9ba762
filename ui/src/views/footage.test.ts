// @vitest-environment jsdom
import { flushSync, mount, unmount } from "svelte";
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { openAddEvidence } from "../actions/evidence";
import { fakeDialogs } from "../actions/fake";
import { FakeEngine, fakeCamera, fakeVolume } from "../connection/fake";
import type { Command, Export, ExportState, Failure, Outcome, Reply } from "../protocol";
import { App } from "../state/app.svelte";
import AddEvidence from "./AddEvidence.svelte";
import AddExport from "./AddExport.svelte";

const NOW = Date.parse("2026-11-05T20:31:07.250Z");
const own = process.env["TZ"];

beforeEach(() => {
  process.env["TZ"] = "Europe/Berlin";
  vi.useFakeTimers({ now: NOW });
  fakeDialogs();
  localStorage.clear();
});
afterEach(() => {
  vi.useRealTimers();
  document.body.replaceChildren();
  if (own === undefined) delete process.env["TZ"];
  else process.env["TZ"] = own;
});

async function opened() {
  const engine = new FakeEngine([fakeCamera(1), fakeCamera(2), fakeCamera(3)]);
  const tiles = [fakeCamera(1).address, fakeCamera(2).address, null, null];
  engine.snapshot = {
    ...engine.snapshot,
    volumes: [fakeVolume(1)],
    layouts: engine.snapshot.layouts.map((layout) => ({ ...layout, tiles })),
  };
  const commands: Command[] = [];
  const refusals: Partial<Record<Command["kind"], Failure>> = {};
  let id = 0;
  const reply = (command: Command): Reply => {
    switch (command.kind) {
      case "addEvidence":
        return { kind: "evidence", evidence: { ...command.evidence, id: ++id, created: 0 } };
      case "estimateExport":
        return { kind: "exportEstimate", bytes: 412e6 };
      case "exports":
        return { kind: "exports", exports: [] };
      case "export":
        return { kind: "export", export: exported(++id, { kind: "running", doneBytes: 0 }) };
      default:
        return { kind: "nothing" };
    }
  };
  engine.answer = (command): Outcome => {
    commands.push(command);
    const failure = refusals[command.kind];
    if (failure !== undefined) return { kind: "failed", failure };
    return { kind: "done", reply: reply(command) };
  };
  const app = new App(engine, engine.dial);
  app.start();
  await settle();
  commands.length = 0;
  const tell = (told: Export) =>
    engine.say({ kind: "update", update: { kind: "export", export: told } });
  return { app, engine, commands, refusals, tell };
}

function exported(id: number, state: ExportState): Export {
  const streams = [{ camera: fakeCamera(1).address, role: "main" } as const];
  return { id, streams, from: 0, to: 60e6, destination: "/out", bytes: 100e6, state };
}

async function settle(ms = 0): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
  flushSync();
}

function show(view: typeof AddEvidence | typeof AddExport, props: object) {
  const onclose = vi.fn();
  const dialog = mount(view as typeof AddExport, {
    target: document.body,
    props: { ...props, onclose } as never,
  });
  flushSync();
  onTestFinished(() => unmount(dialog));
  return onclose;
}

const field = (label: string) => {
  const labels = [...document.querySelectorAll("label")];
  const found = labels.find((it) => it.textContent?.replace(/\s+/g, " ").trim() === label);
  const input = found?.querySelector<HTMLInputElement>("input, select");
  if (input == null) throw new Error(`no field ${label}`);
  return input;
};
const fill = (label: string, value: string) => {
  field(label).value = value;
  field(label).dispatchEvent(new Event("input", { bubbles: true }));
  field(label).dispatchEvent(new Event("change", { bubbles: true }));
};
const send = async () => {
  document.querySelector("form")?.requestSubmit();
  await settle();
};
const answer = () => document.querySelector("form [role=status]")?.textContent?.trim();
const checked = () =>
  [...document.querySelectorAll<HTMLInputElement>("fieldset input")].map((it) => it.checked);

test("what is on the wall is exported around where it is, to the ms; said before what it takes", async () => {
  const { app, commands, tell } = await opened();
  app.playback.seek(NOW - 600_000);
  openAddEvidence.run(app, null);
  const overlay = app.screen.overlay;
  if (overlay?.kind !== "addEvidence") throw new Error("no overlay");
  const { footage } = overlay;
  const called = { name: "Dock 3", note: "" };
  app.screen.overlay = { kind: "export", footage, ...called };
  const onclose = show(AddExport, { app, footage, ...called });
  // All, and each.
  expect(checked()).toEqual([false, true, true, false]);
  await send();
  expect(answer()).toBe("▲ Type the folder to export to.");
  expect(commands.some(({ kind }) => kind === "export")).toBe(false);
  fill("Folder on the computer that runs Tessera", " /out ");
  fill("Note", "forklift ");
  await settle();
  expect(answer()).toBe("Takes about 412 MB.");
  await send();
  const asked = commands.find((it) => it.kind === "export");
  expect(asked?.export).toEqual({
    streams: [1, 2].map((number) => ({ camera: fakeCamera(number).address, role: "main" })),
    from: (NOW - 720_000) * 1000,
    to: (NOW - 480_000) * 1000,
    destination: "/out",
    zone: expect.any(String),
    singleFile: false,
    burnIn: false,
    name: "Dock 3",
    note: "forklift",
  });
  expect(answer()).toContain("has begun");
  expect(onclose).not.toHaveBeenCalled();
  tell(exported(1, { kind: "running", doneBytes: 25e6 }));
  await settle();
  expect(document.querySelector("progress")?.value).toBe(25);
  const cancel = document.querySelector<HTMLElement>(".running button");
  cancel?.click();
  await settle();
  expect(commands.at(-1)).toEqual({ kind: "cancelExport", export: 1 });
  const state = { path: "/out/Gate", files: 2, bytes: 9e6, resumed: 0, damaged: 0 };
  tell(exported(1, { kind: "done", ...state }));
  await settle();
  expect(answer()).toBe("");
  expect(document.querySelector(".spoken[role=status]")?.textContent).toBe(
    "Exported to /out/Gate: 2 films, 9 MB",
  );
  // It was looked at where it was said.
  expect(app.screen.toast).toBeNull();
});

test("how an export ended is said to whoever began it and went on to something else", async () => {
  const { app, tell } = await opened();
  const failure: Failure = { code: "storage", message: "The disk that holds /out is full." };
  tell(exported(7, { kind: "failed", failure }));
  expect(app.screen.toast).toBeNull();
  app.exports.begun(exported(8, { kind: "running", doneBytes: 0 }));
  tell(exported(8, { kind: "failed", failure }));
  expect(app.screen.toast?.text).toBe("Not exported: The disk that holds /out is full.");
  expect(app.exports.destination).toBe("/out");
});

test("what ended is not said to run by an answer that was under way", async () => {
  const { app, engine, tell } = await opened();
  const done: ExportState = {
    kind: "done",
    path: "/out/Gate",
    files: 1,
    bytes: 1,
    resumed: 0,
    damaged: 0,
  };
  const usual = engine.answer;
  engine.answer = (command) => {
    if (command.kind !== "exports") return usual(command);
    tell(exported(2, done));
    const exports = [1, 2].map((id) => exported(id, { kind: "running", doneBytes: 0 }));
    return { kind: "done", reply: { kind: "exports", exports } };
  };
  await app.exports.ask();
  expect(app.exports.all.map(({ id, state }) => [id, state.kind])).toEqual([
    [2, "done"],
    [1, "running"],
  ]);
  // Another engine counts from the beginning.
  engine.drop();
  await settle(5000);
  expect(app.exports.all).toEqual([]);
});

test("what stands in its way is said before it is begun", async () => {
  const { app, commands, refusals } = await opened();
  const cameras = [fakeCamera(1).address];
  show(AddExport, { app, footage: { cameras, from: NOW, to: NOW + 60_000 }, name: "", note: "" });
  refusals.estimateExport = { code: "badRequest", message: "The span lies in the future." };
  fill("Folder on the computer that runs Tessera", "/out");
  await settle();
  expect(answer()).toBe("▲ The span lies in the future.");
  field("1 Camera 1").click();
  await settle();
  expect(answer()).toBe("▲ Choose a camera.");
  await send();
  expect(commands.some(({ kind }) => kind === "export")).toBe(false);
});

test("the begin in an hour that comes twice stays the one it was, and is told from the other", async () => {
  const { app, commands } = await opened();
  const from = Date.parse("2026-10-25T02:30:00+01:00");
  const cameras = [fakeCamera(1).address];
  const footage = { cameras, from, to: from + 60_000 };
  const onclose = show(AddEvidence, { app, footage, note: "" });
  expect(document.querySelector("form")?.textContent).toContain("2:30:00 +01:00");
  fill("To", "2026-10-25T04:00:00");
  await send();
  const to = Date.parse("2026-10-25T04:00:00+01:00");
  expect(commands).toMatchObject([{ evidence: { from: from * 1000, to: to * 1000 } }]);
  expect(onclose).toHaveBeenCalledOnce();
});

test("every camera's recordings are kept, and a second try does not keep any twice", async () => {
  const { app, engine, commands, refusals } = await opened();
  const cameras = [1, 2].map((number) => fakeCamera(number).address);
  const footage = { cameras, from: NOW - 60_000, to: NOW };
  const onclose = show(AddEvidence, { app, footage, note: "Broken gate" });
  const usual = engine.answer;
  engine.answer = (command) => {
    const outcome = usual(command);
    refusals.addEvidence = { code: "badRequest", message: "No more of it." };
    return outcome;
  };
  await send();
  expect(answer()).toBe("▲ No more of it.");
  expect(checked()).toEqual([false, false, true, false]);
  engine.answer = usual;
  delete refusals.addEvidence;
  await send();
  expect(onclose).toHaveBeenCalledOnce();
  expect(app.evidence.all?.map(({ camera, note }) => [camera.camera, note])).toEqual([
    [1, "Broken gate"],
    [2, "Broken gate"],
  ]);
  expect(commands).toHaveLength(3);
});

test("where a browser has no fields for times, nonsense is not sent", async () => {
  const { app, commands } = await opened();
  const cameras = [fakeCamera(1).address];
  show(AddEvidence, { app, footage: { cameras, from: NOW - 60_000, to: NOW }, note: "" });
  for (const input of document.querySelectorAll(".span input")) input.setAttribute("type", "text");
  fill("From", "yesterday");
  await send();
  expect(answer()).toBe("▲ Type day and time like 2026-11-05T21:30:07.");
  expect(commands).toEqual([]);
});
