// @vitest-environment jsdom
import { flushSync, mount, unmount } from "svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { fakeDialogs } from "../actions/fake";
import { nowMs } from "../connection/clock";
import { FakeEngine, fakeCamera, fakeStatus, fakeVolume } from "../connection/fake";
import type {
  Camera,
  Command,
  Evidence,
  Failure,
  Outcome,
  RecordingGap,
  RecordingStatus,
  Reply,
  VolumeState,
} from "../protocol";
import { App } from "../state/app.svelte";
import { DEFAULT_PLAN } from "../state/recording.svelte";
import Storage from "./Storage.svelte";

const NASTY = [
  ["markup", '<img src=x onerror="alert(1)"><b>bold</b>'],
  ["300 characters", "Loading dock ".repeat(30).slice(0, 300)],
  ["emoji, right to left and controls", "🚚 مدخل \u202E gate \u0000"],
] as const;

beforeEach(() => {
  vi.useFakeTimers();
  fakeDialogs();
});
afterEach(() => {
  vi.useRealTimers();
  document.body.replaceChildren();
});

interface Known {
  cameras?: Camera[];
  volumes?: number;
  status?: (status: RecordingStatus) => RecordingStatus;
  gaps?: RecordingGap[];
  evidence?: Evidence[];
}

async function opened(known: Known = {}) {
  const { cameras = [fakeCamera(1)], gaps = [], evidence = [] } = known;
  const volumes = Array.from({ length: known.volumes ?? 1 }, (_, i) => fakeVolume(i + 1));
  const engine = new FakeEngine(cameras);
  engine.snapshot = { ...engine.snapshot, volumes };
  const status = (known.status ?? ((it) => it))(fakeStatus(cameras, volumes));
  const commands: Command[] = [];
  const replies: Partial<Record<Command["kind"], Reply>> = {
    recordingStatus: { kind: "recordingStatus", status },
    gaps: { kind: "gaps", gaps },
    evidence: { kind: "evidenceList", evidence },
  };
  const refusals: Partial<Record<Command["kind"], Failure | null>> = {};
  engine.answer = (command): Outcome | null => {
    commands.push(command);
    const failure = refusals[command.kind];
    if (failure === null) return null;
    if (failure !== undefined) return { kind: "failed", failure };
    return { kind: "done", reply: replies[command.kind] ?? { kind: "nothing" } };
  };
  const app = new App(engine, engine.dial);
  app.start();
  app.screen.view = "storage";
  await settle();
  commands.length = 0;
  const show = async () => {
    const view = mount(Storage, { target: document.body, props: { app } });
    flushSync();
    await settle();
    return () => unmount(view);
  };
  return { app, engine, commands, refusals, replies, show };
}

async function settle(ms = 0): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
  flushSync();
}

const section = (name: string) =>
  document.querySelector<HTMLElement>(`section[aria-labelledby="${name}"]`);
const text = (name: string) => section(name)?.textContent?.replace(/\s+/g, " ").trim() ?? "";
const rows = (name: string) => [...(section(name)?.querySelectorAll("tbody tr") ?? [])];
const cells = (row: Element | undefined) =>
  [...(row?.children ?? [])].map((it) => it.textContent?.replace(/\s+/g, " ").trim());
const named = (name: string) => {
  const buttons = [...document.querySelectorAll("button")];
  const found = buttons.find((it) => (it.ariaLabel ?? it.textContent?.trim()) === name);
  if (found === undefined) throw new Error(`no button ${name}`);
  return found;
};
const press = async (name: string) => {
  named(name).click();
  await settle();
};

function fill(label: string, value: string): void {
  const labels = [...document.querySelectorAll("dialog label")];
  const found = labels.find((it) => it.firstChild?.textContent?.trim() === label);
  const id = found?.getAttribute("for");
  const field = id ? document.getElementById(id) : found?.querySelector("input, select");
  if (!(field instanceof HTMLInputElement || field instanceof HTMLSelectElement)) {
    throw new Error(`no field ${label}`);
  }
  field.value = value;
  const kind = field instanceof HTMLSelectElement ? "change" : "input";
  field.dispatchEvent(new Event(kind, { bubbles: true }));
  flushSync();
}

