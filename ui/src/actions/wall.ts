import { m } from "../messages";
import type { Layout } from "../protocol";
import type { App } from "../state/app.svelte";
import type { Action } from "./action";
import { always, ifConnected, ifOnWall } from "./conditions";

export const selectLeft = select("ArrowLeft", () => m.action_select_left(), -1, 0);
export const selectRight = select("ArrowRight", () => m.action_select_right(), 1, 0);
export const selectUp = select("ArrowUp", () => m.action_select_up(), 0, -1);
export const selectDown = select("ArrowDown", () => m.action_select_down(), 0, 1);

export const maximise: Action = {
  id: "wall.maximise",
  label: () => m.action_maximise(),
  shortcut: "Enter",
  enabled: (app) =>
    ifOnWall(app) && app.wall.alone === null && (app.wall.selected?.camera ?? null) !== null,
  run: ({ screen, wall }) => {
    screen.alone = wall.selected?.address ?? null;
  },
};

export const back: Action = {
  id: "wall.back",
  label: () => m.action_back(),
  shortcut: "Escape",
  enabled: (app) => ifOnWall(app) && (app.wall.alone !== null || app.screen.isVideoOnly),
  run: ({ screen, wall }) => {
    if (wall.alone !== null) screen.alone = null;
    else screen.isVideoOnly = false;
  },
};

/** Selects the tile of the camera whose number was typed, or shows it alone where it has none. */
export const jump: Action = {
  id: "wall.jump",
  label: () => m.action_jump(),
  shortcut: "0-9 Enter",
  enabled: ifOnWall,
  run: ({ cameras, screen, wall }) => {
    const camera = cameras.numbered(Number(screen.jump));
    if (camera === null) {
      screen.toast = { text: m.no_camera_numbered({ number: screen.jump }) };
    } else {
      const tile = wall.indexOf(camera.address);
      const isAlone = wall.alone !== null || tile < 0;
      if (tile >= 0) screen.selected = tile;
      screen.alone = isAlone ? camera.address : null;
    }
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
  enabled: ifOnWall,
  run: ({ screen }) => {
    screen.isFilling = !screen.isFilling;
  },
};

export const previousLayout = turn("PageUp", () => m.action_previous_layout(), -1);
export const nextLayout = turn("PageDown", () => m.action_next_layout(), 1);

export const showLayout: Action<Layout> = {
  id: "layout.show",
  label: (_, layout) => layout.name,
  enabled: always,
  run: async (app, layout) => {
    app.layouts.show(layout.id);
    app.screen.alone = null;
    app.screen.selected = Math.min(app.screen.selected, layout.tiles.length - 1);
    // The next viewer opens with it. Without an engine this viewer still may look around.
    if (ifConnected(app) === true) await app.setSettings({ layout: layout.id });
  },
};

function select(shortcut: string, label: () => string, across: number, down: number): Action {
  const target = ({ screen, wall }: App) => {
    const column = (screen.selected % wall.columns) + across;
    const tile = screen.selected + across + down * wall.columns;
    return column < 0 || column >= wall.columns ? -1 : tile;
  };
  return {
    id: `wall.select${shortcut.slice("Arrow".length)}`,
    label,
    shortcut,
    enabled: (app) =>
      ifOnWall(app) && app.wall.alone === null && app.wall.tiles[target(app)] !== undefined,
    run: (app) => {
      app.screen.selected = target(app);
    },
  };
}

function turn(shortcut: string, label: () => string, step: number): Action {
  const target = ({ layouts }: App) => {
    const at = layouts.all.findIndex(({ id }) => id === layouts.current?.id);
    return layouts.all[at + step];
  };
  return {
    id: `layout.${shortcut}`,
    label,
    shortcut,
    enabled: (app) => ifOnWall(app) && target(app) !== undefined,
    run: async (app) => {
      const layout = target(app);
      if (layout !== undefined) await showLayout.run(app, layout);
    },
  };
}
