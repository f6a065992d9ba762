// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FakeEngine, fakeCamera } from "../connection/fake";
import type { Settings } from "../protocol";
import { App } from "../state/app.svelte";
import { shortcutOf } from "./bindings";
import { FakeKeyboard } from "./fake";
import { Keys } from "./keys";
import {
  changeKey,
  rebind,
  removeKey,
  resetAllKeys,
  resetKey,
  rivals,
  toggleCharacters,
} from "./remap";
import { goToWall, help } from "./screens";
import { jump, maximise, videoOnly } from "./wall";
import { ZOOM_KEYED } from "./zoom";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

async function opened(keys: Settings["keys"] = {}) {
  const engine = new FakeEngine([fakeCamera(1)]);
  engine.snapshot.settings = { ...engine.snapshot.settings, keys };
  const app = new App(engine, engine.dial);
  app.start();
  await vi.advanceTimersByTimeAsync(0);
  const { down } = new Keys(app);
  const keyboard = new FakeKeyboard();
  const press = async (...strokes: string[]) => {
    addEventListener("keydown", down);
    for (const stroke of strokes) await keyboard.press(stroke);
    removeEventListener("keydown", down);
  };
  return { app, engine, press, screen: app.screen };
}

test("another key does it, and the one it was made with no longer", async () => {
  const { app, press, screen } = await opened();
  await rebind(app, videoOnly, "Ctrl+Shift+v");
  await press("f");
  expect(screen.isVideoOnly).toBe(false);
  await press("Ctrl+Shift+V");
  expect(screen.isVideoOnly).toBe(true);
});

test("a key taken from another action leaves that one without", async () => {
  const { app, press, screen } = await opened();
  expect(rivals(app, help, "f")).toEqual([videoOnly]);
  await rebind(app, help, "f");
  expect(app.settings.keys).toEqual({ help: "f", "wall.videoOnly": "" });
  await press("f");
  expect([screen.overlay?.kind, screen.isVideoOnly]).toEqual(["help", false]);
});

test("the first of two strokes stands in the way of all that begin with it", async () => {
  const { app } = await opened();
  expect(rivals(app, help, "g").map(({ id }) => id)).toEqual([
    "open.bookmarks",
    "go.wall",
    "go.events",
    "go.cameras",
    "go.storage",
    "go.settings",
  ]);
  await rebind(app, help, "g");
  expect(shortcutOf(app, goToWall.id)).toBe("");
});

test("what the owner chose goes before what an action was made with", async () => {
  const { app } = await opened({ help: "f" });
  expect(shortcutOf(app, help.id)).toBe("f");
  expect(shortcutOf(app, videoOnly.id)).toBe("");
});

test("a removed key does nothing, and comes back", async () => {
  const { app, press, screen } = await opened();
  await removeKey.run(app, videoOnly);
  await press("f");
  expect(screen.isVideoOnly).toBe(false);
  expect(removeKey.enabled(app, videoOnly)).toContain("no key");
  await resetKey.run(app, videoOnly);
  expect(app.settings.keys).toEqual({});
  expect(resetKey.enabled(app, videoOnly)).toContain("made with");
});

test("a key that another action has now comes back only when asked for", async () => {
  const { app, screen } = await opened({ help: "f", "wall.videoOnly": "" });
  await resetKey.run(app, videoOnly);
  expect(screen.overlay).toEqual({ kind: "changeKey", action: videoOnly, shortcut: "f" });
  expect(shortcutOf(app, help.id)).toBe("f");
});

test("digits stay with the cameras, and can be removed", async () => {
  const { app, press, screen } = await opened();
  expect(changeKey.enabled(app, jump)).toContain("numbers");
  expect(rivals(app, videoOnly, "5")).toEqual([jump]);
  await rebind(app, videoOnly, "5");
  await press("5");
  expect([screen.jump, screen.isVideoOnly]).toEqual(["", true]);
});

test("the keys of a mode stand in nobody else's way", async () => {
  const { app } = await opened();
  const [zoomIn] = ZOOM_KEYED;
  if (zoomIn === undefined) throw new Error("no zoom");
  expect(rivals(app, zoomIn, "ArrowLeft").map(({ id }) => id)).toEqual(["zoom.lookLeft"]);
  expect(rivals(app, videoOnly, "+")).toEqual([]);
  await rebind(app, videoOnly, "+");
  expect([shortcutOf(app, videoOnly.id), shortcutOf(app, zoomIn.id)]).toEqual(["+", "+"]);
});

test("single keys can be turned off as a whole, and none is forgotten", async () => {
  const { app, press, screen } = await opened({ help: "h" });
  await toggleCharacters.run(app);
  await press("f", "h", "g", "c", "1", "/");
  expect([screen.isVideoOnly, screen.overlay, screen.view, screen.jump]).toEqual([
    false,
    null,
    "wall",
    "",
  ]);
  await press("Enter");
  expect(app.wall.alone).not.toBeNull();
  expect(shortcutOf(app, maximise.id)).toBe("Enter");
  await resetAllKeys.run(app);
  await press("Escape", "?");
  expect(screen.overlay).toBeNull();
  await toggleCharacters.run(app);
  await press("?");
  expect(screen.overlay?.kind).toBe("help");
});

test("an engine that keeps no keys leaves all as they were made", async () => {
  const { app, engine, press, screen } = await opened();
  const { keys: _, ...older } = engine.snapshot.settings;
  const settings = older as Settings;
  engine.say({ kind: "update", update: { kind: "settings", settings } });
  await press("f");
  expect(screen.isVideoOnly).toBe(true);
  await rebind(app, videoOnly, "v");
  expect(app.settings.keys).toEqual({ "wall.videoOnly": "v" });
});

test("a letter held down is pressed once, an arrow over and over", async () => {
  const { app, screen } = await opened();
  app.layouts.show(2);
  const { down } = new Keys(app);
  const hold = (key: string) =>
    down(new KeyboardEvent("keydown", { key, repeat: true, cancelable: true }));
  hold("f");
  expect(screen.isVideoOnly).toBe(false);
  hold("ArrowRight");
  expect(screen.selected).toBe(1);
  hold("<");
  hold("<");
  expect(app.dim.percent).toBe(80);
});
