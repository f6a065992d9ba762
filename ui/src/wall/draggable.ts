import type { Point } from "../state/zoom";

/** What becomes of a press. */
export interface Drag {
  isWanted(event: PointerEvent): boolean;
  /** Where the pointer is in the element, each time it moves and at first. */
  pressed?(at: Point): void;
  /** How far it moved, measured in the element's sizes. */
  dragged?(by: Point): void;
}

/** Follows a pointer from a press on the element until it is let go. */
export function draggable(element: HTMLElement, { isWanted, pressed, dragged }: Drag): () => void {
  let last: PointerEvent | null = null;
  const follow = (event: PointerEvent) => {
    const { left, top, width, height } = element.getBoundingClientRect();
    const from = last ?? event;
    last = event;
    pressed?.({ x: (event.clientX - left) / width, y: (event.clientY - top) / height });
    dragged?.({
      x: (event.clientX - from.clientX) / width,
      y: (event.clientY - from.clientY) / height,
    });
  };
  const down = (event: PointerEvent) => {
    if (event.button !== 0 || !event.isPrimary || !isWanted(event)) return;
    // Said to whoever would drag the tile itself.
    event.preventDefault();
    element.setPointerCapture(event.pointerId);
    follow(event);
  };
  const move = (event: PointerEvent) => {
    if (last !== null) follow(event);
  };
  const end = () => {
    last = null;
  };
  element.addEventListener("pointerdown", down);
  element.addEventListener("pointermove", move);
  element.addEventListener("lostpointercapture", end);
  return () => {
    element.removeEventListener("pointerdown", down);
    element.removeEventListener("pointermove", move);
    element.removeEventListener("lostpointercapture", end);
  };
}
