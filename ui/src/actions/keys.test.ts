// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FakeEngine, fakeCamera } from "../connection/fake";
import { FakeSpeaker } from "../sound/fake";
import { App } from "../state/app.svelte";
import { Keys } from "./keys";
import { ACTIONS } from "./registry";
import { isClash } from "./shortcut";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  document.body.replaceChildren();
  localStorage.clear();
});

async function opened() {
  const engine = new FakeEngine([1, 2, 3, 4, 15].map((number) => fakeCamera(number)));
  const app = new App(engine, engine.dial, () => new FakeSpeaker());
  app.start();
  await vi.advanceTimersByTimeAsync(0);
  const keys = new Keys(app);
  /** `ArrowLeft`, `f`, `g c`: one after the other. Returns whether the last was for us. */
  const press = (sequence: string, target: HTMLElement = document.body, init = {}) => {
    let wasOurs = false;
    for (const key of sequence.split(" ")) {
      const event = new KeyboardEvent("keydown", { key, cancelable: true, bubbles: true, ...init });
      target.addEventListener("keydown", keys.down, { once: true });
      target.dispatchEvent(event);
      wasOurs = event.defaultPrevented;
    }
    return wasOurs;
  };
  return { app, engine, press, screen: app.screen };
}

function focusable(html: string): HTMLElement {
  document.body.innerHTML = html;
  return document.body.firstElementChild as HTMLElement;
}

test("no two actions share a key, or an id", () => {
  const clashes = ACTIONS.flatMap((one, i) =>
    ACTIONS.slice(i + 1).filter(
      (other) => other.mode === one.mode && isClash(one.shortcut ?? "", other.shortcut ?? ""),
    ),
  );
  expect(clashes).toEqual([]);
  expect(new Set(ACTIONS.map(({ id }) => id)).size).toBe(ACTIONS.length);
});

test.each([
  ["ArrowRight", 1],
  ["ArrowDown", 2],
  ["ArrowRight ArrowDown", 3],
  ["ArrowLeft", 0],
  ["ArrowRight ArrowRight", 1],
  ["ArrowUp", 0],
  ["ArrowDown ArrowDown", 2],
])("%s selects tile %i of four", async (sequence, selected) => {
  const { press, screen } = await opened();
  press(sequence);
  expect(screen.selected).toBe(selected);
});

test.each([
  ["ArrowDown End", 3],
  ["ArrowDown End Home", 2],
  ["Ctrl+End", 3],
  ["Ctrl+End Ctrl+Home", 0],
])("%s selects tile %i of four", async (sequence, selected) => {
  const { press, screen } = await opened();
  for (const stroke of sequence.split(" ")) {
    press(stroke.replace("Ctrl+", ""), document.body, { ctrlKey: stroke.startsWith("Ctrl+") });
  }
  expect(screen.selected).toBe(selected);
});

test("from right to left, left is where the next tile is", async () => {
  const { press, screen } = await opened();
  document.dir = "rtl";
  press("ArrowLeft");
  expect(screen.selected).toBe(1);
  press("Home");
  expect(screen.selected).toBe(0);
  press("End");
  expect(screen.selected).toBe(1);
  document.dir = "";
});

test("arrows go to the wall from a button, and stay with a choice", async () => {
  const { press, screen } = await opened();
  press("ArrowRight", focusable("<button></button>"));
  expect(screen.selected).toBe(1);
  press("ArrowDown", focusable('<input type="radio">'));
  expect(screen.selected).toBe(1);
});

test("Enter maximises, Escape goes back", async () => {
  const { app, press } = await opened();
  press("ArrowRight Enter");
  expect(app.wall.alone).toBe(app.wall.tiles[1]);
  press("Escape");
  expect(app.wall.alone).toBeNull();
});

test("digits and Enter go to a camera on the wall", async () => {
  const { app, press, screen } = await opened();
  press("3 Enter");
  expect(screen.selected).toBe(2);
  expect(app.wall.alone).toBeNull();
  expect(screen.jump).toBe("");
});

test("digits and Enter show a camera alone that is not on the wall", async () => {
  const { app, press } = await opened();
  press("1 5 Enter");
  expect(app.wall.alone?.camera?.number).toBe(15);
  press("Escape");
  expect(app.wall.visitor).toBeNull();
});

test("a number nobody has is said, and forgotten", async () => {
  const { press, screen } = await opened();
  press("9 9 Enter");
  expect(screen.toast?.text).toContain("99");
  press("7 Escape");
  expect(screen.jump).toBe("");
});

test("digits and Enter show a camera on the spot that is not on the wall", async () => {
  const { app, press } = await opened();
  press("ArrowRight k");
  expect(app.wall.spotAt).toBe(1);
  press("1 5 Enter");
  expect(app.wall.alone).toBeNull();
  expect(app.wall.tiles[1]?.camera?.number).toBe(15);
  press("3 Enter");
  expect(app.screen.selected).toBe(2);
  expect(app.wall.tiles[1]?.camera?.number).toBe(3);
});

const onTiles = (app: App) => app.wall.tiles.map(({ camera }) => camera?.number);

test.each([
  ["ArrowRight ArrowDown Enter", [4, 2, 3, 1], 3],
  ["2 Enter", [2, 1, 3, 4], 1],
  ["ArrowRight Escape", [1, 2, 3, 4], 0],
  ["Enter", [1, 2, 3, 4], 0],
])("C and %s move the selected tile", async (sequence, expected, selected) => {
  const { app, press, screen } = await opened();
  press(`c ${sequence}`);
  expect(onTiles(app)).toEqual(expected);
  expect([screen.selected, screen.jump, app.carry.isActive]).toEqual([selected, "", false]);
  expect(app.wall.alone).toBeNull();
});

