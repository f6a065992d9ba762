import { m } from "../messages";
import type { App } from "../state/app.svelte";
import type { Action } from "./action";
import { areCharactersOff, assigned, CHARACTERS } from "./bindings";
import { all, ifConnected } from "./conditions";
import { ACTIONS } from "./registry";
import { DIGITS, isClash } from "./shortcut";

/** Asks for another shortcut. */
export const changeKey: Action<Action> = {
  id: "keys.change",
  label: (app, action) => m.action_change_key({ action: action.label(app) }),
  enabled: (app, action) => all(ifConnected(app), !hasDigits(action) || m.digits_stay()),
  run: ({ screen }, action) => {
    screen.overlay = { kind: "changeKey", action, shortcut: "" };
  },
};

export const removeKey: Action<Action> = {
  id: "keys.remove",
  label: (app, action) => m.action_remove_key({ action: action.label(app) }),
  enabled: (app, { id }) => all(ifConnected(app), assigned(app).has(id) || m.has_no_key()),
  run: (app, action) => rebind(app, action, ""),
};

/** Asks first, where another action has its shortcut now. */
export const resetKey: Action<Action> = {
  id: "keys.reset",
  label: (app, action) => m.action_reset_key({ action: action.label(app) }),
  enabled: (app, action) => all(ifConnected(app), isChanged(app, action) || m.has_own_key()),
  run: async (app, action) => {
    const { shortcut = "" } = action;
    if (rivals(app, action, shortcut).length === 0) await rebind(app, action, shortcut);
    else app.screen.overlay = { kind: "changeKey", action, shortcut };
  },
};

export const resetAllKeys: Action = {
  id: "keys.resetAll",
  label: () => m.action_reset_all_keys(),
  enabled: (app) =>
    all(ifConnected(app), ACTIONS.some((it) => isChanged(app, it)) || m.all_own_keys()),
  run: (app) => app.setSettings({ keys: areCharactersOff(app) ? { [CHARACTERS]: "" } : {} }),
};

/** For those who speak to their computer, or hit keys by accident. */
export const toggleCharacters: Action = {
  id: "keys.toggleCharacters",
  label: () => m.action_toggle_characters(),
  enabled: ifConnected,
  run: (app) => {
    const { [CHARACTERS]: _, ...keys } = app.settings.keys;
    return app.setSettings({ keys: areCharactersOff(app) ? keys : { ...keys, [CHARACTERS]: "" } });
  },
};

/** Whether its shortcut is not the one it was made with. */
export function isChanged(app: App, { id, shortcut = "" }: Action): boolean {
  return (assigned(app).get(id) ?? "") !== shortcut;
}

/** The other actions whose shortcuts are in the way of this one. */
export function rivals(app: App, action: Action, shortcut: string): Action[] {
  const isRival = ({ id, mode }: Action) =>
    id !== action.id && mode === action.mode && isClash(assigned(app).get(id) ?? "", shortcut);
  return ACTIONS.filter(isRival);
}

/** Gives an action its shortcut, "" for none; rivals then have none. */
export async function rebind(app: App, action: Action, shortcut: string): Promise<void> {
  const keys = { ...app.settings.keys, [action.id]: shortcut };
  if (shortcut === action.shortcut) delete keys[action.id];
  for (const { id } of rivals(app, action, shortcut)) keys[id] = "";
  await app.setSettings({ keys });
}

/** Which digits they are, only a camera's number can say. */
function hasDigits({ shortcut }: Action): boolean {
  return shortcut?.startsWith(DIGITS) ?? false;
}
