import { nowMs } from "../connection/clock";
import type { CameraAddress, GapCause, NewStill, Outcome, ThumbnailSize } from "../protocol";
import { isSameCamera } from "./address";
import type { App } from "./app.svelte";

/** What is there in words or as a picture. Times are µs by the server's clock. */
export type Thumbnail =
  /** A JPEG in Base64: the picture of this time. */
  | { kind: "picture"; at: number; jpeg: string }
  | { kind: "nothing"; at: number; cause: GapCause | null }
  | { kind: "failed"; at: number; message: string };

/** In pixels of the page: of one among many, and of one that is looked at. */
export const THUMBNAIL: ThumbnailSize = { width: 160, height: 90 };
export const PREVIEW: ThumbnailSize = { width: 480, height: 270 };

/** In pixels of a screen. */
const MAX_SIDE = 640;
const MAX_RATIO = 2;

/** So many letters of pictures are kept, and none for longer: what is recorded changes. */
const KEPT = 4_000_000;
const KEPT_MS = 60_000;

/** Who was in a hurry so long ago is not any more. */
const HURRY_MS = 150;

/** Of a camera, in µs by the server's clock. */
export interface Moment {
  camera: CameraAddress;
  at: number;
}

interface Wish {
  moment: Moment;
  size: ThumbnailSize;
  told: (thumbnail: Thumbnail) => void;
  /** How many questions were answered before it. */
  turn: number;
}

/** A picture, which is that of every moment from its own to `until`. */
interface Kept {
  camera: CameraAddress;
  size: ThumbnailSize;
  picture: Extract<Thumbnail, { kind: "picture" }>;
  until: number;
  askedAt: number;
}

/** Asks the server for small pictures of moments, one at a time. */
export class Thumbnails {
  /** The newest come first, and those that came between two answers in their order. */
  #wishes: Wish[] = [];
  #turn = 0;
  #isAsking = false;
  /** While somebody is in a hurry. */
  #holding: ReturnType<typeof setTimeout> | undefined;
  #kept: Kept[] = [];
  readonly #app: App;

  constructor(app: App) {
    this.#app = app;
  }

  /** The picture of a moment, where that is known. */
  find({ camera, at }: Moment, size: ThumbnailSize): Thumbnail | null {
    const isIt = (it: Kept) =>
      isSameCamera(it.camera, camera) &&
      it.size === size &&
      it.picture.at <= at &&
      at <= it.until &&
      nowMs() - it.askedAt < KEPT_MS;
    return this.#kept.find(isIt)?.picture ?? null;
  }

  /** Tells what there is of a moment, at once or later, unless what is returned is called before. */
  want(moment: Moment, size: ThumbnailSize, told: Wish["told"]): () => void {
    const known = this.find(moment, size);
    if (known !== null) {
      told(known);
      return () => {};
    }
    const wish = { moment, size, told, turn: this.#turn };
    this.#wishes.push(wish);
    void this.#ask();
    return () => this.#drop(wish);
  }

  /** Somebody goes through many in a hurry, which pictures would slow down: they come after that. */
  hold(): void {
    clearTimeout(this.#holding);
    this.#holding = setTimeout(() => {
      this.#holding = undefined;
      void this.#ask();
    }, HURRY_MS);
  }

  async #ask(): Promise<void> {
    if (this.#isAsking) return;
    this.#isAsking = true;
    for (let wish = this.#next(); wish !== undefined; wish = this.#next()) {
      const { moment, size } = wish;
      const askedAt = nowMs();
      const still = this.#still(moment, size);
      const outcome = await this.#app.connection.command({ kind: "takeStill", still });
      const thumbnail = answered(outcome, moment.at);
      if (thumbnail.kind === "picture") {
        const { camera, at: until } = moment;
        this.#keep({ camera, size, picture: thumbnail, until, askedAt });
      }
      this.#turn++;
      if (this.#drop(wish)) wish.told(thumbnail);
    }
    this.#isAsking = false;
  }

  /** What is to be asked for next; what is known by now is told. */
  #next(): Wish | undefined {
    if (this.#holding !== undefined) return undefined;
    for (const wish of [...this.#wishes]) {
      const known = this.find(wish.moment, wish.size);
      if (known !== null && this.#drop(wish)) wish.told(known);
    }
    const newest = this.#wishes.at(-1);
    return this.#wishes.find(({ turn }) => turn === newest?.turn);
  }

  /** Whether it was still wanted. */
  #drop(wish: Wish): boolean {
    const at = this.#wishes.indexOf(wish);
    if (at >= 0) this.#wishes.splice(at, 1);
    return at >= 0;
  }

  #keep(kept: Kept): void {
    let left = KEPT;
    this.#kept = [kept, ...this.#kept].filter(({ picture }) => {
      left -= picture.jpeg.length;
      return left >= 0;
    });
  }

  /** Of the sub-stream where there is one, which costs less. */
  #still({ camera, at }: Moment, { width, height }: ThumbnailSize): NewStill {
    const hasSub = this.#app.cameras.get(camera)?.streams.some(([role]) => role === "sub");
    const most = Math.min(MAX_RATIO, MAX_SIDE / Math.max(width, height));
    const ratio = Math.min(most, Math.max(1, devicePixelRatio || 1));
    return {
      stream: { camera, role: hasSub ? "sub" : "main" },
      at,
      format: "jpeg",
      thumbnail: { width: Math.round(width * ratio), height: Math.round(height * ratio) },
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
