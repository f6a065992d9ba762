// @vitest-environment jsdom
import { flushSync, mount, unmount } from "svelte";
import { afterEach, expect, test } from "vitest";
import { FakeKeyboard } from "../actions/fake";
import type { HourMode } from "../protocol";
import { hoursOf, weekOf } from "../state/week";
import WeekGrid from "./WeekGrid.svelte";
import { PLAN_BRUSHES } from "./week-brush";

afterEach(() => {
  document.dir = "";
  document.body.replaceChildren();
});

function opened() {
  const props = $state({ week: weekOf<HourMode>("continuous"), brushes: PLAN_BRUSHES });
  const grid = mount(WeekGrid, { target: document.body, props });
  flushSync();
  const keyboard = new FakeKeyboard();
  const press = async (...strokes: string[]) => {
    for (const stroke of strokes) await keyboard.press(stroke);
    flushSync();
  };
  return { press, close: () => unmount(grid) };
}

const cell = (day: number, time: number) =>
  document.querySelector<HTMLElement>(`[data-hour="${day * 24 + time}"]`) as HTMLElement;
const shown = () =>
  [...document.querySelectorAll<HTMLElement>("[data-hour]")].map(
    ({ dataset }) => dataset["mode"] as HourMode,
  );
const stops = () =>
  [...document.querySelectorAll<HTMLElement>("[data-hour]")].filter((it) => it.tabIndex === 0);

function choose(mode: HourMode): void {
  document.querySelector<HTMLInputElement>(`input[value=${mode}]`)?.click();
  flushSync();
}

function point(kind: "pointerdown" | "pointerover" | "pointerup", target: Element): void {
  const event = new MouseEvent(kind, { bubbles: true, button: 0, buttons: 1 });
  target.dispatchEvent(event);
  flushSync();
}

test("every hour is a cell that says day, time and what is recorded", async () => {
  const { close } = opened();
  expect(shown()).toHaveLength(168);
  expect(document.querySelector("[role=grid]")?.querySelectorAll("tbody tr")).toHaveLength(7);
  expect(cell(0, 0).ariaLabel).toBe("Monday 0:00, Always");
  expect(cell(6, 23).ariaLabel).toBe("Sunday 23:00, Always");
  await close();
});

test("a drag paints all hours between its ends, either way, and ends where it is let go", async () => {
  const { close } = opened();
  choose("event");
  point("pointerdown", cell(4, 17));
  point("pointerover", cell(2, 12));
  point("pointerover", cell(0, 8));
  expect(hoursOf(shown(), "event")).toBe(50);
  // What was painted on the way, and is not between the ends, is as it was.
  point("pointerover", cell(4, 16));
  expect(hoursOf(shown(), "event")).toBe(2);
  point("pointerup", cell(4, 16));
  point("pointerover", cell(0, 0));
  expect(hoursOf(shown(), "event")).toBe(2);
  await close();
});

test("Space paints an hour, Shift and arrows those between, arrows alone only move", async () => {
  const { press, close } = opened();
  choose("off");
  cell(0, 0).focus();
  await press("ArrowDown", "ArrowRight");
  expect(document.activeElement).toBe(cell(1, 1));
  expect(stops()).toEqual([cell(1, 1)]);
  expect(hoursOf(shown(), "off")).toBe(0);
  await press("Space");
  expect(hoursOf(shown(), "off")).toBe(1);
  await press("Shift+ArrowRight", "Shift+ArrowRight", "Shift+ArrowDown");
  expect(hoursOf(shown(), "off")).toBe(6);
  await press("Shift+ArrowUp");
  expect(hoursOf(shown(), "off")).toBe(3);
  expect(document.querySelector("[role=status]")?.textContent).toBe("Tuesday 3:00, Never");
  await close();
});

test("painting begins at the hour that has the focus, however it came there", async () => {
  const { press, close } = opened();
  cell(2, 2).focus();
  await press("Shift+ArrowRight");
  expect(hoursOf(shown(), "off")).toBe(2);
  await close();
});

test.each([
  [["Home", "Shift+End"], 24],
  [["Ctrl+Home", "Shift+End", "Shift+ArrowDown"], 48],
  [["Ctrl+End", "Enter"], 1],
])("%s paint %i hours", async (strokes, count) => {
  const { press, close } = opened();
  choose("off");
  cell(3, 5).focus();
  await press(...strokes);
  expect(hoursOf(shown(), "off")).toBe(count);
  await close();
});

test("from right to left, left is the next hour", async () => {
  document.dir = "rtl";
  const { press, close } = opened();
  cell(0, 5).focus();
  await press("ArrowLeft");
  expect(document.activeElement).toBe(cell(0, 6));
  await close();
});
