import type { Size } from "../connection/picture";
import type { UnitFormat } from "../protocol";
import { FileDecoder } from "./file-decoder";
import type { Order, Outlet, Result } from "./order";
import { UnitDecoder } from "./unit-decoder";

type Say = (result: Result, transfer: Transferable[]) => void;

/** What the worker does with each order. */
export class Decoding {
  readonly #say: Say;
  readonly #kept = new Map<number, Subscribed>();

  constructor(say: Say) {
    this.#say = say;
  }

  take(order: Order): void {
    const { decoder } = order;
    if (order.kind === "close") {
      this.#kept.get(decoder)?.close();
      this.#kept.delete(decoder);
      return;
    }
    const kept = this.#kept.get(decoder) ?? new Subscribed(this.#outlet(decoder));
    this.#kept.set(decoder, kept);
    switch (order.kind) {
      case "encoding":
        return kept.begin(order.unit);
      case "unit":
        return kept.units?.decode(order.header, order.message);
      case "file":
        return kept.files.decode(order.header, order.message);
      case "tile":
        kept.tile = order.size;
    }
  }

  #outlet(decoder: number): Outlet {
    return {
      picture: (header, format, content) =>
        this.#say({ kind: "picture", decoder, header, format, content }, [content]),
      unusable: (header) => this.#say({ kind: "unusable", decoder, header }, []),
      failed: () => this.#say({ kind: "failed", decoder }, []),
    };
  }
}

/** What one subscription decodes. */
class Subscribed {
  readonly #outlet: Outlet;
  #tile: Size = { width: 1, height: 1 };
  units: UnitDecoder | FileDecoder | null = null;
  #files: FileDecoder | null = null;

  constructor(outlet: Outlet) {
    this.#outlet = outlet;
  }

  /** Of files that the engine made. */
  get files(): FileDecoder {
    this.#files ??= new FileDecoder(null, this.#tile, this.#outlet);
    return this.#files;
  }

  set tile(size: Size) {
    this.#tile = size;
    if (this.units !== null) this.units.tile = size;
  }

  begin(unit: UnitFormat): void {
    this.units?.close();
    const Decoder = unit.codec === "mjpeg" ? FileDecoder : UnitDecoder;
    this.units = new Decoder(unit, this.#tile, this.#outlet);
  }

  close(): void {
    this.units?.close();
    this.#files?.close();
  }
}
