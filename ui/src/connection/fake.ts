import {
  type Camera,
  type Command,
  type Failure,
  MEDIA_HEADER_BYTES,
  MEDIA_HEADER_VERSION,
  MEDIA_KIND_PICTURE,
  MEDIA_KIND_SOUND,
  type Message,
  type Outcome,
  type PictureFormat,
  type Probe,
  type RecordingStatus,
  type Request,
  type Snapshot,
  type StreamRecordingState,
  type StreamRole,
  type StreamState,
  type StreamStatistics,
  type UnitFormat,
  type Volume,
} from "../protocol";
import type { Accepts } from "./accepts";
import type { Door, Entrance } from "./door";
import { messageBytes } from "./picture";
import type { Socket } from "./session";

export const SERVER = "fake";

export const FORMAT: PictureFormat = {
  delivery: "planes",
  width: 16,
  height: 8,
  sourceWidth: 1920,
  sourceHeight: 1080,
  displayAspect: { num: 16, den: 9 },
  rotation: 0,
  matrix: "bt709",
  range: "limited",
  isField: false,
};

export const UNITS: UnitFormat = {
  codec: "h264",
  config: "",
  width: 1920,
  height: 1080,
  sampleAspect: null,
  rotation: 0,
  matrix: null,
  range: null,
};

export const LIVE: StreamState = {
  kind: "live",
  codec: "h264",
  width: 1920,
  height: 1080,
  hasSound: false,
};

/** As `LIVE`, with sound. */
export const AUDIBLE: StreamState = {
  kind: "live",
  codec: "h264",
  width: 1920,
  height: 1080,
  hasSound: true,
};

export const DEGRADED: StreamState = {
  kind: "degraded",
  codec: "h264",
  width: 1920,
  height: 1080,
  hasSound: false,
  droppedPercent: 12,
};

export const PROBE: Probe = {
  main: {
    address: "rtsp://192.168.1.20/stream1",
    codec: "h264",
    width: 1920,
    height: 1080,
    rate: 25,
    keyInterval: 2,
    audio: "aac",
    clockOffsetMs: 40,
  },
  sub: {
    address: "rtsp://192.168.1.20/stream2",
    codec: "h264",
    width: 640,
    height: 360,
    rate: 12.5,
    keyInterval: 2,
    audio: null,
    clockOffsetMs: 40,
  },
  thumbnail: null,
};

export function fakeCamera(number: number, state: StreamState = LIVE): Camera {
  return {
    address: { server: SERVER, camera: number },
    number,
    name: `Camera ${number}`,
    source: { kind: "demo" },
    hasPassword: false,
    streams: [["main", state]],
  };
}

export function fakeRtspCamera(number: number, state: StreamState = LIVE): Camera {
  const main = "rtsp://192.168.1.20:8554/stream1";
  const source = { kind: "rtsp", main, sub: null, transport: "tcp" } as const;
  return { ...fakeCamera(number, state), source };
}

export function fakeSnapshot(cameras: Camera[] = []): Snapshot {
  const addresses = [0, 1, 2, 3].map((i) => cameras[i]?.address ?? null);
  return {
    cameras,
    layouts: [
      { id: 1, name: "Layout 1", shape: "single", tiles: addresses.slice(0, 1), spot: null },
      { id: 2, name: "Layout 2", shape: "quad", tiles: addresses, spot: null },
    ],
    settings: { theme: "dark", layout: 2, keepRunning: false, keys: {} },
    volumes: [],
    plans: [],
    motion: [],
    notices: [],
  };
}

/** The answer of an engine that has run so long and has this one stream open. */
export function fakeStatistics(
  uptimeSeconds: number,
  counted: Pick<StreamStatistics, "stream" | "bytes" | "units">,
): Outcome {
  const nothing = { missed: 0, gaps: 0, lostPackets: 0, dropped: 0, pictures: 0, lookedAt: 0 };
  const streams = [{ sessions: 1, clockOffsetMs: null, ...nothing, ...counted }];
  const counts = { process: 1, workers: [], workersLost: 0, streams, viewers: [] };
  return { kind: "done", reply: { kind: "statistics", statistics: { uptimeSeconds, ...counts } } };
}

