import { nowMs } from "../connection/clock";
import type { CameraAddress, Timeline as Reply } from "../protocol";
import { keyOf } from "../state/address";
import type { App } from "../state/app.svelte";
import { lengthOf, type Stretch, shareOf } from "../state/stretch";
import { merged, unpacked } from "./buckets";

/** What grows meanwhile is asked for again after so long. */
const FRESH_MS = 5000;

/** What is recorded of some cameras, and what happened, as the server told it last. */
export interface Lanes {
  stretch: Stretch;
  buckets: number;
  /** By the keys of their cameras. */
  lanes: Map<string, Uint16Array>;
  /** All of them in one. */
  all: Uint16Array;
}

interface Wish {
  cameras: CameraAddress[];
  stretch: Stretch;
  buckets: number;
}

/** Asks the server for what is recorded: one question at a time, the newest next. */
export class LaneFeed {
  lanes = $state.raw<Lanes | null>(null);
  /** Why the last question was not answered. */
  failure = $state<string | null>(null);
  #askedAt = 0;
  #asked: Wish | null = null;
  #wish: Wish | null = null;
  #isAsking = false;
  readonly #app: App;

  constructor(app: App) {
    this.#app = app;
  }

  /** To be called whenever something of it may have changed, and from time to time. */
  want(wish: Wish, isFollowing: boolean): void {
    if (!this.#isNews(wish, isFollowing)) return;
    this.#wish = wish;
    if (!this.#isAsking) void this.#ask();
  }

  /** The bucket of a camera at a moment, of all cameras where it is `null`. */
  at(camera: CameraAddress | null, moment: number): number {
    const { lanes } = this;
    if (lanes === null) return 0;
    const lane = camera === null ? lanes.all : lanes.lanes.get(keyOf(camera));
    return lane?.[Math.floor(shareOf(lanes.stretch, moment) * lanes.buckets)] ?? 0;
  }

  #isNews(wish: Wish, isFollowing: boolean): boolean {
    const last = this.#wish ?? this.#asked;
    const isOld = nowMs() - this.#askedAt >= FRESH_MS;
    if (last === null || this.failure !== null) return isOld;
    // What goes along with the time goes a pixel at a time.
    const least = isFollowing ? lengthOf(wish.stretch) / 20 : lengthOf(wish.stretch) / wish.buckets;
    const isElsewhere = Math.abs(wish.stretch.from - last.stretch.from) >= least;
    const isOther =
      wish.buckets !== last.buckets ||
      Math.abs(lengthOf(wish.stretch) - lengthOf(last.stretch)) >= 1 ||
      wish.cameras.length !== last.cameras.length ||
      wish.cameras.some((camera, i) => keyOf(camera) !== keyOf(last.cameras[i] ?? camera));
    return isOther || isElsewhere || (isOld && wish.stretch.to > this.#app.now);
  }

  async #ask(): Promise<void> {
    this.#isAsking = true;
    while (this.#wish !== null) {
      const wish = this.#wish;
      this.#asked = wish;
      this.#wish = null;
      this.#askedAt = nowMs();
      const { clock, connection } = this.#app;
      const outcome = await connection.command({
        kind: "timeline",
        cameras: wish.cameras,
        from: Math.round(clock.toServer(wish.stretch.from)),
        to: Math.round(clock.toServer(wish.stretch.to)),
        buckets: wish.buckets,
      });
      this.failure = outcome.kind === "failed" ? outcome.failure.message : null;
      if (outcome.kind === "done" && outcome.reply.kind === "timeline") {
        this.#take(outcome.reply.timeline);
      }
    }
    this.#isAsking = false;
  }

  #take({ from, to, buckets, lanes }: Reply): void {
    const { clock } = this.#app;
    const known = new Map(
      lanes.map(({ camera, runs, events }) => [keyOf(camera), unpacked(runs, events, buckets)]),
    );
    this.lanes = {
      stretch: { from: clock.toViewerMs(from), to: clock.toViewerMs(to) },
      buckets,
      lanes: known,
      all: merged([...known.values()], buckets),
    };
  }
}
