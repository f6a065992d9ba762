import { m } from "../messages";
import type { Action } from "./action";
import { all, ifOnWall } from "./conditions";

export const toggleSound: Action = {
  id: "sound.toggle",
  label: () => m.action_toggle_sound(),
  shortcut: "m",
  enabled: (app) =>
    all(ifOnWall(app), app.sound.isOn || app.sound.target !== null || m.no_camera_selected()),
  run: ({ sound }) => sound.toggle(),
};
