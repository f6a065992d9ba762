// @vitest-environment jsdom
import { flushSync, mount, unmount } from "svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FakeKeyboard } from "../actions/fake";
import { FakeSight } from "../components/fake";
import { FakeEngine, fakeCamera } from "../connection/fake";
import type { CameraEvent, Command, Outcome, TrackPlace } from "../protocol";
import { App } from "../state/app.svelte";
import Events from "./Events.svelte";

let sight: FakeSight;

beforeEach(() => {
  vi.useFakeTimers();
  Element.prototype.scrollIntoView = () => {};
  HTMLCanvasElement.prototype.getContext = () => null;
  sight = new FakeSight();
  vi.stubGlobal("IntersectionObserver", sight.Observer);
  const drawn = { width: 160, height: 90, close: () => {} };
  vi.stubGlobal("createImageBitmap", async () => drawn);
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
  document.body.replaceChildren();
});

function event(id: number, label = `event ${id}`): CameraEvent {
  const { address: camera } = fakeCamera(1);
  const times = { from: id * 60e6, to: id * 60e6 + 4e6, best: id * 60e6 };
  return { id, camera, kind: "motion", label, ...times, isReviewed: false };
}

async function opened(count: number, failing = false, places: TrackPlace[] = []) {
  const engine = new FakeEngine([fakeCamera(1)]);
  const commands: Command[] = [];
  const events = Array.from({ length: count }, (_, i) => event(count - i));
  engine.answer = (command) => {
    commands.push(command);
    if (command.kind === "events") return { kind: "done", reply: { kind: "events", events } };
    if (command.kind === "takeStill") return null;
    if (command.kind === "track") return { kind: "done", reply: { kind: "track", places } };
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
  /** Those moments of which pictures were asked for, and an answer to the last. */
  const asked = () => commands.flatMap((it) => (it.kind === "takeStill" ? [it.still.at] : []));
  const answer = async (outcome?: Outcome) => {
    const last = engine.received.findLast(
      (it) => it.kind === "command" && it.command.kind === "takeStill",
    );
    if (last?.kind !== "command") throw new Error("asked?");
    const taken = asked().at(-1) ?? 0;
    const still = { taken, width: 160, height: 90, name: "Gate.jpg", file: btoa(`${taken}`) };
    const known: Outcome = { kind: "done", reply: { kind: "still", still } };
    engine.say({ kind: "reply", request: last.request, outcome: outcome ?? known });
    await vi.advanceTimersByTimeAsync(0);
    flushSync();
  };
  return { app, asked, answer, commands, engine, press, close: () => unmount(view) };
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

/** Those rows alone, and no larger picture beside them. */
function seeRows(...ids: number[]): void {
  sight.isSeen = (element) => ids.some((id) => element.closest(`#event-${id}`) !== null);
}

const pictured = () => options().flatMap((it) => (it.querySelector("canvas") ? [it.id] : []));
const minutes = (...ids: number[]) => ids.map((id) => id * 60e6);

test("rows that can be seen show pictures, asked for one at a time", async () => {
  seeRows(30, 29, 28);
  const { asked, answer, close } = await opened(30);
  expect(asked()).toEqual(minutes(30));
  await answer();
  expect(pictured()).toEqual(["event-30"]);
  expect(asked()).toEqual(minutes(30, 29));
  // What was scrolled away is not asked for, and what was there is known.
  seeRows(30, 15, 14);
  sight.look();
  await vi.advanceTimersByTimeAsync(0);
  await answer();
  await answer();
  await answer();
  expect(asked()).toEqual(minutes(30, 29, 15, 14));
  expect(pictured()).toEqual(["event-30", "event-15", "event-14"]);
  seeRows(29);
  sight.look();
  await vi.advanceTimersByTimeAsync(0);
  flushSync();
  expect(pictured()).toEqual(["event-29"]);
  expect(asked()).toHaveLength(4);
  await close();
});

test("who looks through many in one go waits for no picture", async () => {
  const { asked, answer, commands, press, close } = await opened(20);
  await press(...Array(19).fill("Space"));
  expect(reviewed(commands)).toHaveLength(19);
  expect(asked()).toEqual(minutes(20));
  await answer();
  expect(asked()).toEqual(minutes(20));
  await vi.advanceTimersByTimeAsync(150);
  expect(asked()).toEqual(minutes(20, 1));
  await close();
});

test("what is chosen is shown larger, once somebody stays with it", async () => {
  sight.isSeen = (element) => element.closest("li") === null;
  const { asked, answer, commands, press, close } = await opened(9);
  const larger = () => document.querySelectorAll(".looked canvas").length;
  for (let i = 0; i < 5; i++) {
    await press("ArrowDown");
    await vi.advanceTimersByTimeAsync(100);
  }
  expect(asked()).toEqual([]);
  await vi.advanceTimersByTimeAsync(100);
  expect(asked()).toEqual(minutes(4));
  const still = commands.findLast(({ kind }) => kind === "takeStill");
  expect(still).toMatchObject({ still: { thumbnail: { width: 480, height: 270 } } });
  await answer();
  expect(larger()).toBe(1);
  await press("ArrowDown");
  expect(larger()).toBe(0);
  await close();
});

const larger = () => document.querySelector(".looked");

/** From left to right, through the middle. */
const ACROSS = [0.1, 0.5, 0.9].map((x, i) => {
  return { time: i * 1e6, centre: { x, y: 0.5 }, width: 0.1, height: 0.3 };
});

test("where its thing went is drawn over the larger picture, and told", async () => {
  sight.isSeen = (element) => element.closest("li") === null;
  const { answer, commands, engine, close } = await opened(2, false, ACROSS);
  await vi.advanceTimersByTimeAsync(200);
  const asked = () => commands.flatMap((it) => (it.kind === "track" ? [it.event] : []));
  expect(asked()).toEqual([2]);
  // There is nothing to draw it on.
  expect(larger()?.querySelector("svg")).toBeNull();
  await answer();
  const lines = [...(larger()?.querySelectorAll("polyline") ?? [])];
  expect(lines.map((it) => it.getAttribute("points"))[0]).toBe("0.1,0.5 0.5,0.5 0.9,0.5");
  expect(larger()?.querySelector("path")?.getAttribute("d")).toBe("M0.1 0.5h0");
  expect(larger()?.textContent?.trim()).toBe("From left to right in 2 s");
  expect(larger()?.querySelector("[aria-hidden=true] svg")).not.toBeNull();
  // It goes on.
  const news = { ...event(2), to: event(2).to + 2e6 };
  engine.say({ kind: "update", update: { kind: "event", event: news, isOver: true } });
  await vi.advanceTimersByTimeAsync(0);
  expect(asked()).toEqual([2, 2]);
  await close();
});

test("of what was not followed nothing is drawn or told", async () => {
  sight.isSeen = (element) => element.closest("li") === null;
  const { answer, close } = await opened(1);
  await vi.advanceTimersByTimeAsync(200);
  await answer();
  expect(larger()?.querySelector("svg")).toBeNull();
  expect(larger()?.textContent?.trim()).toBe("");
  await close();
});

test("a picture stays while the same event goes on, until there is a better one", async () => {
  seeRows(2);
  const { asked, answer, engine, close } = await opened(2);
  await answer();
  const [before] = document.querySelectorAll("canvas");
  const say = async (best: number) => {
    const news = { ...event(2), best };
    engine.say({ kind: "update", update: { kind: "event", event: news, isOver: false } });
    await vi.advanceTimersByTimeAsync(0);
    flushSync();
  };
  await say(2 * 60e6);
  expect(asked()).toHaveLength(1);
  await say(2 * 60e6 + 1e6);
  expect(asked()).toHaveLength(2);
  expect([...document.querySelectorAll("canvas")]).toEqual([before]);
  await answer();
  expect(document.querySelectorAll("canvas")).toHaveLength(2);
  await close();
});

test.each<Outcome>([
  { kind: "done", reply: { kind: "unrecorded", cause: "diskFull" } },
  { kind: "failed", failure: { code: "storage", message: "Disk full." } },
])("where there is no picture, nothing alarms", async (outcome) => {
  seeRows(1);
  const { app, asked, answer, close } = await opened(1);
  await answer(outcome);
  expect(options()[0]?.querySelector(".moment")?.textContent?.trim()).toBe("No picture");
  expect(document.body.textContent).not.toContain("▲");
  expect(app.screen.toast).toBeNull();
  expect(asked()).toHaveLength(1);
  await close();
});

test("of what just happened a picture is asked for when it is written", async () => {
  vi.setSystemTime(5 * 60e3 + 1000);
  seeRows(5);
  const { asked, close } = await opened(5);
  await vi.advanceTimersByTimeAsync(1900);
  expect(asked()).toEqual([]);
  await vi.advanceTimersByTimeAsync(200);
  expect(asked()).toEqual(minutes(5));
  await close();
});
