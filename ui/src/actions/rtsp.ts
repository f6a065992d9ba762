import { m } from "../messages";
import type { CameraAddress, Failure, Login, Probe, Transport } from "../protocol";
import type { App } from "../state/app.svelte";
import { place } from "./cameras";

/** How to reach a camera, as somebody typed it. */
export interface Typed {
  address: string;
  transport: Transport;
  login: Login | null;
}

/** What a look at a camera came to: a probe, or why there is none. */
export type Tried = { probe: Probe; failure: null } | { probe: null; failure: Failure };

/** Looks at a camera, and keeps nothing. */
export async function probeCamera(app: App, typed: Typed): Promise<Tried> {
  const outcome = await app.connection.command({ kind: "probeCamera", ...typed });
  if (outcome.kind === "failed") return { probe: null, failure: outcome.failure };
  if (outcome.reply.kind === "probe") return { probe: outcome.reply.probe, failure: null };
  return { probe: null, failure: { code: "other", message: m.engine_nonsense() } };
}

/**
 * Adds a camera and puts it on a tile; `null` for the first empty one. Without
 * a probe it is added as typed: it may be off now.
 */
export async function addRtsp(
  app: App,
  typed: Typed,
  probe: Probe | null,
  name: string,
  tile: number | null,
): Promise<Failure | null> {
  const { address, transport, login } = typed;
  // A probe leaves out the login in its address, where that is the only one there is.
  const main = login === null || probe === null ? address : probe.main.address;
  const source = { kind: "rtsp", main, sub: probe?.sub?.address ?? null, transport } as const;
  const camera = { name: name.trim(), source, login };
  const outcome = await app.connection.command({ kind: "addCamera", camera });
  if (outcome.kind === "failed") return outcome.failure;
  if (outcome.reply.kind === "camera") await place(app, outcome.reply.camera, tile);
  return null;
}

/** The camera is then tried at once. */
export async function setLogin(
  app: App,
  camera: CameraAddress,
  login: Login,
): Promise<Failure | null> {
  const outcome = await app.connection.command({ kind: "setPassword", camera, ...login });
  return outcome.kind === "failed" ? outcome.failure : null;
}
