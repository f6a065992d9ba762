import type { Failure, Request, StreamAddress } from "../protocol";
import { MEDIA_HEADER_BYTES } from "../protocol";
import type { MediaHeader } from "./header";

/** Some milliseconds of sound, the samples of its channels in turn. */
export interface Sound {
  /** Samples a second. */
  rate: number;
  channels: number;
  samples: Int16Array;
  /** When it was recorded, in µs since 1970 UTC by the server's clock. */
  at: number;
}

/** Who gets the sound of a stream. */
export interface Hearer {
  /** It is asked for, for the first time or in a new session. */
  begun(): void;
  sound(sound: Sound): void;
  /** The server ended it: nothing more comes in this session. */
  refused(failure: Failure): void;
}

const BYTES_PER_SAMPLE = 2;
const MIN_RATE = 8000;
const MAX_RATE = 96_000;

/** The sound of one stream, across as many sessions as it takes. */
export class Listening {
  readonly number: number;
  readonly stream: StreamAddress;
  /** The playback whose recorded sound it is; `null` for live sound. */
  readonly playback: number | null;
  readonly #hearer: Hearer;
  readonly #send: (request: Request) => void;
  #format: { number: number; rate: number; channels: number } | null = null;
  #isRefused = false;

  constructor(
    number: number,
    stream: StreamAddress,
    hearer: Hearer,
    send: (request: Request) => void,
    playback: number | null,
  ) {
    this.number = number;
    this.stream = stream;
    this.playback = playback;
    this.#hearer = hearer;
    this.#send = send;
  }

  /** Asks for it in a new session, where nothing of the last one counts. */
  begin(): void {
    this.#format = null;
    this.#isRefused = false;
    this.#hearer.begun();
    const { number: subscription, stream, playback } = this;
    const of = playback === null ? {} : { playback };
    this.#send({ kind: "listen", subscription, stream, ...of });
  }

  end(): void {
    if (!this.#isRefused) this.#send({ kind: "unsubscribe", subscription: this.number });
  }

  refuse(failure: Failure): void {
    this.#isRefused = true;
    this.#hearer.refused(failure);
  }

  /** Throws where the format is impossible. */
  announce(number: number, rate: number, channels: number): void {
    const isRate = Number.isInteger(rate) && rate >= MIN_RATE && rate <= MAX_RATE;
    if (!isRate || (channels !== 1 && channels !== 2)) {
      throw new TypeError(`format ${number} cannot be`);
    }
    this.#format = { number, rate, channels };
  }

  /** Throws where the sound is not what was announced. */
  receive(header: MediaHeader, message: ArrayBuffer): void {
    if (this.#format?.number !== header.format) {
      throw new TypeError(`sound of format ${header.format}, which was not announced`);
    }
    const { rate, channels } = this.#format;
    const bytes = message.byteLength - MEDIA_HEADER_BYTES;
    if (bytes % (channels * BYTES_PER_SAMPLE) !== 0) {
      throw new TypeError(`${bytes} bytes for ${channels} channels`);
    }
    // The wire is little-endian, as is every machine a browser of today runs on.
    const samples = new Int16Array(message, MEDIA_HEADER_BYTES);
    this.#hearer.sound({ rate, channels, samples, at: header.wallTime });
  }
}