async function send(): Promise<void> {
  document.querySelector("form")?.requestSubmit();
  await settle();
}

const answer = () => document.querySelector("dialog [role=status]")?.textContent?.trim();

test("what is known is asked for when it opens, every 5 s, and not after it was left", async () => {
  const { commands, show } = await opened();
  const kinds = () => commands.map(({ kind }) => kind).filter((kind) => kind !== "statistics");
  const leave = await show();
  expect(kinds()).toEqual(["recordingStatus", "evidence", "gaps"]);
  await settle(5000);
  expect(kinds()).toHaveLength(6);
  await leave();
  await settle(10_000);
  expect(kinds()).toHaveLength(6);
});

test("what is refreshed stays where it is", async () => {
  const { show } = await opened({ evidence: [evidence(1, "Door")], gaps: [gap(60_000)] });
  const leave = await show();
  const before = [...document.querySelectorAll("li, tbody tr, p, dd")];
  expect(before.length).toBeGreaterThan(8);
  await settle(15_000);
  expect([...document.querySelectorAll("li, tbody tr, p, dd")]).toEqual(before);
  await leave();
});

test("without a volume it says that nothing is recorded, and what to do", async () => {
  const { show } = await opened({ volumes: 0 });
  const leave = await show();
  expect(text("volumes")).toContain("▲ Nothing is recorded: no volume is set up.");
  expect(text("streams")).not.toContain("▲");
  expect(text("gaps")).toContain("Nothing is missing.");
  await leave();
});

test("a volume says what is on it, and how long that goes on", async () => {
  const { show } = await opened();
  const leave = await show();
  const said = text("volumes");
  for (const part of [
    "/mnt/disk1",
    "Ready",
    "Recordings 60 GB",
    "Other files 10 GB",
    "Free 30 GB of 100 GB",
    "Holds ≈ 18 days",
    "On the disk after 1.4 s",
    "Limits No limit",
  ]) {
    expect(said).toContain(part);
  }
  const bar = [...(section("volumes")?.querySelectorAll<HTMLElement>(".bar div") ?? [])];
  expect(bar.map(({ style }) => Number(style.flexGrow))).toEqual([60e9, 10e9, 30e9]);
  await leave();
});

test("in the first hour it says when the forecast comes", async () => {
  const { show } = await opened({
    status: (status) => ({
      ...status,
      forecastDays: null,
      volumes: status.volumes.map((it) => ({ ...it, forecastDays: null, writeLagMs: null })),
    }),
  });
  const leave = await show();
  expect(text("volumes")).toContain("Known after the first hour of recording");
  expect(text("volumes")).not.toContain("≈");
  await leave();
});

test.each([
  [-3_600_000_000, "▲ The server’s clock was set back by 1 h 0 min"],
  [90_000_000, "▲ The server’s clock was set forward by 1 min 30 s"],
])("a clock that was set is told: by %i µs", async (by, said) => {
  const clockSet = { at: 0, by };
  const { show } = await opened({ status: (status) => ({ ...status, clockSet }) });
  const leave = await show();
  expect(text("volumes")).toContain(said);
  await leave();
});

test.each<[VolumeState, string, string]>([
  [{ kind: "missing", message: "Connect the disk." }, "▲ Missing", "Connect the disk."],
  [{ kind: "swapped", message: "Put it back." }, "▲ Another disk is in its place", "Put it back."],
  [{ kind: "readOnly", message: "Allow writing." }, "▲ Read only", "Allow writing."],
  [{ kind: "failed", message: "Replace the disk." }, "▲ Failed", "Replace the disk."],
  [{ kind: "full" }, "▲ Full", "add a volume"],
  [{ kind: "slow" }, "▲ Too slow", "faster disk"],
])("a volume in trouble says so, with the next step: %o", async (state, title, step) => {
  const { engine, show } = await opened();
  const leave = await show();
  engine.say({ kind: "update", update: { kind: "volumeState", volume: fakeVolume(1).id, state } });
  flushSync();
  expect(section("volumes")?.querySelector(".warning")?.textContent).toBe(title);
  expect(text("volumes")).toContain(step);
  await leave();
});

