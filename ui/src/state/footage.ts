import { nowMs } from "../connection/clock";
import type { CameraAddress } from "../protocol";
import { keyOf } from "./address";
import type { App } from "./app.svelte";
import type { Span } from "./range.svelte";

/** Recordings of some cameras over a span. */
export interface Footage extends Span {
  cameras: CameraAddress[];
}

/** What somebody at the wall most likely means: what it shows, over the range or around where it is. */
export function chosenFootage({ playback, range, wall }: App): Footage {
  const tiles = wall.alone === null ? wall.shown : [wall.alone];
  const shown = tiles.flatMap(({ camera }) => camera?.address ?? []);
  const unique = new Map(shown.map((camera) => [keyOf(camera), camera]));
  const now = nowMs();
  return { cameras: [...unique.values()], ...range.around(playback.timeAt(now), now) };
}
