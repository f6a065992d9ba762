import type { Decoder, Decoders, Owner } from "../decoding/decoders";
import { m } from "../messages";
import type {
  Delivery,
  Failure,
  PictureFormat,
  RecordedState,
  Request,
  StreamAddress,
  UnitFormat,
} from "../protocol";
import type { Accepts } from "./accepts";
import { nowMs } from "./clock";
import type { MediaHeader } from "./header";
import { type Content, discard, isUsable, messageBytes, type Picture, type Size } from "./picture";

/** Who gets what a subscription brings. */
export interface Taker {
  /** It is asked for: for the first time, in a new session, or anew. */
  begun(): void;
  /** Whoever takes it draws it, or discards its content. */
  picture(picture: Picture): void;
  /**
   * It ended: nothing more comes until it begins again, which is tried at
   * `retryAt` by the viewer's clock, in ms; `null` where that is not known.
   */
  refused(failure: Failure, retryAt: number | null): void;
  /** What it shows from now on, where it is of a playback. */
  recorded?(state: RecordedState): void;
}

/** What a subscription needs of the connection it is part of. */
export interface Way {
  send(request: Request): void;
  /** Makes it known under a number of its own. */
  enrol(subscription: Subscription): number;
  accepts(): Accepts;
  readonly decoders: Decoders;
}

/** What is delivered now, and in which sizes. */
export interface Delivered {
  delivery: Delivery;
  /** Why it is delivered this way. */
  reason: string;
  width: number;
  height: number;
  sourceWidth: number;
  sourceHeight: number;
}

type Announced = { number: number; reason: string } & (
  | { kind: "picture"; picture: PictureFormat }
  | { kind: "unit" }
);

/** Waits before what was refused is asked for again; the last is repeated for ever. */
const WAITS_MS = [1000, 2000, 4000, 8000, 16_000, 30_000];

/** What is begun anew begins up to so many µs before what was seen last. More is another beginning of its clock. */
const OVERLAP = 1_000_000;

/** Pictures of one stream in one size, across as many sessions as it takes. */
export class Subscription implements Owner {
  /** Another each time it is asked for: what was on its way for the last has no taker. */
  number = 0;
  readonly stream: StreamAddress;
  /** The playback whose pictures it shows; `null` for live ones. */
  readonly playback: number | null;
  /** The same object while nothing of it changes; `null` before the first picture. */
  delivered: Delivered | null = null;
  readonly #taker: Taker;
  readonly #way: Way;
  #size: Size;
  #announced: Announced | null = null;
  /** Of the picture that came last. */
  #format: PictureFormat | null = null;
  /** Media time of the picture that was handed on last. */
  #newest: number | null = null;
  /** The same when it was begun anew, until something newer comes. */
  #seen: number | null = null;
  /** Sequence of what was acknowledged last. */
  #acknowledged: number | null = null;
  #isRefused = false;
  /** Refusals since the last picture. */
  #refusals = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #decoder: Decoder | null = null;
  /** Whether this viewer could not decode the units, whatever it had promised. */
  #hasFailed = false;

  constructor(
    stream: StreamAddress,
    size: Size,
    taker: Taker,
    way: Way,
    playback: number | null = null,
  ) {
    this.stream = stream;
    this.playback = playback;
    this.#size = size;
    this.#taker = taker;
    this.#way = way;
  }

