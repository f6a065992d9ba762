// @vitest-environment jsdom
import { flushSync, mount, unmount } from "svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Action } from "../actions/action";
import { shortcutOf } from "../actions/bindings";
import { FakeKeyboard, fakeDialogs } from "../actions/fake";
import { ACTIONS } from "../actions/registry";
import { help } from "../actions/screens";
import { videoOnly } from "../actions/wall";
import { FakeEngine } from "../connection/fake";
import { App } from "../state/app.svelte";
import ChangeKey from "./ChangeKey.svelte";
import KeyboardSettings from "./KeyboardSettings.svelte";

beforeEach(() => {
  vi.useFakeTimers();
  fakeDialogs();
});
afterEach(() => {
  vi.useRealTimers();
  document.body.replaceChildren();
});

async function opened() {
  const engine = new FakeEngine();
  const app = new App(engine, engine.dial);
  app.start();
  await vi.advanceTimersByTimeAsync(0);
  const keyboard = new FakeKeyboard();
  const press = async (...strokes: string[]) => {
    for (const stroke of strokes) await keyboard.press(stroke);
    flushSync();
  };
  return { app, press };
}

async function asked(action: Action, shortcut = "") {
  const { app, press } = await opened();
  const onclose = vi.fn();
  const props = { app, action, shortcut, onclose };
  const dialog = mount(ChangeKey, { target: document.body, props });
  flushSync();
  return { app, press, onclose, close: () => unmount(dialog) };
}

const status = () => document.querySelector("[role=status]")?.textContent ?? "";
const button = (text: string) =>
  [...document.querySelectorAll("button")].find((it) => it.textContent === text);

test("the whole table is one stop of the Tab key", async () => {
  const { app, press } = await opened();
  const view = mount(KeyboardSettings, { target: document.body, props: { app } });
  flushSync();
  const rows = [...document.querySelectorAll("tr")].filter((row) => row.querySelector("button"));
  expect(rows).toHaveLength(ACTIONS.length);
  const buttons = [...document.querySelectorAll<HTMLElement>("table button")];
  const stops = () => buttons.filter(({ tabIndex }) => tabIndex === 0);
  expect(stops()).toEqual([buttons[0]]);
  buttons[0]?.focus();
  await press("ArrowDown", "ArrowRight");
  expect(stops()).toEqual([document.activeElement]);
  expect(document.activeElement).toBe(rows[1]?.querySelectorAll("button")[1]);
  await press("End", "ArrowRight");
  expect(document.activeElement).toBe(rows[1]?.querySelectorAll("button")[2]);
  await press("Ctrl+End", "ArrowDown");
  expect(document.activeElement).toBe(buttons.at(-1));
  await press("Ctrl+Home", "ArrowUp", "ArrowLeft");
  expect(document.activeElement).toBe(buttons[0]);
  await unmount(view);
});

test("a free key is taken at once", async () => {
  const { app, press, onclose, close } = await asked(videoOnly);
  await press("Ctrl+b");
  expect(shortcutOf(app, videoOnly.id)).toBe("Ctrl+b");
  expect(onclose).toHaveBeenCalledOnce();
  await close();
});

test("a key of another action is taken only when asked for", async () => {
  const { app, press, onclose, close } = await asked(help);
  await press("f");
  expect(status()).toContain("F belongs to “Video only”");
  expect(shortcutOf(app, help.id)).toBe("?");
  button("Use it here")?.click();
  expect(shortcutOf(app, help.id)).toBe("f");
  expect(shortcutOf(app, videoOnly.id)).toBe("");
  expect(onclose).toHaveBeenCalledOnce();
  await close();
});

test("a key can be left where it is, and another be pressed instead", async () => {
  const { app, press, onclose, close } = await asked(help, "f");
  button("Leave it there")?.click();
  expect(onclose).toHaveBeenCalledOnce();
  expect(app.settings.keys).toEqual({});
  await press("g");
  expect(status()).toContain("“Bookmarks, Wall, Events, Cameras, Storage, and Settings”");
  await press("h");
  expect(shortcutOf(app, help.id)).toBe("h");
  await close();
});

test("Escape cancels, and is no key to be had", async () => {
  const { app, press, onclose, close } = await asked(videoOnly);
  await press("Escape");
  expect(onclose).toHaveBeenCalledOnce();
  expect(app.settings.keys).toEqual({});
  await close();
});
