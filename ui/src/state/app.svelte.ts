import { nowMs } from "../connection/clock";
import { Connection, type Link, type Viewer, type Welcome } from "../connection/connection";
import type { Door } from "../connection/door";
import { type KeepPicture, keepPicture } from "../connection/picture-file";
import type { Socket } from "../connection/session";
import type { Command, Layout, PlaybackState, Reply, Settings, Update } from "../protocol";
import { MachineSpeaker, type Speaker } from "../sound/speaker";
import { Bookmarks } from "./bookmarks.svelte";
import { Cameras } from "./cameras.svelte";
import { Carry } from "./carry.svelte";
import { Dim } from "./dim.svelte";
import { EventList } from "./event-list.svelte";
import { EvidenceList } from "./evidence-list.svelte";
import { Exports } from "./exports.svelte";
import { Firsts } from "./firsts";
import { Layouts } from "./layouts.svelte";
import { Motion } from "./motion.svelte";
import type { Playback } from "./playback.svelte";
import { Playbacks } from "./playbacks.svelte";
import { Range } from "./range.svelte";
import { Rates } from "./rates.svelte";
import { Recording } from "./recording.svelte";
import { Screen } from "./screen.svelte";
import { ServerClock } from "./server-clock";
import { Sound } from "./sound.svelte";
import { Thumbnails } from "./thumbnails";
import { Timeline } from "./timeline.svelte";
import { Wall } from "./wall.svelte";

const TICK_MS = 250;
const TICKS_PER_SECOND = 4;

/** All a viewer knows, and its way to the engine. */
export class App implements Viewer {
  readonly cameras = new Cameras();
  readonly layouts = new Layouts();
  readonly screen = new Screen();
  readonly clock = new ServerClock();
  readonly playbacks = new Playbacks(this);
  readonly wall = new Wall(this);
  readonly timeline = new Timeline(this);
  readonly thumbnails = new Thumbnails(this);
  readonly range = new Range();
  readonly events = new EventList(this);
  readonly carry = new Carry(this);
  readonly dim = new Dim();
  readonly firsts = new Firsts();
  readonly connection: Connection;
  readonly motion: Motion;
  readonly rates: Rates;
  readonly recording: Recording;
  readonly evidence: EvidenceList;
  readonly exports: Exports;
  readonly bookmarks: Bookmarks;
  readonly sound: Sound;
  readonly keepPicture: KeepPicture;
  link = $state.raw<Link>({ kind: "opening", failure: null });
  /** Dark until the server says: a bright flash hurts in a dark room. */
  settings = $state.raw<Settings>({ theme: "dark", layout: 0, keepRunning: false, keys: {} });
  notices = $state.raw<string[]>([]);
  serverVersion = $state("");
  /** The viewer's time in ms, four times a second. */
  now = $state(nowMs());

  constructor(
    door: Door,
    dial?: (url: string) => Socket,
    openSpeaker: () => Speaker = () => new MachineSpeaker(),
    keep: KeepPicture = keepPicture,
  ) {
    this.connection = new Connection(door, this, dial);
    this.motion = new Motion(this.connection);
    this.rates = new Rates(this.connection);
    this.recording = new Recording(this.connection, this.cameras);
    this.evidence = new EvidenceList(this.connection);
    this.bookmarks = new Bookmarks(this.connection);
    this.exports = new Exports(this.connection, this.screen);
    this.sound = new Sound(this, openSpeaker);
    this.keepPicture = keep;
  }

  /** What the timeline shows, and keys move: that of the selected tile. */
  get playback(): Playback {
    return this.playbacks.selected;
  }

  start(): void {
    this.connection.start();
    let ticks = 0;
    setInterval(() => this.#tick(++ticks % TICKS_PER_SECOND === 0), TICK_MS);
  }

  linkChanged(link: Link): void {
    this.link = link;
    if (link.kind !== "open") return;
    this.recording.begin();
    this.playbacks.begin();
  }

  welcomed({ snapshot, version, now }: Welcome): void {
    this.clock.set(now);
    this.serverVersion = version;
    this.settings = snapshot.settings;
    this.notices = snapshot.notices;
    this.cameras.replaceAll(snapshot.cameras);
    this.layouts.replaceAll(snapshot.layouts, snapshot.settings.layout);
    this.recording.replaceAll(snapshot);
    this.exports.forget();
    this.motion.replaceAll(snapshot.motion);
  }

  updated(update: Update): void {
    switch (update.kind) {
      case "camera":
        return this.cameras.put(update.camera);
      case "cameraRemoved":
        return this.cameras.remove(update.camera);
      case "stream":
        return this.cameras.setStream(update.stream, update.state);
      case "layout":
        return this.layouts.put(update.layout);
      case "layoutRemoved":
        return this.layouts.remove(update.layout);
      case "settings":
        this.settings = update.settings;
        return;
      case "volume":
        return this.recording.putVolume(update.volume);
      case "volumeRemoved":
        return this.recording.removeVolume(update.volume);
      case "volumeState":
        return this.recording.setVolumeState(update.volume, update.state);
      case "plan":
        return this.recording.setPlan(update.stream, update.plan);
      case "bookmark":
        return this.bookmarks.put(update.bookmark);
      case "bookmarkRemoved":
        return this.bookmarks.remove(update.bookmark);
      case "export":
        return this.exports.put(update.export);
      case "recording":
        return this.recording.setState(update.stream, update.state);
      case "event":
        return this.events.put(update.event);
      case "reviewed":
        return this.events.setReviewed(update.events, update.isReviewed);
      case "motion":
        return this.motion.put(update.motion);
    }
  }

  played(playback: number, state: PlaybackState): void {
    this.playbacks.heard(playback, state);
  }

  /** Says what went wrong where it does; then there is no reply. */
  async perform(command: Command): Promise<Reply | null> {
    const outcome = await this.connection.command(command);
    if (outcome.kind === "done") return outcome.reply;
    this.screen.toast = { text: outcome.failure.message };
    return null;
  }

  /** Shown at once, and taken back if the server will not have it. Whether it has it. */
  async setLayout(layout: Layout): Promise<boolean> {
    // A camera removed meanwhile would make the server refuse the rest, too.
    const tiles = layout.tiles.map((address) => this.cameras.get(address)?.address ?? null);
    const wanted = { ...layout, tiles };
    this.layouts.want(wanted);
    const reply = await this.perform({ kind: "setLayout", layout: wanted });
    this.layouts.answered(layout.id, reply !== null);
    return reply !== null;
  }

  /** Changes a layout as it is now, if it still is. Whether the server has the change. */
  async changeLayout(id: number, change: (layout: Layout) => Layout): Promise<boolean> {
    const layout = this.layouts.get(id);
    return layout !== null && (await this.setLayout(change(layout)));
  }

  /** Shown at once, and taken back if the server will not have them. */
  async setSettings(change: Partial<Settings>): Promise<void> {
    const before = this.settings;
    this.settings = { ...before, ...change };
    const reply = await this.perform({ kind: "setSettings", settings: this.settings });
    if (reply === null) this.settings = before;
  }

  #tick(isSecond: boolean): void {
    this.now = nowMs();
    for (const tile of this.wall.shown) {
      tile.tick(this.now);
      if (isSecond) tile.settleFigures(this.now);
    }
    if (isSecond && this.screen.hasStatistics) {
      this.rates.settle();
      this.rates.ask();
    }
  }
}
