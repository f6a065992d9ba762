import type { Tile } from "../state/tile.svelte";
import { draggable } from "./draggable";

/** A turn of the wheel by so many pixels makes the picture twice as large. */
const PIXELS_PER_DOUBLING = 300;
const PIXELS_PER_LINE = 32;
const PIXELS_PER_PAGE = 300;

/** Wheel and drag zoom and move the picture of the tile that the element shows. */
export function zoomable(tile: Tile): (element: HTMLElement) => () => void {
  return (element) => {
    const wheel = (event: WheelEvent) => {
      // With Ctrl it is for the browser, which makes the whole page larger.
      if (tile.format === null || event.ctrlKey || event.deltaY === 0) return;
      event.preventDefault();
      const { left, top, width, height } = element.getBoundingClientRect();
      const at = { x: (event.clientX - left) / width, y: (event.clientY - top) / height };
      tile.lens.zoomBy(2 ** (-pixels(event) / PIXELS_PER_DOUBLING), at);
    };
    element.addEventListener("wheel", wheel, { passive: false });
    const undrag = draggable(element, {
      isWanted: (event) => tile.lens.isZoomed && !isOnControl(event),
      dragged: (by) => tile.lens.dragBy(by),
    });
    return () => {
      element.removeEventListener("wheel", wheel);
      undrag();
    };
  };
}

/** What a press on the small map of a tile points at comes to the tile's centre. */
export function steering(tile: Tile): (element: HTMLElement) => () => void {
  return (element) =>
    draggable(element, {
      isWanted: () => true,
      pressed: (at) => tile.lens.lookAt(at),
    });
}

function pixels({ deltaMode, deltaY }: WheelEvent): number {
  if (deltaMode === WheelEvent.DOM_DELTA_LINE) return deltaY * PIXELS_PER_LINE;
  if (deltaMode === WheelEvent.DOM_DELTA_PAGE) return deltaY * PIXELS_PER_PAGE;
  return deltaY;
}

/** Whether something within the tile has a meaning of its own for the press. */
function isOnControl({ target, currentTarget }: Event): boolean {
  const control =
    target instanceof Element ? target.closest("button, a, input, .minimap, .shapes") : null;
  return control !== null && control !== currentTarget;
}
