import { m } from "../messages";
import type { Camera, CameraAddress } from "../protocol";
import type { App } from "../state/app.svelte";
import { without, withShape, withTile } from "../state/layouts.svelte";
import { bigTiles, SHAPE_NAMES, SHAPES } from "../state/shapes";
import type { Action } from "./action";
import { ifConnected } from "./conditions";
import { shapeLabel } from "./layouts";

const DEMOS = [1, 2, 3, 4];

/** What a layout grows to when it is full. */
const SQUARES = SHAPE_NAMES.filter((shape) => bigTiles(SHAPES[shape]) === 0);

/** For the first run: four demo cameras, side by side. */
export const showDemos: Action = {
  id: "camera.showDemos",
  label: () => m.action_show_demos(),
  enabled: ifConnected,
  run: async (app) => {
    const added = await Promise.all(DEMOS.map((number) => addDemoCamera(app, number)));
    const cameras = added.filter((camera) => camera !== null);
    const layout = app.layouts.shaped("quad") ?? app.layouts.current;
    if (layout === null || cameras.length === 0) return;
    app.layouts.show(layout.id);
    const tiles = layout.tiles.map((_, i) => cameras[i]?.address ?? null);
    await app.setLayout({ ...layout, tiles });
    await app.setSettings({ layout: layout.id });
  },
};

/** With the tile it is for; `null` for the first empty one. */
export const addDemo: Action<number | null> = {
  id: "camera.addDemo",
  label: () => m.action_add_demo(),
  enabled: ifConnected,
  run: async (app, tile) => {
    const names = new Set(app.cameras.all.map(({ name }) => name));
    let number = 1;
    while (names.has(m.demo_name({ number }))) number += 1;
    const camera = await addDemoCamera(app, number);
    if (camera !== null) await place(app, camera, tile);
  },
};

export const renameCamera: Action<{ camera: Camera; name: string }> = {
  id: "camera.rename",
  label: () => m.action_rename(),
  enabled: ifConnected,
  run: async (app, { camera, name }) => {
    const wanted = name.trim();
    if (wanted === "" || wanted === camera.name) return;
    await app.perform({ kind: "renameCamera", camera: camera.address, name: wanted });
  },
};

export const removeCamera: Action<Camera> = {
  id: "camera.remove",
  label: (_, { name }) => m.action_remove({ name }),
  enabled: ifConnected,
  run: async (app, { address, name }) => {
    const reply = await app.perform({ kind: "removeCamera", camera: address });
    if (reply === null) return;
    app.screen.toast = {
      text: m.removed({ name }),
      undo: () => app.perform({ kind: "restoreCamera", camera: address }),
    };
  },
};

/** Puts it on one tile of the shown layout and takes it off the others; `null` takes it off. */
export const putOnTile: Action<{ camera: CameraAddress; tile: number | null }> = {
  id: "camera.putOnTile",
  label: () => m.action_put_on_tile(),
  enabled: ifConnected,
  run: async (app, { camera, tile }) => {
    const layout = app.layouts.current;
    if (layout === null) return;
    const bare = without(layout, camera);
    await app.setLayout(tile === null ? bare : withTile(bare, tile, camera));
  },
};

/** Puts a new camera on its tile, or on the first empty one; a layout that is full grows. */
export async function place(app: App, camera: Camera, tile: number | null): Promise<void> {
  const target = tile ?? app.wall.firstEmpty();
  if (target >= 0) await putOnTile.run(app, { camera: camera.address, tile: target });
  else await placeOnGrown(app, camera);
}

async function placeOnGrown(app: App, { address, name }: Camera): Promise<void> {
  const layout = app.layouts.current;
  if (layout === null) return;
  const { id, shape } = layout;
  const count = SHAPES[shape].areas.length;
  const larger = SQUARES.filter((square) => SHAPES[square].areas.length > count);
  const grown = larger
    .map((square) => withShape(layout, square))
    .find((it) => app.wall.firstEmptyOf(it) >= 0);
  if (grown === undefined) {
    app.screen.toast = { text: m.added_without_tile({ name }) };
  } else if (await app.setLayout(withTile(grown, app.wall.firstEmptyOf(grown), address))) {
    app.screen.toast = {
      text: m.added_and_grown({ name, layout: layout.name, shape: shapeLabel(grown.shape) }),
      undo: () => app.changeLayout(id, (it) => withShape(without(it, address), shape)),
    };
  }
}

async function addDemoCamera(app: App, number: number): Promise<Camera | null> {
  const camera = { name: m.demo_name({ number }), source: { kind: "demo" } } as const;
  const reply = await app.perform({ kind: "addCamera", camera });
  return reply?.kind === "camera" ? reply.camera : null;
}