test("a stream that is recorded is quiet, one that is not is loud", async () => {
  const cameras = [fakeCamera(1), fakeCamera(2)];
  const { engine, show } = await opened({ cameras });
  const leave = await show();
  const message = "Nothing answers. Check its cable.";
  const since = new Date("2026-11-22T13:00:00").getTime() * 1000;
  const state = { kind: "failed", cause: "unreachable", message, since } as const;
  const stream = { camera: fakeCamera(2).address, role: "main" } as const;
  engine.say({ kind: "update", update: { kind: "recording", stream, state } });
  flushSync();
  const [one, two] = rows("streams");
  expect(cells(one).slice(0, 7)).toEqual([
    "1",
    "Camera 1",
    "Main",
    "Always",
    "● Recording",
    "100 % of the last 24 h",
    "5 GB",
  ]);
  expect(one?.querySelector(".warning")).toBeNull();
  expect(two?.querySelector(".warning")?.textContent?.trim()).toBe(
    "▲ Not recording: the camera does not answer, since Nov 22, 2026, 13:00:00",
  );
  expect(two?.textContent).toContain(message);
  await leave();
});

test("64 cameras with two streams each have a row for each", async () => {
  const cameras = Array.from({ length: 64 }, (_, i): Camera => {
    const streams: Camera["streams"] = [
      ["main", { kind: "closed" }],
      ["sub", { kind: "closed" }],
    ];
    return { ...fakeCamera(i + 1), streams };
  });
  const { show } = await opened({ cameras });
  const leave = await show();
  expect(rows("streams")).toHaveLength(128);
  expect(cells(rows("streams").at(-1)).slice(0, 3)).toEqual(["64", "Camera 64", "Sub"]);
  await leave();
});

test.each(NASTY)("shows names, paths and notes as they are: %s", async (_, name) => {
  const { app, show } = await opened({
    cameras: [{ ...fakeCamera(1), name }],
    gaps: [gap(60_000)],
    evidence: [evidence(1, name)],
  });
  app.recording.putVolume({ ...fakeVolume(1), path: name });
  const leave = await show();
  expect(document.querySelector(".head bdi")?.textContent).toBe(name);
  expect(rows("streams")[0]?.querySelector("th")?.textContent).toBe(name);
  expect(rows("gaps")[0]?.querySelector(".name")?.textContent?.trim()).toBe(name.trim());
  expect(rows("evidence")[0]?.querySelector(".note")?.textContent).toBe(name);
  expect(document.querySelector("img, b")).toBeNull();
  await leave();
});

test("gaps say when, how long, where and why, the newest first", async () => {
  const { show } = await opened({ gaps: [gap(7_200_000), gap(60_000)] });
  const leave = await show();
  expect(rows("gaps").map((row) => cells(row).slice(1))).toEqual([
    ["1 min 30 s", "Camera 1", "Main", "pictures were lost on the way"],
    ["1 min 30 s", "Camera 1", "Main", "pictures were lost on the way"],
  ]);
  expect(rows("gaps")[0]?.textContent).toContain(String(new Date().getFullYear()));
  await leave();
});

test("of a thousand and one gaps it says that there are more", async () => {
  const gaps = Array.from({ length: 1001 }, (_, i) => gap(2_000_000 - i * 100));
  const { show } = await opened({ gaps });
  const leave = await show();
  expect(rows("gaps")).toHaveLength(1000);
  expect(text("gaps")).toMatch(/The last 1,000 are shown, since .*\. There are more before\./);
  await leave();
});

test("gaps of one camera are asked for by its name", async () => {
  const { commands, show } = await opened({ cameras: [fakeCamera(1), fakeCamera(2)] });
  const leave = await show();
  const choice = section("gaps")?.querySelector("select");
  if (choice == null) throw new Error("no choice");
  choice.value = choice.options[2]?.value ?? "";
  choice.dispatchEvent(new Event("change", { bubbles: true }));
  await settle();
  expect(commands.at(-1)).toMatchObject({ kind: "gaps", camera: fakeCamera(2).address });
  await leave();
});

