import {
  CENTRE,
  clamped,
  draggedBy,
  type Point,
  type Span,
  WHOLE,
  type Zoom,
  zoomedBy,
} from "./zoom";

/** A wheel that rested for so long has come to its end. */
const SETTLED_MS = 150;

/** What of its picture a tile shows. */
export class Lens {
  zoom = $state.raw<Zoom>(WHOLE);
  /** The scale that sizes are asked for by: it does not follow every turn of the wheel. */
  settledScale = $state(1);
  /** Whether arrows, plus and minus are for it. */
  hasKeys = $state(false);
  readonly #span: () => Span;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** With what tells how the tile and its picture compare. */
  constructor(span: () => Span) {
    this.#span = span;
  }

  get isZoomed(): boolean {
    return this.zoom.scale > 1;
  }

  /** What is at this point of the tile stays there. */
  zoomBy(factor: number, at: Point = CENTRE): void {
    this.#show(zoomedBy(this.zoom, this.#span(), factor, at));
  }

  /** By parts of the tile, as if the picture were dragged. */
  dragBy(by: Point): void {
    this.#show(draggedBy(this.zoom, this.#span(), by));
  }

  /** Brings this point of the picture to the centre, as far as it goes. */
  lookAt(point: Point): void {
    this.#show(clamped({ ...this.zoom, ...point }, this.#span()));
  }

  reset(): void {
    this.hasKeys = false;
    this.#show(WHOLE);
  }

  #show(zoom: Zoom): void {
    this.zoom = zoom;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.settledScale = this.zoom.scale;
    }, SETTLED_MS);
  }
}
