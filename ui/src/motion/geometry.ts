import type { MotionLine } from "../protocol";
import type { Point } from "../state/zoom";

/** Where arrow keys go in a picture. */
export const WAYS: Record<string, Point> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};

/** Of all the points. */
export function middle(points: Point[]): Point {
  const sum = points.reduce((one, other) => ({ x: one.x + other.x, y: one.y + other.y }));
  return { x: sum.x / points.length, y: sum.y / points.length };
}

/**
 * The way in which a line is to be crossed on the screen: in degrees, 0 is to
 * the right and 90 down. With the picture's width to its height.
 */
export function crossingAngle({ from, to, sense }: MotionLine, aspect: number): number {
  const [across, down] = [(to.x - from.x) * aspect, to.y - from.y];
  const right = (Math.atan2(across, -down) * 180) / Math.PI;
  return sense === "toLeft" ? right + 180 : right;
}

/** How long the barbs of an arrow are, in heights of the picture, and how far they are turned. */
const BARB = 0.06;
const BARB_TURN = Math.PI / 6;

/**
 * The head of an arrow where a path ends, from barb to barb. With the picture's
 * width to its height.
 */
export function arrowHead(path: Point[], aspect: number): Point[] {
  const end = path.at(-1);
  if (end === undefined) return [];
  const gap = ({ x, y }: Point) => Math.hypot((end.x - x) * aspect, end.y - y);
  // The last step alone may be as small as what shakes.
  const from = path.findLast((point) => gap(point) >= BARB) ?? path[0] ?? end;
  const angle = Math.atan2(end.y - from.y, (end.x - from.x) * aspect);
  const barb = (turn: number) => ({
    x: end.x - (BARB * Math.cos(angle + turn)) / aspect,
    y: end.y - BARB * Math.sin(angle + turn),
  });
  return [barb(-BARB_TURN), end, barb(BARB_TURN)];
}

/** A share of the picture, for a style. */
export function percent(share: number): string {
  return `${(share * 100).toFixed(3)}%`;
}
