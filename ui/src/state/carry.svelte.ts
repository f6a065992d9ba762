import { m } from "../messages";
import type { App } from "./app.svelte";
import { withSwapped } from "./layouts.svelte";
import type { Tile } from "./tile.svelte";

/** More than any tile's number has. */
const MAX_DIGITS = 2;

/** A tile on its way to another one's place. Until it is dropped, nothing moves. */
export class Carry {
  /** Whether keys move it, or a press on its target, rather than a drag. */
  isByKeys = $state(false);
  /** What just happened, to be read out. */
  said = $state("");
  #tile = $state.raw<Tile | null>(null);
  #target = $state<number | null>(null);
  #digits = "";
  readonly #app: App;

  constructor(app: App) {
    this.#app = app;
  }

  /** Index of the tile that is carried; -1 while none is, or once it is gone. */
  readonly from = $derived.by(() => {
    const { screen, wall } = this.#app;
    const isThere = this.#tile !== null && screen.view === "wall" && wall.alone === null;
    return isThere ? wall.tiles.indexOf(this.#tile as Tile) : -1;
  });

  /** Index of the tile whose place it would take; `null` where it would stay. */
  readonly target = $derived.by(() => {
    const isTile = this.#target !== null && this.#app.wall.tiles[this.#target] !== undefined;
    return this.from >= 0 && isTile && this.#target !== this.from ? this.#target : null;
  });

  get isActive(): boolean {
    return this.from >= 0;
  }

  /** Takes a tile up, where it has something to show. */
  begin(index: number, isByKeys: boolean): void {
    const tile = this.#app.wall.tiles[index];
    if (tile === undefined || (tile.camera === null && !tile.isSpot)) return;
    this.#tile = tile;
    this.isByKeys = isByKeys;
    this.#digits = "";
    this.#target = null;
    if (isByKeys) this.#explain(tile);
  }

  aim(index: number | null): void {
    if (index === this.#target) return;
    this.#target = index;
    if (this.#tile === null || !this.isByKeys) return;
    const tile = this.#app.wall.tiles[index ?? -1];
    if (index === null || tile === undefined) return this.#explain(this.#tile);
    const number = { tile: index + 1 };
    this.said =
      tile.camera === null && !tile.isSpot
        ? m.carry_over_empty(number)
        : m.carry_over({ ...number, name: this.#nameOf(tile) });
  }

  /** Aims a step further in one direction. */
  step(across: number, down: number): void {
    const next = this.#app.wall.beside(this.#target ?? this.from, across, down);
    this.#digits = "";
    if (next !== null) this.aim(next);
  }

  /** Aims by the tile's number, from 1, a digit at a time. */
  type(digit: string): void {
    this.#digits = (this.#digits + digit).slice(-MAX_DIGITS);
    const index = Number(this.#digits) - 1;
    this.aim(this.#app.wall.tiles[index] === undefined ? null : index);
  }

  async drop(): Promise<void> {
    const { from, target } = this;
    const tile = this.#tile;
    const layout = this.#app.layouts.current;
    if (tile === null || layout === null || target === null) return this.cancel();
    this.#tile = null;
    this.said = m.carry_done({ name: this.#nameOf(tile), tile: target + 1 });
    this.#app.screen.selected = target;
    await this.#app.changeLayout(layout.id, (it) => withSwapped(it, from, target));
  }

  cancel(): void {
    if (this.#tile !== null) this.said = m.carry_cancelled({ name: this.#nameOf(this.#tile) });
    this.#tile = null;
  }

  #explain(tile: Tile): void {
    this.said = m.carry_begun({ name: this.#nameOf(tile) });
  }

  #nameOf(tile: Tile): string {
    return tile.isSpot ? m.spot() : (tile.camera?.name ?? "");
  }
}
