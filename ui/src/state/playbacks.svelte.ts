import type { PlaybackState } from "../protocol";
import type { App } from "./app.svelte";
import { Playback } from "./playback.svelte";
import type { Tile } from "./tile.svelte";

/** The playbacks of the wall: one that all tiles share or, while they are free, one of each. */
export class Playbacks {
  /** Whether all tiles show the same moment. */
  isSynced = $state(true);
  #shared: Playback;
  #lastNumber = 0;
  readonly #app: App;

  constructor(app: App) {
    this.#app = app;
    this.#shared = $state.raw(new Playback(app));
  }

  /** That of the tile that is selected or alone. */
  get selected(): Playback {
    return this.isSynced ? this.#shared : (this.#selectedTile?.own ?? this.#shared);
  }

  /** The one that a tile shows while it is on. */
  of(tile: Tile): Playback {
    return this.isSynced ? this.#shared : tile.own;
  }

  /** Whether recordings are shown anywhere. */
  get isAnyOn(): boolean {
    return this.#all.some(({ isOn }) => isOn);
  }

  /** Frees the tiles, each where it is; or brings all to where the selected one is. */
  toggle(): void {
    const { selected: from } = this;
    const selected = this.#selectedTile;
    for (const tile of this.#app.wall.shown) {
      if (tile === selected) continue;
      if (!this.isSynced) tile.own.leave();
      else if (tile.camera !== null) tile.own.goOnAs(from);
    }
    // The very playback is handed over: what the selected tile shows goes on.
    if (selected !== null) [this.#shared, selected.own] = [selected.own, this.#shared];
    this.isSynced = !this.isSynced;
  }

  /** A name by which the server knows a playback; never the same twice. */
  newNumber(): number {
    return ++this.#lastNumber;
  }

  /** The link has begun: the server knows none of them. */
  begin(): void {
    for (const playback of this.#all) playback.begin();
  }

  /** The server says how one of them goes on. */
  heard(number: number, state: PlaybackState): void {
    this.#all.find((playback) => playback.number === number)?.heard(state);
  }

  get #all(): Playback[] {
    return [this.#shared, ...this.#app.wall.shown.map(({ own }) => own)];
  }

  get #selectedTile(): Tile | null {
    const { alone, selected } = this.#app.wall;
    return alone ?? selected;
  }
}
