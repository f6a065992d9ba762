import { untrack } from "svelte";
import { isRightToLeft } from "../messages";
import type { CameraAddress, Layout } from "../protocol";
import { isSameCamera } from "./address";
import type { App } from "./app.svelte";
import { neighbour, SHAPES } from "./shapes";
import { Tile } from "./tile.svelte";

/**
 * The tiles of the layout that is shown. A tile stays the same object as long
 * as its camera is on the wall, wherever it goes: so its stream stays open.
 */
export class Wall {
  readonly #app: App;
  #last: Tile[] = [];
  #visitor: Tile | null = null;
  /** What the spot showed last because of a selection. */
  #called = $state.raw<CameraAddress | null>(null);

  constructor(app: App) {
    this.#app = app;
  }

  readonly shape = $derived.by(() => SHAPES[this.#app.layouts.current?.shape ?? "single"]);

  /** Index of the spot; -1 where the layout has none. */
  readonly spotAt = $derived.by(() => this.#app.layouts.current?.spot ?? -1);

  /** Index of the selected tile. */
  readonly selectedAt = $derived.by(() =>
    Math.min(this.#app.screen.selected, this.shape.areas.length - 1),
  );

  /** In reading order. */
  readonly tiles = $derived.by(() => {
    const cameras = this.#placed.map((camera, i) => (i === this.spotAt ? this.#onSpot : camera));
    this.#last = this.#arranged(cameras);
    return this.#last;
  });

  /** The tile that has the wall for itself, if one does. */
  readonly alone = $derived.by(() => {
    const camera = this.#app.cameras.get(this.#app.screen.alone);
    if (camera === null) return null;
    const showing = this.tiles.filter((tile) => isSameCamera(tile.address, camera.address));
    return showing.find(({ isSpot }) => isSpot) ?? showing[0] ?? this.visitor;
  });

  /** A tile for a camera that is to be shown alone and has none in this layout. */
  readonly visitor = $derived.by(() => {
    const address = this.#app.screen.alone;
    const isPlaced = this.tiles.some((tile) => isSameCamera(tile.address, address));
    if (address === null || isPlaced) this.#visitor = null;
    else if (!isSameCamera(this.#visitor?.address ?? null, address)) {
      this.#visitor = new Tile(this.#app, address);
    }
    return this.#visitor;
  });

  readonly selected = $derived.by(() => this.tiles[this.selectedAt] ?? null);

  get shown(): Tile[] {
    return this.visitor === null ? this.tiles : [...this.tiles, this.visitor];
  }

  /** Whether a tile is to show the best there is: it is bigger than others. */
  isBig(tile: Tile): boolean {
    const isOnly = this.tiles.length === 1 || this.alone === tile;
    return isOnly || tile.isSpot || (this.shape.areas[this.tiles.indexOf(tile)]?.span ?? 1) > 1;
  }

  /** The first tile that this camera was put on; -1 where there is none. */
  indexOf(camera: CameraAddress): number {
    return this.#placed.findIndex((address) => isSameCamera(address, camera));
  }

  /** The first tile without a camera; -1 where all have one. */
  firstEmpty(): number {
    const layout = this.#app.layouts.current;
    return layout === null ? -1 : this.firstEmptyOf(layout);
  }

  firstEmptyOf({ shape, tiles, spot }: Layout): number {
    const shown = tiles.slice(0, SHAPES[shape].areas.length);
    return shown.findIndex((address, i) => i !== spot && this.#app.cameras.get(address) === null);
  }

  /** The tile beside another one, a step in one direction; `null` where there is none. */
  beside(index: number, across: number, down: number): number | null {
    return neighbour(this.shape, index, isRightToLeft() ? -across : across, down);
  }

  /** Shows a camera on the spot. */
  call(camera: CameraAddress): void {
    this.#called = camera;
    this.#app.screen.selected = this.spotAt;
  }

  /** Keeps in mind what the spot shows; to be called in an effect. */
  follow(): void {
    const camera = this.#chosen;
    if (camera === null) return;
    untrack(() => {
      this.#called = camera;
    });
  }

  /** What was put on each tile that is shown. */
  readonly #placed = $derived.by(
    () => this.#app.layouts.current?.tiles.slice(0, this.shape.areas.length) ?? [],
  );

  /** The selected camera, where it is not the spot that is selected. */
  readonly #chosen = $derived.by(() => {
    const camera = this.#placed[this.selectedAt] ?? null;
    const isElsewhere = this.selectedAt !== this.spotAt;
    return isElsewhere ? (this.#app.cameras.get(camera)?.address ?? null) : null;
  });

  readonly #onSpot = $derived.by(() => {
    const known = [this.#chosen, this.#called, this.#placed[this.spotAt] ?? null].find(
      (camera) => this.#app.cameras.get(camera) !== null,
    );
    return known ?? null;
  });

  /** For each camera the tile it had, best the one in this place, or a new one. */
  #arranged(cameras: (CameraAddress | null)[]): Tile[] {
    const left = new Set(this.#last);
    const take = (i: number, among: Tile[]) => {
      const isFit = (tile: Tile) =>
        tile.isSpot === (i === this.spotAt) && isSameCamera(tile.address, cameras[i] ?? null);
      const found = among.find((tile) => left.has(tile) && isFit(tile));
      if (found !== undefined) left.delete(found);
      return found;
    };
    const inPlace = cameras.map((_, i) => take(i, this.#last.slice(i, i + 1)));
    return cameras.map((camera, i) => {
      const kept = inPlace[i] ?? take(i, this.#last);
      return kept ?? new Tile(this.#app, camera, i === this.spotAt);
    });
  }
}
