import { SvelteMap } from "svelte/reactivity";
import { m } from "../messages";
import type { Camera, CameraAddress, StreamAddress, StreamState } from "../protocol";
import { keyOf } from "./address";

/** Every camera the viewer knows of, with the states of its streams. */
export class Cameras {
  readonly #byKey = new SvelteMap<string, Camera>();
  /** By number. */
  readonly all = $derived(
    [...this.#byKey.values()].sort((one, other) => one.number - other.number),
  );

  get(address: CameraAddress | null): Camera | null {
    return address === null ? null : (this.#byKey.get(keyOf(address)) ?? null);
  }

  /** What it is called, also where it was removed. */
  nameOf(address: CameraAddress): string {
    return this.get(address)?.name ?? m.camera_gone({ camera: address.camera });
  }

  numbered(number: number): Camera | null {
    return this.all.find((camera) => camera.number === number) ?? null;
  }

  replaceAll(cameras: Camera[]): void {
    this.#byKey.clear();
    for (const camera of cameras) this.put(camera);
  }

  put(camera: Camera): void {
    this.#byKey.set(keyOf(camera.address), camera);
  }

  remove(address: CameraAddress): void {
    this.#byKey.delete(keyOf(address));
  }

  setStream({ camera: address, role }: StreamAddress, state: StreamState): void {
    const camera = this.get(address);
    if (camera === null) return;
    const streams = camera.streams.map((entry) => (entry[0] === role ? [role, state] : entry));
    this.put({ ...camera, streams: streams as Camera["streams"] });
  }
}

export function streamState(camera: Camera, role: string): StreamState {
  return camera.streams.find(([each]) => each === role)?.[1] ?? { kind: "closed" };
}
