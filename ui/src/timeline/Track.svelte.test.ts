// @vitest-environment jsdom
import { flushSync, mount, unmount } from "svelte";
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { Keys } from "../actions/keys";
import { ACTIONS } from "../actions/registry";
import { FakeEngine, fakeCamera, fakeVolume } from "../connection/fake";
import { type Command, GAP_CAUSES, type Outcome } from "../protocol";
import { App } from "../state/app.svelte";
import { lengthOf, shareOf } from "../state/stretch";
import TimelineBar from "./TimelineBar.svelte";
import { momentText } from "./texts";

const NOW = Date.parse("2026-11-05T20:31:07Z");
const WIDTH = 1000;
const own = process.env["TZ"];

beforeEach(() => {
  process.env["TZ"] = "Europe/Berlin";
  vi.useFakeTimers({ now: NOW });
  vi.stubGlobal(
    "ResizeObserver",
    class {
      observe() {}
      unobserve() {}
      disconnect() {}
    },
  );
  vi.stubGlobal("matchMedia", () => new EventTarget());
  HTMLCanvasElement.prototype.getContext = () => null;
  HTMLElement.prototype.setPointerCapture = () => {};
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  if (own === undefined) delete process.env["TZ"];
  else process.env["TZ"] = own;
});

type Asked = Extract<Command, { kind: "timeline" }>;

/** Everything was recorded in the first half of what is asked for, the disk was full in the other. */
function half({ from, to, buckets, cameras }: Asked): Outcome {
  const full = (GAP_CAUSES.indexOf("diskFull") + 1) << 3;
  const bytes = [...Array(buckets).keys()].flatMap((i) => [1, i < buckets / 2 ? 7 : full]);
  const runs = btoa(String.fromCharCode(...bytes));
  const lanes = cameras.map((camera) => ({ camera, runs, events: "" }));
  return { kind: "done", reply: { kind: "timeline", timeline: { from, to, buckets, lanes } } };
}

async function shown() {
  const engine = new FakeEngine([fakeCamera(1), fakeCamera(2)]);
  engine.snapshot = { ...engine.snapshot, volumes: [fakeVolume(1)] };
  engine.answer = (command) =>
    command.kind === "timeline" ? half(command) : { kind: "done", reply: { kind: "nothing" } };
  const app = new App(engine, engine.dial);
  app.start();
  await vi.advanceTimersByTimeAsync(0);
  const bar = mount(TimelineBar, { target: document.body, props: { app, theme: "dark" } });
  flushSync();
  const slider = document.querySelector<HTMLElement>("[role=slider]");
  if (slider === null) throw new Error("no slider");
  Object.defineProperty(slider, "clientWidth", { value: WIDTH });
  slider.getBoundingClientRect = () => ({ left: 0, top: 0, width: WIDTH }) as DOMRect;
  app.timeline.width = WIDTH;
  flushSync();
  await vi.advanceTimersByTimeAsync(1000);
  flushSync();
  const keys = new Keys(app);
  addEventListener("keydown", keys.down);
  onTestFinished(async () => {
    removeEventListener("keydown", keys.down);
    await unmount(bar);
  });
  const asked = () =>
    engine.received.flatMap((it) =>
      it.kind === "command" && it.command.kind === "timeline" ? [it.command] : [],
    );
  const pointer = (type: string, x: number, target: Element = slider, shiftKey = false) =>
    target.dispatchEvent(
      new MouseEvent(`pointer${type}`, { clientX: x, button: 0, bubbles: true, shiftKey }),
    );
  const press = (key: string) =>
    slider.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  return { app, engine, slider, asked, pointer, press };
}

test("asks for every camera of the wall, at most a bucket a pixel, and follows now in calm", async () => {
  const { app, asked } = await shown();
  const first = asked().at(-1);
  expect(first).toMatchObject({ buckets: WIDTH });
  expect(first?.cameras.map(({ camera }) => camera)).toEqual([1, 2]);
  const before = asked().length;
  await vi.advanceTimersByTimeAsync(20_000);
  flushSync();
  expect(shareOf(app.timeline.stretch, app.now)).toBeCloseTo(0.95, 2);
  expect(asked().length - before).toBeGreaterThanOrEqual(3);
  expect(asked().length - before).toBeLessThanOrEqual(5);
});

test("says day, time and offset of where it is, and what is recorded there", async () => {
  const { app, slider } = await shown();
  const { from, to } = app.timeline.stretch;
  app.playback.seek(from + (to - from) / 4);
  flushSync();
  expect(slider.getAttribute("aria-valuetext")).toMatch(/Nov 5, 2026, 2\d:.* \+01:00, recorded$/);
  app.playback.seek(from + ((to - from) * 3) / 4);
  flushSync();
  expect(slider.getAttribute("aria-valuetext")).toMatch(/not recorded: the volume is full$/);
  // It is not said anew with every second that passes.
  const said = slider.getAttribute("aria-valuetext");
  await vi.advanceTimersByTimeAsync(3000);
  flushSync();
  expect(slider.getAttribute("aria-valuetext")).toBe(said);
});

