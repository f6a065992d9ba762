import type { CameraAddress } from "../protocol";
import { isSameCamera } from "../state/address";
import type { App } from "../state/app.svelte";
import { type Moment, THUMBNAIL, type Thumbnail } from "../state/thumbnails";

/** What is pointed at for so long is wanted. */
const REST_MS = 150;

/** A small picture of what is pointed at. */
export class ThumbnailFeed {
  /** `null` while it is not known. */
  shown = $state.raw<Thumbnail | null>(null);
  #pointed: Moment | null = null;
  #resting: ReturnType<typeof setTimeout> | undefined;
  #takeBack = () => {};
  readonly #app: App;

  constructor(app: App) {
    this.#app = app;
  }

  /** What is pointed at now, in ms by the viewer's clock. */
  want(camera: CameraAddress, ms: number): void {
    const { clock, thumbnails } = this.#app;
    const at = Math.round(clock.toServer(ms));
    const last = this.#pointed;
    if (last !== null && last.at === at && isSameCamera(last.camera, camera)) return;
    this.rest();
    const moment = { camera, at };
    this.#pointed = moment;
    this.shown = thumbnails.find(moment, THUMBNAIL);
    if (this.shown !== null) return;
    this.#resting = setTimeout(() => {
      this.#takeBack = thumbnails.want(moment, THUMBNAIL, (thumbnail) => {
        this.shown = thumbnail;
      });
    }, REST_MS);
  }

  /** Nothing is pointed at. */
  rest(): void {
    clearTimeout(this.#resting);
    this.#takeBack();
    this.#pointed = null;
    this.shown = null;
  }
}
