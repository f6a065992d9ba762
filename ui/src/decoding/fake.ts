import { vi } from "vitest";
import type { MediaHeader } from "../connection/header";
import type { PictureFormat } from "../protocol";
import type { Workshop } from "./decoders";
import type { Order, Outlet, Result } from "./order";

/** The page's side of a worker that does what a test says. */
export class FakeWorkshop implements Workshop {
  readonly orders: Order[] = [];
  isEnded = false;
  onerror: Worker["onerror"] = null;
  onmessage: Worker["onmessage"] = null;
  onmessageerror: Worker["onmessageerror"] = null;

  postMessage(order: Order): void {
    this.orders.push(order);
  }

  terminate(): void {
    this.isEnded = true;
  }

  say(result: Result): void {
    this.onmessage?.call(this.#asWorker, { data: result } as MessageEvent);
  }

  die(): void {
    this.onerror?.call(this.#asWorker, new Event("error") as ErrorEvent);
  }

  /** The headers of the units or files it was given. */
  get given(): MediaHeader[] {
    return this.orders.flatMap((it) => (it.kind === "unit" || it.kind === "file" ? it.header : []));
  }

  /** Handlers of a worker insist on being called by one. */
  get #asWorker(): Worker {
    return this as unknown as Worker;
  }
}

/** A decoder of the browser's, in a test's hands. */
export class FakeVideoDecoder {
  static last: FakeVideoDecoder | null = null;
  static made = 0;
  config: VideoDecoderConfig | null = null;
  state = "unconfigured";
  decodeQueueSize = 0;
  readonly chunks: EncodedVideoChunkInit[] = [];
  readonly #init: VideoDecoderInit;

  constructor(init: VideoDecoderInit) {
    this.#init = init;
    FakeVideoDecoder.last = this;
    FakeVideoDecoder.made += 1;
  }

  configure(config: VideoDecoderConfig): void {
    this.config = config;
    this.state = "configured";
  }

  decode(chunk: EncodedVideoChunkInit): void {
    this.chunks.push(chunk);
  }

  close(): void {
    this.state = "closed";
  }

  give(frame: FakeFrame): void {
    this.#init.output(frame as unknown as VideoFrame);
  }

  fail(name = "EncodingError"): void {
    this.state = "closed";
    this.#init.error(new DOMException("It is broken.", name));
  }
}

interface FakeFrameInit {
  timestamp: number;
  format?: "I420" | "NV12" | "I422" | "I444" | "I420P10" | "RGBA";
  width?: number;
  height?: number;
  colorSpace?: Partial<VideoColorSpaceInit>;
}

/** A frame whose luma is 40, Cb 90 and Cr 200, with rows farther apart than they are long. */
export class FakeFrame {
  static readonly codes = [40, 90, 200] as const;
  readonly timestamp: number;
  readonly format: string;
  readonly visibleRect: { width: number; height: number };
  readonly displayWidth: number;
  readonly displayHeight: number;
  readonly colorSpace: Partial<VideoColorSpaceInit>;
  readonly close = vi.fn();

  constructor({ timestamp, format, width = 8, height = 4, colorSpace }: FakeFrameInit) {
    this.timestamp = timestamp;
    this.format = format ?? "I420";
    this.visibleRect = { width, height };
    [this.displayWidth, this.displayHeight] = [width, height];
    this.colorSpace = { matrix: "bt709", fullRange: false, ...colorSpace };
  }

  allocationSize(): number {
    return 2048;
  }

  async copyTo(to: Uint8Array | ArrayBuffer, options?: VideoFrameCopyToOptions) {
    const bytes = new Uint8Array(to instanceof ArrayBuffer ? to : to.buffer);
    const { width, height } = this.visibleRect;
    const across = this.format === "I444" ? width : (width + 1) >> 1;
    const down =
      this.format.startsWith("I420") || this.format === "NV12" ? (height + 1) >> 1 : height;
    const [luma, cb, cr] = FakeFrame.codes;
    if (this.format === "NV12") {
      const layout = [
        { offset: 0, stride: width + 3 },
        { offset: 1024, stride: 2 * across + 5 },
      ] as const;
      fill(bytes, layout[0], width, height, [luma]);
      fill(bytes, layout[1], 2 * across, down, [cb, cr]);
      return layout;
    }
    const layout = options?.layout ?? [
      { offset: 0, stride: 2 * width + 3 },
      { offset: 1024, stride: 2 * across + 5 },
      { offset: 1536, stride: 2 * across + 5 },
    ];
    const isWide = this.format === "I420P10";
    layout.forEach((plane, i) => {
      const [columns, rows] = i === 0 ? [width, height] : [across, down];
      const code = FakeFrame.codes[i] ?? 0;
      // Four times as much, the lower byte first.
      const codes = isWide ? [(code * 4) & 0xff, (code * 4) >> 8] : [code];
      fill(bytes, plane, columns * codes.length, rows, codes);
    });
    return layout;
  }
}

function fill(
  bytes: Uint8Array,
  { offset, stride }: { offset: number; stride: number },
  columns: number,
  rows: number,
  codes: number[],
): void {
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      bytes[offset + y * stride + x] = codes[x % codes.length] ?? 0;
    }
  }
}

export function fakeHeader(sequence: number, change: Partial<MediaHeader> = {}): MediaHeader {
  return {
    kind: "unit",
    isKey: false,
    isShown: true,
    isApproximate: false,
    subscription: 1,
    sequence,
    format: 1,
    mediaTime: sequence * 40_000,
    wallTime: 0,
    ...change,
  };
}

/** Who writes down what it hears. */
export function fakeOutlet() {
  const shown: { sequence: number; format: PictureFormat | null; content: unknown }[] = [];
  const unusable: number[] = [];
  const outlet: Outlet = {
    picture: ({ sequence }, format, content) => shown.push({ sequence, format, content }),
    unusable: ({ sequence }) => unusable.push(sequence),
    failed: vi.fn(),
  };
  return { outlet, shown, unusable };
}
