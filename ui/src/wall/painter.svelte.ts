import { untrack } from "svelte";
import type { Size } from "../connection/picture";
import type { Tile } from "../state/tile.svelte";
import { WHOLE, type Zoom } from "../state/zoom";
import { type Area, isSameArea } from "./fit";
import { openSurface } from "./open-surface";
import { onResolution } from "./resolution";
import type { Surface } from "./surface";

/** Where a tile is on the canvas. */
interface Place {
  element: HTMLElement;
  area: Area | null;
  zoom: Zoom;
  isFaded: boolean;
  isDirty: boolean;
  /** Whether a picture was drawn that no screen refresh has shown yet. */
  isAhead: boolean;
}

/** A graphics driver that takes longer to come back is given up. */
const PATIENCE_MS = 5000;

/** Draws on one canvas what tiles have to show: only those that changed, once a screen refresh at most. */
export class Painter {
  /** Whether the graphics driver took the canvas away, for now. */
  isLost = $state(false);
  /** Whether it did not come back, so that a fresh canvas is to be drawn on without it. */
  isFlat = $state(false);
  readonly #places = new Map<Tile, Place>();
  readonly #observer = new ResizeObserver((entries) => this.#resized(entries));
  #canvas: HTMLCanvasElement | null = null;
  #surface: Surface | null = null;
  /** Device pixels of the canvas as the browser counts them, where it tells. */
  #exact: Size | null = null;
  #isFilling = false;
  #isMoved = false;
  /** Whether on the canvas is something else than what was measured last. */
  #isOutdated = true;
  #ground = "";
  #isAsked = false;
  #patience: ReturnType<typeof setTimeout> | undefined;

  /** Takes the canvas to draw on. To be undone with what is returned. */
  attach(canvas: HTMLCanvasElement): () => void {
    this.#canvas = canvas;
    this.#surface = openSurface(canvas, untrack(() => this.isFlat) ? "flat" : undefined);
    this.isLost = false;
    this.#isOutdated = true;
    this.#observe(canvas);
    this.moved();
    const moved = () => this.moved();
    const lost = (event: Event) => this.#lost(event);
    const restored = () => this.#restored(canvas);
    canvas.addEventListener("webglcontextlost", lost);
    canvas.addEventListener("webglcontextrestored", restored);
    // Another zoom or monitor changes device pixels where no element changes its size.
    addEventListener("resize", moved);
    const forgetResolution = onResolution(moved);
    return () => {
      this.#observer.unobserve(canvas);
      removeEventListener("resize", moved);
      forgetResolution();
      clearTimeout(this.#patience);
      this.#canvas = null;
      this.#surface = null;
    };
  }

  /** Shows the tile where the element is. To be undone with what is returned. */
  place(tile: Tile, element: HTMLElement): () => void {
    const fresh = { area: null, zoom: WHOLE, isFaded: false, isDirty: true, isAhead: false };
    this.#places.set(tile, { element, ...fresh });
    this.#observer.observe(element);
    tile.onpicture = () => this.#arrived(tile);
    this.moved();
    return () => {
      this.#observer.unobserve(element);
      this.#places.delete(tile);
      this.#surface?.forget(tile);
      this.#isOutdated = true;
      this.moved();
    };
  }

  /** Elements may be elsewhere now. */
  moved(): void {
    this.#isMoved = true;
    this.#ask();
  }

  setFaded(tile: Tile, isFaded: boolean): void {
    const place = this.#places.get(tile);
    if (place === undefined || place.isFaded === isFaded) return;
    place.isFaded = isFaded;
    place.isDirty = true;
    this.#ask();
  }

  setZoom(tile: Tile, zoom: Zoom): void {
    const place = this.#places.get(tile);
    if (place === undefined || place.zoom === zoom) return;
    place.zoom = zoom;
    place.isDirty = true;
    this.#ask();
  }

  setFilling(isFilling: boolean): void {
    this.#isFilling = isFilling;
    for (const place of this.#places.values()) place.isDirty = true;
    this.#ask();
  }

  /** Draws at once, so that the next refresh shows it; of two for one refresh the second waits. */
  #arrived(tile: Tile): void {
    const place = this.#places.get(tile);
    if (place !== undefined && !place.isAhead && !this.#isMoved && !document.hidden) {
      this.#draw(tile, place);
      place.isAhead = true;
    }
    this.#ask();
  }

  #observe(canvas: HTMLCanvasElement): void {
    try {
      this.#observer.observe(canvas, { box: "device-pixel-content-box" });
    } catch {
      // WebKit does not know this box; then the size is rounded from CSS pixels.
      this.#observer.observe(canvas);
    }
  }

