import { untrack } from "svelte";
import { nowMs } from "../connection/clock";
import type { App } from "./app.svelte";
import { containing, following, lengthOf, moved, type Stretch, shareOf, zoomed } from "./stretch";

const HOUR_MS = 3600_000;
/** Now is followed where it is no further from the end than this, as a share. */
const EDGE = 0.85;

/** What the timeline shows. Of which it draws what is recorded knows `timeline/lanes`. */
export class Timeline {
  stretch = $state.raw<Stretch>(following({ from: 0, to: HOUR_MS }, nowMs()));
  hasFocus = $state(false);
  /** Whether every camera of the wall has a lane. */
  isTall = $state(false);
  /** Whether it goes along with the time; not, once somebody looks elsewhere. */
  isFollowing = $state(true);
  /** Its width, in pixels of the page; 0 while it is not there. */
  width = $state(0);
  readonly #app: App;

  constructor(app: App) {
    this.#app = app;
  }

  /** Longer or shorter, with a moment kept in its place: else the time that is shown. */
  zoom(factor: number, at = this.#app.playback.time): void {
    this.stretch = zoomed(containing(this.stretch, at), factor, at);
    const { isOn, time } = this.#app.playback;
    const share = shareOf(this.stretch, time);
    this.isFollowing = share <= 1 && share >= (isOn ? 0 : EDGE);
  }

  move(byMs: number): void {
    this.stretch = moved(this.stretch, byMs, this.#app.now);
    this.isFollowing = false;
  }

  /** Goes by a share of what is shown. */
  go(share: number): void {
    this.seek(this.#app.playback.time + share * lengthOf(this.stretch));
  }

  seek(at: number): void {
    this.#app.playback.seek(at);
    this.isFollowing = true;
  }

  /** Keeps the time in sight; to be called in an effect. */
  follow(): void {
    const { now, playback } = this.#app;
    const { isOn, time } = playback;
    if (!this.isFollowing) return;
    untrack(() => {
      const { stretch } = this;
      const pixel = lengthOf(stretch) / Math.max(1, this.width);
      const live = following(stretch, now);
      // Less than a pixel is not seen, and costs as much.
      if (isOn) this.stretch = containing(stretch, time);
      else if (Math.abs(live.to - stretch.to) >= Math.max(pixel, 1000)) this.stretch = live;
    });
  }
}
