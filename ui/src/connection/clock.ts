/** How far the two clocks may drift apart before the steady one is set again. */
const DRIFT_MS = 5;

let origin = performance.timeOrigin;

/**
 * Milliseconds since 1970 UTC, finer than `Date.now()`.
 *
 * `performance.now()` alone stands still while the machine sleeps and does not
 * follow the clock when it is set.
 */
export function nowMs(): number {
  const steady = origin + performance.now();
  const wall = Date.now();
  if (Math.abs(wall - steady) <= DRIFT_MS) return steady;
  origin += wall - steady;
  return wall;
}