test("a gap of a camera that was removed says so", async () => {
  const { app, show } = await opened({ gaps: [gap(60_000)] });
  app.cameras.remove(fakeCamera(1).address);
  const leave = await show();
  expect(text("gaps")).toContain("Removed camera 1");
  await leave();
});

test("every refusal is shown as the server says it", async () => {
  const { refusals, show } = await opened();
  refusals.recordingStatus = { code: "other", message: "This server does not record yet." };
  refusals.gaps = { code: "storage", message: "The index is being repaired." };
  refusals.evidence = { code: "storage", message: "The database is locked." };
  const leave = await show();
  expect(text("volumes")).toContain("▲ This server does not record yet.");
  expect(text("gaps")).toContain("▲ The index is being repaired.");
  expect(text("evidence")).toContain("▲ The database is locked.");
  await leave();
});

test("a server that takes long is said to be asked, after a second", async () => {
  const { refusals, show } = await opened();
  refusals.gaps = null;
  const leave = await show();
  expect(text("gaps")).not.toContain("Asking");
  await settle(3250);
  expect(text("gaps")).toContain("Asking the server… 3 s");
  expect(text("volumes")).not.toContain("Asking");
  await leave();
});

test("a volume is added by its path, with limits, after the server had its say", async () => {
  const { app, commands, refusals, show } = await opened({ volumes: 0 });
  const leave = await show();
  await press("Add a volume…");
  await send();
  expect(commands.some(({ kind }) => kind === "addVolume")).toBe(false);
  fill("Folder on the computer that runs Tessera", " /mnt/new ");
  fill("Most days", "30");
  fill("Most GB", "1.5");
  refusals.addVolume = { code: "badRequest", message: "/mnt/new is no folder." };
  await send();
  expect(answer()).toBe("▲ /mnt/new is no folder.");
  refusals.addVolume = undefined as never;
  await send();
  const volume = { path: "/mnt/new", maxDays: 30, maxBytes: 1.5e9 };
  expect(commands.filter(({ kind }) => kind === "addVolume")).toEqual([
    { kind: "addVolume", volume },
    { kind: "addVolume", volume },
  ]);
  expect(app.screen.overlay).toBeNull();
  await leave();
});

test("a dialog says after a second that it works on it, and sends once", async () => {
  const { commands, refusals, show } = await opened({ volumes: 0 });
  const leave = await show();
  await press("Add a volume…");
  fill("Folder on the computer that runs Tessera", "/mnt/new");
  refusals.addVolume = null;
  await send();
  await settle(2250);
  expect(answer()).toBe("Working… 2 s");
  await send();
  expect(commands.filter(({ kind }) => kind === "addVolume")).toHaveLength(1);
  await leave();
});

test("limits can be changed, and be taken away", async () => {
  const { app, commands, show } = await opened();
  app.recording.putVolume({ ...fakeVolume(1), maxDays: 30, maxBytes: 5e9 });
  const leave = await show();
  expect(text("volumes")).toContain("at most 30 days · at most 5 GB");
  await press("Change the limits of /mnt/disk1");
  fill("Most days", "");
  fill("Most GB", "250");
  await send();
  const volume = { ...fakeVolume(1), maxDays: null, maxBytes: 250e9 };
  expect(commands.at(-1)).toEqual({ kind: "setVolume", volume });
  expect(text("volumes")).toContain("Limits at most 250 GB");
  await leave();
});

test("a volume is removed, and taken back", async () => {
  const { app, commands, show } = await opened({ volumes: 2 });
  const leave = await show();
  await press("Remove /mnt/disk2");
  expect(text("volumes")).not.toContain("/mnt/disk2");
  app.screen.toast?.undo?.();
  await settle();
  expect(commands.map(({ kind }) => kind)).toContain("addVolume");
  await leave();
});

