import { untrack } from "svelte";
import { nowMs } from "../connection/clock";
import type { MediaHeader } from "../connection/header";
import {
  discard,
  type Picture,
  type Size,
  shownAspect,
  uprightSource,
} from "../connection/picture";
import type { Delivered, Subscription, Taker } from "../connection/subscription";
import type {
  Failure,
  PictureFormat,
  RecordedState,
  StreamAddress,
  StreamRole,
  StreamState,
} from "../protocol";
import type { App } from "./app.svelte";
import { streamState } from "./cameras.svelte";
import { Figures } from "./figures";
import { Liveness } from "./liveness";
import { recordedTileState, type TileFacts, type TileState, tileState } from "./tile-state";

/** The moment of a recorded picture. */
export interface Moment {
  /** By the viewer's clock, in ms; whole seconds. */
  at: number;
  /** Whether the exact picture is still to come. */
  isApproximate: boolean;
}

/** Whom a showing tells what came. */
export interface Watcher {
  /** Its pictures have another format from now on. */
  changed(showing: Showing): void;
  /** It has a picture to be drawn. */
  arrived(showing: Showing): void;
}

/**
 * One stream on a tile: its subscription, its pictures, and whether they are
 * fresh. Pictures pass through it and never become reactive.
 */
export class Showing implements Taker {
  readonly stream: StreamAddress;
  /** The playback that it is part of; `null` where it is live. */
  readonly playback: number | null;
  /** When it was asked for, by the viewer's clock. */
  readonly askedAt = nowMs();
  /** How pictures come now, and why; another object only where something of it changed. */
  format = $state.raw<Delivered | null>(null);
  figures = $state.raw<{ rate: number; lagMs: number } | null>(null);
  /** Width to height of the picture, upright. */
  aspect = $state(16 / 9);
  /** The upright picture as the camera sends it, once that is known. */
  source: Size | null = null;
  /** Of which moment the picture is, in a playback. */
  moment = $state.raw<Moment | null>(null);
  /** The same, exactly, in µs by the server's clock. Not reactive. */
  recordedAt: number | null = null;
  #recorded = $state.raw<RecordedState | null>(null);
  #refusal = $state.raw<TileFacts["refusal"]>(null);
  #pictures = $state<"none" | "fresh" | "stale">("none");
  /** The stream's state when the last picture came, which tells if that picture is newer. */
  #stateThen = $state.raw<StreamState | null>(null);
  #next: Picture | null = null;
  /** Of the picture that came last. */
  #format: PictureFormat | null = null;
  readonly #liveness = new Liveness();
  readonly #counts = new Figures();
  readonly #app: App;
  readonly #watcher: Watcher;
  readonly #subscription: Subscription;

  constructor(
    app: App,
    stream: StreamAddress,
    size: Size,
    watcher: Watcher,
    playback: number | null = null,
  ) {
    this.#app = app;
    this.stream = stream;
    this.playback = playback;
    this.#watcher = watcher;
    this.#subscription = app.connection.subscribe(stream, size, this, playback);
    if (playback !== null) return;
    const { kind } = untrack(() => this.streamState);
    if (kind === "live" || kind === "degraded") app.firsts.expect(this);
  }

  get role(): StreamRole {
    return this.stream.role;
  }

  get state(): TileState {
    const camera = this.#app.cameras.get(this.stream.camera);
    const known = { camera, link: this.#app.link.kind, refusal: this.#refusal };
    if (this.playback !== null) {
      const hasPicture = this.#pictures !== "none";
      return recordedTileState({ ...known, recorded: this.#recorded, hasPicture });
    }
    const stream = this.streamState;
    return tileState({
      ...known,
      stream,
      pictures: this.#pictures,
      isPictureNewer: this.#stateThen === stream,
    });
  }

  /** How the stream is doing, by the engine. */
  get streamState(): StreamState {
    const camera = this.#app.cameras.get(this.stream.camera);
    return camera === null ? { kind: "closed" } : streamState(camera, this.role);
  }

  /** When the last picture came, by the viewer's clock. Not reactive. */
  get pictureAt(): number | null {
    return this.#liveness.arrivedAt;
  }

  /** By what name the server knows it now. */
  get number(): number {
    return this.#subscription.number;
  }

  resize(size: Size): void {
    this.#subscription.resize(size);
  }

  end(): void {
    this.#app.connection.unsubscribe(this.#subscription);
    this.#app.firsts.settle(this);
    if (this.#next !== null) discard(this.#next.content);
    this.#next = null;
  }

  begun(): void {
    this.#refusal = null;
    this.#recorded = null;
  }

  recorded(state: RecordedState): void {
    this.#recorded = state;
  }

  picture(picture: Picture): void {
    if (this.#next !== null) discard(this.#next.content);
    this.#next = picture;
    this.format = this.#subscription.delivered;
    if (picture.format !== this.#format) this.#know(picture.format);
    this.#liveness.arrived(nowMs());
    this.#pictures = "fresh";
    this.#stateThen = untrack(() => this.streamState);
    this.#watcher.arrived(this);
  }

  refused(failure: Failure, retryAt: number | null): void {
    const at = retryAt === null ? null : this.#app.clock.toServer(retryAt);
    this.#refusal = { failure, retryAt: at };
  }

  /** The picture to be drawn next, once. */
  take(): Picture | null {
    const picture = this.#next;
    this.#next = null;
    return picture;
  }

  /** To be called right after the draw call. */
  drawn({ header }: Picture): void {
    const now = nowMs();
    if (this.playback !== null) this.#at(header);
    this.#app.firsts.settle(this);
    this.#app.firsts.after(() => this.#subscription.acknowledge(header, now));
    this.#counts.drawn(now, now - this.#app.clock.toViewerMs(header.wallTime));
  }

  /** Time passes: what was fresh may no longer be. */
  tick(now: number): void {
    if (this.playback === null && this.#liveness.isStale(now)) this.#pictures = "stale";
  }

  settleFigures(now: number): void {
    const figures = this.#counts.settle(now);
    if (figures?.rate !== this.figures?.rate || figures?.lagMs !== this.figures?.lagMs) {
      this.figures = figures;
    }
  }

  #at({ wallTime, isApproximate }: MediaHeader): void {
    const at = Math.floor(this.#app.clock.toViewerMs(wallTime) / 1000) * 1000;
    this.recordedAt = wallTime;
    const { moment } = this;
    if (moment?.at !== at || moment.isApproximate !== isApproximate) {
      this.moment = { at, isApproximate };
    }
  }

  #know(format: PictureFormat): void {
    this.#format = format;
    this.aspect = shownAspect(format);
    this.source = uprightSource(format);
    this.#watcher.changed(this);
  }
}
