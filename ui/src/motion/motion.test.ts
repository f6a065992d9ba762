// @vitest-environment jsdom
import { flushSync, mount, unmount } from "svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { openMotion } from "../actions/motion";
import { FakeEngine, fakeCamera } from "../connection/fake";
import type { Command, MotionAttention, MotionSettings } from "../protocol";
import { App } from "../state/app.svelte";
import MotionPanel from "./MotionPanel.svelte";
import ShapeLayer from "./ShapeLayer.svelte";
import { motionText } from "./texts";

beforeEach(() => {
  vi.useFakeTimers();
  HTMLDialogElement.prototype.showModal = () => {};
  HTMLDialogElement.prototype.close = () => {};
});
afterEach(() => {
  vi.useRealTimers();
  document.body.replaceChildren();
});

const CAMERA = fakeCamera(1).address;

async function opened() {
  const engine = new FakeEngine([fakeCamera(1)]);
  const commands: Command[] = [];
  engine.answer = (command) => {
    commands.push(command);
    return { kind: "done", reply: { kind: "nothing" } };
  };
  const app = new App(engine, engine.dial);
  app.start();
  await vi.advanceTimersByTimeAsync(0);
  openMotion.run(app, CAMERA);
  const { draft } = app.motion;
  const tile = app.wall.alone;
  if (draft === null || tile === null) throw new Error("not opened");
  const target = document.body;
  const parts = [
    mount(MotionPanel, { target, props: { app, draft } }),
    mount(ShapeLayer, { target, props: { app, tile, draft } }),
  ];
  flushSync();
  const leave = () => Promise.all(parts.map((part) => unmount(part)));
  return { app, commands, draft, engine, leave };
}

const button = (label: string) =>
  [...document.querySelectorAll<HTMLElement>("button")].find(
    (it) => it.textContent?.trim() === label || it.ariaLabel === label,
  );

function click(label: string) {
  const found = button(label);
  if (found === undefined) throw new Error(`no ${label}`);
  found.click();
  flushSync();
}

async function press(key: string, options: KeyboardEventInit = {}) {
  const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...options });
  document.activeElement?.dispatchEvent(event);
  flushSync();
  await vi.advanceTimersByTimeAsync(0);
}

const corners = () => [...document.querySelectorAll<HTMLElement>("[data-held=corner]")];
const saved = (commands: Command[]): MotionSettings | undefined =>
  commands.flatMap((it) => (it.kind === "setMotion" ? [it.settings] : []))[0];

test("a zone is drawn and kept with the keyboard alone", async () => {
  const { app, commands, leave } = await opened();
  click("Add zone");
  await vi.advanceTimersByTimeAsync(0);
  expect(document.activeElement?.ariaLabel).toBe(
    "Corner 1 of Zone 1, 30 % from the left, 30 % from the top",
  );
  await press("ArrowLeft", { shiftKey: true });
  await press("ArrowDown");
  await press("+");
  expect(corners().indexOf(document.activeElement as HTMLElement)).toBe(1);
  await press("Delete");
  await press("Delete");
  expect(corners()).toHaveLength(3);
  click("Save");
  await vi.advanceTimersByTimeAsync(0);
  expect(saved(commands)?.zones[0]?.corners).toEqual([
    { x: 0.25, y: 0.305 },
    { x: 0.7, y: 0.7 },
    { x: 0.3, y: 0.7 },
  ]);
  expect(app.motion.draft).toBeNull();
  expect(app.screen.alone).toBeNull();
  expect(app.screen.toast?.text).toContain("Camera 1");
  await leave();
});

