import { untrack } from "svelte";
import { nowMs } from "../connection/clock";
import { discard, type Picture, type Size } from "../connection/picture";
import type { Delivered, Subscription, Taker } from "../connection/subscription";
import type { Camera, CameraAddress, Failure, StreamAddress, StreamState } from "../protocol";
import { isSameStream } from "./address";
import type { App } from "./app.svelte";
import { streamState } from "./cameras.svelte";
import { Figures } from "./figures";
import { Liveness } from "./liveness";
import { type TileState, tileState } from "./tile-state";

/**
 * One rectangle of the wall and what it shows. Pictures pass through it and
 * never become reactive; only what is said about them does.
 */
export class Tile implements Taker {
  readonly address: CameraAddress | null;
  /** Whether it shows what is selected, in place of a camera of its own. */
  readonly isSpot: boolean;
  /** In device pixels; `null` while it is not on the screen. */
  size = $state.raw<Size | null>(null);
  figures = $state.raw<{ rate: number; lagMs: number } | null>(null);
  /** How pictures come now, and why; another object only where something of it changed. */
  format = $state.raw<Delivered | null>(null);
  /** Called when `next` has become one to be drawn. */
  onpicture: () => void = () => {};
  #refusal = $state.raw<Failure | null>(null);
  #pictures = $state<"none" | "fresh" | "stale">("none");
  #role = $state<StreamAddress["role"]>("main");
  /** The stream's state when the last picture came, which tells if that picture is newer. */
  #stateThen = $state.raw<StreamState | null>(null);
  #next: Picture | null = null;
  #liveness = new Liveness();
  #counts = new Figures();
  #subscription: Subscription | null = null;
  readonly #app: App;

  constructor(app: App, address: CameraAddress | null, isSpot = false) {
    this.#app = app;
    this.address = address;
    this.isSpot = isSpot;
  }

  get camera(): Camera | null {
    return this.#app.cameras.get(this.address);
  }

  get state(): TileState {
    const stream = this.#stream;
    return tileState({
      camera: this.camera,
      link: this.#app.link.kind,
      refusal: this.#refusal,
      stream,
      pictures: this.#pictures,
      isPictureNewer: this.#stateThen === stream,
    });
  }

  /** When the last picture came, by the viewer's clock. Read it with the time, as it is not reactive. */
  get pictureAt(): number | null {
    return this.#liveness.arrivedAt;
  }

  get #stream(): StreamState {
    return this.camera === null ? { kind: "closed" } : streamState(this.camera, this.#role);
  }

  /**
   * Asks for what the tile should show now; to be called in an effect. A big
   * tile gets the best stream, one among others the sub-stream where there is
   * one.
   */
  watch(isBig: boolean): void {
    const { camera, size } = this;
    if (camera === null || size === null) return this.rest();
    const roles = camera.streams.map(([role]) => role);
    const role = !isBig && roles.includes("sub") ? "sub" : (roles[0] ?? "main");
    untrack(() => this.#subscribe({ camera: camera.address, role }, size));
  }

  /** Takes no more pictures. What was drawn is no longer known to be fresh. */
  rest(): void {
    this.#unsubscribe();
    this.#pictures = "none";
    this.figures = null;
    this.format = null;
    this.#liveness = new Liveness();
  }

  begun(): void {
    this.#refusal = null;
  }

  picture(picture: Picture): void {
    if (this.#next !== null) discard(this.#next.content);
    this.#next = picture;
    this.format = this.#subscription?.delivered ?? null;
    this.#liveness.arrived(nowMs());
    this.#pictures = "fresh";
    this.#stateThen = untrack(() => this.#stream);
    this.onpicture();
  }

  refused(failure: Failure): void {
    this.#refusal = failure;
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
    this.#subscription?.acknowledge(header, now);
    this.#counts.drawn(now, now - this.#app.clock.toViewerMs(header.wallTime));
  }

  /** Time passes: what was fresh may no longer be. */
  tick(now: number): void {
    if (this.#liveness.isStale(now)) this.#pictures = "stale";
  }

  settleFigures(now: number): void {
    if (this.#subscription === null) return;
    const figures = this.#counts.settle(now);
    if (figures?.rate !== this.figures?.rate || figures?.lagMs !== this.figures?.lagMs) {
      this.figures = figures;
    }
  }

  #subscribe(stream: StreamAddress, size: Size): void {
    const current = this.#subscription;
    if (current !== null && isSameStream(current.stream, stream)) return current.resize(size);
    this.#unsubscribe();
    this.#role = stream.role;
    this.#counts = new Figures();
    this.#subscription = this.#app.connection.subscribe(stream, size, this);
  }

  #unsubscribe(): void {
    if (this.#next !== null) discard(this.#next.content);
    if (this.#subscription !== null) this.#app.connection.unsubscribe(this.#subscription);
    this.#subscription = null;
    this.#next = null;
  }
}
