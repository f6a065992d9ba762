import { m, seconds, tenths } from "../messages";
import type { Probe } from "../protocol";

/** More than this, and times burnt into pictures mislead. */
const MAX_OFFSET_MS = 1000;
/** More than this, and people notice that pictures are late to appear. */
const MAX_KEY_INTERVAL_S = 4;

/** What somebody should change at the camera, though it can be shown. */
export function probeWarnings({ main, sub }: Probe): string[] {
  const offset = main.clockOffsetMs ?? 0;
  const interval = Math.max(main.keyInterval ?? 0, sub?.keyInterval ?? 0);
  const warnings: string[] = [];
  if (Math.abs(offset) > MAX_OFFSET_MS) {
    const by = { seconds: seconds(Math.abs(offset)) };
    warnings.push(offset > 0 ? m.probe_clock_ahead(by) : m.probe_clock_behind(by));
  }
  if (interval > MAX_KEY_INTERVAL_S) {
    warnings.push(m.probe_key_interval({ seconds: tenths(interval) }));
  }
  return warnings;
}
