// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FakeEngine, fakeCamera } from "../connection/fake";
import type { Command, Layout, Outcome, Update } from "../protocol";
import { App } from "../state/app.svelte";
import {
  addLayout,
  duplicateLayout,
  fewerTiles,
  moreTiles,
  removeLayout,
  renameLayout,
  setShape,
  shapeLabel,
} from "./layouts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** An engine that keeps layouts as the real one does: the news comes before the answer. */
async function opened(count = 2) {
  const cameras = [...Array(count).keys()].map((i) => fakeCamera(i + 1));
  const engine = new FakeEngine(cameras);
  const commands: Command[] = [];
  let last = 2;
  const done: Outcome = { kind: "done", reply: { kind: "nothing" } };
  const tell = (update: Update) => engine.say({ kind: "update", update });
  engine.answer = (command) => {
    commands.push(command);
    if (command.kind === "addLayout") {
      const layout = { ...command.layout, id: ++last };
      tell({ kind: "layout", layout });
      return { kind: "done", reply: { kind: "layout", layout } };
    }
    if (command.kind === "setLayout") tell({ kind: "layout", layout: command.layout });
    if (command.kind === "removeLayout") tell({ kind: "layoutRemoved", layout: command.layout });
    return done;
  };
  const app = new App(engine, engine.dial);
  app.start();
  await vi.advanceTimersByTimeAsync(0);
  return { app, engine, commands };
}

const shown = ({ layouts }: App) => layouts.current as Layout;
const names = ({ layouts }: App) => layouts.all.map(({ name }) => name);

test("a shape is a step away, and loses no camera", async () => {
  const { app, commands } = await opened(4);
  const before = shown(app);
  await setShape.run(app, "single");
  expect(app.wall.tiles).toHaveLength(1);
  await setShape.run(app, "quad");
  expect(shown(app)).toEqual(before);
  expect(commands.map(({ kind }) => kind)).toEqual(["setLayout", "setLayout"]);
  await setShape.run(app, "quad");
  expect(commands).toHaveLength(2);
});

test("more and fewer tiles go through every shape, and no further", async () => {
  const { app } = await opened();
  const counts = [];
  while (moreTiles.enabled(app) === true) {
    await moreTiles.run(app);
    counts.push(app.wall.tiles.length);
  }
  expect(counts).toEqual([6, 8, 9, 10, 16, 25, 36, 64]);
  while (fewerTiles.enabled(app) === true) await fewerTiles.run(app);
  expect(app.wall.tiles).toHaveLength(1);
});

test("shapes are called by their tiles", () => {
  expect((["quad", "sixtyFour", "onePlusFive", "twoPlusEight"] as const).map(shapeLabel)).toEqual([
    "2 × 2",
    "8 × 8",
    "1 + 5",
    "2 + 8",
  ]);
});

test("a new layout has a name of its own, is shown, and opens with the next viewer", async () => {
  const { app, commands } = await opened();
  await renameLayout.run(app, { layout: shown(app), name: " Layout 3 " });
  await addLayout.run(app);
  expect(names(app)).toEqual(["Layout 1", "Layout 3", "Layout 4"]);
  expect(shown(app)).toMatchObject({ id: 3, shape: "quad", tiles: [null, null, null, null] });
  expect(commands.at(-1)).toMatchObject({ kind: "setSettings", settings: { layout: 3 } });
});

test.each([
  ["Yard", "Copy of Yard"],
  ["🚚".repeat(300), `Copy of ${"🚚".repeat(292)}`],
])("a duplicate has all but the name: %s", async (name, copied) => {
  const { app } = await opened();
  const layout = { ...shown(app), name, spot: 1 };
  app.layouts.put(layout);
  await duplicateLayout.run(app, layout);
  expect(shown(app)).toEqual({ ...layout, id: 3, name: copied });
});

test.each(["", "  ", "Layout 2"])("no rename to %j", async (name) => {
  const { app, commands } = await opened();
  await renameLayout.run(app, { layout: shown(app), name });
  expect(commands).toEqual([]);
});

test("a layout removed can be brought back, and is shown again", async () => {
  const { app } = await opened();
  const layout = shown(app);
  await removeLayout.run(app, layout);
  expect(names(app)).toEqual(["Layout 1"]);
  expect(app.screen.toast?.text).toBe("Removed Layout 2");
  await app.screen.toast?.undo?.();
  expect(shown(app)).toEqual({ ...layout, id: 3 });
});

test("one that was not shown comes back unshown", async () => {
  const { app } = await opened();
  const [first] = app.layouts.all;
  if (first !== undefined) await removeLayout.run(app, first);
  await app.screen.toast?.undo?.();
  expect(names(app)).toEqual(["Layout 2", "Layout 1"]);
  expect(shown(app).name).toBe("Layout 2");
});

test("the last layout stays, and it is said why", async () => {
  const { app } = await opened();
  await removeLayout.run(app, shown(app));
  expect(removeLayout.enabled(app, shown(app))).toBe("The last layout cannot be removed.");
});

test("what another viewer removes is shown no more", async () => {
  const { app, engine } = await opened();
  engine.say({ kind: "update", update: { kind: "layoutRemoved", layout: 2 } });
  expect(shown(app).id).toBe(1);
});
