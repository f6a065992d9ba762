import { nowMs } from "../connection/clock";
import type { Connection } from "../connection/connection";
import type { CameraAddress, Failure, MotionSettings, Observation } from "../protocol";

/** What was seen longer ago is not seen now. */
const LASTS_MS = 3000;

/** Settings that change more often are looked at by once they rest. */
const REST_MS = 300;

/** What is seen of the camera whose settings somebody changes, judged by these. */
export class MotionSight {
  /** Whether somebody wants to see it. */
  isShown = $state(true);
  /** `null` while nothing is looked at. */
  seen = $state.raw<Observation | null>(null);
  failure = $state.raw<Failure | null>(null);
  readonly #connection: Connection;
  #seenAt = 0;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Observes `camera` by `settings` until what it returns is called. */
  observe(camera: CameraAddress, settings: MotionSettings): () => void {
    let end = () => {};
    const begin = setTimeout(() => {
      const observing = this.#connection.observe(camera, settings, this);
      end = () => this.#connection.unobserve(observing);
    }, REST_MS);
    const looking = setInterval(() => {
      if (nowMs() - this.#seenAt > LASTS_MS) this.seen = null;
    }, LASTS_MS / 3);
    return () => {
      clearTimeout(begin);
      clearInterval(looking);
      end();
    };
  }

  /** It is of another camera from now on, or of none. */
  forget(): void {
    this.seen = null;
    this.failure = null;
  }

  observed(observation: Observation): void {
    this.#seenAt = nowMs();
    this.seen = observation;
    this.failure = null;
  }

  refused(failure: Failure): void {
    this.seen = null;
    this.failure = failure;
  }
}