test("a press plays from there, a drag of the ticks looks elsewhere", async () => {
  const { app, slider, pointer } = await shown();
  const { stretch } = app.timeline;
  pointer("down", 250);
  pointer("move", 300);
  expect(app.playback.isScrubbing).toBe(true);
  pointer("up", 300);
  flushSync();
  expect(app.playback.settled).toBeCloseTo(stretch.from + 0.3 * lengthOf(stretch), -1);
  expect(app.playback.isPlaying).toBe(true);
  const ticks = slider.querySelector(".ticks") ?? slider;
  const at = app.playback.settled;
  pointer("down", 300, ticks);
  pointer("move", 400, ticks);
  pointer("up", 400, ticks);
  expect(app.timeline.stretch.from).toBeCloseTo(stretch.from - 0.1 * lengthOf(stretch), -1);
  expect(app.playback.settled).toBe(at);
});

test("the wheel zooms at the pointer, and asks for the newest alone while an answer is awaited", async () => {
  const { app, engine, slider, asked } = await shown();
  const answer = engine.answer;
  engine.answer = () => null;
  const { stretch } = app.timeline;
  const before = asked().length;
  for (let i = 0; i < 10; i++) {
    slider.dispatchEvent(
      new WheelEvent("wheel", { deltaY: -100, clientX: 200, bubbles: true, cancelable: true }),
    );
    flushSync();
  }
  expect(lengthOf(app.timeline.stretch)).toBeCloseTo(lengthOf(stretch) / 1.25 ** 10, 0);
  expect(shareOf(app.timeline.stretch, stretch.from + 0.2 * lengthOf(stretch))).toBeCloseTo(0.2);
  expect(asked()).toHaveLength(before + 1);
  engine.answer = answer;
  const [request] = engine.received.filter((it) => it.kind === "command").slice(-1);
  if (request?.kind !== "command" || request.command.kind !== "timeline") throw new Error("?");
  engine.say({ kind: "reply", request: request.request, outcome: half(request.command) });
  await vi.advanceTimersByTimeAsync(0);
  expect(asked()).toHaveLength(before + 2);
  expect(asked().at(-1)?.from).toBeCloseTo(app.timeline.stretch.from * 1000, -4);
});

test("with the focus, keys move and zoom it; without, they are the wall's", async () => {
  const { app, slider, press } = await shown();
  const arrow = ACTIONS.find(({ id }) => id === "timeline.earlier");
  expect(arrow?.enabled(app)).toEqual(expect.any(String));
  slider.focus();
  flushSync();
  const length = lengthOf(app.timeline.stretch);
  press("ArrowLeft");
  flushSync();
  expect(app.playback.settled).toBeCloseTo(app.now - 0.01 * length, -2);
  press("+");
  expect(lengthOf(app.timeline.stretch)).toBeCloseTo(length / 1.5, 0);
  press("-");
  press("-");
  expect(lengthOf(app.timeline.stretch)).toBeCloseTo(length * 1.5, 0);
  expect(app.playback.speed).toBe(1);
  slider.blur();
  flushSync();
  press("-");
  expect(app.playback.speed).toBe(0.5);
});

test("a drag with Shift chooses a range, said when it is let go, and each end can be dragged on", async () => {
  const { app, slider, pointer, press } = await shown();
  const { range, timeline } = app;
  const { stretch } = timeline;
  const share = () => [range.from, range.to].map((at) => shareOf(stretch, at ?? Number.NaN));
  const said = () => document.querySelector(".transport .spoken[role=status]")?.textContent;
  pointer("down", 600, slider, true);
  pointer("move", 500, slider, true);
  flushSync();
  expect(said()).toBe("");
  pointer("up", 500);
  flushSync();
  expect(share()).toEqual([expect.closeTo(0.5), expect.closeTo(0.6)]);
  expect(said()).toMatch(/^Range Nov 5, .* \(6 min 0 s\)$/);
  expect(app.playback.isOn).toBe(false);
  const end = slider.querySelector("[data-end=from]") ?? slider;
  pointer("down", 500, end);
  // Past the other end it is the other end; and what is yet to come is not recorded.
  pointer("move", 1000, end);
  pointer("up", 1000, end);
  expect(share()).toEqual([expect.closeTo(0.6), expect.closeTo(0.95, 2)]);
  expect(range.to).toBe(app.now);
  // It outlives the playback, and Escape clears it.
  app.playback.seek(stretch.from);
  app.playback.leave();
  slider.focus();
  press("Escape");
  flushSync();
  expect(range.isSet).toBe(false);
  expect(said()).toBe("");
  app.screen.toast?.undo?.();
  expect(share()).toEqual([expect.closeTo(0.6), expect.closeTo(0.95, 2)]);
});

