import { m } from "../messages";
import type { App } from "../state/app.svelte";

type Condition = true | false | string;

/** What they come to together: the first that does not hold. */
export function all(...conditions: Condition[]): Condition {
  return conditions.find((it) => it !== true) ?? true;
}

/** For what the server has to do. */
export function ifConnected(app: App): true | string {
  return app.link.kind === "open" || m.engine_away();
}

export function ifOnWall(app: App): true | string {
  return app.screen.view === "wall" || m.only_on_wall();
}

export const always = (): true => true;
