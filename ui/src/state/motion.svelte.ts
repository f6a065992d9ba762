import { SvelteMap } from "svelte/reactivity";
import type { CameraAddress, CameraMotion } from "../protocol";
import { keyOf } from "./address";

/** What is looked for in the pictures of cameras, and how that is doing. */
export class Motion {
  readonly #known = new SvelteMap<string, CameraMotion>();

  replaceAll(all: CameraMotion[]): void {
    this.#known.clear();
    for (const motion of all) this.put(motion);
  }

  put(motion: CameraMotion): void {
    this.#known.set(keyOf(motion.camera), motion);
  }

  /** Why nobody looks at a camera that is to be looked at; `null` where all is well. */
  blindness(camera: CameraAddress): string | null {
    const state = this.#known.get(keyOf(camera))?.state;
    return state?.kind === "blind" ? state.message : null;
  }
}
