import { m } from "../messages";
import type { Failure, RecordingPlan, StreamAddress } from "../protocol";
import type { App } from "../state/app.svelte";

/** Its answer is shown where it was chosen. */
export async function setPlan(
  app: App,
  stream: StreamAddress,
  plan: RecordingPlan,
): Promise<Failure | null> {
  const before = app.recording.planOf(stream);
  const outcome = await app.connection.command({ kind: "setPlan", stream, plan });
  if (outcome.kind === "failed") return outcome.failure;
  app.recording.setPlan(stream, plan);
  app.screen.toast = {
    text: m.plan_changed({ name: app.cameras.nameOf(stream.camera) }),
    undo: async () => {
      const reply = await app.perform({ kind: "setPlan", stream, plan: before });
      if (reply !== null) app.recording.setPlan(stream, before);
    },
  };
  return null;
}
