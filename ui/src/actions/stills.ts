import { asFailure } from "../connection/desktop";
import { m } from "../messages";
import type { Still, StreamAddress } from "../protocol";
import type { App } from "../state/app.svelte";
import type { Tile } from "../state/tile.svelte";
import type { Action } from "./action";
import { all, ifConnected, ifOnWall } from "./conditions";

/** Saves the picture that the selected tile shows, with all its pixels. */
export const takeStill: Action = {
  id: "tile.still",
  label: () => m.action_still(),
  shortcut: "s",
  enabled: (app) => {
    const tile = chosen(app);
    return all(
      ifOnWall(app),
      tile?.camera != null || m.no_camera_selected(),
      (tile !== null && hasPicture(tile)) || m.no_picture_selected(),
      ifConnected(app),
    );
  },
  run: async (app) => {
    const tile = chosen(app);
    const stream = tile === null ? null : bestOf(tile);
    if (tile === null || stream === null) return;
    // Of a playback the very picture that is shown; else the next that comes.
    const at = tile.recordedAt;
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const still = { stream, at, format: "jpeg", zone } as const;
    const reply = await app.perform({ kind: "takeStill", still });
    if (reply?.kind === "still") await keep(app, reply.still);
    else if (reply !== null) app.screen.toast = { text: m.tile_unrecorded() };
  },
};

async function keep(app: App, { name, file }: Still): Promise<void> {
  try {
    const path = await app.keepPicture(name, file);
    const text = path === null ? m.still_downloaded({ name }) : m.still_kept({ path });
    app.screen.toast = { text };
  } catch (reason) {
    app.screen.toast = { text: asFailure(reason).message };
  }
}

/** The main stream, whichever is shown. */
function bestOf({ camera }: Tile): StreamAddress | null {
  if (camera === null) return null;
  const roles = camera.streams.map(([role]) => role);
  return { camera: camera.address, role: roles.includes("main") ? "main" : (roles[0] ?? "main") };
}

/** Whether it shows one that is what it seems to be. */
function hasPicture({ state, moment }: Tile): boolean {
  const isLive = state.kind === "live" || state.kind === "degraded";
  return isLive || (state.kind === "recorded" && moment !== null);
}

function chosen({ wall }: App): Tile | null {
  return wall.alone ?? wall.selected;
}