test("the plan of a stream: mode, seconds, sound, volume and limits", async () => {
  const { app, commands, show } = await opened({ volumes: 2 });
  const leave = await show();
  await press("Change how Camera 1 is recorded");
  expect(document.querySelector("dialog")?.textContent).not.toContain("Seconds before");
  fill("Record", "event");
  fill("Seconds before", "20");
  fill("Seconds after", "60");
  fill("Volume", fakeVolume(2).id);
  fill("Most days", "7");
  document.querySelector<HTMLInputElement>("dialog input[type=checkbox]")?.click();
  await send();
  const plan = {
    ...DEFAULT_PLAN,
    mode: "event",
    preSeconds: 20,
    postSeconds: 60,
    audio: false,
    volume: fakeVolume(2).id,
    maxDays: 7,
  };
  const stream = { camera: fakeCamera(1).address, role: "main" };
  expect(commands.at(-1)).toEqual({ kind: "setPlan", stream, plan });
  expect(cells(rows("streams")[0])[3]).toBe(
    "Around events: 20 s before, 60 s after without sound/mnt/disk2at most 7 days",
  );
  app.screen.toast?.undo?.();
  await settle();
  expect(cells(rows("streams")[0])[3]).toBe("Always");
  await leave();
});

test("a plan the server will not have stays open, and says why", async () => {
  const { app, refusals, show } = await opened();
  const leave = await show();
  await press("Change how Camera 1 is recorded");
  refusals.setPlan = { code: "notFound", message: "There is no such volume." };
  await send();
  expect(answer()).toBe("▲ There is no such volume.");
  expect(app.screen.overlay?.kind).toBe("plan");
  await leave();
});

test("evidence is released, which can be undone", async () => {
  const { app, commands, replies, show } = await opened();
  const leave = await show();
  expect(text("evidence")).toContain("Nothing is kept as evidence.");
  app.evidence.put(evidence(1, "Broken gate"));
  await settle();
  expect(cells(rows("evidence")[0]).slice(1, 3)).toEqual(["Camera 1", "Broken gate"]);
  await press("Release the evidence of Camera 1");
  expect(rows("evidence")).toHaveLength(0);
  replies.addEvidence = { kind: "evidence", evidence: evidence(2, "Broken gate") };
  app.screen.toast?.undo?.();
  await settle();
  const { id: _, created: __, ...again } = evidence(1, "Broken gate");
  expect(commands.at(-1)).toEqual({ kind: "addEvidence", evidence: again });
  expect(rows("evidence")).toHaveLength(1);
  await leave();
});

test("seconds around events that are not seen stay what they were", async () => {
  const { commands, show } = await opened();
  const leave = await show();
  await press("Change how Camera 1 is recorded");
  fill("Record", "event");
  fill("Seconds before", "");
  await send();
  expect(commands.some(({ kind }) => kind === "setPlan")).toBe(false);
  fill("Record", "off");
  await send();
  expect(commands.at(-1)).toMatchObject({ kind: "setPlan", plan: { mode: "off", preSeconds: 5 } });
  await leave();
});

test("the hours of a week are painted where the plan goes by them", async () => {
  const { commands, show } = await opened();
  const leave = await show();
  await press("Change how Camera 1 is recorded");
  fill("Record", "schedule");
  const cell = document.querySelector<HTMLElement>("[data-hour='25']");
  cell?.focus();
  cell?.dispatchEvent(new KeyboardEvent("keydown", { key: " ", bubbles: true, cancelable: true }));
  flushSync();
  await send();
  const week = DEFAULT_PLAN.week.with(25, "off");
  expect(commands.at(-1)).toMatchObject({ kind: "setPlan", plan: { mode: "schedule", week } });
  expect(cells(rows("streams")[0])[3]).toBe("By week: 167 h always");
  await leave();
});

function gap(agoMs: number): RecordingGap {
  const from = Math.round(nowMs() - agoMs) * 1000;
  const stream = { camera: fakeCamera(1).address, role: "main" } as const;
  return { stream, from, to: from + 90e6, cause: "networkLoss" };
}

function evidence(id: number, note: string): Evidence {
  return { id, camera: fakeCamera(1).address, from: 0, to: 60e6, note, created: 0 };
}
