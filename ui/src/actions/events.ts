import { m } from "../messages";
import type { Camera } from "../protocol";
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

function selected({ wall }: App): Camera | null {
  return (wall.alone ?? wall.selected)?.camera ?? null;
}
