import { m, number } from "../messages";
import { eventText } from "../messages/events";
import type { CameraAddress, CameraEvent } from "../protocol";
import type { App } from "../state/app.svelte";
import type { Action } from "./action";
import { all, ifConnected } from "./conditions";

/** What came before it is seen, too. */
const BEFORE_MS = 2000;

/** Says of events that somebody looked through them, which can be taken back. */
export const review: Action<CameraEvent[]> = {
  id: "event.review",
  label: (_, events) => m.action_review({ count: number(events.length) }),
  enabled: (app, events) => all(events.length > 0 || m.nothing_to_review(), ifConnected(app)),
  run: async (app, events) => {
    const ids = events.map(({ id }) => id);
    if (!(await setReviewed(app, ids, true))) return;
    app.screen.toast = {
      text: m.reviewed({ count: number(ids.length) }),
      undo: () => void setReviewed(app, ids, false),
    };
  },
};

/** As much of an event as it takes to play it. */
export type Happened = Pick<CameraEvent, "camera" | "kind" | "label" | "from">;

/** Plays it, with its camera alone. */
export const showEvent: Action<Happened> = {
  id: "event.show",
  label: (_, event) => eventText(event),
  enabled: (app, { camera }) =>
    all(app.cameras.get(camera) !== null || m.event_camera_gone(), ifConnected(app)),
  run: (app, { camera, from }) => playMoment(app, camera, from),
};

/** Plays what was at a moment of the server's, with the camera alone. */
export function playMoment(app: App, camera: CameraAddress, at: number): void {
  app.screen.alone = camera;
  app.screen.view = "wall";
  // That of the tile that is alone by now.
  app.playback.seek(app.clock.toViewerMs(at) - BEFORE_MS);
}

/** Shown at once, and taken back if the server will not have it. */
async function setReviewed(app: App, ids: number[], isReviewed: boolean): Promise<boolean> {
  app.events.setReviewed(ids, isReviewed);
  const reply = await app.perform({ kind: "review", events: ids, isReviewed });
  if (reply === null) app.events.setReviewed(ids, !isReviewed);
  return reply !== null;
}
