import type { GridArea } from "../state/shapes";

/** Where the area is in a CSS grid: first row and column, and how many of each. */
export function gridArea({ x, y, span }: GridArea): string {
  return `${y + 1} / ${x + 1} / span ${span} / span ${span}`;
}
