import { untrack } from "svelte";
import { nowMs } from "../connection/clock";
import type { Sound as Heard, Hearer, Listening } from "../connection/listening";
import { m } from "../messages";
import type { CameraAddress, Failure, StreamState } from "../protocol";
import type { Speaker } from "../sound/speaker";
import { isSameCamera } from "./address";
import type { App } from "./app.svelte";
import { streamState } from "./cameras.svelte";
import type { Playback } from "./playback.svelte";
import type { Tile } from "./tile.svelte";

/** A playback of which nothing was heard for so long has no sound there. */
const SILENT_MS = 1500;
/** How exactly it is known when something of it was heard. */
const EXACT_MS = 500;

/**
 * What is heard: while it is on, the camera of the tile that is selected or
 * alone, live or as it was recorded. It is always the main stream's sound,
 * whichever stream the tile shows: most cameras send sound beside that one only.
 */
export class Sound implements Hearer {
  isOn = $state(false);
  #isRefused = $state(false);
  #listening: Listening | null = null;
  #speaker: Speaker | null = null;
  /** Where the playback that is heard was put. */
  #settled = 0;
  /** When that was, and when the last of its sound came. */
  #settledAt = $state(0);
  #heardAt = $state(0);
  readonly #app: App;
  readonly #open: () => Speaker;

  constructor(app: App, open: () => Speaker) {
    this.#app = app;
    this.#open = open;
  }

  /** The tile that is, or would be, listened to. */
  readonly target: Tile | null = $derived.by(() => {
    const { screen, wall } = this.#app;
    const tile = screen.view === "wall" ? (wall.alone ?? wall.selected) : null;
    return tile?.camera == null ? null : tile;
  });

  /** What is to be said of a tile: that it is heard, or has no sound; `null` for nothing. */
  of(tile: Tile): "heard" | "none" | null {
    if (!this.isOn || tile !== this.target) return null;
    if (this.#playback !== null) return this.#ofPlayback(this.#playback);
    const state = this.#state;
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
    const playback = this.#playback;
    const { number } = playback ?? { number: null };
    untrack(() => this.#listenTo(address, number));
    const isElsewhere = this.#isElsewhere(playback);
    if (isElsewhere || !this.#isSounding) this.#speaker?.silence();
  }

  /** Listens to nothing until it is to follow again. */
  rest(): void {
    this.#listenTo(null, null);
  }

  begun(): void {
    this.#isRefused = false;
  }

  sound(sound: Heard): void {
    untrack(() => this.#play(sound));
  }

  refused(failure: Failure): void {
    console.warn("Nothing to hear:", failure.message);
    this.#isRefused = true;
  }

  /** The playback that is heard, where it is none that is live. */
  get #playback(): Playback | null {
    const playback = this.target?.playback ?? null;
    return playback?.isOn ? playback : null;
  }

  /** How the stream that is listened to is doing, where the engine says so. */
  get #state(): StreamState | null {
    const camera = this.target?.camera ?? null;
    if (camera === null || this.#app.link.kind !== "open") return null;
    return streamState(camera, "main");
  }

  /** Whether what comes is to be heard. */
  get #isSounding(): boolean {
    if (this.#playback !== null) return this.#playback.isAudible;
    const kind = this.#state?.kind;
    return kind === "live" || kind === "degraded";
  }

  #ofPlayback({ isAudible }: Playback): "heard" | "none" | null {
    if (!isAudible) return null;
    const since = this.#app.now - Math.max(this.#heardAt, this.#settledAt);
    if (since > SILENT_MS || this.#isRefused) return "none";
    return this.#heardAt > this.#settledAt ? "heard" : null;
  }

  /** Whether it was put somewhere else: what is still to be played is of another time. */
  #isElsewhere(playback: Playback | null): boolean {
    const settled = playback?.settled ?? 0;
    const isElsewhere = settled !== this.#settled;
    this.#settled = settled;
    if (isElsewhere) this.#settledAt = nowMs();
    return isElsewhere;
  }

  #play(sound: Heard): void {
    // A camera that is not live is silent, too: what still comes of it is old.
    if (!this.#isSounding) return;
    const playback = this.#playback;
    if (playback === null) return this.#speaker?.play(sound);
    const now = nowMs();
    if (now - this.#heardAt > EXACT_MS) this.#heardAt = now;
    // With the picture of the same moment.
    const wait = this.#app.clock.toViewerMs(sound.at) - playback.timeAt(now);
    this.#speaker?.play(sound, wait / 1000);
  }

  #mute(): void {
    this.isOn = false;
    this.#listenTo(null, null);
    this.#speaker?.close();
    this.#speaker = null;
  }

  #listenTo(camera: CameraAddress | null, playback: number | null): void {
    const current = this.#listening;
    const isSame = isSameCamera(current?.stream.camera ?? null, camera);
    if (isSame && (current?.playback ?? null) === playback) return;
    if (current !== null) this.#app.connection.unlisten(current);
    this.#speaker?.silence();
    this.#listening =
      camera === null
        ? null
        : this.#app.connection.listen({ camera, role: "main" }, this, playback);
  }
}
