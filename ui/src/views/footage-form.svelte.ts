import { SvelteSet } from "svelte/reactivity";
import { m } from "../messages";
import type { CameraAddress } from "../protocol";
import { keyOf } from "../state/address";
import type { App } from "../state/app.svelte";
import type { Footage } from "../state/footage";
import { fromLocal, toLocal } from "./local-time";

/** Cameras and a span, while somebody chooses them. */
export class FootageForm {
  /** By their keys. */
  readonly chosen: SvelteSet<string>;
  /** As the fields hold them. */
  from = $state("");
  to = $state("");
  readonly #app: App;
  readonly #begun: Footage;

  constructor(app: App, footage: Footage) {
    this.#app = app;
    this.#begun = footage;
    this.chosen = new SvelteSet(footage.cameras.map(keyOf));
    this.from = toLocal(footage.from);
    this.to = footage.to === footage.from ? "" : toLocal(footage.to);
  }

  /** Those that can be chosen: all that there are, and those it began with. */
  get listed(): CameraAddress[] {
    const { cameras } = this.#app;
    const gone = this.#begun.cameras.filter((address) => cameras.get(address) === null);
    return [...cameras.all.map(({ address }) => address), ...gone];
  }

  get cameras(): CameraAddress[] {
    return this.listed.filter((address) => this.chosen.has(keyOf(address)));
  }

  /** In ms by the viewer's clock; what makes no sense is no number. */
  get fromMs(): number {
    return exactly(this.from, this.#begun.from);
  }

  /** The same as the begin where it is left empty. */
  get toMs(): number {
    return this.to === "" ? this.fromMs : exactly(this.to, this.#begun.to);
  }

  /** As the server counts. */
  get span(): { from: number; to: number } {
    const toServer = (ms: number) => Math.round(this.#app.clock.toServer(ms));
    return { from: toServer(this.fromMs), to: toServer(this.toMs) };
  }

  /** What is to be put right before the server can be asked; "" where nothing is. */
  get problem(): string {
    if (this.chosen.size === 0) return m.footage_no_camera();
    // Where browsers have no such fields, anything can be typed.
    if (Number.isNaN(this.fromMs + this.toMs)) {
      return m.footage_no_time({ example: toLocal(this.#begun.from) });
    }
    return "";
  }
}

/** What nobody changed is what it was: by the ms, and in the right one of two hours of the same name. */
function exactly(local: string, begun: number): number {
  return local === toLocal(begun) ? begun : fromLocal(local);
}
