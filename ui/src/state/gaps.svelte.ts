import type { Connection } from "../connection/connection";
import type { CameraAddress, Failure, RecordingGap } from "../protocol";
import { isSameCamera } from "./address";
import type { ServerClock } from "./server-clock";

/** The most that are shown. */
export const MAX_GAPS = 1000;

const DAY_MS = 24 * 3600_000;
/** Nobody reads what happens more often than this allows. */
const LEAST_MS = 60_000;

/** What was not recorded in the last 24 h, as far as the server was asked. */
export class Gaps {
  /** The newest first; `null` before they were asked for. */
  all = $state.raw<RecordingGap[] | null>(null);
  /** Since when, by the viewer's clock in ms, where there are too many to show those before. */
  cutAt = $state<number | null>(null);
  /** Why the last question for them was not answered. */
  failure = $state.raw<Failure | null>(null);
  /** Whose; every camera's where it is `null`. */
  #camera: CameraAddress | null = null;
  /** How far back so few begin that they can be shown. */
  #windowMs = DAY_MS;
  #isAsking = false;
  readonly #connection: Connection;
  readonly #clock: ServerClock;

  constructor(connection: Connection, clock: ServerClock) {
    this.#connection = connection;
    this.#clock = clock;
  }

  /** What another camera lacks takes the place of what is shown, once it is known. */
  async show(camera: CameraAddress | null, now: number): Promise<void> {
    if (isSameCamera(camera, this.#camera)) return;
    this.#camera = camera;
    this.#windowMs = DAY_MS;
    this.all = null;
    await this.#askAgain(now);
  }

  async ask(now: number): Promise<void> {
    if (!this.#isAsking) await this.#askAgain(now);
  }

  async #askAgain(now: number): Promise<void> {
    this.#isAsking = true;
    const camera = this.#camera;
    // Fewer may have come since.
    let windowMs = Math.min(DAY_MS, 2 * this.#windowMs);
    let gaps = await this.#within(windowMs, now, camera);
    // The server sends those that begin first, and here the last count.
    while (gaps !== null && gaps.length > MAX_GAPS && windowMs > LEAST_MS) {
      windowMs /= 2;
      gaps = await this.#within(windowMs, now, camera);
    }
    if (camera !== this.#camera) return;
    this.#isAsking = false;
    if (gaps === null) return;
    this.#windowMs = windowMs;
    this.cutAt = windowMs < DAY_MS ? now - windowMs : null;
    this.all = gaps.slice(-MAX_GAPS).reverse();
  }

  async #within(
    windowMs: number,
    now: number,
    camera: CameraAddress | null,
  ): Promise<RecordingGap[] | null> {
    const outcome = await this.#connection.command({
      kind: "gaps",
      from: Math.round(this.#clock.toServer(now - windowMs)),
      to: Math.round(this.#clock.toServer(now)),
      camera,
      limit: MAX_GAPS + 1,
    });
    this.failure = outcome.kind === "failed" ? outcome.failure : null;
    return outcome.kind === "done" && outcome.reply.kind === "gaps" ? outcome.reply.gaps : null;
  }
}