  /** Asks for it; nothing of what was before counts. */
  begin(): void {
    this.#forget();
    this.#isRefused = false;
    this.number = this.#way.enrol(this);
    this.#taker.begun();
    const { accepts, codecs } = this.#way.accepts();
    this.#way.send({
      kind: "subscribe",
      subscription: this.number,
      stream: this.stream,
      ...this.#size,
      accepts: accepts.filter((delivery) => delivery !== "encoded" || !this.#hasFailed),
      codecs,
      ...(this.playback === null ? {} : { playback: this.playback }),
    });
  }

  resize(size: Size): void {
    if (size.width === this.#size.width && size.height === this.#size.height) return;
    this.#size = size;
    this.#decoder?.fit(size);
    if (!this.#isRefused) this.#way.send({ kind: "resize", subscription: this.number, ...size });
  }

  /** The page is seen again. Units were not drawn meanwhile, and came no further than that. */
  refresh(): void {
    if (this.#announced?.kind === "unit") this.#beginAnew();
  }

  end(): void {
    this.#forget();
    if (!this.#isRefused) this.#way.send({ kind: "unsubscribe", subscription: this.number });
  }

  /** What cannot be shown now may be later: a stream that was damaged, or a camera that was set anew. */
  refuse(failure: Failure): void {
    this.#forget();
    this.#isRefused = true;
    const wait = WAITS_MS[Math.min(this.#refusals++, WAITS_MS.length - 1)] ?? 0;
    this.#retry = setTimeout(() => this.begin(), wait);
    this.#taker.refused(failure, nowMs() + wait);
  }

  recorded(state: RecordedState): void {
    this.#taker.recorded?.(state);
  }

  /** Says once that this picture was drawn, and when by the viewer's clock; `null` where it will not be. */
  acknowledge({ subscription, sequence }: MediaHeader, drawnMs: number | null): void {
    if (subscription !== this.number || sequence === this.#acknowledged) return;
    this.#acknowledged = sequence;
    const drawn = drawnMs === null ? null : Math.round(drawnMs * 1000);
    this.#way.send({ kind: "acknowledge", subscription, sequence, drawn });
  }

  /** Throws where the format is impossible. */
  announce(number: number, picture: PictureFormat, reason: string): void {
    if (!isUsable(picture)) throw new TypeError(`format ${number} cannot be`);
    this.#announced = { kind: "picture", number, reason, picture };
  }

  announceUnits(number: number, unit: UnitFormat, reason: string): void {
    this.#announced = { kind: "unit", number, reason };
    this.#decoding().begin(unit);
  }

  /** Throws where it is not what was announced. */
  receive(header: MediaHeader, message: ArrayBuffer): void {
    const announced = this.#announced;
    if (announced?.number !== header.format || announced.kind !== header.kind) {
      throw new TypeError(`a ${header.kind} of format ${header.format}, which was not announced`);
    }
    if (announced.kind === "unit") return this.#decoding().unit(header, message);
    const format = announced.picture;
    if (format.delivery === "jpeg") return this.#decoding().file(header, message);
    if (message.byteLength !== messageBytes(format)) {
      throw new TypeError(`${message.byteLength} bytes for ${format.width}×${format.height}`);
    }
    this.#show(header, format, message);
  }

  picture(header: MediaHeader, format: PictureFormat | null, content: Content): void {
    const announced = this.#announced;
    if (header.format !== announced?.number) return discard(content);
    const shown = announced.kind === "picture" ? announced.picture : (format ?? this.#format);
    if (shown === null) return discard(content);
    this.#show(header, shown, content);
  }

  unusable(header: MediaHeader): void {
    this.acknowledge(header, null);
  }

  failed(): void {
    this.#hasFailed = true;
    this.#beginAnew();
  }

  lost(): void {
    this.#taker.refused({ code: "workerLost", message: m.decoder_lost() }, null);
  }

  restored(): void {
    this.#decoder = null;
    this.#beginAnew();
  }

  #beginAnew(): void {
    if (this.#isRefused) return;
    this.#way.send({ kind: "unsubscribe", subscription: this.number });
    this.begin();
    this.#seen = this.#newest;
  }

  #show(header: MediaHeader, format: PictureFormat, content: Content): void {
    if (format !== this.#format || this.delivered === null) {
      const { delivery, width, height, sourceWidth, sourceHeight } = format;
      const reason = this.#hasFailed ? m.decoder_failed() : (this.#announced?.reason ?? "");
      const delivered = { delivery, reason, width, height, sourceWidth, sourceHeight };
      if (!isSame(delivered, this.delivered)) this.delivered = delivered;
    }
    this.#refusals = 0;
    this.#format = format;
    if (this.#isSeen(header.mediaTime)) {
      discard(content);
      return this.acknowledge(header, null);
    }
    this.#seen = null;
    this.#newest = header.mediaTime;
    this.#taker.picture({ header, format, content });
  }

  #isSeen(mediaTime: number): boolean {
    if (this.#seen === null) return false;
    const ahead = this.#seen - mediaTime;
    return ahead > 0 && ahead < OVERLAP;
  }

  #decoding(): Decoder {
    this.#decoder ??= this.#way.decoders.open(this, this.#size);
    return this.#decoder;
  }

  #forget(): void {
    clearTimeout(this.#retry);
    this.#announced = null;
    this.#format = null;
    this.#acknowledged = null;
    this.#seen = null;
    this.#decoder?.close();
    this.#decoder = null;
  }
}

function isSame(one: Delivered, other: Delivered | null): boolean {
  const keys = Object.keys(one) as (keyof Delivered)[];
  return other !== null && keys.every((key) => one[key] === other[key]);
}
