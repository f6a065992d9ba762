// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FakeEngine, fakeCamera } from "../connection/fake";
import type { Command, Outcome } from "../protocol";
import { App } from "../state/app.svelte";
import { addDemo, putOnTile, removeCamera, renameCamera, showDemos } from "./cameras";
import { addClip } from "./clip.svelte";
import { setShape, showLayout } from "./layouts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const FAILURE = { code: "storage", message: "The disk is full." } as const;

async function opened(count: number) {
  const cameras = Array.from({ length: count }, (_, i) => fakeCamera(i + 1));
  const engine = new FakeEngine(cameras);
  const commands: Command[] = [];
  engine.answer = (command): Outcome => {
    commands.push(command);
    if (command.kind !== "addCamera") return { kind: "done", reply: { kind: "nothing" } };
    const camera = fakeCamera(++count, { kind: "closed" });
    engine.say({ kind: "update", update: { kind: "camera", camera } });
    return { kind: "done", reply: { kind: "camera", camera } };
  };
  const app = new App(engine, engine.dial);
  app.start();
  await vi.advanceTimersByTimeAsync(0);
  return { app, engine, commands };
}

const onTiles = (app: App) => app.wall.tiles.map(({ camera }) => camera?.number ?? null);

test("the demo cameras come side by side, and the layout opens with the next viewer", async () => {
  const { app, commands } = await opened(0);
  await showDemos.run(app);
  expect(onTiles(app)).toEqual([1, 2, 3, 4]);
  expect(commands.map(({ kind }) => kind)).toEqual([
    ...Array(4).fill("addCamera"),
    "setLayout",
    "setSettings",
  ]);
  expect(commands[2]).toMatchObject({ camera: { name: "Demo 3", source: { kind: "demo" } } });
});

test("another demo camera takes the first empty tile", async () => {
  const { app } = await opened(2);
  await addDemo.run(app, null);
  expect(onTiles(app)).toEqual([1, 2, 3, null]);
});

test("with every tile taken, a new camera makes the layout grow, which can be undone", async () => {
  const { app, commands } = await opened(4);
  await addDemo.run(app, null);
  expect(onTiles(app)).toEqual([1, 2, 3, 4, 5, null, null, null, null]);
  expect(app.screen.toast?.text).toBe("Added Camera 5. Layout 2 has grown to 3 × 3.");
  expect(commands.map(({ kind }) => kind)).toEqual(["addCamera", "setLayout"]);
  app.screen.toast?.undo?.();
  expect(onTiles(app)).toEqual([1, 2, 3, 4]);
  await setShape.run(app, "nine");
  expect(onTiles(app)).toEqual([1, 2, 3, 4, null, null, null, null, null]);
});

test("a layout grows past cameras that it keeps for a larger shape", async () => {
  const { app } = await opened(9);
  const tiles = [...Array(9).keys()].map((i) => fakeCamera(i + 1).address);
  app.layouts.put({ id: 2, name: "Wall", shape: "quad", tiles, spot: null });
  await addDemo.run(app, null);
  expect(app.layouts.current?.shape).toBe("sixteen");
  expect(onTiles(app).slice(8, 11)).toEqual([9, 10, null]);
});

test("with all of 64 tiles taken, a new camera is only said to be there", async () => {
  const { app, commands } = await opened(64);
  const tiles = [...Array(64).keys()].map((i) => fakeCamera(i + 1).address);
  app.layouts.put({ id: 2, name: "Wall", shape: "sixtyFour", tiles, spot: null });
  await addDemo.run(app, null);
  expect(app.screen.toast?.text).toBe("Added Camera 65. Every tile of this layout is taken.");
  expect(commands.map(({ kind }) => kind)).toEqual(["addCamera"]);
});

test("a camera is on one tile of a layout, or on none", async () => {
  const { app } = await opened(2);
  await putOnTile.run(app, { camera: fakeCamera(1).address, tile: 3 });
  expect(onTiles(app)).toEqual([null, 2, null, 1]);
  await putOnTile.run(app, { camera: fakeCamera(1).address, tile: null });
  expect(onTiles(app)).toEqual([null, 2, null, null]);
});

test("what the server will not have is taken back, and said", async () => {
  const { app, engine } = await opened(2);
  engine.answer = () => ({ kind: "failed", failure: FAILURE });
  await putOnTile.run(app, { camera: fakeCamera(1).address, tile: 3 });
  await app.setSettings({ theme: "light" });
  expect(onTiles(app)).toEqual([1, 2, null, null]);
  expect(app.settings.theme).toBe("dark");
  expect(app.screen.toast?.text).toBe(FAILURE.message);
});

test("a camera removed can be brought back", async () => {
  const { app, commands } = await opened(1);
  await removeCamera.run(app, fakeCamera(1));
  expect(app.screen.toast?.text).toBe("Removed Camera 1");
  app.screen.toast?.undo?.();
  expect(commands.map(({ kind }) => kind)).toEqual(["removeCamera", "restoreCamera"]);
});

test("a layout never names a camera that is gone", async () => {
  const { app, engine, commands } = await opened(2);
  const camera = fakeCamera(2).address;
  engine.say({ kind: "update", update: { kind: "cameraRemoved", camera } });
  await putOnTile.run(app, { camera: fakeCamera(1).address, tile: 2 });
  const tiles = [null, null, fakeCamera(1).address, null];
  expect(commands.at(-1)).toMatchObject({ kind: "setLayout", layout: { tiles } });
});

test.each(["", "   ", "Camera 1"])("no rename to %j", async (name) => {
  const { app, commands } = await opened(1);
  await renameCamera.run(app, { camera: fakeCamera(1), name });
  expect(commands).toEqual([]);
});

test("a clip goes on its tile with its first picture", async () => {
  const { app, engine } = await opened(1);
  const added = addClip(app, "/clip.mp4", 2, new AbortController().signal);
  await vi.advanceTimersByTimeAsync(0);
  engine.picture(engine.subscribed.at(-1) ?? 0, 1);
  expect(await added).toBeNull();
  expect(onTiles(app)).toEqual([1, null, 2, null]);
  expect(engine.received.filter(({ kind }) => kind === "unsubscribe")).toHaveLength(1);
});

test.each([{ kind: "lost", attempt: 1 }, { kind: "unsupported" }] as const)(
  "a clip that shows nothing leaves a sentence, and no camera: $kind",
  async (state) => {
    const { app, engine, commands } = await opened(1);
    const added = addClip(app, "/clip.mp4", null, new AbortController().signal);
    await vi.advanceTimersByTimeAsync(0);
    const failure = { code: "notVideo", message: "No video in it." } as const;
    engine.setStream(2, { ...state, failure, retryAt: 0 });
    expect(await added).toEqual(failure);
    expect(commands.at(-1)).toMatchObject({ kind: "removeCamera" });
  },
);

test("a clip given up is not kept", async () => {
  const { app, commands } = await opened(1);
  const givenUp = new AbortController();
  const added = addClip(app, "/clip.mp4", null, givenUp.signal);
  await vi.advanceTimersByTimeAsync(0);
  givenUp.abort();
  expect(await added).toBeNull();
  expect(commands.at(-1)).toMatchObject({ kind: "removeCamera" });
});

test("while the engine is away, actions that need it say so", async () => {
  const { app, engine, commands } = await opened(1);
  engine.ticket = null;
  engine.drop();
  expect(addDemo.enabled(app, null)).toContain("connection");
  const [single] = app.layouts.all;
  if (single !== undefined) await showLayout.run(app, single);
  expect(app.layouts.current?.shape).toBe("single");
  expect(commands).toEqual([]);
});
