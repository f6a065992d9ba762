import { m } from "../messages";
import type { Export, Failure, NewExport } from "../protocol";
import type { App } from "../state/app.svelte";
import { chosenFootage, type Footage } from "../state/footage";
import type { Action } from "./action";
import { all, ifConnected } from "./conditions";
import { ifRecorded } from "./range";

/** What is to be exported, and what it is called as far as that is known. */
export interface Exporting {
  footage: Footage;
  name: string;
  note: string;
}

/** `null` for what is chosen. */
export const openExport: Action<Exporting | null> = {
  id: "open.export",
  label: () => m.action_export(),
  shortcut: "e",
  enabled: (app) => all(ifRecorded(app), ifConnected(app)),
  run: (app, exporting) => {
    const chosen = exporting ?? { footage: chosenFootage(app), name: "", note: "" };
    app.screen.overlay = { kind: "export", ...chosen };
  },
};

/** Its answer is shown where it was typed. */
export async function beginExport(app: App, wanted: NewExport): Promise<Failure | null> {
  const outcome = await app.connection.command({ kind: "export", export: wanted });
  if (outcome.kind === "failed") return outcome.failure;
  if (outcome.reply.kind === "export") app.exports.begun(outcome.reply.export);
  return null;
}

/** About how many bytes it would take, or why it could not begin. */
export async function estimateExport(app: App, wanted: NewExport): Promise<number | Failure> {
  const outcome = await app.connection.command({ kind: "estimateExport", export: wanted });
  if (outcome.kind === "failed") return outcome.failure;
  return outcome.reply.kind === "exportEstimate" ? outcome.reply.bytes : 0;
}

export const cancelExport: Action<Export> = {
  id: "export.cancel",
  label: () => m.action_cancel_export(),
  enabled: (app, { state }) => all(state.kind === "running", ifConnected(app)),
  run: async (app, { id }) => {
    await app.perform({ kind: "cancelExport", export: id });
  },
};
