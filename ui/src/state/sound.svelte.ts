import { untrack } from "svelte";
import type { Sound as Heard, Hearer, Listening } from "../connection/listening";
import { m } from "../messages";
import type { CameraAddress, Failure, StreamState } from "../protocol";
import type { Speaker } from "../sound/speaker";
import { isSameCamera } from "./address";
import type { App } from "./app.svelte";
import { streamState } from "./cameras.svelte";
import type { Tile } from "./tile.svelte";

/**
 * What is heard: while it is on, the camera of the tile that is selected or
 * alone. It is always the main stream's sound, whichever stream the tile
 * shows: most cameras send sound beside that one only.
 */
export class Sound implements Hearer {
  isOn = $state(false);
  #isRefused = $state(false);
  #listening: Listening | null = null;
  #speaker: Speaker | null = null;
  readonly #app: App;
  readonly #open: () => Speaker;

  constructor(app: App, open: () => Speaker) {
    this.#app = app;
    this.#open = open;
  }

  /** The tile that is, or would be, listened to. */
  readonly target: Tile | null = $derived.by(() => {
    const { screen, wall } = this.#app;
    // What is live would be taken for what was recorded.
    const isHeard = screen.view === "wall" && !this.#app.playback.isOn;
    const tile = isHeard ? (wall.alone ?? wall.selected) : null;
    return tile?.camera == null ? null : tile;
  });

  /** What is to be said of a tile: that it is heard, or has no sound; `null` for nothing. */
  of(tile: Tile): "heard" | "none" | null {
    const state = this.#state;
    if (!this.isOn || tile !== this.target) return null;
    if (state?.kind !== "live" && state?.kind !== "degraded") return null;
    return state.hasSound && !this.#isRefused ? "heard" : "none";
  }

  /** To be called while a key or a button is pressed. */
  toggle(): void {
    if (this.isOn) return this.#mute();
    try {
      this.#speaker = this.#open();
      this.isOn = true;
    } catch (reason) {
      console.error("No speaker:", reason);
      this.#app.screen.toast = { text: m.sound_unavailable() };
    }
  }

  /** Listens to what is to be heard now; to be called in an effect. */
  follow(): void {
    const address = this.isOn ? (this.target?.address ?? null) : null;
    untrack(() => this.#listenTo(address));
    if (!this.#isLive) this.#speaker?.silence();
  }

  /** Listens to nothing until it is to follow again. */
  rest(): void {
    this.#listenTo(null);
  }

  begun(): void {
    this.#isRefused = false;
  }

  sound(sound: Heard): void {
    // A camera that is not live is silent, too: what still comes of it is old.
    if (untrack(() => this.#isLive)) this.#speaker?.play(sound);
  }

  refused(failure: Failure): void {
    console.warn("Nothing to hear:", failure.message);
    this.#isRefused = true;
  }

  /** How the stream that is listened to is doing, where the engine says so. */
  get #state(): StreamState | null {
    const camera = this.target?.camera ?? null;
    if (camera === null || this.#app.link.kind !== "open") return null;
    return streamState(camera, "main");
  }

  get #isLive(): boolean {
    const kind = this.#state?.kind;
    return kind === "live" || kind === "degraded";
  }

  #mute(): void {
    this.isOn = false;
    this.#listenTo(null);
    this.#speaker?.close();
    this.#speaker = null;
  }

  #listenTo(camera: CameraAddress | null): void {
    const current = this.#listening;
    if (isSameCamera(current?.stream.camera ?? null, camera)) return;
    if (current !== null) this.#app.connection.unlisten(current);
    this.#speaker?.silence();
    this.#listening =
      camera === null ? null : this.#app.connection.listen({ camera, role: "main" }, this);
  }
}
