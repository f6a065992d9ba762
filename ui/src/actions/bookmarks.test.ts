// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FakeEngine, fakeCamera, fakeVolume } from "../connection/fake";
import type { Bookmark, Command, NewBookmark, Outcome, Update } from "../protocol";
import { App } from "../state/app.svelte";
import {
  addBookmark,
  footageOf,
  nextBookmark,
  openBookmark,
  previousBookmark,
  removeBookmark,
  showBookmark,
} from "./bookmarks";

const NOW = Date.parse("2026-11-05T20:31:07Z");
const MINUTE = 60_000;

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
});
afterEach(() => {
  vi.useRealTimers();
});

/** About a camera, so many minutes ago. */
function bookmark(id: number, camera: number, ago: number, minutes = 0): Bookmark {
  const from = (NOW - ago * MINUTE) * 1000;
  const to = from + minutes * MINUTE * 1000;
  const cameras = [fakeCamera(camera).address];
  return { id, marked: { cameras, from, to, name: `Van ${id}`, note: "" }, created: 0 };
}

/** With cameras 1 to 4 on the wall, and 5 elsewhere. */
async function opened(known: Bookmark[] = []) {
  const engine = new FakeEngine([1, 2, 3, 4, 5].map((number) => fakeCamera(number)));
  engine.snapshot = { ...engine.snapshot, volumes: [fakeVolume(1)] };
  const commands: Command[] = [];
  let id = 100;
  const tell = (update: Update) => engine.say({ kind: "update", update });
  const added = (marked: NewBookmark): Outcome => {
    const bookmark = { id: ++id, marked, created: 0 };
    tell({ kind: "bookmark", bookmark });
    return { kind: "done", reply: { kind: "bookmark", bookmark } };
  };
  engine.answer = (command): Outcome => {
    commands.push(command);
    if (command.kind === "addBookmark") return added(command.bookmark);
    if (command.kind === "removeBookmark") {
      tell({ kind: "bookmarkRemoved", bookmark: command.id });
    }
    if (command.kind !== "bookmarks") return { kind: "done", reply: { kind: "nothing" } };
    return { kind: "done", reply: { kind: "bookmarks", bookmarks: known } };
  };
  const app = new App(engine, engine.dial);
  app.start();
  await vi.advanceTimersByTimeAsync(0);
  await app.bookmarks.ask();
  commands.length = 0;
  const ids = () => app.bookmarks.all.map(({ id }) => id);
  return { app, engine, commands, ids, tell };
}

test("one key marks what the selected tile shows, live or not, and that can be undone", async () => {
  const { app, commands, ids } = await opened();
  app.screen.selected = 1;
  await addBookmark.run(app);
  const at = NOW * 1000;
  const cameras = [fakeCamera(2).address];
  const name = expect.stringMatching(/^Camera 2, \d\d:31:07$/);
  const marked = { cameras, from: at, to: at, name, note: "" };
  expect(commands).toEqual([{ kind: "addBookmark", bookmark: marked }]);
  app.playback.seek(NOW - 5 * MINUTE);
  await addBookmark.run(app);
  expect(app.bookmarks.all.map(({ marked }) => NOW - marked.from / 1000)).toEqual([5 * MINUTE, 0]);
  app.screen.toast?.undo?.();
  await vi.advanceTimersByTimeAsync(0);
  expect(ids()).toEqual([101]);
});

test("a removed bookmark comes back as it was", async () => {
  const { app, ids } = await opened([bookmark(7, 1, 10, 2)]);
  const [known] = app.bookmarks.all as [Bookmark];
  await removeBookmark.run(app, known);
  expect(ids()).toEqual([]);
  app.screen.toast?.undo?.();
  await vi.advanceTimersByTimeAsync(0);
  expect(app.bookmarks.all).toEqual([{ ...known, id: 101 }]);
});

test("they are in order of time, whoever adds or changes them", async () => {
  const { ids, tell } = await opened([bookmark(1, 1, 10), bookmark(2, 1, 20)]);
  expect(ids()).toEqual([2, 1]);
  tell({ kind: "bookmark", bookmark: bookmark(3, 1, 15) });
  expect(ids()).toEqual([2, 3, 1]);
  tell({ kind: "bookmark", bookmark: bookmark(2, 1, 5) });
  expect(ids()).toEqual([3, 1, 2]);
  tell({ kind: "bookmarkRemoved", bookmark: 3 });
  expect(ids()).toEqual([1, 2]);
});

test("what is told while they are asked for is not lost to an older answer", async () => {
  const { app, engine, ids, tell } = await opened();
  const usual = engine.answer;
  let isFirst = true;
  engine.answer = (command) => {
    if (command.kind !== "bookmarks" || !isFirst) return usual(command);
    isFirst = false;
    tell({ kind: "bookmark", bookmark: bookmark(9, 1, 1) });
    return { kind: "done", reply: { kind: "bookmarks", bookmarks: [] } };
  };
  const bookmarks = [bookmark(9, 1, 1), bookmark(8, 1, 2)];
  const begun = app.bookmarks.ask();
  engine.answer = () => ({ kind: "done", reply: { kind: "bookmarks", bookmarks } });
  await begun;
  expect(ids()).toEqual([8, 9]);
});

test("keys go from one to the next among those of the wall, and say where there is none", async () => {
  const known = [bookmark(1, 1, 30), bookmark(2, 5, 20), bookmark(3, 2, 10, 2)];
  const { app } = await opened(known);
  previousBookmark.run(app);
  expect(app.playback.settled).toBe(NOW - 10 * MINUTE);
  // A span is the range then.
  expect([app.range.from, app.range.to]).toEqual([NOW - 10 * MINUTE, NOW - 8 * MINUTE]);
  previousBookmark.run(app);
  expect(app.playback.settled).toBe(NOW - 30 * MINUTE);
  previousBookmark.run(app);
  expect(app.screen.toast?.text).toContain("no bookmark");
  nextBookmark.run(app);
  expect(app.playback.settled).toBe(NOW - 10 * MINUTE);
});

test("one about no camera of the wall shows its camera alone", async () => {
  const { app } = await opened();
  showBookmark.run(app, bookmark(2, 5, 20));
  expect(app.wall.alone?.camera?.number).toBe(5);
  expect(app.playback.settled).toBe(NOW - 20 * MINUTE);
});

test("what is handed on of a moment is the minute around it, of a span the span", async () => {
  const { app } = await opened();
  const from = NOW - 20 * MINUTE;
  const of = (it: Bookmark) => [footageOf(app, it).from - from, footageOf(app, it).to - from];
  expect(of(bookmark(1, 1, 20))).toEqual([-MINUTE, MINUTE]);
  expect(of(bookmark(1, 1, 20, 3))).toEqual([0, 3 * MINUTE]);
});

test("another one is of the range and the wall, or else of the moment and the selected tile", async () => {
  const { app } = await opened();
  const begun = () => {
    openBookmark.run(app, null);
    const { overlay } = app.screen;
    if (overlay?.kind !== "bookmark") throw new Error("no overlay");
    const { cameras, from, to } = overlay.footage;
    return [cameras.map(({ camera }) => camera), NOW - from, NOW - to];
  };
  expect(begun()).toEqual([[1], 0, 0]);
  app.range.choose(NOW - 3 * MINUTE, NOW - MINUTE);
  expect(begun()).toEqual([[1, 2, 3, 4], 3 * MINUTE, MINUTE]);
});
