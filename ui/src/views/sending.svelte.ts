import { ifConnected } from "../actions/conditions";
import { m, seconds } from "../messages";
import type { Failure } from "../protocol";
import type { App } from "../state/app.svelte";

/** Progress of less than this needs no telling. */
const BRIEF_MS = 1000;

/** A form on its way to the server, and what came back. To be made by the dialog it is in. */
export class Sending {
  /** What the server would not have. */
  problem = $state("");
  #startedAt = $state<number | null>(null);
  #isLeft = false;
  readonly #app: App;

  constructor(app: App) {
    this.#app = app;
    $effect(() => () => {
      this.#isLeft = true;
    });
  }

  get isBlocked(): boolean {
    return this.#startedAt !== null || ifConnected(this.#app) !== true;
  }

  get progress(): string {
    const elapsed = this.#startedAt === null ? 0 : this.#app.now - this.#startedAt;
    if (elapsed > BRIEF_MS) return m.working_for({ seconds: seconds(elapsed) });
    const blocked = ifConnected(this.#app);
    return blocked === true ? "" : blocked;
  }

  /** Whether it is done and the dialog can close, which it may have meanwhile. */
  async send(act: () => Promise<Failure | null>): Promise<boolean> {
    if (this.isBlocked) return false;
    this.problem = "";
    this.#startedAt = this.#app.now;
    const failure = await act();
    this.#startedAt = null;
    this.problem = failure?.message ?? "";
    return failure === null && !this.#isLeft;
  }
}
