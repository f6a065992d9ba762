/** Waits before the attempts that follow a loss; the last is repeated for ever. */
const WAITS_MS = [0, 250, 500, 1000, 2000, 4000, 5000];

/** A session that lived this long earns a fresh start. */
const STEADY_MS = 5000;

/** How long to wait before connecting again. */
export class Retry {
  #attempts = 0;
  readonly #random: () => number;

  constructor(random: () => number = Math.random) {
    this.#random = random;
  }

  /** Up to a fifth less than the schedule says: viewers lost together must not return together. */
  nextWaitMs(): number {
    const wait = WAITS_MS[Math.min(this.#attempts++, WAITS_MS.length - 1)] ?? 0;
    return wait * (1 - 0.2 * this.#random());
  }

  livedFor(durationMs: number): void {
    if (durationMs >= STEADY_MS) this.#attempts = 0;
  }
}
