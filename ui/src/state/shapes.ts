import type { LayoutShape } from "../protocol";

/** Which cells of its grid a tile takes: from `x` and `y` on, `span` across and as many down. */
export interface Area {
  x: number;
  y: number;
  span: number;
}

/** How tiles are arranged: a square grid of `side` cells a side, and each tile's area in reading order. */
export interface Shape {
  side: number;
  areas: readonly Area[];
}

export const SHAPES: Record<LayoutShape, Shape> = {
  single: filled(1),
  quad: filled(2),
  nine: filled(3),
  sixteen: filled(4),
  twentyFive: filled(5),
  thirtySix: filled(6),
  sixtyFour: filled(8),
  onePlusFive: filled(3, 2),
  onePlusSeven: filled(4, 3),
  twoPlusEight: filled(4, 2, 2),
};

/** Big tiles of these spans come first; small ones take what is left. */
function filled(side: number, ...spans: number[]): Shape {
  const areas: Area[] = [];
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      if (areas.some((area) => covers(area, x, y))) continue;
      areas.push({ x, y, span: spans[areas.length] ?? 1 });
    }
  }
  return { side, areas };
}

function covers(area: Area, x: number, y: number): boolean {
  return area.x <= x && x < area.x + area.span && area.y <= y && y < area.y + area.span;
}
