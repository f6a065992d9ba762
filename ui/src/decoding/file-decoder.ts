import type { MediaHeader } from "../connection/header";
import type { Size } from "../connection/picture";
import { MEDIA_HEADER_BYTES, type PictureFormat, type UnitFormat } from "../protocol";
import type { Outlet } from "./order";
import { textureSize } from "./texture";

interface File {
  header: MediaHeader;
  message: ArrayBuffer;
}

/** So many in a row that are none are no accident. */
const MAX_FAILURES = 3;

/** JPEG files to bitmaps: those of an engine as they are, those of a camera as its tile needs them. */
export class FileDecoder {
  readonly #outlet: Outlet;
  /** Of a camera's files; the engine announces what its own are. */
  readonly #unit: UnitFormat | null;
  #tile: Size;
  /** The newest, where another is being decoded. */
  #next: File | null = null;
  #isBusy = false;
  #isClosed = false;
  #failures = 0;
  #told = "";

  constructor(unit: UnitFormat | null, tile: Size, outlet: Outlet) {
    this.#unit = unit;
    this.#tile = tile;
    this.#outlet = outlet;
  }

  set tile(size: Size) {
    this.#tile = size;
  }

  decode(header: MediaHeader, message: ArrayBuffer): void {
    this.#next = { header, message };
    if (!this.#isBusy) this.#work();
  }

  close(): void {
    this.#isClosed = true;
    this.#next = null;
  }

  async #work(): Promise<void> {
    this.#isBusy = true;
    while (this.#next !== null) {
      const { header, message } = this.#next;
      this.#next = null;
      try {
        await this.#show(header, new Uint8Array(message, MEDIA_HEADER_BYTES));
      } catch (reason) {
        this.#fail(header, reason);
      }
    }
    this.#isBusy = false;
  }

  async #show(header: MediaHeader, file: Uint8Array<ArrayBuffer>): Promise<void> {
    const format = this.#unit === null ? null : formatOf(file, this.#unit, this.#tile);
    const blob = new Blob([file], { type: "image/jpeg" });
    const bitmap = await createImageBitmap(blob, {
      premultiplyAlpha: "none",
      colorSpaceConversion: "none",
      ...(format === null ? {} : { resizeWidth: format.width, resizeHeight: format.height }),
    });
    if (this.#isClosed) return bitmap.close();
    this.#failures = 0;
    this.#outlet.picture(header, this.#news(format), bitmap);
  }

  #news(format: PictureFormat | null): PictureFormat | null {
    const text = JSON.stringify(format);
    if (text === this.#told) return null;
    this.#told = text;
    return format;
  }

  #fail(header: MediaHeader, reason: unknown): void {
    if (this.#isClosed) return;
    console.warn("A JPEG file could not be decoded:", reason);
    this.#outlet.unusable(header);
    this.#failures += 1;
    if (this.#failures === MAX_FAILURES) this.#outlet.failed();
  }
}

/** What a camera's file shows. Colours are of no account: the browser makes them. */
function formatOf(file: Uint8Array, unit: UnitFormat, tile: Size): PictureFormat {
  const source = sizeOf(file);
  const sample = unit.sampleAspect ?? { num: 1, den: 1 };
  const displayAspect = { num: source.width * sample.num, den: source.height * sample.den };
  return {
    delivery: "encoded",
    ...textureSize(displayAspect, unit.rotation, source, tile),
    sourceWidth: source.width,
    sourceHeight: source.height,
    displayAspect,
    rotation: unit.rotation,
    matrix: "bt601",
    range: "full",
    isField: false,
  };
}

/** From the frame header (ITU-T T.81, B.2.2). Throws where there is none. */
function sizeOf(file: Uint8Array): Size {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  let at = 2;
  while (at + 9 <= file.length) {
    const [marker, length] = [view.getUint16(at), view.getUint16(at + 2)];
    const isFrame = marker >= 0xffc0 && marker <= 0xffcf;
    const isOther = marker === 0xffc4 || marker === 0xffc8 || marker === 0xffcc;
    if (isFrame && !isOther) {
      return { width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
    }
    at += 2 + length;
  }
  throw new TypeError("a JPEG file without a frame");
}
