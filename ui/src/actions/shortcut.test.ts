// @vitest-environment jsdom
import { expect, test } from "vitest";
import { isCharacter, isClash, partsOf, strokeOf } from "./shortcut";

const stroke = (key: string, init: KeyboardEventInit = {}) =>
  strokeOf(new KeyboardEvent("keydown", { key, ...init }));

test.each<[string, KeyboardEventInit, string | null]>([
  ["f", {}, "f"],
  ["F", { shiftKey: true }, "Shift+f"],
  // Caps lock alone, and with Shift.
  ["F", {}, "f"],
  ["f", { shiftKey: true }, "Shift+f"],
  ["?", { shiftKey: true }, "?"],
  ["/", { shiftKey: true, code: "Digit7" }, "/"],
  ["+", { ctrlKey: true }, "Ctrl++"],
  ["Home", { ctrlKey: true }, "Ctrl+Home"],
  ["ArrowLeft", { shiftKey: true }, "Shift+ArrowLeft"],
  ["z", { ctrlKey: true, altKey: true, shiftKey: true, metaKey: true }, "Ctrl+Alt+Shift+Meta+z"],
  [" ", {}, "Space"],
  // Not Latin, so by their places.
  ["а", { code: "KeyF" }, "f"],
  ["لا", { code: "KeyB" }, "b"],
  ["۳", { code: "Digit3" }, "3"],
  ["ظ", { code: "Slash" }, "/"],
  ["؟", { code: "Slash", shiftKey: true }, "?"],
  // Latin, though not in ASCII.
  ["ö", { code: "Semicolon" }, "ö"],
  // AltGr wrote it.
  ["@", { ctrlKey: true, altKey: true, modifierAltGraph: true }, "@"],
  ["Shift", { shiftKey: true }, null],
  ["Dead", {}, null],
  ["字", { code: "" }, null],
])("%s with %j is %s", (key, init, expected) => {
  expect(stroke(key, init)).toBe(expected);
});

test.each([
  ["Ctrl+Home", ["Ctrl", "Home"]],
  ["Ctrl++", ["Ctrl", "+"]],
  ["+", ["+"]],
])("%s has its parts", (shortcut, parts) => {
  expect(partsOf(shortcut)).toEqual(parts);
});

test.each([
  ["f", true],
  ["Shift+f", true],
  ["?", true],
  ["g w", true],
  ["0-9 Enter", true],
  ["Ctrl+f", false],
  ["Enter", false],
  ["Space", false],
  ["F5", false],
  ["", false],
])("whether %j begins by a character: %s", (shortcut, expected) => {
  expect(isCharacter(shortcut)).toBe(expected);
});

test.each([
  ["f", "f", true],
  ["f", "Shift+f", false],
  ["g", "g w", true],
  ["g w", "g c", false],
  ["g w", "w", false],
  ["5", "0-9 Enter", true],
  ["Enter", "0-9 Enter", false],
  ["5", "6", false],
  ["", "f", false],
])("whether %j and %j clash: %s", (one, other, expected) => {
  expect(isClash(one, other)).toBe(expected);
  expect(isClash(other, one)).toBe(expected);
});
