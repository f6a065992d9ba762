import type { Settings } from "../protocol";
import type { App } from "../state/app.svelte";
import type { Action } from "./action";
import { ACTIONS } from "./registry";
import { isCharacter, isClash } from "./shortcut";

type Keys = Settings["keys"];

/** Among the keys of the settings: by "", that no character alone is a shortcut. */
export const CHARACTERS = "characters";

const NONE: Keys = {};
/** Settings are replaced, never changed. */
const known = new WeakMap<Keys, Map<string, string>>();

/** What runs the action with this id now; "" where nothing does. */
export function shortcutOf(app: App, id: string): string {
  const shortcut = assigned(app).get(id) ?? "";
  return areCharactersOff(app) && isCharacter(shortcut) ? "" : shortcut;
}

/** Shortcuts by the ids of their actions, whether or not characters are off. */
export function assigned({ settings }: App): ReadonlyMap<string, string> {
  // An older engine keeps no keys.
  const keys = settings.keys ?? NONE;
  const shortcuts = known.get(keys) ?? assign(keys);
  known.set(keys, shortcuts);
  return shortcuts;
}

export function areCharactersOff({ settings }: App): boolean {
  return settings.keys?.[CHARACTERS] === "";
}

/** What the owner chose goes first: a shortcut that clashes with it is none. */
function assign(keys: Keys): Map<string, string> {
  const shortcuts = new Map<string, string>();
  const give = ({ id, mode }: Action, shortcut = "") => {
    const isTaken = ACTIONS.some(
      (other) => other.mode === mode && isClash(shortcut, shortcuts.get(other.id) ?? ""),
    );
    if (shortcut !== "" && !isTaken) shortcuts.set(id, shortcut);
  };
  for (const action of ACTIONS) give(action, keys[action.id]);
  for (const action of ACTIONS) if (keys[action.id] === undefined) give(action, action.shortcut);
  return shortcuts;
}
