import { showBookmark } from "../actions/bookmarks";
import type { App } from "../state/app.svelte";
import type { Playback } from "../state/playback.svelte";
import { lengthOf } from "../state/stretch";

/** One notch of a wheel, of a hundred pixels, zooms by so much. */
const NOTCH = 1.25;
const NOTCH_PX = 100;
/** A line of a wheel that counts in lines. */
const LINE_PX = 33;

/** What a pointer and a wheel do on the timeline. */
export class Pointing {
  /** Where the pointer is while nothing is dragged: when, and how far below the ticks. */
  hover = $state.raw<{ at: number; y: number } | null>(null);
  #pannedFrom: number | null = null;
  /** Dragged through, whichever tile is selected meanwhile. */
  #scrubbed: Playback | null = null;
  /** Changes the range while that is dragged. */
  #stretchTo: ((at: number) => void) | null = null;
  readonly #app: App;

  constructor(app: App) {
    this.#app = app;
  }

  /** To be undone with what is returned. */
  attach(element: HTMLElement): () => void {
    const undo = new AbortController();
    const { signal } = undo;
    element.addEventListener("pointerdown", (event) => this.#down(event, element), { signal });
    element.addEventListener("pointermove", (event) => this.#move(event, element), { signal });
    element.addEventListener("pointerup", () => this.#up(), { signal });
    element.addEventListener("pointercancel", () => this.#up(), { signal });
    element.addEventListener("pointerleave", () => this.#leave(), { signal });
    element.addEventListener("wheel", (event) => this.#wheel(event, element), {
      signal,
      passive: false,
    });
    return () => undo.abort();
  }

  #down(event: PointerEvent, element: HTMLElement): void {
    if (event.button !== 0) return;
    element.setPointerCapture(event.pointerId);
    this.hover = null;
    const { bookmarks, playback, range } = this.#app;
    const at = this.#momentAt(event.clientX, element);
    const target = event.target instanceof Element ? event.target : element;
    const id = target.closest<HTMLElement>("[data-bookmark]")?.dataset["bookmark"];
    const bookmark = bookmarks.all.find((it) => String(it.id) === id);
    const end = target.closest<HTMLElement>("[data-end]")?.dataset["end"];
    if (bookmark !== undefined) void showBookmark.run(this.#app, bookmark);
    else if (end !== undefined) this.#stretchTo = this.#endDragged(end === "from");
    else if (event.shiftKey) this.#stretchTo = (to) => range.choose(at, to);
    else if (target.closest("[data-pan]") !== null) this.#pannedFrom = event.clientX;
    else {
      this.#scrubbed = playback;
      playback.scrub(at);
    }
    range.isDragged = this.#stretchTo !== null;
  }

  #move(event: PointerEvent, element: HTMLElement): void {
    const { now, timeline } = this.#app;
    if (this.#stretchTo !== null) {
      this.#stretchTo(Math.min(now, this.#momentAt(event.clientX, element)));
    } else if (this.#pannedFrom !== null) {
      const by = event.clientX - this.#pannedFrom;
      this.#pannedFrom = event.clientX;
      timeline.move((-by / element.clientWidth) * lengthOf(timeline.stretch));
    } else if (this.#scrubbed?.isScrubbing) {
      this.#scrubbed.scrub(this.#momentAt(event.clientX, element));
    } else {
      const lanes = element.querySelector(".lanes") ?? element;
      const y = event.clientY - lanes.getBoundingClientRect().top;
      this.hover = { at: this.#momentAt(event.clientX, element), y };
    }
  }

  #up(): void {
    this.#pannedFrom = null;
    this.#stretchTo = null;
    this.#app.range.isDragged = false;
    this.#scrubbed?.endScrub();
    this.#scrubbed = null;
  }

  /** One end of the range goes along, the other stays. */
  #endDragged(isBegin: boolean): (at: number) => void {
    const { range } = this.#app;
    const other = isBegin ? range.to : range.from;
    if (other !== null) return (at) => range.choose(other, at);
    return (at) => (isBegin ? range.begin(at) : range.end(at));
  }

  #leave(): void {
    this.hover = null;
  }

  /** Along it moves, across it zooms at the pointer. */
  #wheel(event: WheelEvent, element: HTMLElement): void {
    event.preventDefault();
    const { timeline } = this.#app;
    const unit = event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? 1 : LINE_PX;
    const along = (event.shiftKey ? event.deltaX || event.deltaY : event.deltaX) * unit;
    const across = event.shiftKey ? 0 : event.deltaY * unit;
    if (Math.abs(along) > Math.abs(across)) {
      timeline.move((along / element.clientWidth) * lengthOf(timeline.stretch));
    } else {
      timeline.zoom(NOTCH ** (across / NOTCH_PX), this.#momentAt(event.clientX, element));
    }
  }

  #momentAt(x: number, element: HTMLElement): number {
    const { left, width } = element.getBoundingClientRect();
    const { stretch } = this.#app.timeline;
    const share = Math.min(1, Math.max(0, (x - left) / Math.max(1, width)));
    return stretch.from + share * lengthOf(stretch);
  }
}
