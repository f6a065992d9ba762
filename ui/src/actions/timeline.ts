import { m } from "../messages";
import { lengthOf } from "../state/stretch";
import type { Timeline } from "../state/timeline.svelte";
import type { Action } from "./action";
import { ifOnWall } from "./conditions";

/** One press of a key. */
const ZOOM = 1.5;
/** One press of an arrow, and of a page key, moves by so much of what is shown. */
const STEP = 0.01;
const PAGE = 0.2;

/** What keys mean while the timeline has the focus. */
export const TIMELINE_KEYED: Action[] = [
  held("earlier", "ArrowLeft", m.action_earlier, (it) => it.go(-STEP)),
  held("later", "ArrowRight", m.action_later, (it) => it.go(STEP)),
  held("pageEarlier", "PageDown", m.action_much_earlier, (it) => it.go(-PAGE)),
  held("pageLater", "PageUp", m.action_much_later, (it) => it.go(PAGE)),
  held("begin", "Home", m.action_timeline_begin, (it) => it.seek(it.stretch.from)),
  held("end", "End", m.action_timeline_end, (it) => it.seek(it.stretch.to)),
  held("zoomIn", "+", m.action_timeline_in, (it) => it.zoom(1 / ZOOM)),
  held("zoomOut", "-", m.action_timeline_out, (it) => it.zoom(ZOOM)),
  held("panEarlier", "Alt+ArrowLeft", m.action_pan_earlier, (it) =>
    it.move(-PAGE * lengthOf(it.stretch)),
  ),
  held("panLater", "Alt+ArrowRight", m.action_pan_later, (it) =>
    it.move(PAGE * lengthOf(it.stretch)),
  ),
];

/** Shows a lane of every camera on the wall, or the selected one's only. */
export const toggleLanes: Action = {
  id: "timeline.lanes",
  label: ({ timeline }) => (timeline.isTall ? m.action_fewer_lanes() : m.action_all_lanes()),
  enabled: ifOnWall,
  run: ({ timeline }) => {
    timeline.isTall = !timeline.isTall;
  },
};

function held(
  id: string,
  shortcut: string,
  label: () => string,
  run: (timeline: Timeline) => void,
): Action {
  return {
    id: `timeline.${id}`,
    label: () => label(),
    shortcut,
    mode: "timeline",
    repeats: true,
    enabled: ({ timeline }) => timeline.hasFocus || m.only_on_timeline(),
    run: ({ timeline }) => run(timeline),
  };
}
