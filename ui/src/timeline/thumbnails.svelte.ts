import { nowMs } from "../connection/clock";
import type { CameraAddress, GapCause, NewStill, Outcome } from "../protocol";
import { isSameCamera } from "../state/address";
import type { App } from "../state/app.svelte";

/** What is there in words or as a picture. Times are µs by the server's clock. */
export type Thumbnail =
  /** A JPEG in Base64: the picture of this time. */
  | { kind: "picture"; at: number; jpeg: string }
  | { kind: "nothing"; at: number; cause: GapCause | null }
  | { kind: "failed"; at: number; message: string };

/** In pixels of the page. */
export const THUMBNAIL = { width: 160, height: 90 };

/** What is pointed at for so long is wanted. */
const REST_MS = 150;

/** So many pictures are kept, and none for longer: what is recorded changes. */
const KEPT = 32;
const KEPT_MS = 60_000;

interface Wish {
  camera: CameraAddress;
  at: number;
}

/** A picture, which is that of every moment from its own to `until`. */
interface Kept {
  camera: CameraAddress;
  picture: Extract<Thumbnail, { kind: "picture" }>;
  until: number;
  askedAt: number;
}

/** Asks the server for small pictures of moments: one at a time, the newest next. */
export class ThumbnailFeed {
  /** Of what is pointed at; `null` while that is not known. */
  shown = $state.raw<Thumbnail | null>(null);
  #wish: Wish | null = null;
  /** The wish that is to be asked for next. */
  #next: Wish | null = null;
  #isAsking = false;
  #resting: ReturnType<typeof setTimeout> | undefined;
  #kept: Kept[] = [];
  readonly #app: App;

  constructor(app: App) {
    this.#app = app;
  }

  /** What is pointed at now, in ms by the viewer's clock. */
  want(camera: CameraAddress, ms: number): void {
    const at = Math.round(this.#app.clock.toServer(ms));
    const last = this.#wish;
    if (last !== null && last.at === at && isSameCamera(last.camera, camera)) return;
    this.rest();
    this.#wish = { camera, at };
    if (this.#look()) return;
    this.#resting = setTimeout(() => {
      this.#next = this.#wish;
      if (!this.#isAsking) void this.#ask();
    }, REST_MS);
  }

  /** Nothing is pointed at. */
  rest(): void {
    clearTimeout(this.#resting);
    this.#wish = null;
    this.#next = null;
    this.shown = null;
  }

  /** Shows what is pointed at, where that is known. */
  #look(): boolean {
    const wish = this.#wish;
    if (wish === null) return false;
    const isIt = ({ camera, picture, until, askedAt }: Kept) =>
      isSameCamera(camera, wish.camera) &&
      picture.at <= wish.at &&
      wish.at <= until &&
      nowMs() - askedAt < KEPT_MS;
    const known = this.#kept.find(isIt);
    if (known === undefined) return false;
    clearTimeout(this.#resting);
    this.#next = null;
    this.shown = known.picture;
    return true;
  }

  async #ask(): Promise<void> {
    this.#isAsking = true;
    while (this.#next !== null) {
      const wish = this.#next;
      this.#next = null;
      const askedAt = nowMs();
      const still = this.#still(wish);
      const outcome = await this.#app.connection.command({ kind: "takeStill", still });
      const thumbnail = answered(outcome, wish.at);
      if (thumbnail.kind === "picture") {
        const kept = { camera: wish.camera, picture: thumbnail, until: wish.at, askedAt };
        this.#kept = [kept, ...this.#kept].slice(0, KEPT);
      }
      if (this.#wish === wish) this.shown = thumbnail;
      else if (this.shown === null) this.#look();
    }
    this.#isAsking = false;
  }

  /** Of the sub-stream where there is one, which costs less. */
  #still({ camera, at }: Wish): NewStill {
    const hasSub = this.#app.cameras.get(camera)?.streams.some(([role]) => role === "sub");
    const ratio = Math.min(2, Math.max(1, devicePixelRatio || 1));
    const [width, height] = [THUMBNAIL.width, THUMBNAIL.height].map((it) => Math.round(it * ratio));
    return {
      stream: { camera, role: hasSub ? "sub" : "main" },
      at,
      format: "jpeg",
      thumbnail: { width: width ?? 1, height: height ?? 1 },
    };
  }
}

function answered(outcome: Outcome, at: number): Thumbnail {
  if (outcome.kind === "failed") return { kind: "failed", at, message: outcome.failure.message };
  const { reply } = outcome;
  if (reply.kind === "still")
    return { kind: "picture", at: reply.still.taken, jpeg: reply.still.file };
  return { kind: "nothing", at, cause: reply.kind === "unrecorded" ? reply.cause : null };
}
