import { m } from "../messages";
import type { Action } from "./action";
import { ifOnWall } from "./conditions";

export const toggleSound: Action = {
  id: "sound.toggle",
  label: () => m.action_toggle_sound(),
  shortcut: "m",
  enabled: (app) => ifOnWall(app) && (app.sound.isOn || app.sound.target !== null),
  run: ({ sound }) => sound.toggle(),
};
