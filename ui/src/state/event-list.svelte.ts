import type { CameraEvent, Failure } from "../protocol";
import type { App } from "./app.svelte";

/** So many are looked through at once: the newest. */
export const MAX_LISTED = 1000;
/** One question is of so many cameras at most. */
const MAX_CAMERAS = 256;
const EVER = Number.MAX_SAFE_INTEGER;

/** What happened lately, as far as the server was asked. */
export class EventList {
  /** The newest first; `null` before it was asked for. */
  all = $state.raw<CameraEvent[] | null>(null);
  /** Why the last question for it was not answered. */
  failure = $state.raw<Failure | null>(null);
  #isAsking = false;
  /** What changed while an answer was on its way. */
  #meanwhile: ((all: CameraEvent[]) => CameraEvent[])[] = [];
  readonly #app: App;

  constructor(app: App) {
    this.#app = app;
  }

  async ask(): Promise<void> {
    if (this.#isAsking) return;
    this.#isAsking = true;
    this.#meanwhile = [];
    const { cameras, connection } = this.#app;
    const addresses = cameras.all.map(({ address }) => address).slice(0, MAX_CAMERAS);
    const outcome = await connection.command({
      kind: "events",
      cameras: addresses,
      from: 0,
      to: EVER,
      limit: MAX_LISTED,
      newestFirst: true,
    });
    this.#isAsking = false;
    this.failure = outcome.kind === "failed" ? outcome.failure : null;
    if (outcome.kind !== "done" || outcome.reply.kind !== "events") return;
    this.all = this.#meanwhile.reduce((all, change) => change(all), outcome.reply.events);
  }

  /** What is told anew goes on, and is as reviewed as it was. */
  put(event: CameraEvent): void {
    this.#change((all) => {
      const known = all.find(({ id }) => id === event.id);
      if (known === undefined) return [event, ...all].slice(0, MAX_LISTED);
      return all.map((it) => (it === known ? { ...event, isReviewed: known.isReviewed } : it));
    });
  }

  setReviewed(ids: number[], isReviewed: boolean): void {
    const changed = new Set(ids);
    this.#change((all) => all.map((it) => (changed.has(it.id) ? { ...it, isReviewed } : it)));
  }

  #change(change: (all: CameraEvent[]) => CameraEvent[]): void {
    if (this.#isAsking) this.#meanwhile.push(change);
    if (this.all !== null) this.all = change(this.all);
  }
}
