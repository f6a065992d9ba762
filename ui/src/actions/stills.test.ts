// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FakeEngine, fakeCamera, fakePicture, fakeVolume } from "../connection/fake";
import type { NewStill, Outcome } from "../protocol";
import { App } from "../state/app.svelte";
import type { Tile } from "../state/tile.svelte";
import { takeStill } from "./stills";

const NOW = Date.parse("2026-11-05T20:31:07Z");
const SIZE = { width: 640, height: 360 };

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
});
afterEach(() => {
  vi.useRealTimers();
});

/** With two cameras, of which the second has a sub-stream. */
async function opened() {
  const second = fakeCamera(2);
  const [main] = second.streams;
  if (main === undefined) throw new Error("no stream");
  const engine = new FakeEngine([fakeCamera(1), { ...second, streams: [main, ["sub", main[1]]] }]);
  engine.snapshot = { ...engine.snapshot, volumes: [fakeVolume(1)] };
  const asked: NewStill[] = [];
  const still = { taken: 1, width: 1920, height: 1080, name: "Gate 1.jpg", file: btoa("jpeg") };
  const taken: Outcome = { kind: "done", reply: { kind: "still", still } };
  const answers: { taken: Outcome } = { taken };
  engine.answer = (command) => {
    if (command.kind !== "takeStill") return { kind: "done", reply: { kind: "nothing" } };
    asked.push(command.still);
    return answers.taken;
  };
  const kept: string[][] = [];
  const folder: { path: string | null; failure: unknown } = { path: null, failure: null };
  const app = new App(engine, engine.dial, undefined, async (name, jpeg) => {
    if (folder.failure !== null) throw folder.failure;
    kept.push([name, atob(jpeg)]);
    return folder.path;
  });
  app.start();
  await vi.advanceTimersByTimeAsync(0);
  const show = (tile: Tile) => {
    tile.size = SIZE;
    tile.watch(false);
    return engine.subscribed.at(-1) ?? 0;
  };
  const draw = (tile: Tile) => {
    const picture = tile.take();
    if (picture !== null) tile.drawn(picture);
  };
  const tile = app.wall.tiles[0] as Tile;
  return { app, engine, tile, asked, answers, kept, folder, show, draw };
}

test("of a live tile the newest picture is saved, under the name that the server gives it", async () => {
  const { app, engine, tile, asked, kept, folder, show } = await opened();
  expect(takeStill.enabled(app)).toBe("The selected tile shows no picture.");
  engine.picture(show(tile), 1, NOW * 1000);
  expect(takeStill.enabled(app)).toBe(true);
  await takeStill.run(app);
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const stream = { camera: fakeCamera(1).address, role: "main" };
  expect(asked).toEqual([{ stream, at: null, format: "jpeg", zone }]);
  expect(kept).toEqual([["Gate 1.jpg", "jpeg"]]);
  expect(app.screen.toast?.text).toBe("Saved Gate 1.jpg with the browser’s downloads");
  folder.path = "/pictures/Gate 1.jpg";
  await takeStill.run(app);
  expect(app.screen.toast?.text).toBe("Saved /pictures/Gate 1.jpg");
});

test("of a playback the picture that is shown is saved, of the main stream, to the microsecond", async () => {
  const { app, engine, asked, show, draw } = await opened();
  app.screen.selected = 1;
  const tile = app.wall.tiles[1] as Tile;
  app.playback.seek(NOW - 60_000);
  const subscription = show(tile);
  expect(engine.received.at(-1)).toMatchObject({ kind: "subscribe", stream: { role: "sub" } });
  expect(takeStill.enabled(app)).toBe("The selected tile shows no picture.");
  const at = (NOW - 60_000) * 1000 + 123_457;
  const format = engine.announce(subscription);
  const came = (sequence: number, wallTime: number) =>
    engine.sayRaw(fakePicture({ subscription, sequence, format, wallTime }));
  came(1, at);
  // It came, and is not seen yet.
  expect(takeStill.enabled(app)).not.toBe(true);
  draw(tile);
  await takeStill.run(app);
  came(2, at + 40_000);
  await takeStill.run(app);
  draw(tile);
  await takeStill.run(app);
  expect(asked.map((it) => it.at)).toEqual([at, at, at + 40_000]);
  expect(asked.map((it) => it.stream.role)).toEqual(["main", "main", "main"]);
  // Where nothing is recorded, the last picture is of another time.
  engine.say({ kind: "recorded", subscription, state: { kind: "nothing", cause: null } });
  expect(takeStill.enabled(app)).toBe("The selected tile shows no picture.");
});

test("what goes wrong is said, and nothing is kept", async () => {
  const { app, engine, tile, answers, kept, folder, show } = await opened();
  engine.picture(show(tile), 1, NOW * 1000);
  folder.failure = { code: "storage", message: "The disk is full." };
  await takeStill.run(app);
  expect(app.screen.toast?.text).toBe("The disk is full.");
  answers.taken = { kind: "failed", failure: { code: "silent", message: "It sends nothing." } };
  await takeStill.run(app);
  expect(app.screen.toast?.text).toBe("It sends nothing.");
  answers.taken = { kind: "done", reply: { kind: "unrecorded", cause: null } };
  await takeStill.run(app);
  expect(app.screen.toast?.text).toBe("Nothing recorded here");
  expect(kept).toEqual([]);
  app.screen.selected = 2;
  expect(takeStill.enabled(app)).toBe("No camera is selected.");
});
