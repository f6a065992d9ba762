import type { CameraAddress, Failure, MotionSpan } from "../protocol";
import type { App } from "./app.svelte";
import type { Point } from "./zoom";

/** So many are asked for at once. */
const PAGE = 200;
/** One question is of so many cameras at most. */
const MAX_CAMERAS = 256;
const EVER = Number.MAX_SAFE_INTEGER;
const DAY_US = 86_400e6;

/** A part of a picture: left and top, right and bottom. */
export interface Area {
  from: Point;
  to: Point;
}

/** Narrower or lower, and a hand slipped. */
const LEAST = 0.02;

/** When something moved in a part of the picture, while somebody looks for that. */
export class MotionSearch {
  /** Where it was begun. */
  readonly camera: CameraAddress;
  area = $state.raw<Area>({ from: { x: 0.35, y: 0.35 }, to: { x: 0.65, y: 0.65 } });
  /** Whether all cameras are searched. */
  isOfAll = $state(false);
  /** So many days back; `null` for all there is. */
  days = $state<number | null>(null);
  /** The newest first; `null` before it was asked for. */
  found = $state.raw<MotionSpan[] | null>(null);
  isMore = $state(false);
  /** How often it was answered anew. */
  turn = $state(0);
  isAsking = $state(false);
  failure = $state.raw<Failure | null>(null);
  readonly #app: App;

  constructor(app: App, camera: CameraAddress) {
    this.#app = app;
    this.camera = camera;
  }

  /** As far as it stays in the picture. */
  move(by: Point): void {
    const { from, to } = this.area;
    const step = {
      x: Math.min(Math.max(by.x, -from.x), 1 - to.x),
      y: Math.min(Math.max(by.y, -from.y), 1 - to.y),
    };
    this.area = { from: plus(from, step), to: plus(to, step) };
  }

  /** Moves its right and lower sides. */
  resize(by: Point): void {
    const { from, to } = this.area;
    const within = (from: number, to: number) => Math.min(1, Math.max(from + LEAST, to));
    this.area = { from, to: { x: within(from.x, to.x + by.x), y: within(from.y, to.y + by.y) } };
  }

  /** From one corner to the opposite one. */
  draw(one: Point, other: Point): void {
    const low = (a: number, b: number) => Math.min(1 - LEAST, Math.max(0, Math.min(a, b)));
    const from = { x: low(one.x, other.x), y: low(one.y, other.y) };
    this.area = { from, to: { x: Math.max(one.x, other.x), y: Math.max(one.y, other.y) } };
    this.resize({ x: 0, y: 0 });
  }

  /** Searches anew. */
  async ask(): Promise<void> {
    const { clock, now } = this.#app;
    const from = this.days === null ? 0 : Math.round(clock.toServer(now) - this.days * DAY_US);
    const reply = await this.#search(Math.max(0, from), EVER);
    if (reply === null) return;
    this.found = reply;
    this.turn += 1;
  }

  /** Searches before what was found. */
  async askMore(): Promise<void> {
    const { found } = this;
    const last = found?.at(-1);
    if (found === null || last === undefined) return;
    const reply = await this.#search(this.#from, last.from);
    if (reply !== null) this.found = [...found, ...reply];
  }

  /** Since when it was asked for last. */
  #from = 0;

  async #search(from: number, to: number): Promise<MotionSpan[] | null> {
    if (this.isAsking) return null;
    const { cameras, connection } = this.#app;
    const all = cameras.all.map(({ address }) => address).slice(0, MAX_CAMERAS);
    this.isAsking = true;
    const outcome = await connection.command({
      kind: "searchMotion",
      cameras: this.isOfAll ? all : [this.camera],
      from,
      to,
      area: corners(this.area),
      limit: PAGE,
    });
    this.isAsking = false;
    this.failure = outcome.kind === "failed" ? outcome.failure : null;
    if (outcome.kind !== "done" || outcome.reply.kind !== "motionSpans") return null;
    this.#from = from;
    this.isMore = outcome.reply.isMore;
    return outcome.reply.spans;
  }
}

function plus(one: Point, other: Point): Point {
  return { x: one.x + other.x, y: one.y + other.y };
}

/** One after the other. */
function corners({ from, to }: Area): Point[] {
  const all = [from, { x: to.x, y: from.y }, to, { x: from.x, y: to.y }];
  const inside = (value: number) => Math.min(1, Math.max(0, value));
  return all.map(({ x, y }) => ({ x: inside(x), y: inside(y) }));
}
