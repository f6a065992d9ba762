import { isRightToLeft, m } from "../messages";
import type { App } from "../state/app.svelte";
import type { Action } from "./action";
import { all, ifOnWall } from "./conditions";
import { selectLeft, selectRight } from "./wall";

// To the ends of the wall; a tile further is in `wall.ts`.

export const selectRowStart = end(
  "RowStart",
  "Home",
  () => m.action_select_row_start(),
  (app) => walk(app, isRightToLeft() ? selectRight : selectLeft),
);
export const selectRowEnd = end(
  "RowEnd",
  "End",
  () => m.action_select_row_end(),
  (app) => walk(app, isRightToLeft() ? selectLeft : selectRight),
);
export const selectFirst = end(
  "First",
  "Ctrl+Home",
  () => m.action_select_first(),
  (app) => {
    app.screen.selected = 0;
  },
);
export const selectLast = end(
  "Last",
  "Ctrl+End",
  () => m.action_select_last(),
  (app) => {
    app.screen.selected = app.wall.tiles.length - 1;
  },
);

function end(id: string, shortcut: string, label: () => string, run: (app: App) => void): Action {
  return {
    id: `wall.select${id}`,
    label,
    shortcut,
    enabled: (app) => all(ifOnWall(app), app.wall.alone === null || m.one_tile_alone()),
    run,
  };
}

/** As far as it leads. */
function walk(app: App, step: Action): void {
  for (const _ of app.wall.tiles) if (step.enabled(app) === true) step.run(app);
}
