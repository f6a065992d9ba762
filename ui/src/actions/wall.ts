import { m } from "../messages";
import type { App } from "../state/app.svelte";
import type { Action } from "./action";
import { all, ifOnWall } from "./conditions";
import { showCamera } from "./show";

export const selectLeft = select("ArrowLeft", () => m.action_select_left(), -1, 0);
export const selectRight = select("ArrowRight", () => m.action_select_right(), 1, 0);
export const selectUp = select("ArrowUp", () => m.action_select_up(), 0, -1);
export const selectDown = select("ArrowDown", () => m.action_select_down(), 0, 1);

export const maximise: Action = {
  id: "wall.maximise",
  label: () => m.action_maximise(),
  shortcut: "Enter",
  enabled: (app) =>
    all(
      ifOnWall(app),
      app.wall.alone === null || m.one_tile_alone(),
      (app.wall.selected?.camera ?? null) !== null || m.no_camera_selected(),
    ),
  run: ({ screen, wall }) => {
    screen.alone = wall.selected?.address ?? null;
  },
};

export const back: Action = {
  id: "wall.back",
  label: () => m.action_back(),
  shortcut: "Escape",
  enabled: (app) =>
    all(ifOnWall(app), app.wall.alone !== null || app.screen.isVideoOnly || m.nothing_behind()),
  run: ({ screen, wall }) => {
    if (wall.alone !== null) screen.alone = null;
    else screen.isVideoOnly = false;
  },
};

/** Selects the tile of the camera whose number was typed; else shows it on the spot, or alone. */
export const jump: Action = {
  id: "wall.jump",
  label: () => m.action_jump(),
  shortcut: "0-9 Enter",
  enabled: ifOnWall,
  run: (app) => {
    const { cameras, screen } = app;
    const camera = cameras.numbered(Number(screen.jump));
    if (camera !== null) showCamera.run(app, camera);
    else screen.toast = { text: m.no_camera_numbered({ number: screen.jump }) };
    screen.jump = "";
  },
};

export const videoOnly: Action = {
  id: "wall.videoOnly",
  label: () => m.action_video_only(),
  shortcut: "f",
  enabled: ifOnWall,
  run: ({ screen }) => {
    screen.isVideoOnly = !screen.isVideoOnly;
  },
};

export const fillTiles: Action = {
  id: "wall.fill",
  label: () => m.action_fill(),
  shortcut: "u",
  enabled: ifOnWall,
  run: ({ screen }) => {
    screen.isFilling = !screen.isFilling;
  },
};

export const toggleStatistics: Action = {
  id: "wall.statistics",
  label: () => m.action_statistics(),
  shortcut: "i",
  enabled: ifOnWall,
  run: ({ rates, screen }) => {
    screen.hasStatistics = !screen.hasStatistics;
    if (screen.hasStatistics) rates.ask();
    else rates.forget();
  },
};

function select(shortcut: string, label: () => string, across: number, down: number): Action {
  const target = ({ wall }: App) => wall.beside(wall.selectedAt, across, down);
  return {
    id: `wall.select${shortcut.slice("Arrow".length)}`,
    label,
    shortcut,
    enabled: (app) =>
      all(
        ifOnWall(app),
        app.wall.alone === null || m.one_tile_alone(),
        target(app) !== null || m.no_tile_there(),
      ),
    run: (app) => {
      app.screen.selected = target(app) ?? app.wall.selectedAt;
    },
  };
}
