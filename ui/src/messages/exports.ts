import type { Export } from "../protocol";
import { m, number } from ".";
import { bytesText } from "./storage";

/** How much of it is done, as a percentage. */
export function percentOf({ bytes, state }: Export): number {
  if (state.kind !== "running") return 100;
  // What is estimated may be too little.
  return Math.min(100, Math.floor((100 * state.doneBytes) / Math.max(1, bytes)));
}

/** How an export is doing, as a sentence. */
export function exportText(told: Export): string {
  const { bytes, state } = told;
  switch (state.kind) {
    case "running":
      return m.export_running({ percent: number(percentOf(told)), size: bytesText(bytes) });
    case "done": {
      const words = { path: state.path, films: number(state.files), size: bytesText(state.bytes) };
      if (state.damaged === 0) return m.export_done(words);
      return m.export_done_damaged({ ...words, damaged: number(state.damaged) });
    }
    case "cancelled":
      return m.export_cancelled();
    case "failed":
      return m.export_failed({ reason: state.failure.message });
  }
}
