// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FakeEngine, fakeCamera } from "../connection/fake";
import { App } from "../state/app.svelte";
import { letDrag } from "./drag";

beforeEach(() => {
  vi.useFakeTimers();
  // jsdom has no layout: the tile of index i is at x = 100 i.
  document.elementFromPoint = (x) => document.querySelector(`[data-tile="${Math.floor(x / 100)}"]`);
});
afterEach(() => {
  vi.useRealTimers();
  document.body.replaceChildren();
});

async function opened() {
  const engine = new FakeEngine([1, 2, 3].map((number) => fakeCamera(number)));
  const app = new App(engine, engine.dial);
  app.start();
  await vi.advanceTimersByTimeAsync(0);
  const grid = document.createElement("div");
  document.body.append(grid);
  const clicked: number[] = [];
  for (const i of app.wall.tiles.keys()) {
    const tile = document.createElement("div");
    tile.dataset["tile"] = String(i);
    tile.innerHTML = "<span>name</span><button>Add</button>";
    tile.addEventListener("click", () => clicked.push(i));
    grid.append(tile);
  }
  const captured: number[] = [];
  grid.setPointerCapture = (id) => captured.push(id);
  const leave = letDrag(grid, app.carry);
  const at = (x: number) => document.elementFromPoint(x, 0) ?? document.body;
  // A captured pointer goes to who captured it, wherever it is.
  const pointer = (
    type: string,
    x: number,
    init = {},
    target: Element = captured.length > 0 ? grid : at(x),
  ) =>
    target.dispatchEvent(
      new PointerEvent(type, {
        bubbles: true,
        cancelable: true,
        isPrimary: true,
        clientX: x,
        ...init,
      }),
    );
  /** A press, moves and a release, which the browser ends with a click. */
  const drag = (from: number, ...to: number[]) => {
    pointer("pointerdown", from);
    for (const x of to) pointer("pointermove", x);
    pointer("pointerup", to.at(-1) ?? from);
    at(from).dispatchEvent(new MouseEvent("click", { bubbles: true }));
  };
  const onTiles = () => app.wall.tiles.map(({ camera }) => camera?.number ?? null);
  return { app, grid, clicked, captured, leave, at, pointer, drag, onTiles };
}

test("a tile dropped on another one changes places with it, and nothing is clicked", async () => {
  const { app, drag, onTiles, clicked, captured } = await opened();
  drag(50, 60, 250);
  expect(onTiles()).toEqual([3, 2, 1, null]);
  expect([app.wall.selectedAt, clicked, captured]).toEqual([2, [], [0]]);
});

test("nothing moves before the drop", async () => {
  const { app, pointer, onTiles } = await opened();
  pointer("pointerdown", 50);
  pointer("pointermove", 150);
  expect([app.carry.from, app.carry.target]).toEqual([0, 1]);
  pointer("pointermove", 950);
  expect(app.carry.target).toBeNull();
  expect(onTiles()).toEqual([1, 2, 3, null]);
});

test("less than six pixels are a click", async () => {
  const { drag, onTiles, clicked, captured } = await opened();
  drag(97, 102);
  expect(onTiles()).toEqual([1, 2, 3, null]);
  expect([clicked, captured]).toEqual([[0], []]);
});

test.each(["Escape", "the browser"])("%s ends it, and all stays where it was", async (by) => {
  const { app, pointer, onTiles, clicked, at } = await opened();
  pointer("pointerdown", 50);
  pointer("pointermove", 250);
  if (by === "Escape") app.carry.cancel();
  else pointer("pointercancel", 250);
  pointer("pointermove", 150);
  if (by === "Escape") {
    pointer("pointerup", 150);
    at(50).dispatchEvent(new MouseEvent("click", { bubbles: true }));
  }
  expect(onTiles()).toEqual([1, 2, 3, null]);
  expect([app.carry.isActive, clicked]).toEqual([false, []]);
});

test.each([
  ["another button", { button: 2 }, "[data-tile='0']"],
  ["a second finger", { isPrimary: false }, "[data-tile='0']"],
  ["a button in a tile", {}, "[data-tile='0'] button"],
  ["an empty tile", {}, "[data-tile='3']"],
])("%s drags nothing", async (_, init, from) => {
  const { app, grid, pointer } = await opened();
  pointer("pointerdown", 50, init, grid.querySelector(from) ?? grid);
  pointer("pointermove", 150);
  expect(app.carry.isActive).toBe(false);
});

test("a tile that wants the press for itself is not dragged", async () => {
  const { app, grid, pointer } = await opened();
  grid.addEventListener("pointerdown", (event) => event.preventDefault());
  pointer("pointerdown", 50);
  pointer("pointermove", 150);
  expect(app.carry.isActive).toBe(false);
});

test("what keys carry follows the pointer, and drops with a press", async () => {
  const { app, pointer, onTiles, clicked, at } = await opened();
  app.carry.begin(0, true);
  pointer("pointermove", 150);
  expect(app.carry.target).toBe(1);
  pointer("pointerdown", 350);
  pointer("pointerup", 350);
  at(350).dispatchEvent(new MouseEvent("click", { bubbles: true }));
  expect(onTiles()).toEqual([null, 2, 3, 1]);
  expect(clicked).toEqual([]);
});

test("undone, it listens no more", async () => {
  const { app, leave, pointer } = await opened();
  leave();
  pointer("pointerdown", 50);
  pointer("pointermove", 150);
  expect(app.carry.isActive).toBe(false);
});
