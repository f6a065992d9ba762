// @vitest-environment jsdom
import { flushSync, mount, unmount } from "svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FakeEngine, fakeCamera, fakeVolume } from "../connection/fake";
import type { Command } from "../protocol";
import { App } from "../state/app.svelte";
import TopBar from "./TopBar.svelte";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

async function opened() {
  const engine = new FakeEngine([fakeCamera(1)]);
  const commands: Command[] = [];
  engine.answer = (command) => {
    commands.push(command);
    const { layout } = command.kind === "addLayout" ? command : { layout: null };
    if (layout === null) return { kind: "done", reply: { kind: "nothing" } };
    return { kind: "done", reply: { kind: "layout", layout: { ...layout, id: 3 } } };
  };
  const app = new App(engine, engine.dial);
  app.start();
  await vi.advanceTimersByTimeAsync(0);
  const bar = mount(TopBar, { target: document.body, props: { app } });
  flushSync();
  const named = (name: string) => {
    const buttons = [...document.querySelectorAll("button")];
    const found = buttons.find((it) => (it.ariaLabel ?? it.textContent?.trim()) === name);
    if (found === undefined) throw new Error(`no button ${name}`);
    return found;
  };
  const press = async (name: string) => {
    named(name).click();
    await vi.advanceTimersByTimeAsync(0);
    flushSync();
  };
  const field = () => document.querySelector<HTMLInputElement>("input");
  const type = async (name: string, key: string) => {
    const input = field();
    if (input === null) throw new Error("no field");
    input.value = name;
    input.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
    await vi.advanceTimersByTimeAsync(0);
    flushSync();
  };
  const isOpen = () => document.querySelector("[role=dialog]") !== null;
  return { app, commands, named, press, field, type, isOpen, close: () => unmount(bar) };
}

test("every shape is one press away, and named by its tiles", async () => {
  const { app, named, press, close } = await opened();
  expect(named("2 × 2").ariaPressed).toBe("true");
  await press("1 + 7");
  expect(app.layouts.current?.shape).toBe("onePlusSeven");
  expect([named("2 × 2").ariaPressed, named("1 + 7").ariaPressed]).toEqual(["false", "true"]);
  await close();
});

test("a layout is shown, and the menu closes", async () => {
  const { app, press, isOpen, close } = await opened();
  await press("Layout 2");
  expect(isOpen()).toBe(true);
  await press("Layout 1");
  expect(app.layouts.current?.id).toBe(1);
  expect(isOpen()).toBe(false);
  await close();
});

test("a layout is renamed in its place; Escape leaves its name", async () => {
  const { app, commands, press, field, type, isOpen, close } = await opened();
  await press("Layout 2");
  await press("Rename Layout 1");
  expect(document.activeElement).toBe(field());
  await type("Gate", "Enter");
  expect(commands).toMatchObject([{ kind: "setLayout", layout: { id: 1, name: "Gate" } }]);
  await press("Rename Gate");
  await type("Yard", "Escape");
  expect([field(), isOpen(), commands.length]).toEqual([null, true, 1]);
  expect(document.activeElement?.textContent?.trim()).toBe("Gate");
  expect(app.layouts.all[0]?.name).toBe("Gate");
  await close();
});

test("a new layout is there at once, and asks for its name", async () => {
  const { app, press, field, close } = await opened();
  await press("Layout 2");
  await press("New layout");
  expect(app.layouts.current?.id).toBe(3);
  expect(field()?.value).toBe("Layout 3");
  await close();
});

test("without a volume the menu says that nothing is recorded, and leads to where one is added", async () => {
  const { app, press, isOpen, close } = await opened();
  await press("Layout 2");
  await press("▲ Nothing is recorded: no volume is set up");
  expect([app.screen.view, isOpen()]).toEqual(["storage", false]);
  app.screen.view = "wall";
  app.recording.putVolume(fakeVolume(1));
  flushSync();
  await press("Layout 2");
  expect(document.querySelector("[role=dialog]")?.textContent).not.toContain("recorded");
  await close();
});

test("Escape and a press elsewhere close the menu; the first leaves the focus where it was", async () => {
  const { named, press, isOpen, close } = await opened();
  const button = named("Layout 2");
  button.focus();
  await press("Layout 2");
  const pressed = new KeyboardEvent("keydown", { key: "Escape", bubbles: true, cancelable: true });
  document.activeElement?.dispatchEvent(pressed);
  flushSync();
  expect([isOpen(), document.activeElement === button]).toEqual([false, true]);
  expect(pressed.defaultPrevented).toBe(true);
  await press("Layout 2");
  document.body.dispatchEvent(new Event("pointerdown", { bubbles: true }));
  flushSync();
  expect(isOpen()).toBe(false);
  await close();
});
