import { nowMs } from "../connection/clock";

/** A difference this small may as well be the time the welcome was on its way. */
const SAME_CLOCK_MS = 250;

/** Turns times of the server, in µs, into the viewer's, in ms. */
export class ServerClock {
  #aheadMs = 0;

  /** `serverNow` is what the server's clock showed when it sent what has just arrived. */
  set(serverNow: number): void {
    const ahead = serverNow / 1000 - nowMs();
    this.#aheadMs = Math.abs(ahead) < SAME_CLOCK_MS ? 0 : ahead;
  }

  toServer(viewerMs: number): number {
    return (viewerMs + this.#aheadMs) * 1000;
  }

  toViewerMs(serverTime: number): number {
    return serverTime / 1000 - this.#aheadMs;
  }
}