test("keys mark where it is, live or not; Escape leaves a tile alone first", async () => {
  const { app, press } = await shown();
  press("[");
  const begin = app.now;
  await vi.advanceTimersByTimeAsync(5000);
  press("]");
  expect([app.range.from, app.range.to]).toEqual([begin, begin + 5000]);
  app.screen.alone = fakeCamera(1).address;
  flushSync();
  press("Escape");
  expect(app.wall.alone).toBeNull();
  expect(app.range.isSet).toBe(true);
  press("Escape");
  expect(app.range.isSet).toBe(false);
});

test("bookmarks are flags, said where one is; a press goes there, and the list finds them by a word", async () => {
  const { app, engine, slider, pointer } = await shown();
  const { stretch } = app.timeline;
  const from = Math.round((stretch.from + 0.25 * lengthOf(stretch)) * 1000);
  const put = (id: number, name: string, camera: number) => {
    const marked = { cameras: [fakeCamera(camera).address], from, to: from, name, note: "" };
    engine.say({
      kind: "update",
      update: { kind: "bookmark", bookmark: { id, marked, created: 0 } },
    });
  };
  put(1, "White van", 1);
  put(2, "Dog", 2);
  put(3, "Elsewhere", 9);
  flushSync();
  // The second lies on the first.
  const flags = [...slider.querySelectorAll<HTMLElement>(".mark")];
  expect(flags.map(({ title }) => title)).toEqual(["White van"]);
  pointer("down", 250, flags[0]);
  pointer("up", 250, flags[0]);
  flushSync();
  expect(app.playback.settled).toBe(from / 1000);
  expect(slider.getAttribute("aria-valuetext")).toMatch(/bookmark White van, bookmark Dog$/);
  app.screen.overlay = { kind: "bookmarks" };
  flushSync();
  const names = () => [...document.querySelectorAll("li .name > bdi")].map((it) => it.textContent);
  expect(names()).toEqual(["Elsewhere", "Dog", "White van"]);
  const search = document.querySelector<HTMLInputElement>("input[type=search]");
  if (search === null) throw new Error("no search");
  search.value = "VAN";
  search.dispatchEvent(new Event("input", { bubbles: true }));
  flushSync();
  expect(names()).toEqual(["White van"]);
  app.playback.leave();
  document.querySelector<HTMLElement>("li .name")?.click();
  flushSync();
  expect(app.screen.overlay).toBeNull();
  expect(app.playback.settled).toBe(from / 1000);
});

test("a small picture stands above what is pointed at, by pointer or keys, with its own time", async () => {
  const { app, engine, slider, pointer, press } = await shown();
  vi.stubGlobal("createImageBitmap", async () => ({ width: 160, height: 90, close: () => {} }));
  const { stretch } = app.timeline;
  const moment = (share: number) => stretch.from + share * lengthOf(stretch);
  const answer = engine.answer;
  // The key frame is a second before; in the second half there is none.
  engine.answer = (command) => {
    if (command.kind !== "takeStill") return answer(command);
    const { at } = command.still;
    if (at == null || at / 1000 > moment(0.5)) {
      return { kind: "done", reply: { kind: "unrecorded", cause: "diskFull" } };
    }
    const still = { taken: at - 1e6, width: 160, height: 90, name: "Gate.jpg", file: btoa("jpeg") };
    return { kind: "done", reply: { kind: "still", still } };
  };
  const above = () => document.querySelector(".thumbnail");
  const rest = async () => {
    flushSync();
    await vi.advanceTimersByTimeAsync(150);
    flushSync();
  };
  pointer("move", 250);
  flushSync();
  expect(above()).toBeNull();
  await rest();
  expect(above()?.querySelector("canvas")).not.toBeNull();
  expect(above()?.textContent?.trim()).toBe(momentText(moment(0.25) - 1000));
  // Of another moment nothing is shown until it is known, and then why there is nothing.
  pointer("move", 700);
  flushSync();
  expect(above()).toBeNull();
  await rest();
  expect(above()?.querySelector("canvas")).toBeNull();
  expect(above()?.textContent).toMatch(/Nothing recorded here: the volume is full/);
  // What is yet to come is not asked for.
  pointer("move", 990);
  await rest();
  expect(above()).toBeNull();
  pointer("leave", 990);
  app.playback.seek(moment(0.4));
  slider.focus();
  await rest();
  expect(above()).toBeNull();
  press("ArrowLeft");
  await rest();
  expect(app.playback.settled).toBeCloseTo(moment(0.39), -3);
  expect(above()?.textContent?.trim()).toBe(momentText(app.playback.settled - 1000));
  press("Escape");
  flushSync();
  expect(above()).toBeNull();
  press("ArrowLeft");
  await rest();
  expect(above()).not.toBeNull();
  slider.blur();
  flushSync();
  expect(above()).toBeNull();
});
