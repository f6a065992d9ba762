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

/** A share of the picture, for a style. */
export function percent(share: number): string {
  return `${(share * 100).toFixed(3)}%`;
}
