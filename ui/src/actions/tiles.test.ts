// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FakeEngine, fakeCamera } from "../connection/fake";
import { App } from "../state/app.svelte";
import { withTile } from "../state/layouts.svelte";
import { carryTile, takeOffTile, toggleSpot } from "./tiles";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

async function opened(count: number) {
  const cameras = [...Array(count).keys()].map((i) => fakeCamera(i + 1));
  const engine = new FakeEngine(cameras);
  const app = new App(engine, engine.dial);
  app.start();
  await vi.advanceTimersByTimeAsync(0);
  return { app, engine };
}

const onTiles = (app: App) => app.wall.tiles.map(({ camera }) => camera?.number ?? null);

test("a camera taken off its tile can be put back", async () => {
  const { app } = await opened(3);
  app.screen.selected = 1;
  await takeOffTile.run(app);
  expect(onTiles(app)).toEqual([1, null, 3, null]);
  expect(app.screen.toast?.text).toBe("Took Camera 2 off its tile");
  app.screen.toast?.undo?.();
  expect(onTiles(app)).toEqual([1, 2, 3, null]);
});

test("what was put on the tile meanwhile stays there", async () => {
  const { app } = await opened(4);
  await takeOffTile.run(app);
  const { current } = app.layouts;
  if (current === null) throw new Error("no layout");
  const four = current.tiles[3] ?? null;
  await app.setLayout(withTile(withTile(current, 3, null), 0, four));
  app.screen.toast?.undo?.();
  expect(onTiles(app)).toEqual([4, 2, 3, 1]);
});

test("what the server will not have leaves no way back to offer", async () => {
  const { app, engine } = await opened(3);
  const failure = { code: "storage", message: "The disk is full." } as const;
  engine.answer = () => ({ kind: "failed", failure });
  await takeOffTile.run(app);
  expect(onTiles(app)).toEqual([1, 2, 3, null]);
  expect(app.screen.toast).toEqual({ text: failure.message });
});

test("an empty tile has nothing to move or take off, and may be the spot", async () => {
  const { app } = await opened(3);
  app.screen.selected = 3;
  const enabled = () => [carryTile.enabled(app), takeOffTile.enabled(app)];
  expect(enabled()).toEqual(["No camera is selected.", "No camera is selected."]);
  await toggleSpot.run(app);
  expect(app.wall.spotAt).toBe(3);
  expect(enabled()).toEqual([true, "The spot shows what is selected."]);
});

test("the spot is on one tile at a time, or on none", async () => {
  const { app } = await opened(3);
  await toggleSpot.run(app);
  app.screen.selected = 2;
  expect(toggleSpot.label(app)).toBe("Show the selection here (spot)");
  await toggleSpot.run(app);
  expect(app.wall.spotAt).toBe(2);
  expect(toggleSpot.label(app)).toContain("End the spot");
  await toggleSpot.run(app);
  expect(app.wall.spotAt).toBe(-1);
  expect(onTiles(app)).toEqual([1, 2, 3, null]);
});

test("nothing of this while a tile is alone, or the engine is away", async () => {
  const { app, engine } = await opened(3);
  const actions = [carryTile, takeOffTile, toggleSpot];
  app.screen.alone = fakeCamera(1).address;
  for (const action of actions) expect(action.enabled(app)).toContain("alone");
  app.screen.alone = null;
  engine.ticket = null;
  engine.drop();
  for (const action of actions) expect(action.enabled(app)).toContain("connection");
});
