// @vitest-environment jsdom
import { flushSync } from "svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { AUDIBLE, FakeEngine, fakeCamera } from "../connection/fake";
import { App } from "../state/app.svelte";
import { keepFocus } from "./keep-focus.svelte";

let end = () => {};

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  end();
  vi.useRealTimers();
  document.body.replaceChildren();
});

/** A page as far as the focus goes: a wall, a view beside it, and a button. */
async function opened() {
  const engine = new FakeEngine([1, 2, 3, 4].map((number) => fakeCamera(number)));
  const app = new App(engine, engine.dial);
  document.body.innerHTML =
    '<button id="elsewhere"></button><main tabindex="-1"><div id="wall">' +
    '<div data-tile="0"></div><div data-tile="1"></div></div></main>';
  const tiles = [...document.querySelectorAll<HTMLElement>("[data-tile]")];
  const wall = document.getElementById("wall");
  end = $effect.root(() => {
    $effect(() => {
      for (const [i, tile] of tiles.entries()) tile.tabIndex = i === app.screen.selected ? 0 : -1;
      wall?.toggleAttribute("hidden", app.screen.view !== "wall");
    });
    keepFocus(app);
  });
  app.start();
  await vi.advanceTimersByTimeAsync(0);
  flushSync();
  return { app, engine, tiles, elsewhere: document.getElementById("elsewhere") as HTMLElement };
}

test("a page just opened leaves the focus where it is, whatever the engine says", async () => {
  const { engine } = await opened();
  engine.setStream(1, AUDIBLE);
  flushSync();
  expect(document.activeElement).toBe(document.body);
});

test("the focus goes with the selection, unless it is elsewhere", async () => {
  const { app, tiles, elsewhere } = await opened();
  app.screen.selected = 1;
  flushSync();
  expect(document.activeElement).toBe(tiles[1]);
  elsewhere.focus();
  app.screen.selected = 0;
  flushSync();
  expect(document.activeElement).toBe(elsewhere);
});

test("another view takes the focus of a wall that is hidden, and the wall takes it back", async () => {
  const { app, tiles } = await opened();
  tiles[0]?.focus();
  app.screen.view = "cameras";
  flushSync();
  expect(document.activeElement?.tagName).toBe("MAIN");
  app.screen.view = "wall";
  flushSync();
  expect(document.activeElement).toBe(tiles[0]);
});

test("after a dialog, the focus is back on what opened it", async () => {
  const { app, elsewhere } = await opened();
  elsewhere.focus();
  app.screen.overlay = { kind: "help" };
  flushSync();
  elsewhere.blur();
  app.screen.overlay = null;
  flushSync();
  expect(document.activeElement).toBe(elsewhere);
});

test("after a dialog that selected another tile, that one has the focus", async () => {
  const { app, tiles } = await opened();
  tiles[0]?.focus();
  app.screen.overlay = { kind: "palette" };
  flushSync();
  app.screen.overlay = null;
  app.screen.selected = 1;
  flushSync();
  expect(document.activeElement).toBe(tiles[1]);
});

test("what opened a dialog and is gone since leaves the focus to the wall", async () => {
  const { app, tiles, elsewhere } = await opened();
  elsewhere.focus();
  app.screen.overlay = { kind: "help" };
  flushSync();
  elsewhere.remove();
  app.screen.overlay = null;
  flushSync();
  expect(document.activeElement).toBe(tiles[0]);
});
