import type { CameraAddress, Layout, LayoutShape } from "../protocol";

/** The layouts kept by the server, and which of them this viewer shows. */
export class Layouts {
  /** By id. */
  all = $state.raw<Layout[]>([]);
  #shown = $state<number | null>(null);
  readonly current = $derived(this.all.find(({ id }) => id === this.#shown) ?? this.all[0] ?? null);

  replaceAll(layouts: Layout[], preferred: number): void {
    this.all = layouts;
    this.#shown ??= preferred;
  }

  put(layout: Layout): void {
    const others = this.all.filter(({ id }) => id !== layout.id);
    this.all = [...others, layout].sort((one, other) => one.id - other.id);
  }

  /** Where it is the one that is shown, the one after it is shown then, or the last. */
  remove(id: number): void {
    const at = this.all.findIndex((layout) => layout.id === id);
    if (at < 0) return;
    const shown = this.current;
    this.all = this.all.toSpliced(at, 1);
    if (shown?.id === id) this.#shown = (this.all[at] ?? this.all.at(-1))?.id ?? null;
  }

  show(id: number): void {
    this.#shown = id;
  }

  shaped(shape: LayoutShape): Layout | null {
    return this.all.find((layout) => layout.shape === shape) ?? null;
  }
}

/** The layout with another camera, or none, on one of its tiles. */
export function withTile(layout: Layout, tile: number, camera: CameraAddress | null): Layout {
  return { ...layout, tiles: layout.tiles.with(tile, camera) };
}
