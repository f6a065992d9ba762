/** How much of a new second goes into the smoothed figures. */
const WEIGHT = 0.3;

/** A shorter stretch says little; it is counted with the next. */
const MIN_STRETCH_MS = 900;

/** Pictures per second and lag of one tile, smoothed and settled once a second. */
export class Figures {
  #drawn = 0;
  #lagSumMs = 0;
  /** The first picture, or the last time it was settled. */
  #settledAt: number | null = null;
  #rate: number | null = null;
  #lagMs: number | null = null;

  /** The first picture only starts the count. */
  drawn(now: number, lagMs: number): void {
    if (this.#settledAt === null) {
      this.#settledAt = now;
    } else {
      this.#drawn += 1;
      this.#lagSumMs += lagMs;
    }
  }

  /** The figures as of now; `null` before there are any. */
  settle(now: number): { rate: number; lagMs: number } | null {
    if (this.#settledAt === null || now - this.#settledAt < MIN_STRETCH_MS) return this.#figures;
    const seconds = (now - this.#settledAt) / 1000;
    this.#rate = blend(this.#rate, this.#drawn / seconds);
    if (this.#drawn > 0) this.#lagMs = blend(this.#lagMs, this.#lagSumMs / this.#drawn);
    this.#drawn = 0;
    this.#lagSumMs = 0;
    this.#settledAt = now;
    return this.#figures;
  }

  get #figures(): { rate: number; lagMs: number } | null {
    if (this.#rate === null || this.#lagMs === null) return null;
    return { rate: Math.round(this.#rate), lagMs: Math.max(0, Math.round(this.#lagMs)) };
  }
}

function blend(mean: number | null, value: number): number {
  return mean === null ? value : mean + (value - mean) * WEIGHT;
}
