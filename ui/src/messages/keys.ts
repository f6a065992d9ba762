import { partsOf, strokesOf } from "../actions/shortcut";
import { m } from ".";

const NAMES: Record<string, () => string> = {
  "0-9": m.key_digits,
  Alt: m.key_alt,
  ArrowDown: () => "↓",
  ArrowLeft: () => "←",
  ArrowRight: () => "→",
  ArrowUp: () => "↑",
  Backspace: m.key_backspace,
  Ctrl: m.key_ctrl,
  Delete: m.key_delete,
  End: m.key_end,
  Enter: m.key_enter,
  Escape: m.key_escape,
  Home: m.key_home,
  Meta: m.key_meta,
  PageDown: m.key_page_down,
  PageUp: m.key_page_up,
  Shift: m.key_shift,
  Space: m.key_space,
};

/** A label, and behind it the keys where there are any. */
export function withKeys(label: string, shortcut: string): string {
  return shortcut === "" ? label : m.with_keys({ label, keys: keyNames(shortcut).join(" ") });
}

/** What stands on the keys of a shortcut, stroke by stroke. */
export function keyNames(shortcut: string): string[] {
  const name = (part: string) => NAMES[part]?.() ?? part.toUpperCase();
  return strokesOf(shortcut).map((stroke) => partsOf(stroke).map(name).join("+"));
}
