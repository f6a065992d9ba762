import type { Failure, PictureFormat, Request, StreamAddress } from "../protocol";
import type { MediaHeader } from "./header";
import { isUsable, messageBytes, type Picture, type Size } from "./picture";

/** Who gets what a subscription brings. */
export interface Taker {
  /** It is asked for, for the first time or in a new session. */
  begun(): void;
  /** What the pictures to come are, and why they are delivered this way. */
  announced(format: PictureFormat, reason: string): void;
  picture(picture: Picture): void;
  /** The server ended it: nothing more comes in this session. */
  refused(failure: Failure): void;
}

/** Pictures of one stream in one size, across as many sessions as it takes. */
export class Subscription {
  readonly number: number;
  readonly stream: StreamAddress;
  readonly #taker: Taker;
  #size: Size;
  #format: { number: number; picture: PictureFormat } | null = null;
  /** Sequence of the picture not acknowledged yet. The server sends no other before. */
  #undrawn: number | null = null;
  #isRefused = false;
  readonly #send: (request: Request) => void;

  constructor(
    number: number,
    stream: StreamAddress,
    size: Size,
    taker: Taker,
    send: (request: Request) => void,
  ) {
    this.number = number;
    this.stream = stream;
    this.#taker = taker;
    this.#size = size;
    this.#send = send;
  }

  /** Asks for it in a new session, where nothing of the last one counts. */
  begin(): void {
    this.#format = null;
    this.#undrawn = null;
    this.#isRefused = false;
    this.#taker.begun();
    this.#send({
      kind: "subscribe",
      subscription: this.number,
      stream: this.stream,
      ...this.#size,
      accepts: ["planes"],
    });
  }

  resize(size: Size): void {
    if (size.width === this.#size.width && size.height === this.#size.height) return;
    this.#size = size;
    if (!this.#isRefused) this.#send({ kind: "resize", subscription: this.number, ...size });
  }

  end(): void {
    if (!this.#isRefused) this.#send({ kind: "unsubscribe", subscription: this.number });
  }

  refuse(failure: Failure): void {
    this.#isRefused = true;
    this.#taker.refused(failure);
  }

  /** Says that the last picture was drawn, and when by the viewer's clock. */
  acknowledge(drawnMs: number): void {
    if (this.#undrawn === null) return;
    this.#send({
      kind: "acknowledge",
      subscription: this.number,
      sequence: this.#undrawn,
      drawn: Math.round(drawnMs * 1000),
    });
    this.#undrawn = null;
  }

  /** Throws where the format is impossible. */
  announce(number: number, picture: PictureFormat, reason: string): void {
    if (!isUsable(picture)) throw new TypeError(`format ${number} cannot be`);
    this.#format = { number, picture };
    this.#taker.announced(picture, reason);
  }

  /** Throws where the picture is not what was announced. */
  receive(header: MediaHeader, message: ArrayBuffer): void {
    if (this.#format?.number !== header.format) {
      throw new TypeError(`a picture of format ${header.format}, which was not announced`);
    }
    const format = this.#format.picture;
    if (message.byteLength !== messageBytes(format)) {
      throw new TypeError(`${message.byteLength} bytes for ${format.width}×${format.height}`);
    }
    this.#undrawn = header.sequence;
    this.#taker.picture({ header, format, message });
  }
}
