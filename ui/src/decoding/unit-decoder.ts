import type { MediaHeader } from "../connection/header";
import type { Size } from "../connection/picture";
import { MEDIA_HEADER_BYTES, type PictureFormat, type UnitFormat } from "../protocol";
import { decoderConfig } from "./config";
import { formatOf, isReadable, planesOfFrame, Scratch } from "./frame";
import type { Outlet } from "./order";

/** So many failures without a picture between them are no accident. */
const MAX_FAILURES = 3;

/** So many units without a picture, and none waiting, and the decoder hangs. */
const MAX_SILENT = 50;

/** What waits for its picture; more was lost on the way. */
const MAX_PENDING = 128;

interface Decoded {
  frame: VideoFrame;
  header: MediaHeader;
  format: UnitFormat;
}

/** Access units of H.264 or H.265 to planes that fit a tile. */
export class UnitDecoder {
  readonly #outlet: Outlet;
  readonly #format: UnitFormat;
  #tile: Size;
  #decoder: VideoDecoder | null = null;
  #codec = "";
  #failures = 0;
  #silent = 0;
  /** Of the units to be shown, by their times. */
  readonly #pending = new Map<number, MediaHeader>();
  /** The newest frame, where another is being copied. */
  #next: Decoded | null = null;
  #isCopying = false;
  #told = "";
  readonly #scratch = new Scratch();

  constructor(format: UnitFormat, tile: Size, outlet: Outlet) {
    this.#format = format;
    this.#tile = tile;
    this.#outlet = outlet;
  }

  set tile(size: Size) {
    this.#tile = size;
  }

  decode(header: MediaHeader, message: ArrayBuffer): void {
    const unit = new Uint8Array(message, MEDIA_HEADER_BYTES);
    if (header.isKey) this.#configure(unit);
    if (this.#decoder === null) return this.#giveUp(header);
    if (header.isShown) this.#expect(header);
    const type = header.isKey ? "key" : "delta";
    this.#silent += 1;
    try {
      this.#decoder.decode(
        new EncodedVideoChunk({ type, timestamp: header.mediaTime, data: unit }),
      );
    } catch (reason) {
      return this.#fail(reason);
    }
    if (this.#silent > MAX_SILENT && this.#decoder.decodeQueueSize === 0) {
      this.#fail("the decoder gives no pictures");
    }
  }

  close(): void {
    this.#reset();
    this.#next?.frame.close();
    this.#next = null;
  }

  /** Begins anew where there is no decoder yet, or the stream became another. */
  #configure(unit: Uint8Array): void {
    const config = decoderConfig(this.#format, unit);
    if (config === null) return;
    if (this.#decoder !== null && this.#codec === config.codec) return;
    this.#reset();
    const decoder = new VideoDecoder({
      output: (frame) => {
        if (this.#decoder === decoder) this.#decoded(frame);
        else frame.close();
      },
      error: (reason) => {
        if (this.#decoder === decoder) this.#fail(reason);
      },
    });
    this.#decoder = decoder;
    this.#codec = config.codec;
    try {
      decoder.configure(config);
    } catch (reason) {
      this.#fail(reason);
    }
  }

  #expect(header: MediaHeader): void {
    this.#pending.set(header.mediaTime, header);
    if (this.#pending.size <= MAX_PENDING) return;
    for (const oldest of this.#pending.keys()) {
      this.#pending.delete(oldest);
      break;
    }
  }

  #decoded(frame: VideoFrame): void {
    this.#failures = 0;
    this.#silent = 0;
    const header = this.#pending.get(frame.timestamp);
    if (header === undefined) return frame.close();
    if (!isReadable(frame)) {
      frame.close();
      return this.#outlet.failed();
    }
    // Frames come in the order in which they are shown.
    for (const time of this.#pending.keys()) {
      if (time <= frame.timestamp) this.#pending.delete(time);
    }
    this.#next?.frame.close();
    this.#next = { frame, header, format: this.#format };
    if (!this.#isCopying) this.#copy();
  }

  /** One after the other, and always the newest: a busy machine leaves some out. */
  async #copy(): Promise<void> {
    this.#isCopying = true;
    while (this.#next !== null) {
      const { frame, header, format } = this.#next;
      this.#next = null;
      const picture = formatOf(frame, format, this.#tile);
      try {
        const content = await planesOfFrame(frame, picture, this.#scratch);
        this.#outlet.picture(header, this.#news(picture), content);
      } catch (reason) {
        console.warn("A picture could not be copied:", reason);
        this.#outlet.unusable(header);
      }
      frame.close();
    }
    this.#isCopying = false;
  }

  #news(format: PictureFormat): PictureFormat | null {
    const text = JSON.stringify(format);
    if (text === this.#told) return null;
    this.#told = text;
    return format;
  }

  /** The next key frame begins anew. */
  #fail(reason: unknown): void {
    console.warn("The decoder failed:", reason);
    this.#failures += 1;
    this.#reset();
    const isHopeless = reason instanceof DOMException && reason.name === "NotSupportedError";
    if (isHopeless || this.#failures >= MAX_FAILURES) this.#outlet.failed();
  }

  #reset(): void {
    const decoder = this.#decoder;
    this.#decoder = null;
    if (decoder !== null && decoder.state !== "closed") decoder.close();
    this.#silent = 0;
    const newest = [...this.#pending.values()].at(-1);
    this.#pending.clear();
    if (newest !== undefined) this.#outlet.unusable(newest);
  }

  #giveUp(header: MediaHeader): void {
    if (header.isShown) this.#outlet.unusable(header);
  }
}
