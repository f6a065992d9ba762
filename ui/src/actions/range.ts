import { nowMs } from "../connection/clock";
import { m } from "../messages";
import type { App } from "../state/app.svelte";
import type { Action } from "./action";
import { all, ifOnWall } from "./conditions";

// The span of the timeline that is to be handed on, or kept.

export const markIn: Action = {
  id: "playback.in",
  label: () => m.action_mark_in(),
  shortcut: "[",
  enabled: ifRecorded,
  run: ({ playback, range }) => range.begin(playback.timeAt(nowMs())),
};

export const markOut: Action = {
  id: "playback.out",
  label: () => m.action_mark_out(),
  shortcut: "]",
  enabled: ifRecorded,
  run: ({ playback, range }) => range.end(playback.timeAt(nowMs())),
};

/** Where Escape leads back from nothing else, or the timeline has the focus. */
export const clearRange: Action = {
  id: "playback.clearRange",
  label: () => m.action_clear_range(),
  shortcut: "Escape",
  mode: "timeline",
  enabled: (app) => {
    const { range, screen, timeline, wall } = app;
    const isNext = timeline.hasFocus || (wall.alone === null && !screen.isVideoOnly);
    return all(ifOnWall(app), range.isSet || m.no_range(), isNext || m.only_on_timeline());
  },
  run: ({ range, screen }) => {
    const { from, to } = range;
    range.clear();
    const undo = () => {
      range.from = from;
      range.to = to;
    };
    screen.toast = { text: m.range_cleared(), undo };
  },
};

/** Where something may be recorded. */
export function ifRecorded(app: App): true | false | string {
  return all(ifOnWall(app), hasFootage(app));
}

/** Without a volume nothing was ever recorded. */
export function hasFootage({ recording }: App): true | string {
  return recording.volumes.length > 0 || m.nothing_recorded();
}
