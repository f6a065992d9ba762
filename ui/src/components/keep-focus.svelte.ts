import type { App } from "../state/app.svelte";

/**
 * Keeps the keyboard where the viewer is: on the selected tile while it is on
 * the wall, back where it was after a dialog, and in the view where what had
 * it is gone. To be called by the page.
 */
export function keepFocus(app: App): void {
  let opener: Element | null = null;
  let isNew = true;
  // What moves the viewer, or may take away what has the focus.
  const place = $derived.by(() => {
    const { cameras, evidence, layouts, notices, recording, screen, wall } = app;
    const { view, selected, isVideoOnly, toast } = screen;
    const counts = [
      cameras.all.length,
      recording.volumes.length,
      evidence.all?.length,
      notices.length,
      Number(toast !== null),
    ];
    return [view, selected, wall.alone !== null, layouts.current?.id, isVideoOnly, counts].join();
  });

  $effect.pre(() => {
    if (app.screen.overlay !== null) opener ??= document.activeElement;
  });

  $effect(() => {
    const { screen } = app;
    void place;
    if (screen.overlay !== null) return;
    const wasNew = isNew;
    isNew &&= app.link.kind !== "open";
    if (opener instanceof HTMLElement && isLost()) opener.focus({ preventScroll: true });
    const isBack = opener !== null;
    opener = null;
    // A page just opened has the focus nowhere, as any other.
    if (isOnWall(document.activeElement) || (isLost() && (isBack || !wasNew))) goHome();
  });
}

/** Onto the selected tile, or where there is none to be seen, into the view. */
function goHome(): void {
  const tile = document.querySelector<HTMLElement>('[data-tile][tabindex="0"]');
  if (tile === null || isHidden(tile)) document.querySelector("main")?.focus();
  else if (!tile.contains(document.activeElement)) tile.focus({ preventScroll: true });
}

function isLost(): boolean {
  const { activeElement } = document;
  const isNowhere = activeElement === null || activeElement.matches("body, main");
  return isNowhere || isHidden(activeElement);
}

function isOnWall(element: Element | null): boolean {
  return element?.closest("[data-tile]") != null;
}

function isHidden(element: Element): boolean {
  return element.closest("[hidden]") !== null;
}
