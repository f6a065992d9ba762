// @vitest-environment jsdom
import { flushSync, mount, unmount } from "svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FakeKeyboard } from "../actions/fake";
import { openMotionSearch } from "../actions/motion-search";
import { FakeSight } from "../components/fake";
import { FakeEngine, fakeCamera } from "../connection/fake";
import type { Command, MotionSpan, Outcome } from "../protocol";
import { App } from "../state/app.svelte";
import { MotionSearch } from "../state/motion-search.svelte";
import SearchLayer from "./SearchLayer.svelte";
import SearchPanel from "./SearchPanel.svelte";

beforeEach(() => {
  vi.useFakeTimers();
  Element.prototype.scrollIntoView = () => {};
  vi.stubGlobal("IntersectionObserver", new FakeSight().Observer);
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
  document.body.replaceChildren();
});

const CAMERA = fakeCamera(1).address;
const span = (minute: number): MotionSpan => ({
  camera: CAMERA,
  from: minute * 60e6,
  to: minute * 60e6 + 10e6,
});

type Asked = Command & { kind: "searchMotion" };

async function opened(answer: (asked: Asked) => { spans: MotionSpan[]; isMore: boolean } | string) {
  const engine = new FakeEngine([fakeCamera(1), fakeCamera(2)]);
  const asked: Asked[] = [];
  engine.answer = (command): Outcome => {
    if (command.kind !== "searchMotion") return { kind: "done", reply: { kind: "nothing" } };
    asked.push(command);
    const found = answer(command);
    if (typeof found === "string") {
      return { kind: "failed", failure: { code: "badRequest", message: found } };
    }
    return { kind: "done", reply: { kind: "motionSpans", ...found } };
  };
  const app = new App(engine, engine.dial);
  app.start();
  await vi.advanceTimersByTimeAsync(0);
  void openMotionSearch.run(app);
  const { search } = app.motion;
  const tile = app.wall.alone;
  if (search === null || tile === null) throw new Error("not opened");
  const target = document.body;
  const parts = [
    mount(SearchPanel, { target, props: { app, search } }),
    mount(SearchLayer, { target, props: { app, tile, search } }),
  ];
  flushSync();
  const keyboard = new FakeKeyboard();
  const press = async (...strokes: string[]) => {
    for (const stroke of strokes) await keyboard.press(stroke);
    await vi.advanceTimersByTimeAsync(0);
    flushSync();
  };
  const leave = () => Promise.all(parts.map((part) => unmount(part)));
  return { app, asked, leave, press, search };
}

const area = () => document.activeElement?.ariaLabel;
const status = () => document.querySelector("[role=status]")?.textContent?.trim();
const options = () => [...document.querySelectorAll<HTMLElement>("[role=option]")];

test("an area is drawn, searched and played with the keyboard alone", async () => {
  const { app, asked, leave, press } = await opened(() => ({
    spans: [span(9), span(4)],
    isMore: false,
  }));
  expect(area()).toBe(
    "Area to search: 30 % wide, 30 % high, 35 % from the left, 35 % from the top",
  );
  await press("ArrowLeft", "ArrowDown", "Shift+ArrowRight", "Shift+ArrowUp");
  expect(area()).toBe(
    "Area to search: 32 % wide, 28 % high, 33 % from the left, 37 % from the top",
  );
  await press("Enter");
  expect(asked[0]).toMatchObject({ cameras: [CAMERA], from: 0 });
  const rounded = asked[0]?.area.map(({ x, y }) => [x, y].map((it) => Math.round(it * 100)));
  expect(rounded).toEqual([
    [33, 37],
    [65, 37],
    [65, 65],
    [33, 65],
  ]);
  expect([status(), options().length]).toEqual(["Found: 2", 2]);
  expect(document.activeElement?.role).toBe("listbox");
  app.screen.alone = fakeCamera(2).address;
  await press("ArrowDown", "Enter");
  expect(app.screen.alone).toEqual(CAMERA);
  expect(app.playback.isOn).toBe(true);
  expect(options()[1]?.ariaSelected).toBe("true");
  await leave();
});

test("older ones are asked for where there are any", async () => {
  const { asked, leave, press } = await opened(({ to }) =>
    to === 4 * 60e6
      ? { spans: [span(2)], isMore: false }
      : { spans: [span(9), span(4)], isMore: true },
  );
  await press("Enter");
  expect(status()).toBe("Found: 2, and there are older ones");
  document.querySelector<HTMLElement>(".older")?.click();
  await vi.advanceTimersByTimeAsync(0);
  flushSync();
  expect([options().length, status(), asked.length]).toEqual([3, "Found: 3", 2]);
  expect(document.querySelector(".older")).toBeNull();
  await leave();
});

test("all cameras are searched, of some days, and a refusal is told", async () => {
  const { app, asked, leave, press, search } = await opened(() => "The disk is full.");
  search.isOfAll = true;
  search.days = 7;
  await press("Enter");
  expect(asked[0]?.cameras).toHaveLength(2);
  expect(asked[0]?.from).toBe(Math.round(app.clock.toServer(app.now) - 7 * 86_400e6));
  expect(status()).toBe("▲ The disk is full.");
  await leave();
});

test("nothing found is told, and Escape ends it with the camera still alone", async () => {
  const { app, leave, press } = await opened(() => ({ spans: [], isMore: false }));
  await press("Enter");
  expect(status()).toBe("Nothing moved there while it was watched.");
  await press("Escape");
  expect(app.motion.search).toBeNull();
  expect(app.screen.alone).toEqual(CAMERA);
  await leave();
});

test("an area stays in the picture, and is never too small", () => {
  const search = new MotionSearch({} as App, CAMERA);
  search.move({ x: 9, y: -9 });
  expect(search.area.to.x).toBe(1);
  expect(search.area.from.y).toBe(0);
  search.resize({ x: -9, y: 9 });
  expect(search.area.to.x - search.area.from.x).toBeCloseTo(0.02);
  expect(search.area.to.y).toBe(1);
  search.draw({ x: 1.5, y: 0.5 }, { x: 0.9, y: -3 });
  expect(search.area).toEqual({ from: { x: 0.9, y: 0 }, to: { x: 1, y: 0.5 } });
});
