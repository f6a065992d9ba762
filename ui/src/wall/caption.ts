import { m, seconds } from "../messages";
import type { App } from "../state/app.svelte";
import type { Tile } from "../state/tile.svelte";

/** What a tile says over, or in place of, its picture. */
export interface Caption {
  isWarning: boolean;
  title: string;
  /** Sentences below it, each on its own line. */
  details: string[];
}

/** A stage shorter than this is not worth a number. */
const BRIEF_MS = 1000;

/** `null` where the picture says it all: on a live tile, and on an empty one. */
export function caption(tile: Tile, app: App): Caption | null {
  const { state } = tile;
  const frozen = tile.pictureAt === null ? [] : [frozenFor(app.now - tile.pictureAt)];
  switch (state.kind) {
    case "empty":
    case "live":
      return null;
    case "offline":
      return { isWarning: true, title: m.tile_offline(), details: frozen };
    case "stale":
      return { isWarning: true, title: frozen[0] ?? "", details: [] };
    case "connecting": {
      const stage = state.stage === "opening" ? m.tile_opening() : m.tile_first_picture();
      const elapsed = state.since === null ? 0 : app.now - app.clock.toViewerMs(state.since);
      const title = elapsed < BRIEF_MS ? stage : m.with_age({ text: stage, age: age(elapsed) });
      return { isWarning: false, title, details: frozen };
    }
    case "lost": {
      const details = [state.failure.message];
      if (state.retryAt !== null) {
        const wait = app.clock.toViewerMs(state.retryAt) - app.now;
        details.push(wait > 0 ? m.retry_in({ age: age(wait + 999) }) : m.retry_now());
      }
      return { isWarning: true, title: m.tile_lost(), details };
    }
  }
}

function frozenFor(ms: number): string {
  return m.tile_frozen({ age: age(ms) });
}

function age(ms: number): string {
  return m.seconds({ seconds: seconds(ms) });
}
