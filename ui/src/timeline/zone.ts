// The viewer's zone where its clocks are changed: an hour that is there twice,
// or not at all, is told by its distance to UTC.

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** How far the viewer's clocks are ahead of UTC at that moment, in ms. */
export function offsetAt(ms: number): number {
  return -new Date(ms).getTimezoneOffset() * MINUTE_MS;
}

/** Whether the time of day alone does not say when it is: it comes twice, or follows upon one that is left out. */
export function isAmbiguous(ms: number): boolean {
  const own = offsetAt(ms);
  const change = Math.abs(offsetAt(ms + 3 * HOUR_MS) - offsetAt(ms - 3 * HOUR_MS));
  if (change === 0) return false;
  const isBack = offsetAt(ms + 3 * HOUR_MS) < offsetAt(ms - 3 * HOUR_MS);
  return offsetAt(ms - change) !== own || (isBack && offsetAt(ms + change) !== own);
}

/** “+02:00”. */
export function offsetText(ms: number): string {
  const minutes = Math.round(offsetAt(ms) / MINUTE_MS);
  const two = (value: number) => String(Math.floor(value)).padStart(2, "0");
  const size = Math.abs(minutes);
  return `${minutes < 0 ? "−" : "+"}${two(size / 60)}:${two(size % 60)}`;
}
