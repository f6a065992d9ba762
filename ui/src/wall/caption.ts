import { m, number, seconds } from "../messages";
import { unrecordedText } from "../messages/storage";
import { stageText } from "../messages/stream";
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

/** Most streams have a picture before: sixty-four notes that come and go are no help. */
const SILENT_MS = 400;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** `null` where the picture says it all, or its bar does, and on an empty tile. */
export function caption(tile: Tile, app: App): Caption | null {
  const { state } = tile;
  const sincePicture = tile.pictureAt === null ? null : app.now - tile.pictureAt;
  const frozen = sincePicture === null ? [] : [m.tile_frozen({ age: age(sincePicture) })];
  switch (state.kind) {
    case "empty":
    case "live":
    case "degraded":
    case "recorded":
      return null;
    case "seeking":
      if (app.now - tile.askedAt < SILENT_MS) return null;
      return { isWarning: false, title: m.tile_seeking(), details: [] };
    case "unrecorded":
      return { isWarning: false, title: unrecordedText(state.cause), details: [] };
    case "unreadable":
      return { isWarning: true, title: m.tile_unreadable(), details: [state.message] };
    case "removed":
      return { isWarning: false, title: m.camera_removed(), details: [] };
    case "offline":
      return { isWarning: true, title: m.tile_offline(), details: frozen };
    case "stale":
      return { isWarning: true, title: frozen[0] ?? noPicture(state.since, app), details: [] };
    case "connecting": {
      if (app.now - tile.askedAt < SILENT_MS && sincePicture === null) return null;
      const stage = stageText(state.stage);
      const elapsed = state.since === null ? 0 : app.now - app.clock.toViewerMs(state.since);
      const title = elapsed < BRIEF_MS ? stage : m.with_age({ text: stage, age: age(elapsed) });
      return { isWarning: false, title, details: frozen };
    }
    case "lost": {
      const seen = sincePicture === null ? [] : [m.tile_last_picture({ age: age(sincePicture) })];
      const details = [state.failure.message, ...seen, ...retry(state.retryAt, app)];
      return { isWarning: true, title: m.tile_lost(), details };
    }
    case "authFailed": {
      const details = [state.failure.message, ...retry(state.retryAt, app)];
      return { isWarning: true, title: m.tile_login_refused(), details };
    }
    case "unsupported":
      // It is tried again, too, but only somebody at the camera can change anything.
      return { isWarning: true, title: m.tile_unsupported(), details: [state.failure.message] };
  }
}

/** Why a tile shows the sub-stream where it is to show the main one; `null` where it does not. */
export function standIn(tile: Tile): { isWarning: boolean; sentence: string } | null {
  const { awaited } = tile;
  switch (awaited?.kind) {
    case undefined:
      return null;
    case "lost":
    case "authFailed":
    case "unsupported":
      return {
        isWarning: true,
        sentence: m.tile_awaiting_failed({ reason: awaited.failure.message }),
      };
    case "stale":
      return { isWarning: true, sentence: m.tile_awaiting_failed({ reason: m.stream_stale() }) };
    default:
      return { isWarning: false, sentence: m.tile_awaiting() };
  }
}

function noPicture(since: number | null, app: App): string {
  return m.tile_no_picture({ age: age(app.now - app.clock.toViewerMs(since ?? 0)) });
}

function retry(at: number | null, app: App): string[] {
  if (at === null) return [];
  const wait = app.clock.toViewerMs(at) - app.now;
  return [wait > 0 ? m.retry_in({ age: age(wait + 999) }) : m.retry_now()];
}

/** In the unit that leaves a number one can picture. */
function age(ms: number): string {
  if (ms < 2 * MINUTE_MS) return m.seconds({ seconds: seconds(ms) });
  if (ms < 2 * HOUR_MS) return m.minutes({ minutes: number(Math.floor(ms / MINUTE_MS)) });
  return m.hours({ hours: number(Math.floor(ms / HOUR_MS)) });
}
