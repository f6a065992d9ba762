import type { Carry } from "../state/carry.svelte";

/** A press that moves less than this, in CSS pixels, is a click. */
const THRESHOLD_PX = 6;

/**
 * Lets tiles of the grid be dragged onto each other, and a tile that is carried
 * by keys be dropped with a press. To be undone with what is returned.
 */
export function letDrag(grid: HTMLElement, carry: Carry): () => void {
  let press: { index: number; event: PointerEvent } | null = null;
  let isDragging = false;
  /** The click that a press ends with is none where the press did something. */
  let isClickSpent = false;

  const handlers = {
    pointerdown(event: PointerEvent) {
      isClickSpent = false;
      press = null;
      if (event.button !== 0 || !event.isPrimary) return;
      if (!(event.target instanceof Element) || event.target.closest("button, a, input")) return;
      const index = indexOf(event.target);
      if (index === null) return;
      if (carry.isActive) {
        isClickSpent = true;
        carry.aim(index);
        void carry.drop();
      } else press = { index, event };
    },

    pointermove(event: PointerEvent) {
      if (press !== null && !isDragging) {
        const { clientX, clientY, defaultPrevented } = press.event;
        const distance = Math.hypot(event.clientX - clientX, event.clientY - clientY);
        if (distance < THRESHOLD_PX) return;
        // A tile that wants the press for itself says so by preventing its default.
        if (!defaultPrevented) carry.begin(press.index, false);
        isDragging = carry.isActive;
        if (isDragging) grid.setPointerCapture(event.pointerId);
        else press = null;
      }
      if (carry.isActive)
        carry.aim(indexOf(document.elementFromPoint(event.clientX, event.clientY)));
    },

    pointerup() {
      if (isDragging) {
        isClickSpent = true;
        void carry.drop();
      }
      press = null;
      isDragging = false;
    },

    pointercancel() {
      if (isDragging) carry.cancel();
      press = null;
      isDragging = false;
    },

    click(event: MouseEvent) {
      if (isClickSpent) event.stopPropagation();
      isClickSpent = false;
    },
  };

  const entries = Object.entries(handlers) as [string, EventListener][];
  for (const [name, handler] of entries) {
    grid.addEventListener(name, handler, { capture: name === "click" });
  }
  return () => {
    for (const [name, handler] of entries) {
      grid.removeEventListener(name, handler, { capture: name === "click" });
    }
  };
}

function indexOf(element: Element | null): number | null {
  const tile = element?.closest<HTMLElement>("[data-tile]")?.dataset["tile"];
  return tile === undefined ? null : Number(tile);
}
