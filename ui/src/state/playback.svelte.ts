import { nowMs } from "../connection/clock";
import type { PlaybackState, PlaybackTurn } from "../protocol";
import type { App } from "./app.svelte";

/** How fast recordings may be played, slowest forwards in the middle. */
export const SPEEDS = [-16, -8, -4, -2, -1, 0.25, 0.5, 1, 2, 4, 8, 16];

/** So long an answer may still be on its way that was given to an earlier wish. */
const OVERTAKEN_MS = 1000;

/** Nearer to now pictures are still on their way. */
const EDGE_MS = 500;

/** Where a playback is, and how it goes on from there. */
interface Course {
  /** In ms by the viewer's clock, as all times here. */
  at: number;
  speed: number;
  /** When it was there. */
  since: number;
}

/**
 * What tiles show of what was recorded, while it is on. What is wished for is
 * shown at once; the server's answers correct it.
 */
export class Playback {
  /** By what name the server knows it; `null` while its tiles are live. */
  number = $state<number | null>(null);
  /** How fast it goes while it does not stand. */
  speed = $state(1);
  /** Why the server changed its course last. */
  turn = $state.raw<PlaybackTurn | null>(null);
  #course = $state.raw<Course>({ at: 0, speed: 0, since: 0 });
  /** What the server is to hear at the next refresh of the screen. */
  #wish: { at: number | null; speed: number } | null = null;
  #wishedAt = 0;
  #isScrubbing = false;
  /** How fast it went before that. */
  #speedAfter = 0;
  readonly #app: App;

  constructor(app: App) {
    this.#app = app;
  }

  get isOn(): boolean {
    return this.number !== null;
  }

  /** Whether a pointer is being dragged through it. */
  get isScrubbing(): boolean {
    return this.#isScrubbing;
  }

  get isPlaying(): boolean {
    return this.isOn && this.#course.speed !== 0;
  }

  /** Whether it goes as fast as it was recorded: nothing else is heard. */
  get isAudible(): boolean {
    return this.isOn && this.#course.speed === 1;
  }

  /** Where it was put or began to go on from, last: it changes only when somebody, or the server, does something. */
  get settled(): number {
    return this.isOn ? this.#course.at : this.#app.now;
  }

  /** Where it is, four times a second; now while it is live. */
  get time(): number {
    return this.timeAt(this.#app.now);
  }

  /** Where it is at this moment; the moment itself while it is live. */
  timeAt(now: number): number {
    if (!this.isOn) return now;
    const { at, speed, since } = this.#course;
    return Math.min(at + speed * Math.max(0, now - since), Math.max(at, now));
  }

  /** Goes there, and on as fast as it did; at its speed, where it was live. */
  seek(at: number): void {
    if (!this.isOn) this.#enter(at, this.speed);
    else this.#wishFor(at, this.#course.speed);
  }

  /** While a pointer is dragged: stands wherever that is. */
  scrub(at: number): void {
    const speed = this.isOn ? this.#course.speed : this.speed;
    if (!this.isOn) this.#enter(at, 0);
    if (!this.#isScrubbing) this.#speedAfter = speed;
    this.#isScrubbing = true;
    this.#wishFor(at, 0);
  }

  /** The pointer was let go: goes on from there as before. */
  endScrub(): void {
    if (!this.#isScrubbing) return;
    this.#isScrubbing = false;
    this.#wishFor(this.#course.at, this.#speedAfter);
  }

  /** What is live stands at now. */
  toggle(): void {
    if (!this.isOn) this.#enter(nowMs(), 0);
    else this.#goOn(this.isPlaying ? 0 : this.speed);
  }

  setSpeed(speed: number): void {
    this.speed = speed;
    if (this.isPlaying) this.#goOn(speed);
  }

  /** By pictures of the tile that the server knows by this name. */
  step(subscription: number, pictures: number): void {
    const { number: playback } = this;
    if (playback === null) return;
    const now = nowMs();
    this.#flush();
    this.#course = { at: this.timeAt(now), speed: 0, since: now };
    this.#app.connection.send({ kind: "step", playback, subscription, pictures });
  }

  /** Goes on by itself from where another is, as that does. */
  goOnAs(other: Playback): void {
    this.speed = other.speed;
    if (other.isOn) this.#enter(other.timeAt(nowMs()), other.#course.speed);
  }

  /** It is live again. */
  leave(): void {
    const { number: playback } = this;
    if (playback === null) return;
    this.#wish = null;
    this.#isScrubbing = false;
    this.number = null;
    this.turn = null;
    this.speed = 1;
    this.#app.connection.send({ kind: "endPlayback", playback });
  }

  /** The link has begun: the server knows nothing of it, and tiles are about to ask. */
  begin(): void {
    if (!this.isOn) return;
    const { speed } = this.#course;
    this.#wish = { at: this.timeAt(nowMs()), speed };
    this.#flush();
  }

  /** The server says how it goes on. */
  heard({ at, speed, because }: PlaybackState): void {
    if (this.#isScrubbing || this.#wish !== null) return;
    const now = nowMs();
    const course = { at: this.#app.clock.toViewerMs(at), speed, since: now };
    if (because === null && this.#isOvertaken(course, now)) return;
    // What has caught up with now is live.
    if (because === "live") this.leave();
    else this.#course = course;
    this.turn = because;
  }

  #enter(at: number, speed: number): void {
    this.number = this.#app.playbacks.newNumber();
    this.#course = { at, speed, since: nowMs() };
    this.#wishFor(at, speed);
    // The tiles that ask for it now must find it there.
    this.#flush();
  }

  #goOn(speed: number): void {
    const now = nowMs();
    const at = this.timeAt(now);
    this.#course = { at, speed, since: now };
    this.#want({ at: this.#wish?.at ?? null, speed });
  }

  #wishFor(at: number, speed: number): void {
    const now = nowMs();
    const reached = Math.min(at, now - EDGE_MS);
    this.#course = { at: reached, speed, since: now };
    this.turn = null;
    this.#want({ at: reached, speed });
  }

  /** At most one wish a refresh of the screen reaches the server: the newest. */
  #want(wish: { at: number | null; speed: number }): void {
    const isAsked = this.#wish !== null;
    this.#wish = wish;
    this.#wishedAt = nowMs();
    if (!isAsked) requestAnimationFrame(() => this.#flush());
  }

  #flush(): void {
    const { number: playback } = this;
    const wish = this.#wish;
    this.#wish = null;
    if (playback === null || wish === null) return;
    const at = wish.at === null ? null : Math.round(this.#app.clock.toServer(wish.at));
    this.#app.connection.send({ kind: "play", playback, at, speed: wish.speed });
  }

  /** Whether it answers something that was wished for before. */
  #isOvertaken({ at, speed }: Course, now: number): boolean {
    if (now - this.#wishedAt > OVERTAKEN_MS) return false;
    const ahead = Math.abs(at - this.timeAt(now));
    return speed !== this.#course.speed || ahead > OVERTAKEN_MS * Math.max(1, Math.abs(speed));
  }
}
