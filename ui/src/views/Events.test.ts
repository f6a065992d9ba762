// @vitest-environment jsdom
import { flushSync, mount, unmount } from "svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FakeKeyboard } from "../actions/fake";
import { FakeEngine, fakeCamera } from "../connection/fake";
import type { CameraEvent, Command } from "../protocol";
import { App } from "../state/app.svelte";
import Events from "./Events.svelte";

beforeEach(() => {
  vi.useFakeTimers();
  Element.prototype.scrollIntoView = () => {};
});
afterEach(() => {
  vi.useRealTimers();
  document.body.replaceChildren();
});

function event(id: number, label = `event ${id}`): CameraEvent {
  const { address: camera } = fakeCamera(1);
  const times = { from: id * 60e6, to: id * 60e6 + 4e6, best: id * 60e6 };
  return { id, camera, kind: "motion", label, ...times, isReviewed: false };
}

async function opened(count: number, failing = false) {
  const engine = new FakeEngine([fakeCamera(1)]);
  const commands: Command[] = [];
  const events = Array.from({ length: count }, (_, i) => event(count - i));
  engine.answer = (command) => {
    commands.push(command);
    if (command.kind === "events") return { kind: "done", reply: { kind: "events", events } };
    if (failing) return { kind: "failed", failure: { code: "storage", message: "Disk full." } };
    return { kind: "done", reply: { kind: "nothing" } };
  };
  const app = new App(engine, engine.dial);
  app.start();
  await vi.advanceTimersByTimeAsync(0);
  const view = mount(Events, { target: document.body, props: { app } });
  await vi.advanceTimersByTimeAsync(0);
  flushSync();
  const keyboard = new FakeKeyboard();
  const press = async (...strokes: string[]) => {
    for (const stroke of strokes) await keyboard.press(stroke);
    await vi.advanceTimersByTimeAsync(0);
    flushSync();
  };
  return { app, commands, engine, press, close: () => unmount(view) };
}

const options = () => [...document.querySelectorAll<HTMLElement>("[role=option]")];
const texts = () => options().map((it) => it.querySelector(".what")?.textContent);
const chosen = () =>
  document.querySelector("[aria-selected=true] .what")?.textContent?.replace("Motion: ", "");
const reviewed = (commands: Command[]) =>
  commands.flatMap((it) => (it.kind === "review" ? [it.events] : []));

test("each is gone once it was looked through, and the next one is chosen", async () => {
  const { commands, press, close } = await opened(3);
  expect(texts()).toEqual(["Motion: event 3", "Motion: event 2", "Motion: event 1"]);
  await press("ArrowDown", "Space");
  expect(chosen()).toBe("event 1");
  await press("Space");
  expect(chosen()).toBe("event 3");
  await press("Space");
  expect(options()).toEqual([]);
  expect(document.body.textContent).toContain("All is reviewed.");
  expect(reviewed(commands)).toEqual([[2], [1], [3]]);
  await close();
});

test("what was reviewed comes back where it is taken back, or was not kept", async () => {
  const { app, press, close } = await opened(2);
  await press("Space");
  app.screen.toast?.undo?.();
  flushSync();
  expect(options()).toHaveLength(2);
  await close();
  const failing = await opened(2, true);
  await failing.press("Space");
  expect(options()).toHaveLength(2);
  expect(failing.app.screen.toast?.text).toBe("Disk full.");
  await failing.close();
});

test("what happens meanwhile comes first, and what goes on is not there twice", async () => {
  const { engine, press, close } = await opened(2);
  await press("ArrowDown");
  const news = event(9);
  for (const isOver of [false, true]) {
    engine.say({ kind: "update", update: { kind: "event", event: news, isOver } });
  }
  flushSync();
  expect(texts()).toEqual(["Motion: event 9", "Motion: event 2", "Motion: event 1"]);
  expect(chosen()).toBe("event 1");
  await close();
});

test("Enter plays it with its camera alone", async () => {
  const { app, press, close } = await opened(1);
  app.screen.view = "events";
  await press("Enter");
  expect(app.screen.view).toBe("wall");
  expect(app.screen.alone).toEqual(fakeCamera(1).address);
  expect(app.playback.isOn).toBe(true);
  await close();
});

test("another viewer's reviews count, too", async () => {
  const { engine, close } = await opened(2);
  engine.say({ kind: "update", update: { kind: "reviewed", events: [2], isReviewed: true } });
  flushSync();
  expect(texts()).toEqual(["Motion: event 1"]);
  await close();
});
