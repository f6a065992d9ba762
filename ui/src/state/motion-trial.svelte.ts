import type { CameraAddress, Failure, MotionSettings, TrialVerdict, TriedEvent } from "../protocol";
import type { App } from "./app.svelte";

/** So much is tried at once, the newest first, in µs: as much as the server lets one do. */
const STEP_US = 600_000_000;

/** More are not listed. */
const MAX_LISTED = 1000;

/** Settings that are tried on what is recorded, piece by piece. */
export class MotionTrial {
  /** What was tried; `null` where nothing was yet. */
  settings = $state.raw<MotionSettings | null>(null);
  /** The newest first. */
  events = $state.raw<TriedEvent[]>([]);
  counts = $state.raw<Record<TrialVerdict, number>>(NONE);
  /** So much of the span is done, from 0 to 1. */
  done = $state(0);
  /** So much of it is recorded, in ms. */
  lookedMs = $state(0);
  isRunning = $state(false);
  failure = $state.raw<Failure | null>(null);
  /** Of which run this is. */
  #run = 0;
  readonly #app: App;

  constructor(app: App) {
    this.#app = app;
  }

  /** Tries them on a span of µs by the server's clock. */
  async run(
    camera: CameraAddress,
    settings: MotionSettings,
    from: number,
    to: number,
  ): Promise<void> {
    const run = ++this.#run;
    this.settings = settings;
    this.events = [];
    this.counts = NONE;
    this.done = this.lookedMs = 0;
    this.failure = null;
    this.isRunning = true;
    for (let end = to; end > from; end -= STEP_US) {
      const begin = Math.max(from, end - STEP_US);
      const outcome = await this.#app.connection.command({
        kind: "tryMotion",
        camera,
        settings,
        from: begin,
        to: end,
      });
      // Another was begun meanwhile, or nobody wants to know any more.
      if (run !== this.#run) return;
      if (outcome.kind === "failed") {
        this.failure = outcome.failure;
        break;
      }
      if (outcome.reply.kind !== "motionTrial") break;
      const { events, looked } = outcome.reply.trial;
      this.events = [...this.events, ...events.toReversed()].slice(0, MAX_LISTED);
      this.counts = counted(this.counts, events);
      this.lookedMs += looked / 1000;
      this.done = (to - begin) / (to - from);
    }
    this.isRunning = false;
  }

  /** What is known stays. */
  stop(): void {
    this.#run++;
    this.isRunning = false;
  }
}

const NONE: Record<TrialVerdict, number> = { stays: 0, comes: 0, goes: 0 };

function counted(counts: Record<TrialVerdict, number>, events: TriedEvent[]) {
  const sum = { ...counts };
  for (const { verdict } of events) sum[verdict]++;
  return sum;
}