export function fakeVolume(number: number): Volume {
  const id = `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`;
  return { id, path: `/mnt/disk${number}`, maxBytes: null, maxDays: null };
}

/** How recording is doing that goes as it should. */
export function fakeStatus(
  cameras: Camera[],
  volumes: Volume[],
  state: StreamRecordingState = { kind: "recording", since: 0 },
): RecordingStatus {
  const counts = { bytes: 5e9, oldest: 0, proofPercent: 100 };
  return {
    volumes: volumes.map((volume) => ({
      volume,
      state: { kind: "ready" },
      totalBytes: 100e9,
      freeBytes: 30e9,
      recordedBytes: 60e9,
      oldest: 0,
      forecastDays: 18,
      writeLagMs: 1400,
    })),
    streams: cameras.flatMap(({ address, streams }) =>
      streams.map(([role]) => ({ stream: { camera: address, role }, state, ...counts })),
    ),
    forecastDays: 18,
    clockSet: null,
  };
}

/** An engine in memory. It speaks the protocol over sockets that need no network. */
export class FakeEngine implements Door {
  snapshot: Snapshot;
  /** `null` while it is down. */
  ticket: string | null = "ticket";
  /** What its door says while it is down. */
  closed: Failure = { code: "noEngine", message: "It is down." };
  /** How many times it was dialled. */
  dialled = 0;
  /** All it was sent in the session that is open, without acknowledgements. */
  received: Request[] = [];
  acknowledged: Extract<Request, { kind: "acknowledge" }>[] = [];
  answer: (command: Command) => Outcome | null = () => ({
    kind: "done",
    reply: { kind: "nothing" },
  });
  remembered: string | null = null;
  /** What its viewers take. */
  accepted: Accepts = { accepts: ["planes", "jpeg"], codecs: [] };
  /** What it says in place of a welcome. */
  refusal: Failure | null = null;
  #socket: FakeSocket | null = null;
  #lastFormat = 0;

  constructor(cameras: Camera[] = []) {
    this.snapshot = fakeSnapshot(cameras);
  }

  async open(): Promise<Entrance> {
    if (this.ticket === null) {
      return { kind: "closed", failure: this.closed };
    }
    return { kind: "open", url: "ws://fake", ticket: this.ticket };
  }

  async accepts(): Promise<Accepts> {
    return this.accepted;
  }

  remember(key: string): void {
    this.remembered = key;
  }

  readonly dial = (): Socket => {
    this.dialled += 1;
    this.received = [];
    this.acknowledged = [];
    this.#socket = new FakeSocket((request) => this.#hear(request));
    return this.#socket;
  };

  say(message: Message): void {
    this.sayRaw(JSON.stringify(message));
  }

  sayRaw(content: string | ArrayBuffer): void {
    this.#socket?.deliver(content);
  }

  setStream(number: number, state: StreamState, role: StreamRole = "main"): void {
    const camera = { server: SERVER, camera: number };
    this.say({
      kind: "update",
      update: { kind: "stream", stream: { camera, role }, state },
    });
  }

  announce(subscription: number, picture = FORMAT): number {
    const format = ++this.#lastFormat;
    this.say({ kind: "format", format, subscription, picture, reason: "Because." });
    return format;
  }

  /** Announces units of H.264, whose parameter sets come with them. */
  announceUnits(subscription: number, change: Partial<UnitFormat> = {}): number {
    const format = ++this.#lastFormat;
    const unit = { ...UNITS, ...change };
    this.say({ kind: "encoding", format, subscription, unit, reason: "It can." });
    return format;
  }

  /** Announces the format and sends one picture under it. */
  picture(subscription: number, sequence: number, wallTime = 0): void {
    const format = this.announce(subscription);
    this.sayRaw(fakePicture({ subscription, sequence, format, wallTime }));
  }

