import type { Camera, CameraAddress, Failure } from "../protocol";
import type { App } from "../state/app.svelte";
import { streamState } from "../state/cameras.svelte";
import { place } from "./cameras";

/** The least a server scales to; nobody sees these pictures. */
const PROBE_SIZE = { width: 16, height: 16 };

/**
 * Adds a clip as a camera and puts it on a tile, once it is known to show
 * something. Leaves nothing behind where it does not, or is given up.
 */
export async function addClip(
  app: App,
  path: string,
  tile: number | null,
  givenUp: AbortSignal,
): Promise<Failure | null> {
  const source = { kind: "file", path } as const;
  const outcome = await app.connection.command({ kind: "addCamera", camera: { name: "", source } });
  if (outcome.kind === "failed") return outcome.failure;
  if (outcome.reply.kind !== "camera") return null;
  const { camera } = outcome.reply;
  const failure = await firstPicture(app, camera.address, givenUp);
  if (failure !== null || givenUp.aborted) {
    await app.connection.command({ kind: "removeCamera", camera: camera.address });
  } else {
    await place(app, camera, tile);
  }
  return failure;
}

/** A stream is opened only while somebody watches. So watch, until it is live or fails. */
function firstPicture(
  app: App,
  address: CameraAddress,
  givenUp: AbortSignal,
): Promise<Failure | null> {
  return new Promise((resolve) => {
    if (givenUp.aborted) return resolve(null);
    const end = (failure: Failure | null) => {
      app.connection.unsubscribe(subscription);
      stopWatching();
      resolve(failure);
    };
    const taker = { begun: () => {}, announced: () => {}, picture: () => end(null), refused: end };
    const stream = { camera: address, role: "main" } as const;
    const subscription = app.connection.subscribe(stream, PROBE_SIZE, taker);
    const stopWatching = $effect.root(() => {
      $effect(() => {
        const camera: Camera | null = app.cameras.get(address);
        const state = camera === null ? null : streamState(camera, "main");
        if (state !== null && "failure" in state) end(state.failure);
      });
    });
    givenUp.addEventListener("abort", () => end(null));
  });
}
