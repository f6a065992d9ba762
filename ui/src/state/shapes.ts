import type { LayoutShape } from "../protocol";

/** Which cells of its grid a tile takes: from `x` and `y` on, `span` across and as many down. */
export interface GridArea {
  x: number;
  y: number;
  span: number;
}

/** How tiles are arranged: a square grid of `side` cells a side, and each tile's area in reading order. */
export interface Shape {
  side: number;
  areas: readonly GridArea[];
}

/** The one with the fewest tiles first. */
export const SHAPES: Record<LayoutShape, Shape> = {
  single: filled(1),
  quad: filled(2),
  onePlusFive: filled(3, 2),
  onePlusSeven: filled(4, 3),
  nine: filled(3),
  twoPlusEight: filled(4, 2, 2),
  sixteen: filled(4),
  twentyFive: filled(5),
  thirtySix: filled(6),
  sixtyFour: filled(8),
};

export const SHAPE_NAMES = Object.keys(SHAPES) as LayoutShape[];

/** How many tiles of a shape are bigger than the others. */
export function bigTiles({ areas }: Shape): number {
  return areas.filter(({ span }) => span > 1).length;
}

/**
 * The tile next to one, in a direction of one step along one axis: of those
 * beside it the nearest, and of these the one most in line. `null` where there
 * is none.
 */
export function neighbour({ areas }: Shape, from: number, across: number, down: number) {
  const start = areas[from];
  if (start === undefined) return null;
  const isAcross = across !== 0;
  const forward = across + down > 0;
  let nearest: { index: number; gap: number; offset: number } | null = null;
  for (const [index, area] of areas.entries()) {
    const [one, other] = forward ? [start, area] : [area, start];
    const gap = isAcross ? other.x - one.x - one.span : other.y - one.y - one.span;
    // Twice the distance of their middles, to stay with whole numbers.
    const offset = isAcross
      ? Math.abs(2 * area.y + area.span - 2 * start.y - start.span)
      : Math.abs(2 * area.x + area.span - 2 * start.x - start.span);
    const isBeside = gap >= 0 && offset < area.span + start.span;
    if (!isBeside) continue;
    const isNearer =
      nearest === null || gap < nearest.gap || (gap === nearest.gap && offset < nearest.offset);
    if (isNearer) nearest = { index, gap, offset };
  }
  return nearest?.index ?? null;
}

/** Big tiles of these spans come first; small ones take what is left. */
function filled(side: number, ...spans: number[]): Shape {
  const areas: GridArea[] = [];
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      if (areas.some((area) => covers(area, x, y))) continue;
      areas.push({ x, y, span: spans[areas.length] ?? 1 });
    }
  }
  return { side, areas };
}

function covers(area: GridArea, x: number, y: number): boolean {
  return area.x <= x && x < area.x + area.span && area.y <= y && y < area.y + area.span;
}
