import type { CameraAddress, Layout, LayoutShape } from "../protocol";
import { isSameCamera } from "./address";
import { SHAPES } from "./shapes";

/** Changes of one layout that are on their way to the server. */
interface Asked {
  count: number;
  /** The layout as the server has it, as far as it said. */
  known: Layout;
  isNews: boolean;
}

/** The layouts kept by the server, and which of them this viewer shows. */
export class Layouts {
  /** By id. */
  all = $state.raw<Layout[]>([]);
  #shown = $state<number | null>(null);
  readonly #asked = new Map<number, Asked>();
  readonly current = $derived(this.all.find(({ id }) => id === this.#shown) ?? this.all[0] ?? null);

  get(id: number): Layout | null {
    return this.all.find((layout) => layout.id === id) ?? null;
  }

  replaceAll(layouts: Layout[], preferred: number): void {
    this.all = layouts;
    this.#shown ??= preferred;
  }

  /** As the server has it. What this viewer asked for since then is what it shows. */
  put(layout: Layout): void {
    const asked = this.#asked.get(layout.id);
    if (asked === undefined) return this.#replace(layout);
    asked.known = layout;
    asked.isNews = true;
  }

  /** Shows a layout as this viewer wants it, until the server has answered. */
  want(layout: Layout): void {
    const known = this.get(layout.id);
    if (known === null) return;
    const asked = this.#asked.get(layout.id) ?? { count: 0, known, isNews: false };
    asked.count += 1;
    this.#asked.set(layout.id, asked);
    this.#replace(layout);
  }

  /** The server has answered what was wanted. */
  answered(id: number, isDone: boolean): void {
    const asked = this.#asked.get(id);
    if (asked === undefined) return;
    asked.count -= 1;
    if (asked.count > 0) return;
    this.#asked.delete(id);
    if (!isDone || asked.isNews) this.#replace(asked.known);
  }

  /** Where it is the one that is shown, the one after it is shown then, or the last. */
  remove(id: number): void {
    const at = this.all.findIndex((layout) => layout.id === id);
    if (at < 0) return;
    const wasShown = this.current?.id === id;
    this.#asked.delete(id);
    this.all = this.all.toSpliced(at, 1);
    if (wasShown) this.#shown = (this.all[at] ?? this.all.at(-1))?.id ?? null;
  }

  show(id: number): void {
    this.#shown = id;
  }

  shaped(shape: LayoutShape): Layout | null {
    return this.all.find((layout) => layout.shape === shape) ?? null;
  }

  #replace(layout: Layout): void {
    const others = this.all.filter(({ id }) => id !== layout.id);
    this.all = [...others, layout].sort((one, other) => one.id - other.id);
  }
}

/** The layout with another camera, or none, on one of its tiles. */
export function withTile(layout: Layout, tile: number, camera: CameraAddress | null): Layout {
  return { ...layout, tiles: layout.tiles.with(tile, camera) };
}

/** The layout without a camera, wherever it was. */
export function without(layout: Layout, camera: CameraAddress): Layout {
  return { ...layout, tiles: layout.tiles.map((it) => (isSameCamera(it, camera) ? null : it)) };
}

/** The layout with two tiles in each other's place. */
export function withSwapped(layout: Layout, one: number, other: number): Layout {
  const { tiles, spot } = layout;
  const [first = null, second = null] = [tiles[one], tiles[other]];
  return {
    ...layout,
    tiles: tiles.with(one, second).with(other, first),
    spot: spot === one ? other : spot === other ? one : spot,
  };
}

/** The layout in another shape. Tiles that are not shown then stay for when it grows again. */
export function withShape(layout: Layout, shape: LayoutShape): Layout {
  const count = SHAPES[shape].areas.length;
  const added = Array<null>(Math.max(0, count - layout.tiles.length)).fill(null);
  const isSpotShown = layout.spot !== null && layout.spot < count;
  return {
    ...layout,
    shape,
    tiles: [...layout.tiles, ...added],
    spot: isSpotShown ? layout.spot : null,
  };
}
