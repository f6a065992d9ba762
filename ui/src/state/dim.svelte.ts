const KEY = "tessera.dim";
const STEP = 10;

export const LEAST = 40;
export const FULL = 100;

/** How bright everything but the video is, as this viewer likes it: a percentage in tens. */
export class Dim {
  #percent = $state(FULL);
  readonly #kept: Pick<Storage, "getItem" | "setItem">;

  constructor(kept: Pick<Storage, "getItem" | "setItem"> = localStorage) {
    this.#kept = kept;
    this.#percent = nearest(Number(kept.getItem(KEY) ?? FULL));
  }

  get percent(): number {
    return this.#percent;
  }

  set percent(percent: number) {
    this.#percent = nearest(percent);
    this.#kept.setItem(KEY, String(this.#percent));
  }
}

/** What is no number was not written by us. */
function nearest(percent: number): number {
  const tens = Math.round(percent / STEP) * STEP;
  return Number.isNaN(tens) ? FULL : Math.min(FULL, Math.max(LEAST, tens));
}
