// @vitest-environment jsdom
import { flushSync, mount, unmount } from "svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FakeKeyboard, fakeDialogs } from "../actions/fake";
import { FakeEngine, fakeCamera, fakeVolume } from "../connection/fake";
import { App } from "../state/app.svelte";
import Palette from "./Palette.svelte";

beforeEach(() => {
  vi.useFakeTimers();
  Element.prototype.scrollIntoView = () => {};
  fakeDialogs();
});
afterEach(() => {
  vi.useRealTimers();
  document.body.replaceChildren();
});

async function opened(count: number) {
  const cameras = Array.from({ length: count }, (_, i) => fakeCamera(i + 1));
  const engine = new FakeEngine(cameras);
  const app = new App(engine, engine.dial);
  app.start();
  await vi.advanceTimersByTimeAsync(0);
  const onclose = vi.fn();
  const palette = mount(Palette, { target: document.body, props: { app, onclose } });
  flushSync();
  const keyboard = new FakeKeyboard();
  const press = async (...strokes: string[]) => {
    for (const stroke of strokes) await keyboard.press(stroke);
    flushSync();
  };
  return { app, engine, onclose, press, close: () => unmount(palette) };
}

const options = () => [...document.querySelectorAll<HTMLElement>("[role=option]")];
const line = () => document.querySelector<HTMLElement>("[role=combobox]");
const status = () => document.querySelector("[role=status]")?.textContent?.trim();
/** What a screen reader is told to read. */
const active = () =>
  document.getElementById(line()?.getAttribute("aria-activedescendant") ?? "")?.textContent?.trim();

test("of a thousand cameras few rows are made, and the number typed comes first", async () => {
  const { close, press } = await opened(1000);
  expect(options().length).toBeLessThanOrEqual(50);
  await press("c", "a", "m");
  expect(options()).toHaveLength(50);
  expect(status()).toMatch(/^\d+ more/);
  await press("Space", "9", "8", "7");
  expect(active()).toMatch(/^987 Camera 987/);
  await close();
});

test("a camera on the wall is selected, one that is not is shown alone", async () => {
  const { app, onclose, press, close } = await opened(9);
  app.screen.view = "cameras";
  await press("3", "Enter");
  expect(onclose).toHaveBeenCalledOnce();
  expect([app.screen.view, app.screen.selected, app.wall.alone]).toEqual(["wall", 2, null]);
  await close();
  const other = await opened(9);
  await other.press("9", "Enter");
  expect(other.app.wall.alone?.camera?.number).toBe(9);
  await other.close();
});

test("a layout is shown, a command run", async () => {
  const { app, press, close } = await opened(4);
  await press("l", "a", "y", "o", "u", "t", "Space", "1", "Enter");
  expect(app.layouts.current?.shape).toBe("single");
  await close();
  const other = await opened(4);
  await other.press("v", "i", "d", "e", "o");
  expect(options()[0]?.querySelector("kbd")?.textContent).toBe("F");
  await other.press("Enter");
  expect(other.app.screen.isVideoOnly).toBe(true);
  await other.close();
});

test("what cannot be done now says why, and is not done", async () => {
  const { engine, onclose, press, close } = await opened(4);
  engine.ticket = null;
  engine.drop();
  flushSync();
  await press("d", "e", "m", "o");
  expect(active()).toContain("connection");
  expect(options()[0]?.getAttribute("aria-disabled")).toBe("true");
  await press("Enter");
  expect(onclose).not.toHaveBeenCalled();
  await close();
});

test("arrows go round, and the choice stays while what is found changes", async () => {
  const { app, engine, press, close } = await opened(4);
  await press("c", "a", "m", "e", "r", "a", "ArrowDown", "ArrowDown");
  expect(active()).toMatch(/^3 Camera 3/);
  engine.say({
    kind: "update",
    update: { kind: "cameraRemoved", camera: fakeCamera(1).address },
  });
  flushSync();
  expect(active()).toMatch(/^3 Camera 3/);
  expect(app.cameras.all).toHaveLength(3);
  await press("ArrowUp", "ArrowUp");
  expect(options().at(-1)?.getAttribute("aria-selected")).toBe("true");
  await press("ArrowDown");
  expect(options()[0]?.getAttribute("aria-selected")).toBe("true");
  await close();
});

test("nothing found is said, and there is no list to be in", async () => {
  const { onclose, press, close } = await opened(4);
  await press("q", "q", "q", "Enter");
  expect(status()).toContain("Nothing");
  expect(line()?.getAttribute("aria-expanded")).toBe("false");
  expect(line()?.hasAttribute("aria-activedescendant")).toBe(false);
  await press("Escape");
  expect(onclose).toHaveBeenCalledOnce();
  await close();
});

test("a typed time leads to what was recorded then", async () => {
  const { app, engine, press, close } = await opened(1);
  engine.say({ kind: "update", update: { kind: "volume", volume: fakeVolume(1) } });
  const now = Date.now();
  await press("-", "9", "0", "s", "Enter");
  expect(app.playback.timeAt(now)).toBe(now - 90_000);
  await close();
});

test("a name is shown as it is", async () => {
  const { engine, press, close } = await opened(1);
  const name = '<img src=x onerror="alert(1)">\u202E مدخل 🚚'.padEnd(300, "x");
  engine.say({ kind: "update", update: { kind: "camera", camera: { ...fakeCamera(1), name } } });
  flushSync();
  await press("1");
  expect(document.querySelector("[role=option] .text")?.textContent).toBe(name);
  expect(document.querySelector("[role=option] img")).toBeNull();
  await close();
});
