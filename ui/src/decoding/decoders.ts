import type { MediaHeader } from "../connection/header";
import { discard, type Size } from "../connection/picture";
import type { UnitFormat } from "../protocol";
import type { Order, Outlet, Result } from "./order";

/** Waits before the worker is started again; the last is repeated. */
const WAITS_MS = [0, 1000, 5000];

/** Who hears what becomes of a decoder. */
export interface Owner extends Outlet {
  /** The worker died, and all that the decoder knew with it. */
  lost(): void;
  /** Another worker is there. The decoder is of no use any more. */
  restored(): void;
}

/** What of a `Worker` is needed here. */
export type Workshop = Pick<
  Worker,
  "onerror" | "onmessage" | "onmessageerror" | "postMessage" | "terminate"
>;

/** The decoders of all subscriptions, in one worker, which is started again when it dies. */
export class Decoders {
  readonly #start: () => Workshop;
  readonly #owners = new Map<number, Owner>();
  #worker: Workshop | null = null;
  #lastNumber = 0;
  /** Deaths since the last picture. */
  #deaths = 0;
  #isWaiting = false;

  constructor(start: () => Workshop = startWorker) {
    this.#start = start;
  }

  open(owner: Owner, tile: Size): Decoder {
    const number = ++this.#lastNumber;
    this.#owners.set(number, owner);
    const decoder = new Decoder(number, (order, transfer) => this.#tell(order, transfer));
    decoder.fit(tile);
    return decoder;
  }

  #tell(order: Order, transfer: Transferable[]): void {
    if (!this.#owners.has(order.decoder)) return;
    if (order.kind === "close") this.#owners.delete(order.decoder);
    if (!this.#isWaiting) this.#running().postMessage(order, transfer);
  }

  #running(): Workshop {
    if (this.#worker !== null) return this.#worker;
    const worker = this.#start();
    worker.onmessage = ({ data }: MessageEvent<Result>) => this.#hear(data);
    worker.onerror = (event) => this.#died(worker, event);
    worker.onmessageerror = (event) => this.#died(worker, event);
    this.#worker = worker;
    return worker;
  }

  #hear(result: Result): void {
    const owner = this.#owners.get(result.decoder);
    switch (result.kind) {
      case "picture":
        this.#deaths = 0;
        if (owner === undefined) return discard(result.content);
        return owner.picture(result.header, result.format, result.content);
      case "unusable":
        return owner?.unusable(result.header);
      case "failed":
        return owner?.failed();
    }
  }

  /** What went wrong in it went wrong for all: they begin anew. */
  #died(worker: Workshop, event: Event): void {
    if (worker !== this.#worker) return;
    console.error("The decoding worker failed:", event);
    worker.terminate();
    this.#worker = null;
    this.#isWaiting = true;
    for (const owner of [...this.#owners.values()]) owner.lost();
    setTimeout(() => this.#restore(), WAITS_MS[Math.min(this.#deaths++, WAITS_MS.length - 1)]);
  }

  #restore(): void {
    this.#isWaiting = false;
    const owners = [...this.#owners.values()];
    this.#owners.clear();
    for (const owner of owners) owner.restored();
  }
}

/** What one subscription has decoded. */
export class Decoder {
  readonly #number: number;
  readonly #tell: (order: Order, transfer: Transferable[]) => void;

  constructor(number: number, tell: (order: Order, transfer: Transferable[]) => void) {
    this.#number = number;
    this.#tell = tell;
  }

  /** Pictures are to fit a tile of this size. */
  fit(size: Size): void {
    this.#tell({ kind: "tile", decoder: this.#number, size }, []);
  }

  /** The units that follow are of this format. */
  begin(unit: UnitFormat): void {
    this.#tell({ kind: "encoding", decoder: this.#number, unit }, []);
  }

  /** A message with an access unit, which is gone afterwards. */
  unit(header: MediaHeader, message: ArrayBuffer): void {
    this.#tell({ kind: "unit", decoder: this.#number, header, message }, [message]);
  }

  /** A message with a JPEG file, which is gone afterwards. */
  file(header: MediaHeader, message: ArrayBuffer): void {
    this.#tell({ kind: "file", decoder: this.#number, header, message }, [message]);
  }

  close(): void {
    this.#tell({ kind: "close", decoder: this.#number }, []);
  }
}

function startWorker(): Workshop {
  return new Worker(new URL("./decoding.worker.ts", import.meta.url), { type: "module" });
}
