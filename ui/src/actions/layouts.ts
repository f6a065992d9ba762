import { m } from "../messages";
import type { Layout, LayoutShape } from "../protocol";
import type { App } from "../state/app.svelte";
import { withShape } from "../state/layouts.svelte";
import { bigTiles, SHAPE_NAMES, SHAPES } from "../state/shapes";
import type { Action } from "./action";
import { all, always, ifConnected, ifOnWall } from "./conditions";

/** The longest name, in characters. */
const MAX_NAME = 300;

export const previousLayout = turn("previous", "PageUp", () => m.action_previous_layout(), -1);
export const nextLayout = turn("next", "PageDown", () => m.action_next_layout(), 1);

export const showLayout: Action<Layout> = {
  id: "layout.show",
  label: (_, layout) => layout.name,
  enabled: always,
  run: async (app, { id }) => {
    app.layouts.show(id);
    app.screen.view = "wall";
    app.screen.alone = null;
    // The next viewer opens with it. Without an engine this viewer still may look around.
    if (ifConnected(app) === true) await app.setSettings({ layout: id });
  },
};

export const openLayouts: Action = {
  id: "open.layouts",
  label: () => m.action_open_layouts(),
  enabled: (app) =>
    all(
      ifOnWall(app),
      app.cameras.all.length > 0 || m.cameras_none(),
      app.wall.alone === null || m.one_tile_alone(),
    ),
  run: ({ screen }) => {
    // It hangs from the bar.
    screen.isVideoOnly = false;
    screen.overlay = { kind: "layouts" };
  },
};

/** Gives the shown layout another shape. Cameras that have no tile in it keep their place for later. */
export const setShape: Action<LayoutShape> = {
  id: "layout.shape",
  label: (_, shape) => shapeLabel(shape),
  enabled: ifConnected,
  run: async (app, shape) => {
    const layout = app.layouts.current;
    if (layout === null || layout.shape === shape) return;
    app.screen.alone = null;
    await app.setLayout(withShape(layout, shape));
  },
};

export const fewerTiles = resize("fewer", "Shift+PageUp", () => m.action_fewer_tiles(), -1);
export const moreTiles = resize("more", "Shift+PageDown", () => m.action_more_tiles(), 1);

export const addLayout: Action = {
  id: "layout.add",
  label: () => m.action_add_layout(),
  enabled: ifConnected,
  run: async (app) => {
    const names = new Set(app.layouts.all.map(({ name }) => name));
    let number = app.layouts.all.length + 1;
    while (names.has(m.layout_name({ number }))) number += 1;
    const name = m.layout_name({ number });
    await add(app, { id: 0, name, shape: "quad", tiles: Array(4).fill(null), spot: null });
  },
};

export const duplicateLayout: Action<Layout> = {
  id: "layout.duplicate",
  label: (_, { name }) => m.action_duplicate_layout({ name }),
  enabled: ifConnected,
  run: async (app, layout) => {
    const name = [...m.layout_copy({ name: layout.name })].slice(0, MAX_NAME).join("");
    await add(app, { ...layout, name });
  },
};

export const renameLayout: Action<{ layout: Layout; name: string }> = {
  id: "layout.rename",
  label: (_, { layout }) => m.rename_label({ name: layout.name }),
  enabled: ifConnected,
  run: async (app, { layout, name }) => {
    const wanted = name.trim();
    if (wanted === "" || wanted === layout.name) return;
    await app.changeLayout(layout.id, (it) => ({ ...it, name: wanted }));
  },
};

export const removeLayout: Action<Layout> = {
  id: "layout.remove",
  label: (_, { name }) => m.action_remove({ name }),
  enabled: (app) => all(ifConnected(app), app.layouts.all.length > 1 || m.last_layout()),
  run: async (app, layout) => {
    const wasShown = app.layouts.current?.id === layout.id;
    const reply = await app.perform({ kind: "removeLayout", layout: layout.id });
    if (reply === null) return;
    app.layouts.remove(layout.id);
    app.screen.toast = {
      text: m.removed({ name: layout.name }),
      undo: () => add(app, layout, wasShown),
    };
  },
};

export function shapeLabel(shape: LayoutShape): string {
  const { side, areas } = SHAPES[shape];
  const big = bigTiles(SHAPES[shape]);
  if (big === 0) return m.shape_square({ side });
  return m.shape_mixed({ big, small: areas.length - big });
}

async function add(app: App, layout: Layout, isShown = true): Promise<void> {
  const reply = await app.perform({ kind: "addLayout", layout });
  if (reply?.kind !== "layout") return;
  app.layouts.put(reply.layout);
  if (isShown) await showLayout.run(app, reply.layout);
}

function turn(id: string, shortcut: string, label: () => string, step: number): Action {
  const target = ({ layouts }: App) => {
    const at = layouts.all.findIndex(({ id }) => id === layouts.current?.id);
    return layouts.all[at + step];
  };
  return {
    id: `layout.${id}`,
    label,
    shortcut,
    enabled: (app) => all(ifOnWall(app), target(app) !== undefined || m.no_layout_there()),
    run: async (app) => {
      const layout = target(app);
      if (layout !== undefined) await showLayout.run(app, layout);
    },
  };
}

function resize(id: string, shortcut: string, label: () => string, step: number): Action {
  const target = ({ layouts }: App) =>
    SHAPE_NAMES[SHAPE_NAMES.indexOf(layouts.current?.shape ?? "single") + step];
  return {
    id: `layout.${id}`,
    label,
    shortcut,
    enabled: (app) =>
      all(ifOnWall(app), target(app) !== undefined || m.no_shape_there(), ifConnected(app)),
    run: async (app) => {
      const shape = target(app);
      if (shape !== undefined) await setShape.run(app, shape);
    },
  };
}
