import { expect, test } from "vitest";
import type { MotionSettings } from "../protocol";
import { MotionDraft } from "./motion-draft.svelte";

const CAMERA = { server: "fake", camera: 1 };
const NOTHING: MotionSettings = { mode: "auto", zones: [], masks: [], lines: [] };
const MASK = { kind: "mask", index: 0 } as const;
const LINE = { kind: "line", index: 0 } as const;

test("shapes begin in the middle, are chosen, and are named in order", () => {
  const draft = new MotionDraft(CAMERA, NOTHING);
  draft.add("line");
  draft.add("zone");
  draft.add("mask");
  expect(draft.shapes).toEqual([{ kind: "zone", index: 0 }, MASK, LINE]);
  expect(draft.chosen).toEqual(MASK);
  expect(draft.points(MASK)).toHaveLength(4);
  expect(draft.zone).toBeNull();
  draft.removeShape(MASK);
  expect([draft.chosen, draft.settings.masks]).toEqual([null, []]);
});

test("a shape stays in the picture, and in shape", () => {
  const draft = new MotionDraft(CAMERA, NOTHING);
  draft.add("mask");
  draft.moveShape(MASK, { x: 1, y: -0.1 });
  expect(draft.points(MASK)[0]).toEqual({ x: 0.6, y: 0.2 });
  expect(draft.points(MASK)[2]).toEqual({ x: 1, y: 0.6 });
  draft.movePoint(MASK, 0, { x: -3, y: 0.123456 });
  expect(draft.points(MASK)[0]).toEqual({ x: 0, y: 0.1235 });
});

test("corners are added between others, and three remain", () => {
  const draft = new MotionDraft(CAMERA, NOTHING);
  draft.add("mask");
  expect(draft.addCorner(MASK, 3)).toBe(4);
  expect(draft.points(MASK)[4]).toEqual({ x: 0.3, y: 0.5 });
  for (let i = 0; i < 5; i++) draft.removeCorner(MASK, 0);
  expect(draft.points(MASK)).toHaveLength(3);
  draft.add("line");
  expect([draft.canAddCorner(LINE), draft.canRemoveCorner(LINE)]).toEqual([false, false]);
});

test("64 corners and 32 shapes are the most", () => {
  const draft = new MotionDraft(CAMERA, NOTHING);
  for (let i = 0; i < 32; i++) draft.add("mask");
  expect([draft.canAdd("mask"), draft.canAdd("zone")]).toEqual([false, true]);
  for (let i = 0; i < 100; i++) draft.addCorner(MASK, 0);
  expect(draft.points(MASK)).toHaveLength(64);
});

test("every change is taken back, a movement as a whole", () => {
  const draft = new MotionDraft(CAMERA, NOTHING);
  draft.add("zone");
  draft.changeZone({ name: "Gate", sensitivity: 20 });
  const zone = { kind: "zone", index: 0 } as const;
  draft.begin();
  draft.movePoint(zone, 0, { x: 0.1, y: 0.1 });
  draft.movePoint(zone, 0, { x: 0.2, y: 0.2 });
  draft.undo();
  expect(draft.points(zone)[0]).toEqual({ x: 0.3, y: 0.3 });
  expect(draft.zone?.name).toBe("Gate");
  draft.undo();
  expect(draft.zone?.sensitivity).toBe(80);
  draft.undo();
  expect([draft.settings, draft.chosen, draft.isChanged]).toEqual([NOTHING, null, false]);
  expect(draft.canUndo).toBe(false);
});