  /** Announces the format of mono sound, and sends one such sound under it. */
  sound(subscription: number, samples: number[], rate = 48_000, wallTime = 0): void {
    const format = ++this.#lastFormat;
    this.say({ kind: "sound", format, subscription, rate, channels: 1 });
    const header = { subscription, sequence: 1, format, wallTime, kind: MEDIA_KIND_SOUND };
    const message = fakePicture(header, MEDIA_HEADER_BYTES + 2 * samples.length);
    new Int16Array(message, MEDIA_HEADER_BYTES).set(samples);
    this.sayRaw(message);
  }

  /** What is listened to in this session, by the viewer's numbers. */
  get listened(): number[] {
    return this.received.flatMap((it) => (it.kind === "listen" ? [it.subscription] : []));
  }

  /** What was subscribed in this session, by the viewer's numbers. */
  get subscribed(): number[] {
    return this.received.flatMap((it) => (it.kind === "subscribe" ? [it.subscription] : []));
  }

  /** The connection breaks, without a word. */
  drop(): void {
    this.#socket?.drop();
  }

  /** So much is waiting to be sent to it. */
  setUnsent(bytes: number): void {
    if (this.#socket !== null) this.#socket.bufferedAmount = bytes;
  }

  get isClosed(): boolean {
    return this.#socket?.isClosed ?? true;
  }

  #hear(request: Request): void {
    if (request.kind === "acknowledge") this.acknowledged.push(request);
    else this.received.push(request);
    if (request.kind === "hello") this.#welcome();
    if (request.kind === "command") {
      const outcome = this.answer(request.command);
      if (outcome !== null) this.say({ kind: "reply", request: request.request, outcome });
    }
  }

  #welcome(): void {
    const { refusal: failure, snapshot } = this;
    if (failure !== null) return this.say({ kind: "goodbye", failure });
    const now = Date.now() * 1000;
    this.say({ kind: "welcome", server: SERVER, version: "1.2.3", session: "key", now, snapshot });
  }
}

class FakeSocket implements Socket {
  binaryType: BinaryType = "blob";
  bufferedAmount = 0;
  isClosed = false;
  onclose: WebSocket["onclose"] = null;
  onerror: WebSocket["onerror"] = null;
  onmessage: WebSocket["onmessage"] = null;
  onopen: WebSocket["onopen"] = null;
  readonly #hear: (request: Request) => void;

  constructor(hear: (request: Request) => void) {
    this.#hear = hear;
    queueMicrotask(() => this.onopen?.call(this.#asSocket, {} as Event));
  }

  deliver(data: string | ArrayBuffer): void {
    this.onmessage?.call(this.#asSocket, { data } as MessageEvent);
  }

  drop(): void {
    this.onclose?.call(this.#asSocket, {} as CloseEvent);
  }

  send(content: string): void {
    if (!this.isClosed) this.#hear(JSON.parse(content));
  }

  close(): void {
    this.isClosed = true;
  }

  /** Handlers of a socket insist on being called by one. */
  get #asSocket(): WebSocket {
    return this as unknown as WebSocket;
  }
}

interface FakeHeader {
  subscription: number;
  sequence: number;
  format: number;
  mediaTime?: number;
  wallTime?: number;
  version?: number;
  kind?: number;
  flags?: number;
}

export function fakePicture(header: FakeHeader, bytes = messageBytes(FORMAT)): ArrayBuffer {
  const message = new ArrayBuffer(bytes);
  const view = new DataView(message);
  view.setUint8(0, header.version ?? MEDIA_HEADER_VERSION);
  view.setUint8(1, header.kind ?? MEDIA_KIND_PICTURE);
  view.setUint16(2, header.flags ?? 0, true);
  view.setUint32(4, header.subscription, true);
  view.setUint32(8, header.sequence, true);
  view.setUint32(12, header.format, true);
  view.setBigInt64(16, BigInt(header.mediaTime ?? 0), true);
  view.setBigInt64(24, BigInt(header.wallTime ?? 0), true);
  return message;
}
