// @vitest-environment jsdom
import { flushSync, mount, unmount } from "svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { fakeDialogs } from "../actions/fake";
import { ACTIONS, GROUPS } from "../actions/registry";
import { FakeEngine, fakeCamera } from "../connection/fake";
import type { Settings } from "../protocol";
import { App } from "../state/app.svelte";
import Help from "./Help.svelte";

beforeEach(() => {
  vi.useFakeTimers();
  fakeDialogs();
});
afterEach(() => {
  vi.useRealTimers();
  document.body.replaceChildren();
});

async function opened(keys: Settings["keys"] = {}, view: App["screen"]["view"] = "wall") {
  const engine = new FakeEngine([fakeCamera(1)]);
  engine.snapshot.settings = { ...engine.snapshot.settings, keys };
  const app = new App(engine, engine.dial);
  app.start();
  await vi.advanceTimersByTimeAsync(0);
  app.screen.view = view;
  const help = mount(Help, { target: document.body, props: { app, onclose: () => {} } });
  flushSync();
  return { close: () => unmount(help) };
}

/** The label, what is said below it, and the keys. */
function row(label: string): [reason: string, keys: string] {
  const terms = [...document.querySelectorAll("dt")];
  const term = terms.find((it) => it.firstChild?.textContent?.trim() === label);
  const reason = term?.querySelector("small")?.textContent ?? "";
  return [reason, term?.nextElementSibling?.textContent?.trim() ?? ""];
}

test("every action is listed once, by groups", async () => {
  const { close } = await opened();
  expect(document.querySelectorAll("dt")).toHaveLength(ACTIONS.length);
  expect(document.querySelectorAll("h3")).toHaveLength(GROUPS.length);
  await close();
});

test("says why an action does nothing now", async () => {
  const { close } = await opened();
  expect(row("Select the tile above")).toEqual(["There is no tile there.", "↑"]);
  expect(row("Select the tile below")).toEqual(["", "↓"]);
  await close();
});

test("what stands in the way of a whole group is said once", async () => {
  const { close } = await opened({}, "cameras");
  expect(row("Select the tile above")).toEqual(["", "↑"]);
  const said = [...document.querySelectorAll("p")].map((it) => it.textContent);
  expect(said).toContain("Only on the wall.");
  await close();
});

test("shows the keys as they are now, and which were changed, removed or are off", async () => {
  const { close } = await opened({
    "wall.videoOnly": "Ctrl+b",
    "sound.toggle": "",
    characters: "",
  });
  expect(row("Video only")[1]).toMatch(/changed\s+Ctrl\+B/);
  expect(row("Listen / Mute")[1]).toMatch(/changed\s+None/);
  expect(row("Find a camera, layout, command or time")[1]).toBe("Off");
  expect(row("Show the selected tile alone")[1]).toBe("Enter");
  await close();
});
