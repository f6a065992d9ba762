/** The least time without a picture after which a tile is stale. */
const STALE_MS = 2000;
const STALE_INTERVALS = 3;
/** How much of a new interval goes into the mean. */
const WEIGHT = 1 / 8;

/** Whether pictures still come, judged by when they came. */
export class Liveness {
  /** When the last picture arrived, by the viewer's clock. */
  arrivedAt: number | null = null;
  #intervalMs = 0;

  arrived(now: number): void {
    if (this.arrivedAt !== null) {
      const interval = now - this.arrivedAt;
      this.#intervalMs += (interval - this.#intervalMs) * (this.#intervalMs === 0 ? 1 : WEIGHT);
    }
    this.arrivedAt = now;
  }

  isStale(now: number): boolean {
    const limit = Math.max(STALE_MS, STALE_INTERVALS * this.#intervalMs);
    return this.arrivedAt !== null && now - this.arrivedAt > limit;
  }
}
