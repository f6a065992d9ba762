import { m } from "../messages";
import type { Action } from "./action";

/** Takes back what the toast says was done, while it says so. */
export const undo: Action = {
  id: "undo",
  label: () => m.undo(),
  shortcut: "Ctrl+z",
  enabled: ({ screen }) => screen.toast?.undo !== undefined || m.nothing_to_undo(),
  run: ({ screen }) => {
    screen.toast?.undo?.();
    screen.toast = null;
  },
};
