import { m } from "../messages";
import type { CameraAddress, Failure } from "../protocol";
import type { App } from "../state/app.svelte";
import { MotionDraft } from "../state/motion-draft.svelte";
import type { Action } from "./action";
import { all, ifConnected } from "./conditions";

/** Of a camera; `null` for that of the selected tile. What was not kept goes on. */
export const openMotion: Action<CameraAddress | null> = {
  id: "open.motion",
  label: () => m.action_open_motion(),
  shortcut: "Shift+m",
  enabled: (app, camera) =>
    all(cameraOf(app, camera) !== null || m.no_camera_selected(), ifConnected(app)),
  run: (app, wanted) => {
    const camera = cameraOf(app, wanted);
    if (camera === null) return;
    const { motion, screen } = app;
    motion.draft = motion.draftOf(camera) ?? new MotionDraft(camera, motion.of(camera).settings);
    motion.search = null;
    screen.view = "wall";
    screen.isVideoOnly = false;
    screen.alone = camera;
  },
};

/** Its answer is shown where it was drawn. */
export async function setMotion(
  app: App,
  { camera, settings }: MotionDraft,
): Promise<Failure | null> {
  const before = app.motion.of(camera).settings;
  const outcome = await app.connection.command({ kind: "setMotion", camera, settings });
  if (outcome.kind === "failed") return outcome.failure;
  app.screen.toast = {
    text: m.motion_changed({ name: app.cameras.nameOf(camera) }),
    undo: async () => {
      await app.perform({ kind: "setMotion", camera, settings: before });
    },
  };
  return null;
}

function cameraOf({ wall }: App, camera: CameraAddress | null): CameraAddress | null {
  return camera ?? (wall.alone ?? wall.selected)?.camera?.address ?? null;
}
