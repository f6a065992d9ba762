import { untrack } from "svelte";
import type { Picture, Size } from "../connection/picture";
import type { Delivered } from "../connection/subscription";
import type { Camera, CameraAddress, StreamAddress, StreamRole, StreamState } from "../protocol";
import { isSameStream } from "./address";
import type { App } from "./app.svelte";
import { streamState } from "./cameras.svelte";
import { Lens } from "./lens.svelte";
import { Playback } from "./playback.svelte";
import { type Moment, Showing, type Watcher } from "./showing.svelte";
import { type TileState, tileState } from "./tile-state";
import { enlarged, sizeIn, spanOf } from "./zoom";

/**
 * One rectangle of the wall and what it shows. While another stream of its
 * camera is on the way, the one that is shown goes on until that has a picture.
 */
export class Tile implements Watcher {
  readonly address: CameraAddress | null;
  /** Whether it shows what is selected, in place of a camera of its own. */
  readonly isSpot: boolean;
  /** In device pixels; `null` while it is not on the screen. */
  size = $state.raw<Size | null>(null);
  readonly lens: Lens;
  /** Its playback, while tiles are free. */
  own: Playback;
  /** Called when `next` has become one to be drawn. */
  onpicture: () => void = () => {};
  #shown = $state.raw<Showing | null>(null);
  #coming = $state.raw<Showing | null>(null);
  /** The sizes that the camera's streams were seen to have. */
  #sources = $state.raw<Partial<Record<StreamRole, Size>>>({});
  readonly #app: App;

  constructor(app: App, address: CameraAddress | null, isSpot = false) {
    this.#app = app;
    this.address = address;
    this.isSpot = isSpot;
    this.lens = new Lens(() => this.span);
    this.own = $state.raw(new Playback(app));
  }

  get camera(): Camera | null {
    return this.#app.cameras.get(this.address);
  }

  /** While it is on, recordings are shown. */
  get playback(): Playback {
    return this.#app.playbacks.of(this);
  }

  /** That of the stream whose pictures are shown. */
  get state(): TileState {
    const { camera } = this;
    return (
      this.#shown?.state ??
      tileState({
        camera,
        link: this.#app.link.kind,
        refusal: null,
        stream: camera === null ? { kind: "closed" } : streamState(camera, "main"),
        pictures: "none",
        isPictureNewer: false,
      })
    );
  }

  /** How the main stream is doing that the sub-stream stands in for, while it does. */
  get awaited(): TileState | null {
    return this.#coming?.role === "main" ? this.#coming.state : null;
  }

  /** The stream that is shown. */
  get stream(): StreamAddress | null {
    return this.#shown?.stream ?? null;
  }

  get streamState(): StreamState | null {
    return this.#shown?.streamState ?? null;
  }

  get format(): Delivered | null {
    return this.#shown?.format ?? null;
  }

  /** Of which moment the picture is, in a playback. */
  get moment(): Moment | null {
    return this.#shown?.moment ?? null;
  }

  /** The exact moment of the recorded picture that is shown, in µs by the server's clock; `null` where it is live. Not reactive. */
  get recordedAt(): number | null {
    return this.#shown?.recordedAt ?? null;
  }

  /** By what name the server knows what is shown. Not reactive. */
  get subscription(): number | null {
    return this.#shown?.number ?? null;
  }

  get figures(): { rate: number; lagMs: number } | null {
    return this.#shown?.figures ?? null;
  }

  /** Width to height of the picture. */
  get aspect(): number {
    return this.#shown?.aspect ?? 16 / 9;
  }

