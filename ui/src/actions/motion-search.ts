import { m } from "../messages";
import type { CameraAddress, MotionSpan } from "../protocol";
import type { App } from "../state/app.svelte";
import { MotionSearch } from "../state/motion-search.svelte";
import type { Action } from "./action";
import { all, ifConnected } from "./conditions";
import { playMoment } from "./review";

/** In pictures like those of the selected tile, which is then alone. */
export const openMotionSearch: Action = {
  id: "open.motionSearch",
  label: () => m.action_open_motion_search(),
  shortcut: "Shift+f",
  enabled: (app) => all(cameraOf(app) !== null || m.no_camera_selected(), ifConnected(app)),
  run: (app) => {
    const camera = cameraOf(app);
    if (camera === null) return;
    const { motion, screen } = app;
    motion.search ??= new MotionSearch(app, camera);
    screen.view = "wall";
    screen.isVideoOnly = false;
    screen.alone = camera;
  },
};

/** Plays it, with its camera alone. */
export const showMotion: Action<MotionSpan> = {
  id: "motion.show",
  label: () => m.motion_search_play(),
  enabled: (app, { camera }) =>
    all(app.cameras.get(camera) !== null || m.event_camera_gone(), ifConnected(app)),
  run: (app, { camera, from }) => playMoment(app, camera, from),
};

function cameraOf({ wall }: App): CameraAddress | null {
  return (wall.alone ?? wall.selected)?.camera?.address ?? null;
}
