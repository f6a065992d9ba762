import { SvelteMap } from "svelte/reactivity";
import type { Connection } from "../connection/connection";
import type {
  CameraAddress,
  Failure,
  RecordingPlan,
  RecordingStatus,
  Snapshot,
  StreamAddress,
  StreamRecording,
  StreamRecordingState,
  Volume,
  VolumeState,
} from "../protocol";
import { streamKeyOf } from "./address";
import type { Cameras } from "./cameras.svelte";
import { weekOf } from "./week";

/** How a stream is recorded that nobody said anything else of. */
export const DEFAULT_PLAN: RecordingPlan = {
  mode: "continuous",
  preSeconds: 5,
  postSeconds: 10,
  audio: true,
  volume: null,
  maxDays: null,
  maxBytes: null,
  week: weekOf("continuous"),
};

/** How streams are recorded, where to, and whether they are. */
export class Recording {
  /** In the order they were added: the first is for streams that have none of their own. */
  volumes = $state.raw<Volume[]>([]);
  /** How it was when it was last asked for; `null` before. */
  status = $state.raw<RecordingStatus | null>(null);
  /** Why the last question for it was not answered. */
  failure = $state.raw<Failure | null>(null);
  readonly #plans = new SvelteMap<string, RecordingPlan>();
  readonly #states = new SvelteMap<string, StreamRecordingState>();
  readonly #volumeStates = new SvelteMap<string, VolumeState>();
  readonly #counts = $derived(
    new Map(this.status?.streams.map((counted) => [streamKeyOf(counted.stream), counted])),
  );
  /** What was told since it was last asked for: an answer may be older. */
  #told = new Set<string>();
  #isAsking = false;
  readonly #connection: Connection;
  readonly #cameras: Cameras;

  constructor(connection: Connection, cameras: Cameras) {
    this.#connection = connection;
    this.#cameras = cameras;
  }

  planOf(stream: StreamAddress): RecordingPlan {
    return this.#plans.get(streamKeyOf(stream)) ?? DEFAULT_PLAN;
  }

  /** The streams whose plans name this volume. */
  streamsOn(volume: string): StreamAddress[] {
    const streams = this.#cameras.all.flatMap(({ address, streams }) =>
      streams.map(([role]) => ({ camera: address, role })),
    );
    return streams.filter((stream) => this.planOf(stream).volume === volume);
  }

  /** `null` until the server has said. */
  stateOf(stream: StreamAddress): StreamRecordingState | null {
    return this.#states.get(streamKeyOf(stream)) ?? null;
  }

  /** What was counted of a stream when it was last asked for. */
  countsOf(stream: StreamAddress): StreamRecording | null {
    return this.#counts.get(streamKeyOf(stream)) ?? null;
  }

  /**
   * That of the stream that says most: one that is not recorded and should be,
   * one that is, the first. `null` where no volume is set up, or nothing is known.
   */
  stateOfCamera(address: CameraAddress): StreamRecordingState | null {
    const camera = this.volumes.length === 0 ? null : this.#cameras.get(address);
    const states = (camera?.streams ?? []).flatMap(
      ([role]) => this.stateOf({ camera: address, role }) ?? [],
    );
    const first = (kind: StreamRecordingState["kind"]) => states.find((it) => it.kind === kind);
    return first("failed") ?? first("recording") ?? first("waiting") ?? states[0] ?? null;
  }

  volume(id: string): Volume | null {
    return this.volumes.find((volume) => volume.id === id) ?? null;
  }

  /** `null` until the server has said. */
  volumeState(id: string): VolumeState | null {
    return this.#volumeStates.get(id) ?? null;
  }

  replaceAll({ volumes, plans }: Snapshot): void {
    this.volumes = volumes;
    this.#plans.clear();
    for (const { stream, plan } of plans) this.setPlan(stream, plan);
    // Nobody knows what became of them while the server was away.
    this.#states.clear();
    this.#volumeStates.clear();
  }

  putVolume(volume: Volume): void {
    const at = this.volumes.findIndex(({ id }) => id === volume.id);
    this.volumes = at < 0 ? [...this.volumes, volume] : this.volumes.with(at, volume);
  }

  removeVolume(id: string): void {
    this.volumes = this.volumes.filter((volume) => volume.id !== id);
    this.#volumeStates.delete(id);
  }

  setVolumeState(id: string, state: VolumeState): void {
    this.#volumeStates.set(id, state);
    this.#told.add(id);
  }

  setPlan(stream: StreamAddress, plan: RecordingPlan): void {
    this.#plans.set(streamKeyOf(stream), plan);
  }

  setState(stream: StreamAddress, state: StreamRecordingState): void {
    const key = streamKeyOf(stream);
    this.#states.set(key, state);
    this.#told.add(key);
  }

  /** The link has begun. Without a volume there is nothing to know. */
  begin(): void {
    if (this.volumes.length > 0) void this.ask();
  }

  async ask(): Promise<void> {
    if (this.#isAsking) return;
    this.#isAsking = true;
    this.#told = new Set();
    const outcome = await this.#connection.command({ kind: "recordingStatus" });
    this.#isAsking = false;
    this.failure = outcome.kind === "failed" ? outcome.failure : null;
    if (outcome.kind !== "done" || outcome.reply.kind !== "recordingStatus") return;
    this.#take(outcome.reply.status);
  }

  #take(status: RecordingStatus): void {
    this.status = status;
    for (const { stream, state } of status.streams) {
      const key = streamKeyOf(stream);
      if (!this.#told.has(key)) this.#states.set(key, state);
    }
    for (const { volume, state } of status.volumes) {
      if (!this.#told.has(volume.id)) this.#volumeStates.set(volume.id, state);
    }
  }
}