  /** The tile, measured in pictures that are not zoomed. */
  get span() {
    const tile = this.size ?? { width: 1, height: 1 };
    return spanOf(tile, sizeIn(tile, this.aspect, this.#app.screen.isFilling));
  }

  /** When what it shows was asked for, by the viewer's clock. Not reactive. */
  get askedAt(): number {
    return this.#shown?.askedAt ?? 0;
  }

  /** When the last picture came, by the viewer's clock. Read it with the time, as it is not reactive. */
  get pictureAt(): number | null {
    return this.#shown?.pictureAt ?? null;
  }

  /**
   * Asks for what the tile should show now; to be called in an effect. A big
   * tile gets the best stream, one among others the sub-stream where there is
   * one and it is sharp enough.
   */
  watch(isBig: boolean): void {
    const { camera, size } = this;
    if (camera === null || size === null) return this.rest();
    const roles = camera.streams.map(([role]) => role);
    const isSub = roles.includes("sub") && !isBig && !this.#isBeyondSub(size);
    const role = isSub ? "sub" : (roles[0] ?? "main");
    const asked = {
      main: this.#asked("main", size),
      sub: this.#asked("sub", size),
    };
    const { number } = this.playback;
    untrack(() => this.#show({ camera: camera.address, role }, asked, number));
  }

  /** Takes no more pictures. What was drawn is no longer known to be fresh. */
  rest(): void {
    untrack(() => {
      this.#shown?.end();
      this.#coming?.end();
      this.#shown = null;
      this.#coming = null;
    });
  }

  /** It is on the wall no more. */
  end(): void {
    this.rest();
    this.own.leave();
  }

  changed({ role, source }: Showing): void {
    const known = this.#sources[role];
    const isNews = source?.width !== known?.width || source?.height !== known?.height;
    if (isNews && source !== null) this.#sources = { ...this.#sources, [role]: source };
  }

  /** The stream that was on its way is shown from its first picture on. */
  arrived(showing: Showing): void {
    if (showing === this.#coming) {
      this.#shown?.end();
      this.#shown = showing;
      this.#coming = null;
    }
    this.onpicture();
  }

  /** The picture to be drawn next, once. */
  take(): Picture | null {
    return this.#shown?.take() ?? null;
  }

  /** To be called right after the draw call. */
  drawn(picture: Picture): void {
    this.#shown?.drawn(picture);
  }

  /** Time passes: what was fresh may no longer be. */
  tick(now: number): void {
    this.#shown?.tick(now);
  }

  settleFigures(now: number): void {
    this.#shown?.settleFigures(now);
  }

  #show(stream: StreamAddress, asked: Record<StreamRole, Size>, playback: number | null): void {
    // What is live must not be taken for what was recorded, nor the other way round.
    if (this.#shown !== null && this.#shown.playback !== playback) this.rest();
    const isShown = this.#shown !== null && isSameStream(this.#shown.stream, stream);
    const isComing = this.#coming !== null && isSameStream(this.#coming.stream, stream);
    if (!isComing) {
      this.#coming?.end();
      this.#coming = null;
    }
    this.#shown?.resize(asked[this.#shown.role]);
    this.#coming?.resize(asked[this.#coming.role]);
    if (isShown || isComing) return;
    const open = (role: StreamRole) =>
      new Showing(this.#app, { ...stream, role }, asked[role], this, playback);
    const isSubThere = playback === null ? this.#isSubLive() : this.#hasSub;
    if (this.#shown === null && stream.role === "main" && isSubThere) {
      this.#shown = open("sub");
    }
    if (this.#shown === null) this.#shown = open(stream.role);
    else this.#coming = open(stream.role);
  }

  get #hasSub(): boolean {
    return this.camera?.streams.some(([role]) => role === "sub") ?? false;
  }

  /** Whether the sub-stream is seen elsewhere, so that it has a picture at once. */
  #isSubLive(): boolean {
    const { camera } = this;
    const kind = camera === null ? "closed" : streamState(camera, "sub").kind;
    return kind === "live" || kind === "degraded";
  }

  #asked(role: StreamRole, size: Size): Size {
    return enlarged(size, this.lens.settledScale, this.#sources[role] ?? null);
  }

  /** Whether it is zoomed so far that the sub-stream has fewer pixels than the screen. */
  #isBeyondSub({ width, height }: Size): boolean {
    const { settledScale: scale } = this.lens;
    const sub = this.#sources.sub;
    if (scale === 1 || sub === undefined) return false;
    return width * scale > sub.width && height * scale > sub.height;
  }
}