test("a zone tells of things in the hours that are painted, and Undo gives back the others", async () => {
  const { app, draft, commands, leave } = await opened();
  click("Add zone");
  const when = () => {
    const all = [...document.querySelectorAll("select")];
    const found = all.find((it) => it.querySelector("option[value=hours]") !== null);
    if (found === undefined) throw new Error("no choice of hours");
    return found;
  };
  const choose = (value: string) => {
    when().value = value;
    when().dispatchEvent(new Event("change", { bubbles: true }));
    flushSync();
  };
  const name = () => document.querySelector("li .name")?.textContent?.trim();
  choose("hours");
  // Nothing is chosen yet.
  expect([app.screen.overlay?.kind, when().value]).toEqual(["zoneHours", "always"]);
  await press("Escape");
  await press("z", { ctrlKey: true });
  expect([app.motion.draft, draft.settings.zones.length]).toEqual([draft, 1]);
  document.querySelector<HTMLElement>('[data-hour="0"]')?.focus();
  await press("End", { shiftKey: true });
  click("Use these hours");
  expect([app.screen.overlay, when().value]).toEqual([null, "hours"]);
  expect(name()).toBe("Zone 1 · by schedule");
  expect(button("Change the hours: 144 of 168")).toBeDefined();
  const { schedule } = draft.settings.zones[0] ?? {};
  expect(schedule?.map((isOn, hour) => isOn === hour >= 24).every((it) => it)).toBe(true);
  choose("always");
  expect([draft.zone?.schedule, name()]).toEqual([null, "Zone 1"]);
  click("Undo");
  expect(draft.zone?.schedule).toEqual(schedule);
  click("Save");
  await vi.advanceTimersByTimeAsync(0);
  expect(saved(commands)?.zones[0]?.schedule).toEqual(schedule);
  await leave();
});

test("a week of which every hour is on is no schedule", async () => {
  const { draft, leave } = await opened();
  click("Add zone");
  draft.changeZone({ schedule: Array(168).fill(false) });
  flushSync();
  click("Change the hours: 0 of 168");
  document.querySelectorAll<HTMLInputElement>("input[name=brush]")[0]?.click();
  document.querySelector<HTMLElement>('[data-hour="0"]')?.focus();
  await press("End", { shiftKey: true, ctrlKey: true });
  click("Use these hours");
  expect(draft.zone?.schedule).toBeNull();
  await leave();
});

test("how a camera is watched is said in a sentence", () => {
  const settings = { mode: "on" as const, zones: [], masks: [], lines: [] };
  const text = (attention: MotionAttention, isCoarse = false) =>
    motionText({ camera: CAMERA, settings, state: { kind: "watching", isCoarse, attention } });
  expect(text({ kind: "always" })).toBe("Watched");
  expect(text({ kind: "always" }, true)).toContain("far apart");
  expect(text({ kind: "learning" })).toContain("learning");
  expect(text({ kind: "bySize", isAsleep: true, checks: 7 })).toContain("Checks made: 7");
});

test("Ctrl+Z takes back what was drawn", async () => {
  const { draft, leave } = await opened();
  click("Add mask");
  await press("z", { ctrlKey: true });
  expect(draft.settings.masks).toEqual([]);
  expect(draft.isChanged).toBe(false);
  await leave();
});

test("what the server would not have stays, with its reason", async () => {
  const { app, draft, engine, leave } = await opened();
  const failure = { code: "badRequest", message: "The sides of a zone cross." } as const;
  engine.answer = () => ({ kind: "failed", failure });
  click("Add zone");
  click("Save");
  await vi.advanceTimersByTimeAsync(0);
  flushSync();
  expect(document.querySelector("#motion-answer")?.textContent).toContain("sides of a zone cross");
  expect(app.motion.draft).toBe(draft);
  await leave();
});

test("who looks at something else finds again what was not saved", async () => {
  const { app, draft, leave } = await opened();
  click("Add line");
  document.querySelector("select")?.focus();
  await press("Escape");
  expect(app.screen.alone).toBeNull();
  await leave();
  expect(app.screen.toast?.text).toContain("not saved");
  app.screen.toast?.undo?.();
  expect(app.motion.draft).toBe(draft);
  expect(app.screen.alone).toEqual(CAMERA);
});

test("who changed nothing is asked nothing", async () => {
  const { app, leave } = await opened();
  await leave();
  expect([app.motion.draft, app.screen.toast]).toEqual([null, null]);
});