test("while a tile is carried, other keys wait", async () => {
  const { app, press, screen } = await opened();
  press("c");
  expect(press("f")).toBe(false);
  expect(screen.isVideoOnly).toBe(false);
  expect(app.carry.isActive).toBe(true);
});

test("Shift and a page key change the shape, without it the layout", async () => {
  const { app, press } = await opened();
  press("PageDown", document.body, { shiftKey: true });
  expect(app.layouts.current).toMatchObject({ id: 2, shape: "onePlusFive" });
  press("PageUp", document.body, { shiftKey: true });
  expect(app.layouts.current).toMatchObject({ id: 2, shape: "quad" });
  press("PageUp");
  expect(app.layouts.current?.id).toBe(1);
});

test("F leaves only the video, and Escape brings the rest back", async () => {
  const { press, screen } = await opened();
  press("f");
  expect(screen.isVideoOnly).toBe(true);
  press("Escape");
  expect(screen.isVideoOnly).toBe(false);
});

test("Z zooms the selected tile and has the arrows, until it or Escape ends that", async () => {
  const { app, engine, press, screen } = await opened();
  const tile = app.wall.tiles[0];
  if (tile === undefined) throw new Error("no tile");
  expect(press("z")).toBe(false);
  tile.size = { width: 640, height: 360 };
  tile.watch(false);
  engine.picture(engine.subscribed[0] ?? 0, 1);
  press("z + =");
  expect(tile.lens.zoom).toMatchObject({ scale: 2 * 1.25 * 1.25, x: 0.5, y: 0.5 });
  press("- ArrowRight ArrowUp");
  expect(tile.lens.zoom.scale).toBe(2.5);
  expect(tile.lens.zoom.x).toBeGreaterThan(0.5);
  expect(tile.lens.zoom.y).toBeLessThan(0.5);
  expect(screen.selected).toBe(0);
  press("z");
  expect(tile.lens.zoom.scale).toBe(1);
  press("z Escape ArrowRight");
  expect(tile.lens.zoom.scale).toBe(1);
  expect(screen.selected).toBe(1);
});

test("Escape ends the zoom of a tile alone first, and the next shows the others again", async () => {
  const { app, engine, press } = await opened();
  press("Enter");
  const tile = app.wall.alone;
  if (tile === null) throw new Error("no tile");
  tile.size = { width: 640, height: 360 };
  tile.watch(true);
  engine.picture(engine.subscribed[0] ?? 0, 1);
  press("z Escape");
  expect(tile.lens.isZoomed).toBe(false);
  expect(app.wall.alone).toBe(tile);
  press("Escape");
  expect(app.wall.alone).toBeNull();
});

test("Less and more dim the controls, as far as that goes, and say so", async () => {
  const { app, press, screen } = await opened();
  expect(press(">")).toBe(false);
  press("< <");
  expect(app.dim.percent).toBe(80);
  expect(screen.toast?.text).toContain("80");
  press("< < < < < <");
  expect(app.dim.percent).toBe(40);
  press(">");
  expect(app.dim.percent).toBe(50);
});

test("U fills the tiles, and I shows what they cost", async () => {
  const { press, screen } = await opened();
  press("u i");
  expect([screen.isFilling, screen.hasStatistics]).toEqual([true, true]);
  press("u i");
  expect([screen.isFilling, screen.hasStatistics]).toEqual([false, false]);
});

test("M listens to the selected tile, and mutes", async () => {
  const { app, press } = await opened();
  expect(press("m")).toBe(true);
  expect(app.sound.isOn).toBe(true);
  press("m");
  expect(app.sound.isOn).toBe(false);
});

test("M is for nobody where there is nothing to hear", async () => {
  const { app, press, screen } = await opened();
  app.layouts.show(1);
  app.layouts.put({ id: 1, name: "Single", shape: "single", tiles: [null], spot: null });
  expect(press("m")).toBe(false);
  screen.view = "cameras";
  expect(press("m")).toBe(false);
  expect(app.sound.isOn).toBe(false);
});

test("G and a letter go to a screen; another letter goes nowhere", async () => {
  const { press, screen } = await opened();
  press("g c");
  expect(screen.view).toBe("cameras");
  press("g x w");
  expect(screen.view).toBe("cameras");
  press("g w");
  expect(screen.view).toBe("wall");
});

test("a letter on a keyboard that is not Latin counts by its place", async () => {
  const { press, screen } = await opened();
  press("а", document.body, { code: "KeyF" });
  expect(screen.isVideoOnly).toBe(true);
});

test.each([
  ["a text field", "f", '<input type="text">', {}],
  ["a text area", "?", "<textarea></textarea>", {}],
  ["a selection", "ArrowDown", "<select></select>", {}],
  ["an input method", "f", "<div></div>", { isComposing: true }],
  ["the browser's own shortcut", "f", "<div></div>", { ctrlKey: true }],
  ["the button that has the focus", "Enter", "<button></button>", {}],
])("leaves keys to %s", async (_, key, html, init) => {
  const { press, screen } = await opened();
  expect(press(key, focusable(html), init)).toBe(false);
  expect([screen.isVideoOnly, screen.overlay, screen.selected, screen.alone]).toEqual([
    false,
    null,
    0,
    null,
  ]);
});

test("a dialog keeps every key to itself", async () => {
  const { press, screen } = await opened();
  press("?");
  expect(screen.overlay).toEqual({ kind: "help" });
  expect(press("f")).toBe(false);
  expect(screen.isVideoOnly).toBe(false);
});
