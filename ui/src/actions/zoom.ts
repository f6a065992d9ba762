import { m } from "../messages";
import type { App } from "../state/app.svelte";
import type { Lens } from "../state/lens.svelte";
import type { Action } from "./action";
import { all, ifOnWall } from "./conditions";

/** One press of a key. */
const STEP = 1.25;
/** How large the picture is when keys begin to zoom it. */
const FIRST_SCALE = 2;
/** One press of an arrow moves by so much of the tile. */
const WAY = 0.15;

/** Gives the arrows, plus and minus to the tile's zoom, and ends that. */
export const zoom: Action = {
  id: "wall.zoom",
  label: () => m.action_zoom(),
  shortcut: "z",
  enabled: (app) => all(ifOnWall(app), lensOf(app) !== null || m.no_picture_selected()),
  run: (app) => {
    const lens = lensOf(app);
    if (lens?.hasKeys === true) return lens.reset();
    if (lens?.isZoomed === false) lens.zoomBy(FIRST_SCALE);
    if (lens !== null) lens.hasKeys = true;
  },
};

/** What keys mean while they are the zoom's. */
export const ZOOM_KEYED: Action[] = [
  held(
    "in",
    "+",
    () => m.action_zoom_in(),
    (lens) => lens.zoomBy(STEP),
  ),
  held(
    "out",
    "-",
    () => m.action_zoom_out(),
    (lens) => lens.zoomBy(1 / STEP),
  ),
  look("ArrowLeft", () => m.action_look_left(), -1, 0),
  look("ArrowRight", () => m.action_look_right(), 1, 0),
  look("ArrowUp", () => m.action_look_up(), 0, -1),
  look("ArrowDown", () => m.action_look_down(), 0, 1),
  held(
    "end",
    "Escape",
    () => m.action_zoom_end(),
    (lens) => lens.reset(),
  ),
];

function look(shortcut: string, label: () => string, across: number, down: number): Action {
  const by = { x: -across * WAY, y: -down * WAY };
  return held(`look${shortcut.slice("Arrow".length)}`, shortcut, label, (lens) => lens.dragBy(by));
}

function held(
  id: string,
  shortcut: string,
  label: () => string,
  run: (lens: Lens) => void,
): Action {
  return {
    id: `zoom.${id}`,
    label,
    shortcut,
    mode: "zoom",
    repeats: true,
    enabled: (app) => lensOf(app)?.hasKeys === true || m.only_while_zoomed(),
    run: (app) => {
      const lens = lensOf(app);
      if (lens !== null) run(lens);
    },
  };
}

/** That of the tile which is alone or selected, where it has a picture. */
function lensOf(app: App): Lens | null {
  const tile = ifOnWall(app) === true ? (app.wall.alone ?? app.wall.selected) : null;
  return tile === null || tile.camera === null || tile.format === null ? null : tile.lens;
}
