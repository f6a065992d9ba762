import { m } from "../messages";
import type { CameraAddress, Layout } from "../protocol";
import type { App } from "../state/app.svelte";
import { withTile } from "../state/layouts.svelte";
import type { Action } from "./action";
import { all, ifConnected, ifOnWall } from "./conditions";

/** Takes the selected tile up, to be dropped on another one's place. */
export const carryTile: Action = {
  id: "tile.carry",
  label: () => m.action_carry_tile(),
  shortcut: "c",
  enabled: (app) => {
    const { alone, selected, tiles } = app.wall;
    return all(
      ifOnWall(app),
      alone === null || m.one_tile_alone(),
      tiles.length > 1 || m.only_tile(),
      selected?.isSpot === true || selected?.camera != null || m.no_camera_selected(),
      ifConnected(app),
    );
  },
  run: ({ carry, wall }) => carry.begin(wall.selectedAt, true),
};

/** Takes the camera of the selected tile off the layout. */
export const takeOffTile: Action = {
  id: "tile.takeOff",
  label: () => m.action_take_off_tile(),
  shortcut: "Delete",
  enabled: (app) => {
    const { alone, selected } = app.wall;
    return all(
      ifOnWall(app),
      alone === null || m.one_tile_alone(),
      selected?.isSpot !== true || m.spot_follows(),
      selected?.camera != null || m.no_camera_selected(),
      ifConnected(app),
    );
  },
  run: async (app) => {
    const { selected, selectedAt } = app.wall;
    const layout = app.layouts.current;
    const camera = selected?.camera;
    if (layout === null || camera == null) return;
    if (!(await app.setLayout(withTile(layout, selectedAt, null)))) return;
    const putBack = (it: Layout) => backOn(app, it, selectedAt, camera.address);
    app.screen.toast = {
      text: m.taken_off({ name: camera.name }),
      undo: () => app.changeLayout(layout.id, putBack),
    };
  },
};

/** Lets the selected tile show what is selected, or a camera of its own again. */
export const toggleSpot: Action = {
  id: "tile.spot",
  label: ({ wall }) => (wall.selected?.isSpot ? m.action_end_spot() : m.action_begin_spot()),
  shortcut: "k",
  enabled: (app) =>
    all(ifOnWall(app), app.wall.alone === null || m.one_tile_alone(), ifConnected(app)),
  run: async (app) => {
    const { selectedAt, spotAt } = app.wall;
    const layout = app.layouts.current;
    if (layout === null) return;
    await app.setLayout({ ...layout, spot: selectedAt === spotAt ? null : selectedAt });
  },
};

/** The layout with the camera on its old tile, or where that has another one now, on an empty one. */
function backOn(app: App, layout: Layout, tile: number, camera: CameraAddress): Layout {
  const isFree = app.cameras.get(layout.tiles[tile] ?? null) === null;
  const target = isFree && tile < layout.tiles.length ? tile : app.wall.firstEmptyOf(layout);
  return target < 0 ? layout : withTile(layout, target, camera);
}
