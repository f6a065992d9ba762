import { SvelteMap } from "svelte/reactivity";
import type { Connection } from "../connection/connection";
import type { CameraAddress, CameraMotion } from "../protocol";
import { isSameCamera, keyOf } from "./address";
import type { MotionDraft } from "./motion-draft.svelte";
import type { MotionSearch } from "./motion-search.svelte";
import { MotionSight } from "./motion-sight.svelte";

/** What is looked for in the pictures of cameras, and how that is doing. */
export class Motion {
  /** What somebody is changing it to. */
  draft = $state.raw<MotionDraft | null>(null);
  /** What somebody is looking for, in the pictures of the tile that is alone. */
  search = $state.raw<MotionSearch | null>(null);
  /** What is seen of the camera whose settings are being changed. */
  readonly sight: MotionSight;
  readonly #known = new SvelteMap<string, CameraMotion>();

  constructor(connection: Connection) {
    this.sight = new MotionSight(connection);
  }

  replaceAll(all: CameraMotion[]): void {
    this.#known.clear();
    for (const motion of all) this.put(motion);
  }

  put(motion: CameraMotion): void {
    this.#known.set(keyOf(motion.camera), motion);
  }

  of(camera: CameraAddress): CameraMotion {
    const settings = { mode: "auto" as const, zones: [], masks: [], lines: [] };
    return this.#known.get(keyOf(camera)) ?? { camera, settings, state: { kind: "off" } };
  }

  /** That of this camera, if it is being changed. */
  draftOf(camera: CameraAddress | null): MotionDraft | null {
    const { draft } = this;
    const isIt = draft !== null && camera !== null && isSameCamera(draft.camera, camera);
    return isIt ? draft : null;
  }

  /** Why nobody looks at a camera that is to be looked at; `null` where all is well. */
  blindness(camera: CameraAddress): string | null {
    const state = this.#known.get(keyOf(camera))?.state;
    return state?.kind === "blind" ? state.message : null;
  }
}
