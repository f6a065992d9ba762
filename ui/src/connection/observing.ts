import type { CameraAddress, Failure, MotionSettings, Observation, Request } from "../protocol";

/** Who gets what is seen of a camera. */
export interface Observer {
  observed(observation: Observation): void;
  /** The server ended it: nothing more comes in this session. */
  refused(failure: Failure): void;
}

/** What is seen of one camera, by settings that are not kept, across as many sessions as it takes. */
export class Observing {
  readonly number: number;
  readonly camera: CameraAddress;
  readonly settings: MotionSettings;
  readonly #observer: Observer;
  readonly #send: (request: Request) => void;
  #isRefused = false;

  constructor(
    number: number,
    camera: CameraAddress,
    settings: MotionSettings,
    observer: Observer,
    send: (request: Request) => void,
  ) {
    this.number = number;
    this.camera = camera;
    this.settings = settings;
    this.#observer = observer;
    this.#send = send;
  }

  /** Asks for it in a new session. */
  begin(): void {
    this.#isRefused = false;
    const { number: subscription, camera, settings } = this;
    this.#send({ kind: "observe", subscription, camera, settings });
  }

  end(): void {
    if (!this.#isRefused) this.#send({ kind: "unsubscribe", subscription: this.number });
  }

  refuse(failure: Failure): void {
    this.#isRefused = true;
    this.#observer.refused(failure);
  }

  receive(observation: Observation): void {
    this.#observer.observed(observation);
  }
}
