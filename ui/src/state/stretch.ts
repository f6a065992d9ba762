/** What a timeline shows: from when to when, in ms by the viewer's clock. */
export interface Stretch {
  from: number;
  to: number;
}

export const LEAST_MS = 1000;
export const MOST_MS = 31 * 24 * 3600_000;

/** So much of what is shown may lie after now, so that now is not at the very edge. */
const AHEAD = 0.1;

export function lengthOf({ from, to }: Stretch): number {
  return to - from;
}

/** `factor` times as long, with `at` in the same place; as far as that goes. */
export function zoomed(stretch: Stretch, factor: number, at: number): Stretch {
  const length = lengthOf(stretch);
  const wanted = Math.min(MOST_MS, Math.max(LEAST_MS, length * factor));
  const share = (at - stretch.from) / length;
  const from = at - share * wanted;
  return { from, to: from + wanted };
}

/** Later by so much; not further into the future than makes sense. */
export function moved(stretch: Stretch, byMs: number, now: number): Stretch {
  const latest = Math.max(0, now + AHEAD * lengthOf(stretch) - stretch.to);
  const by = byMs > 0 ? Math.min(byMs, latest) : byMs;
  return { from: stretch.from + by, to: stretch.to + by };
}

/** The same length, with `at` in it: moved no further than needed, and then to a place with room on both sides. */
export function containing(stretch: Stretch, at: number): Stretch {
  if (stretch.from <= at && at <= stretch.to) return stretch;
  const length = lengthOf(stretch);
  return { from: at - length / 2, to: at + length / 2 };
}

/** The same length, ending a little after now. */
export function following(stretch: Stretch, now: number): Stretch {
  const length = lengthOf(stretch);
  const to = now + (AHEAD / 2) * length;
  return { from: to - length, to };
}

/** Where a moment is, as a share of what is shown. */
export function shareOf({ from, to }: Stretch, at: number): number {
  return (at - from) / (to - from);
}
