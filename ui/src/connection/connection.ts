import { Decoders } from "../decoding/decoders";
import { m } from "../messages";
import type {
  CameraAddress,
  Command,
  Failure,
  Message,
  MotionSettings,
  Outcome,
  PlaybackState,
  Request,
  StreamAddress,
  Update,
} from "../protocol";
import type { Accepts } from "./accepts";
import { nowMs } from "./clock";
import type { Door } from "./door";
import type { MediaHeader } from "./header";
import { type Hearer, Listening } from "./listening";
import { type Observer, Observing } from "./observing";
import type { Size } from "./picture";
import { Retry } from "./retry";
import { type Listener, Session, type Socket } from "./session";
import { Subscription, type Taker, type Way } from "./subscription";

/** How the way to the engine is. */
export type Link =
  | { kind: "opening"; failure: Failure | null }
  | { kind: "open" }
  /** It was open, and is tried again. */
  | { kind: "away"; failure: Failure | null }
  /** Trying again would not help. */
  | { kind: "refused"; failure: Failure }
  | { kind: "needsAddress" };

export type Welcome = Extract<Message, { kind: "welcome" }>;

/** Who is told what the engine says. */
export interface Viewer {
  linkChanged(link: Link): void;
  welcomed(welcome: Welcome): void;
  updated(update: Update): void;
  /** How the playback of this number goes on. */
  played(playback: number, state: PlaybackState): void;
}

/** A silent engine is asked for a sign of life after this long, and left after as long again. */
const SILENCE_MS = 10_000;
const CHECK_MS = 5000;

/** Keeps one session open for ever, and everything subscribed in it. */
export class Connection implements Listener, Way {
  readonly #door: Door;
  readonly #viewer: Viewer;
  readonly #dial: (url: string) => Socket;
  readonly #retry: Retry;
  readonly decoders: Decoders;
  readonly #subscriptions = new Map<number, Subscription>();
  readonly #listenings = new Map<number, Listening>();
  readonly #observings = new Map<number, Observing>();
  readonly #commands = new Map<number, (outcome: Outcome) => void>();
  #session: Session | null = null;
  /** Asked once, before the first session. */
  #accepts: Accepts = { accepts: [], codecs: [] };
  #lastNumber = 0;
  #wasOpen = false;
  #openedAt: number | null = null;
  #heardAt = 0;
  #askedAt = 0;
  /** Tickets refused in a row. One may have come too late; two are an answer. */
  #refusals = 0;

  constructor(
    door: Door,
    viewer: Viewer,
    dial: (url: string) => Socket = (url) => new WebSocket(url),
    retry = new Retry(),
    decoders = new Decoders(),
  ) {
    this.#door = door;
    this.#viewer = viewer;
    this.#dial = dial;
    this.#retry = retry;
    this.decoders = decoders;
  }

