// How shortcuts are written: `f`, `Enter`, `Shift+f`, `Ctrl+Home`, and `g w` for
// two strokes in turn. Letters are small; what Shift makes of any other
// character is that character: `?`. The digits that name a camera are `0-9`.

/** Stands for any digit. */
export const DIGITS = "0-9";

const MODIFIERS = new Set(["Alt", "AltGraph", "CapsLock", "Control", "Meta", "NumLock", "Shift"]);
/** A key that is none yet, or none anybody could press again. */
const NO_KEYS = new Set(["Dead", "Process", "Unidentified"]);

/** What keys of a Latin keyboard write that have no name of their own, without and with Shift. */
const LATIN: Record<string, string> = {
  Backquote: "`~",
  Backslash: "\\|",
  BracketLeft: "[{",
  BracketRight: "]}",
  Comma: ",<",
  Equal: "=+",
  Minus: "-_",
  Period: ".>",
  Quote: "'\"",
  Semicolon: ";:",
  Slash: "/?",
};

/** The stroke that a key and its modifiers are; `null` while only modifiers are down. */
export function strokeOf(event: KeyboardEvent): string | null {
  if (MODIFIERS.has(event.key) || NO_KEYS.has(event.key)) return null;
  const key = keyOf(event);
  if (key === "") return null;
  // Shift and AltGr have done their work where they made another character.
  const isWritten = isCharacter(key) && !/\p{L}/u.test(key);
  const isComposed = event.getModifierState("AltGraph");
  const modifiers = [
    [event.ctrlKey && !isComposed, "Ctrl"],
    [event.altKey && !isComposed, "Alt"],
    [event.shiftKey && !isWritten, "Shift"],
    [event.metaKey, "Meta"],
  ] as const;
  return [...modifiers.flatMap(([isDown, name]) => (isDown ? [name] : [])), key].join("+");
}

export function strokesOf(shortcut: string): string[] {
  return shortcut === "" ? [] : shortcut.split(" ");
}

/** The modifiers of a stroke, and last its key. */
export function partsOf(stroke: string): string[] {
  // The key may be a plus itself.
  return stroke.split(/\+(?=.)/);
}

/** Whether it begins by what would write a character in a text: a letter, a digit, a sign. */
export function isCharacter(shortcut: string): boolean {
  return /^(Shift\+)?(.|0-9)( |$)/u.test(shortcut);
}

/** Whether one cannot be pressed without the other: they are the same, or one begins the other. */
export function isClash(one: string, other: string): boolean {
  const others = strokesOf(other);
  const shared = strokesOf(one).slice(0, others.length);
  return shared.length > 0 && shared.every((stroke, i) => isSame(stroke, others[i] ?? stroke));
}

function isSame(one: string, other: string): boolean {
  const isIn = (range: string, digit: string) => range === DIGITS && /^[0-9]$/.test(digit);
  return one === other || isIn(one, other) || isIn(other, one);
}

/** The letter on the key where it is Latin; else the one a Latin keyboard has there. */
function keyOf({ key, code, shiftKey }: KeyboardEvent): string {
  if (key === " ") return "Space";
  if (/^[A-Z][A-Za-z0-9]+$/.test(key)) return key;
  if (/^([!-~]|\p{Script=Latin})$/u.test(key)) return key.toLowerCase();
  const letter = /^(?:Key|Digit)(.)$/.exec(code)?.[1]?.toLowerCase();
  return letter ?? LATIN[code]?.[shiftKey ? 1 : 0] ?? "";
}
