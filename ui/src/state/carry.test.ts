// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FakeEngine, fakeCamera } from "../connection/fake";
import type { Command } from "../protocol";
import { App } from "./app.svelte";
import { withShape } from "./layouts.svelte";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

async function opened(count: number) {
  const cameras = [...Array(count).keys()].map((i) => fakeCamera(i + 1));
  const engine = new FakeEngine(cameras);
  const commands: Command[] = [];
  engine.answer = (command) => {
    commands.push(command);
    return { kind: "done", reply: { kind: "nothing" } };
  };
  const app = new App(engine, engine.dial);
  app.start();
  await vi.advanceTimersByTimeAsync(0);
  return { app, carry: app.carry, commands };
}

const onTiles = (app: App) => app.wall.tiles.map(({ camera }) => camera?.number ?? null);

test("what is dropped changes places, and stays selected", async () => {
  const { app, carry, commands } = await opened(3);
  carry.begin(0, false);
  carry.aim(3);
  expect(onTiles(app)).toEqual([1, 2, 3, null]);
  await carry.drop();
  expect(onTiles(app)).toEqual([null, 2, 3, 1]);
  expect(app.wall.selectedAt).toBe(3);
  expect(carry.isActive).toBe(false);
  expect(commands.map(({ kind }) => kind)).toEqual(["setLayout"]);
  expect(carry.said).toBe("Moved Camera 1 to tile 4");
});

test.each([
  ["nowhere", null],
  ["on itself", 0],
  ["on a tile that is not there", 9],
])("dropped %s it stays where it was", async (_, target) => {
  const { app, carry, commands } = await opened(3);
  carry.begin(0, false);
  carry.aim(1);
  carry.aim(target);
  expect(carry.target).toBeNull();
  await carry.drop();
  expect(onTiles(app)).toEqual([1, 2, 3, null]);
  expect([carry.isActive, commands.length]).toEqual([false, 0]);
});

test("a tile without a camera is not taken up", async () => {
  const { carry } = await opened(3);
  carry.begin(3, true);
  expect(carry.isActive).toBe(false);
});

test("arrows go from tile to tile, digits straight to one; each is said", async () => {
  const { app, carry } = await opened(3);
  carry.begin(0, true);
  expect(carry.said).toContain("Moving Camera 1");
  carry.step(1, 0);
  expect([carry.target, carry.said]).toEqual([1, "To tile 2, in place of Camera 2"]);
  carry.step(0, 1);
  expect([carry.target, carry.said]).toEqual([3, "To tile 4, which is empty"]);
  carry.step(1, 0);
  expect(carry.target).toBe(3);
  carry.type("3");
  expect(carry.target).toBe(2);
  carry.type("1");
  expect(carry.target).toBeNull();
  expect(carry.said).toContain("Moving Camera 1");
  carry.cancel();
  expect(carry.said).toBe("Camera 1 stays where it was");
  expect(onTiles(app)).toEqual([1, 2, 3, null]);
});

test("two digits reach any tile", async () => {
  const { app, carry } = await opened(1);
  const { current } = app.layouts;
  if (current !== null) app.layouts.put(withShape(current, "sixtyFour"));
  carry.begin(0, true);
  for (const digit of "64") carry.type(digit);
  expect(carry.target).toBe(63);
});

test("a tile that leaves the wall is carried no more", async () => {
  const { app, carry, commands } = await opened(3);
  carry.begin(2, false);
  carry.aim(0);
  app.layouts.show(1);
  expect(carry.isActive).toBe(false);
  await carry.drop();
  expect(commands).toEqual([]);
});

test("the spot changes places like any other tile", async () => {
  const { app, carry } = await opened(2);
  const { current } = app.layouts;
  if (current !== null) app.layouts.put({ ...current, spot: 3 });
  carry.begin(3, false);
  carry.aim(0);
  await carry.drop();
  expect(app.wall.spotAt).toBe(0);
  expect(app.layouts.current?.tiles[3]).toEqual(fakeCamera(1).address);
});