  start(): void {
    setInterval(() => this.#checkSilence(), CHECK_MS);
    this.#connect();
  }

  subscribe(
    stream: StreamAddress,
    size: Size,
    taker: Taker,
    playback: number | null = null,
  ): Subscription {
    const subscription = new Subscription(stream, size, taker, this, playback);
    subscription.begin();
    return subscription;
  }

  /** The page is seen again, after it was not. */
  refresh(): void {
    for (const subscription of [...this.#subscriptions.values()]) subscription.refresh();
  }

  enrol(subscription: Subscription): number {
    this.#subscriptions.delete(subscription.number);
    this.#subscriptions.set(++this.#lastNumber, subscription);
    return this.#lastNumber;
  }

  accepts(): Accepts {
    return this.#accepts;
  }

  unsubscribe(subscription: Subscription): void {
    if (this.#subscriptions.delete(subscription.number)) subscription.end();
  }

  listen(stream: StreamAddress, hearer: Hearer, playback: number | null = null): Listening {
    const send = (request: Request) => this.send(request);
    const listening = new Listening(++this.#lastNumber, stream, hearer, send, playback);
    this.#listenings.set(listening.number, listening);
    listening.begin();
    return listening;
  }

  unlisten(listening: Listening): void {
    if (this.#listenings.delete(listening.number)) listening.end();
  }

  observe(camera: CameraAddress, settings: MotionSettings, observer: Observer): Observing {
    const send = (request: Request) => this.send(request);
    const observing = new Observing(++this.#lastNumber, camera, settings, observer, send);
    this.#observings.set(observing.number, observing);
    observing.begin();
    return observing;
  }

  unobserve(observing: Observing): void {
    if (this.#observings.delete(observing.number)) observing.end();
  }

  /** Never rejects: what goes wrong is an outcome, too. */
  command(command: Command): Promise<Outcome> {
    if (this.#openedAt === null) return Promise.resolve(unanswered());
    const request = ++this.#lastNumber;
    return new Promise((resolve) => {
      this.#commands.set(request, resolve);
      this.send({ kind: "command", request, command });
    });
  }

  message(message: Message): void {
    this.#heardAt = nowMs();
    switch (message.kind) {
      case "welcome":
        return this.#welcome(message);
      case "update":
        return this.#viewer.updated(message.update);
      case "format":
        return this.#subscriptions
          .get(message.subscription)
          ?.announce(message.format, message.picture, message.reason);
      case "encoding":
        return this.#subscriptions
          .get(message.subscription)
          ?.announceUnits(message.format, message.unit, message.reason);
      case "sound":
        return this.#listenings
          .get(message.subscription)
          ?.announce(message.format, message.rate, message.channels);
      case "playback":
        return this.#viewer.played(message.playback, message.state);
      case "recorded":
        return this.#subscriptions.get(message.subscription)?.recorded(message.state);
      case "observation":
        return this.#observings.get(message.subscription)?.receive(message.observation);
      case "unsubscribed": {
        const { subscription: number, failure } = message;
        const all = [this.#subscriptions, this.#listenings, this.#observings];
        return all
          .map((some) => some.get(number))
          .find((it) => it !== undefined)
          ?.refuse(failure);
      }
      case "reply": {
        const answer = this.#commands.get(message.request);
        this.#commands.delete(message.request);
        return answer?.(message.outcome);
      }
      default:
        throw new TypeError("a message of no known kind");
    }
  }

  media(header: MediaHeader, message: ArrayBuffer): void {
    this.#heardAt = nowMs();
    const takers = header.kind === "sound" ? this.#listenings : this.#subscriptions;
    // What was on its way when its subscription ended has no taker.
    takers.get(header.subscription)?.receive(header, message);
  }

  ended(failure: Failure | null): void {
    if (this.#session === null) return;
    this.#session = null;
    if (this.#openedAt !== null) this.#retry.livedFor(nowMs() - this.#openedAt);
    this.#openedAt = null;
    for (const answer of this.#commands.values()) answer(unanswered());
    this.#commands.clear();
    this.#failed(failure);
  }

  async #connect(): Promise<void> {
    if (this.#accepts.accepts.length === 0) this.#accepts = await this.#door.accepts();
    const entrance = await this.#door.open();
    if (entrance.kind === "needsAddress") return this.#viewer.linkChanged(entrance);
    if (entrance.kind === "closed") return this.#failed(entrance.failure);
    this.#heardAt = nowMs();
    try {
      this.#session = new Session(this.#dial(entrance.url), entrance.ticket, this);
    } catch (reason) {
      console.error(`Cannot dial ${entrance.url}:`, reason);
      this.#failed({ code: "noEngine", message: m.engine_silent() });
    }
  }

  #failed(failure: Failure | null): void {
    if (failure?.code === "notAllowed") this.#refusals += 1;
    if (failure !== null && (failure.code === "wrongVersion" || this.#refusals > 1)) {
      return this.#viewer.linkChanged({ kind: "refused", failure });
    }
    this.#viewer.linkChanged({ kind: this.#wasOpen ? "away" : "opening", failure });
    setTimeout(() => this.#connect(), this.#retry.nextWaitMs());
  }

  #welcome(welcome: Welcome): void {
    this.#door.remember(welcome.session);
    this.#viewer.welcomed(welcome);
    this.#openedAt = nowMs();
    this.#wasOpen = true;
    this.#refusals = 0;
    this.#viewer.linkChanged({ kind: "open" });
    for (const subscription of [...this.#subscriptions.values()]) subscription.begin();
    for (const listening of this.#listenings.values()) listening.begin();
    for (const observing of this.#observings.values()) observing.begin();
  }

  /** A network that went away says nothing; sockets alone would wait for many minutes. */
  #checkSilence(): void {
    const now = nowMs();
    const isAnswered = this.#heardAt >= this.#askedAt;
    if (isAnswered && now - this.#heardAt >= SILENCE_MS) {
      this.#askedAt = now;
      this.command({ kind: "statistics" });
    } else if (!isAnswered && now - this.#askedAt >= SILENCE_MS) {
      this.#session?.end({ code: "noEngine", message: m.engine_silent() });
    }
  }

  /** What is said while nobody listens is said again at the next welcome, or was a command. */
  send(request: Request): void {
    if (this.#openedAt !== null) this.#session?.send(request);
  }
}

function unanswered(): Outcome {
  return { kind: "failed", failure: { code: "noEngine", message: m.engine_away() } };
}