  #resized(entries: ResizeObserverEntry[]): void {
    for (const { target, devicePixelContentBoxSize } of entries) {
      const box = devicePixelContentBoxSize?.[0];
      if (target !== this.#canvas || box === undefined) continue;
      this.#exact = { width: box.inlineSize, height: box.blockSize };
    }
    this.moved();
  }

  #ask(): void {
    if (this.#isAsked) return;
    this.#isAsked = true;
    requestAnimationFrame(() => {
      this.#isAsked = false;
      this.#paint();
    });
  }

  #paint(): void {
    const surface = this.#surface;
    if (this.#canvas === null || surface === null || this.isLost) return;
    if (this.#isMoved) this.#measure(this.#canvas, surface);
    for (const [tile, place] of this.#places) {
      this.#draw(tile, place);
      place.isAhead = false;
    }
  }

  #draw(tile: Tile, place: Place): void {
    if (this.#surface === null || this.isLost || place.area === null) return;
    const picture = tile.take();
    if (picture === null && !place.isDirty) return;
    if (picture !== null) this.#surface.keep(tile, picture);
    this.#surface.draw(tile, place.area, this.#isFilling, place.isFaded, place.zoom);
    place.isDirty = false;
    if (picture !== null) tile.drawn(picture);
  }

  /**
   * Reads the whole layout in one go, and only when something may have moved;
   * where nothing has, nothing is drawn.
   */
  #measure(canvas: HTMLCanvasElement, surface: Surface): void {
    this.#isMoved = false;
    const outer = canvas.getBoundingClientRect();
    const size = this.#deviceSize(outer);
    const ground = getComputedStyle(canvas).backgroundColor;
    const areas = [...this.#places.values()].map(({ element }) => areaOf(element, outer, size));
    let isSame = !this.#isOutdated && ground === this.#ground;
    isSame &&= canvas.width === size.width && canvas.height === size.height;
    isSame &&= [...this.#places.values()].every(({ area }, i) =>
      isSameArea(area, areas[i] ?? null),
    );
    if (isSame) return;

    this.#isOutdated = false;
    this.#ground = ground;
    if (outer.width > 0 && outer.height > 0) {
      surface.setGround(coloursOf(ground));
      surface.resize(size);
    }
    [...this.#places].forEach(([tile, place], i) => {
      const area = areas[i] ?? null;
      place.area = area;
      place.isDirty = true;
      if (area?.width !== tile.size?.width || area?.height !== tile.size?.height) {
        tile.size = area && { width: area.width, height: area.height };
      }
    });
  }

  /** As the browser counts, unless that was before the last zoom. */
  #deviceSize(outer: DOMRect): Size {
    const [width, height] = [outer.width * devicePixelRatio, outer.height * devicePixelRatio];
    const { width: exactWidth, height: exactHeight } = this.#exact ?? { width: 0, height: 0 };
    const isNear = Math.abs(exactWidth - width) < 2 && Math.abs(exactHeight - height) < 2;
    if (isNear) return { width: exactWidth, height: exactHeight };
    return { width: Math.round(width), height: Math.round(height) };
  }

  #lost(event: Event): void {
    // Without this the browser never restores it.
    event.preventDefault();
    this.isLost = true;
    this.#patience = setTimeout(() => {
      this.isFlat = true;
    }, PATIENCE_MS);
  }

  #restored(canvas: HTMLCanvasElement): void {
    // Whatever draws it now: this canvas takes nothing but WebGL.
    this.#surface = openSurface(canvas, "gl");
    this.#isOutdated = true;
    clearTimeout(this.#patience);
    this.isLost = false;
    this.moved();
  }
}

/** Where it is on a canvas that takes `size` pixels for `outer`; null where it is nowhere. */
function areaOf(element: HTMLElement, outer: DOMRect, size: Size): Area | null {
  const inner = element.getBoundingClientRect();
  const [scaleX, scaleY] = [size.width / outer.width, size.height / outer.height];
  const x = Math.round((inner.left - outer.left) * scaleX);
  const y = Math.round((inner.top - outer.top) * scaleY);
  const width = Math.round((inner.right - outer.left) * scaleX) - x;
  const height = Math.round((inner.bottom - outer.top) * scaleY) - y;
  return width >= 1 && height >= 1 ? { x, y, width, height } : null;
}

/** Red, green and blue of a colour as a style computes it. */
function coloursOf(colour: string): [number, number, number] {
  const [red = 0, green = 0, blue = 0] = colour.match(/\d+/g)?.map(Number) ?? [];
  return [red, green, blue];
}
