import type { CameraAddress } from "../protocol";
import { isSameCamera } from "./address";
import type { App } from "./app.svelte";
import { SHAPES } from "./shapes";
import { Tile } from "./tile.svelte";

/** The tiles of the layout that is shown. Those that stay the same stay the same object. */
export class Wall {
  readonly #app: App;
  #last: Tile[] = [];
  #visitor: Tile | null = null;

  constructor(app: App) {
    this.#app = app;
  }

  readonly shape = $derived.by(() => SHAPES[this.#app.layouts.current?.shape ?? "single"]);
  readonly columns = $derived(this.shape.side);

  /** In reading order. */
  readonly tiles = $derived.by(() => {
    const cameras = this.#app.layouts.current?.tiles.slice(0, this.shape.areas.length) ?? [];
    this.#last = cameras.map((camera, i) => this.#kept(i, camera) ?? new Tile(this.#app, camera));
    return this.#last;
  });

  readonly rows = $derived.by(() =>
    Array.from({ length: Math.ceil(this.tiles.length / this.columns) }, (_, row) =>
      this.tiles.slice(row * this.columns, (row + 1) * this.columns),
    ),
  );

  /** The tile that has the wall for itself, if one does. */
  readonly alone = $derived.by(() => {
    const camera = this.#app.cameras.get(this.#app.screen.alone);
    if (camera === null) return null;
    return this.tiles.find((tile) => isSameCamera(tile.address, camera.address)) ?? this.visitor;
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

  readonly selected = $derived.by(() => this.tiles[this.#app.screen.selected] ?? null);

  get shown(): Tile[] {
    return this.visitor === null ? this.tiles : [...this.tiles, this.visitor];
  }

  /** The first tile that shows this camera; -1 where none does. */
  indexOf(camera: CameraAddress): number {
    return this.tiles.findIndex((tile) => isSameCamera(tile.address, camera));
  }

  /** The first tile without a camera; -1 where all have one. */
  firstEmpty(): number {
    return this.tiles.findIndex((tile) => tile.camera === null);
  }

  #kept(i: number, camera: CameraAddress | null): Tile | undefined {
    const tile = this.#last[i];
    return tile !== undefined && isSameCamera(tile.address, camera) ? tile : undefined;
  }
}
