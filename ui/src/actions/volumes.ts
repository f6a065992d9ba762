import { m } from "../messages";
import type { Failure, NewVolume, StreamPlan, Volume } from "../protocol";
import type { App } from "../state/app.svelte";
import type { Action } from "./action";
import { ifConnected } from "./conditions";

/** Its answer is shown where it was typed. */
export async function addVolume(app: App, volume: NewVolume): Promise<Failure | null> {
  const outcome = await app.connection.command({ kind: "addVolume", volume });
  if (outcome.kind === "failed") return outcome.failure;
  taken(app, outcome.reply.kind === "volume" ? outcome.reply.volume : null);
  return null;
}

/** How much it holds, and how long. */
export async function setLimits(
  app: App,
  volume: Volume,
  limits: Pick<Volume, "maxBytes" | "maxDays">,
): Promise<Failure | null> {
  const wanted = { ...volume, ...limits };
  const outcome = await app.connection.command({ kind: "setVolume", volume: wanted });
  if (outcome.kind === "failed") return outcome.failure;
  app.recording.putVolume(wanted);
  app.screen.toast = {
    text: m.limits_changed({ path: volume.path }),
    undo: async () => {
      const reply = await app.perform({ kind: "setVolume", volume });
      if (reply !== null) app.recording.putVolume(volume);
    },
  };
  return null;
}

/** Forgets where recordings are, and removes none. */
export const removeVolume: Action<Volume> = {
  id: "volume.remove",
  label: (_, { path }) => m.action_remove({ name: path }),
  enabled: ifConnected,
  run: async (app, volume) => {
    const streams = app.recording.streamsOn(volume.id);
    const plans = streams.map((stream) => ({ stream, plan: app.recording.planOf(stream) }));
    const reply = await app.perform({ kind: "removeVolume", volume: volume.id });
    if (reply === null) return;
    app.recording.removeVolume(volume.id);
    app.screen.toast = {
      text: m.volume_removed({ path: volume.path }),
      undo: () => takeBack(app, volume, plans),
    };
  },
};

/** The same folder again, and the streams that were written to it. */
async function takeBack(
  app: App,
  { path, maxBytes, maxDays }: Volume,
  plans: StreamPlan[],
): Promise<void> {
  const reply = await app.perform({ kind: "addVolume", volume: { path, maxBytes, maxDays } });
  if (reply?.kind !== "volume") return;
  taken(app, reply.volume);
  for (const { stream, plan } of plans) {
    const wanted = { ...plan, volume: reply.volume.id };
    if ((await app.perform({ kind: "setPlan", stream, plan: wanted })) === null) return;
    app.recording.setPlan(stream, wanted);
  }
}

function taken(app: App, volume: Volume | null): void {
  if (volume !== null) app.recording.putVolume(volume);
  void app.recording.ask();
}
