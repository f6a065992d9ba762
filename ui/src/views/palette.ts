import type { Action } from "../actions/action";
import { shortcutOf } from "../actions/bindings";
import { showLayout } from "../actions/layouts";
import { goToTime } from "../actions/playback";
import { COMMANDS } from "../actions/registry";
import { showCamera } from "../actions/show";
import { nowMs } from "../connection/clock";
import { m } from "../messages";
import { keyOf } from "../state/address";
import type { App } from "../state/app.svelte";
import { type Sought, search } from "./search";
import { typedTimes } from "./typed-time";

/** Something to be found and done. */
export interface Entry extends Sought {
  id: string;
  /** What sort of thing it is; "" for a command, which says it itself. */
  kind: string;
  shortcut: string;
  enabled: true | false | string;
  run(): void;
}

/** Of each sort, while nothing is typed. */
const FIRST_OF_SORT = 20;

/** What there is to be found, the best first. */
export function found(app: App, query: string): Entry[] {
  const sorts = [cameras(app), layouts(app), commands(app)];
  if (query.trim() === "") return sorts.flatMap((entries) => entries.slice(0, FIRST_OF_SORT));
  return [...times(app, query), ...search(query, sorts.flat())];
}

function times(app: App, query: string): Entry[] {
  return typedTimes(query, nowMs()).map((time) => ({
    ...entry(app, goToTime, time, m.kind_time()),
    id: `time/${time}`,
  }));
}

function cameras(app: App): Entry[] {
  return app.cameras.all.map((camera) => ({
    ...entry(app, showCamera, camera, m.kind_camera()),
    id: `camera/${keyOf(camera.address)}`,
    number: camera.number,
  }));
}

function layouts(app: App): Entry[] {
  return app.layouts.all.map((layout) => ({
    ...entry(app, showLayout, layout, m.kind_layout()),
    id: `layout/${layout.id}`,
  }));
}

function commands(app: App): Entry[] {
  return COMMANDS.map((action) => entry(app, action, undefined, ""));
}

function entry<Argument>(
  app: App,
  action: Action<Argument>,
  argument: Argument,
  kind: string,
): Entry {
  return {
    id: action.id,
    kind,
    number: null,
    text: action.label(app, argument),
    shortcut: shortcutOf(app, action.id),
    enabled: action.enabled(app, argument),
    run: () => void action.run(app, argument),
  };
}
