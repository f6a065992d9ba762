/** Nobody is held up longer. */
const LONGEST_MS = 300;

/**
 * First pictures come before second ones: where many tiles begin at once, those
 * that have their first ask for no more until the others have one.
 */
export class Firsts {
  readonly #awaited = new Set<object>();
  #held: (() => void)[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `tile` will soon draw its first picture. */
  expect(tile: object): void {
    if (this.#awaited.size === 0) this.#timer = setTimeout(() => this.#release(), LONGEST_MS);
    this.#awaited.add(tile);
  }

  /** It did, or will not. */
  settle(tile: object): void {
    if (this.#awaited.delete(tile) && this.#awaited.size === 0) this.#release();
  }

  /** Does what asks for more, at once or when no first picture is awaited any more. */
  after(ask: () => void): void {
    if (this.#awaited.size === 0) ask();
    else this.#held.push(ask);
  }

  #release(): void {
    clearTimeout(this.#timer);
    this.#awaited.clear();
    const held = this.#held;
    this.#held = [];
    for (const ask of held) ask();
  }
}
