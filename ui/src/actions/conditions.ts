import { m } from "../messages";
import type { App } from "../state/app.svelte";

/** For what the server has to do. */
export function ifConnected(app: App): true | string {
  return app.link.kind === "open" || m.engine_away();
}

export function ifOnWall(app: App): boolean {
  return app.screen.view === "wall";
}

export const always = (): true => true;
