import { nowMs } from "../connection/clock";
import { m } from "../messages";
import type { Camera, Command } from "../protocol";
import type { App } from "../state/app.svelte";
import type { Action } from "./action";
import { all, ifConnected, ifOnWall } from "./conditions";

/** What a server is told that happened, where somebody saw it. */
const SEEN = "operator";

/** Something happens at the selected camera now: what is around it is recorded. */
export const reportEvent: Action = {
  id: "event.report",
  label: () => m.action_report_event(),
  shortcut: "!",
  enabled: (app) =>
    all(ifOnWall(app), selected(app) !== null || m.no_camera_selected(), ifConnected(app)),
  run: async (app) => {
    const camera = selected(app);
    if (camera === null) return;
    const { address, name } = camera;
    const reply = await app.perform({ kind: "reportEvent", camera: address, event: SEEN });
    if (reply !== null) app.screen.toast = { text: m.event_reported({ name }) };
  },
};

/** An event that began less than this ago is left for the one before it. */
const JUST_MS = 2000;
const EVER = Number.MAX_SAFE_INTEGER;

export const previousEvent: Action = seekTo(
  "previous",
  "Ctrl+ArrowLeft",
  () => m.action_previous_event(),
  (at) => ({ from: 0, to: at - JUST_MS * 1000, newestFirst: true }),
);
export const nextEvent: Action = seekTo(
  "next",
  "Ctrl+ArrowRight",
  () => m.action_next_event(),
  (at) => ({ from: at + 1000, to: EVER, newestFirst: false }),
);

/** Goes to where something happened at the selected camera. */
function seekTo(
  name: string,
  shortcut: string,
  label: () => string,
  asked: (at: number) => Pick<Command & { kind: "events" }, "from" | "to" | "newestFirst">,
): Action {
  return {
    id: `event.${name}`,
    label,
    shortcut,
    enabled: (app) =>
      all(ifOnWall(app), selected(app) !== null || m.no_camera_selected(), ifConnected(app)),
    run: async (app) => {
      const { clock, playback, screen } = app;
      const camera = selected(app)?.address;
      if (camera === undefined) return;
      const span = asked(Math.round(clock.toServer(playback.timeAt(nowMs()))));
      const reply = await app.perform({ kind: "events", cameras: [camera], ...span, limit: 1 });
      if (reply?.kind !== "events") return;
      const found = reply.events[0];
      if (found === undefined) screen.toast = { text: m.no_event_there() };
      else playback.seek(clock.toViewerMs(found.from));
    },
  };
}

function selected({ wall }: App): Camera | null {
  return (wall.alone ?? wall.selected)?.camera ?? null;
}
