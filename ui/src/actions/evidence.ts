import { m } from "../messages";
import type { Evidence, Failure, NewEvidence } from "../protocol";
import type { App } from "../state/app.svelte";
import { chosenFootage, type Footage } from "../state/footage";
import type { Action } from "./action";
import { ifConnected } from "./conditions";

/** With what is to stay, and what for; `null` for what is chosen. */
export const openAddEvidence: Action<{ footage: Footage; note: string } | null> = {
  id: "open.addEvidence",
  label: () => m.action_add_evidence(),
  shortcut: "Shift+e",
  enabled: ifConnected,
  run: (app, wanted) => {
    const { footage, note } = wanted ?? { footage: chosenFootage(app), note: "" };
    app.screen.overlay = { kind: "addEvidence", footage, note };
  },
};

/** Its answer is shown where it was typed. */
export async function addEvidence(app: App, evidence: NewEvidence): Promise<Failure | null> {
  const outcome = await app.connection.command({ kind: "addEvidence", evidence });
  if (outcome.kind === "failed") return outcome.failure;
  if (outcome.reply.kind === "evidence") app.evidence.put(outcome.reply.evidence);
  return null;
}

/** Its recordings may then be removed to make room, as others. */
export const removeEvidence: Action<Evidence> = {
  id: "evidence.remove",
  label: (app, evidence) => m.action_remove_evidence({ name: app.cameras.nameOf(evidence.camera) }),
  enabled: ifConnected,
  run: async (app, evidence) => {
    const reply = await app.perform({ kind: "removeEvidence", id: evidence.id });
    if (reply === null) return;
    app.evidence.remove(evidence.id);
    const { camera, from, to, note } = evidence;
    app.screen.toast = {
      text: m.evidence_removed({ name: app.cameras.nameOf(evidence.camera) }),
      undo: async () => {
        const again = { camera, from, to, note };
        const reply = await app.perform({ kind: "addEvidence", evidence: again });
        if (reply?.kind === "evidence") app.evidence.put(reply.evidence);
      },
    };
  },
};
