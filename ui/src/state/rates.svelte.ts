import type { Connection } from "../connection/connection";
import type { Statistics, StreamAddress } from "../protocol";
import { streamKeyOf } from "./address";

/** What a stream brings to the engine, by the second. */
export interface Rate {
  bits: number;
  units: number;
}

interface Sample {
  uptimeSeconds: number;
  byStream: Map<string, { bytes: number; units: number }>;
}

/** Rates are means over so many samples but one: a key frame a few seconds must not show. */
const MAX_SAMPLES = 6;

/** What streams bring, from what the engine counts. It is asked only while somebody looks. */
export class Rates {
  #byStream = $state.raw(new Map<string, Rate>());
  #answered = new Map<string, Rate>();
  #samples: Sample[] = [];
  #isAsking = false;
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** `null` until the engine has been asked twice. */
  of(stream: StreamAddress): Rate | null {
    return this.#byStream.get(streamKeyOf(stream)) ?? null;
  }

  async ask(): Promise<void> {
    if (this.#isAsking) return;
    this.#isAsking = true;
    const samples = this.#samples;
    const outcome = await this.#connection.command({ kind: "statistics" });
    this.#isAsking = false;
    // What is answered after it was forgotten is nobody's any more.
    if (samples !== this.#samples) return;
    if (outcome.kind === "done" && outcome.reply.kind === "statistics") {
      this.#take(outcome.reply.statistics);
    } else {
      this.forget();
    }
  }

  /** Shows what was answered: when other figures change, so that the page is laid out once. */
  settle(): void {
    if (this.#byStream !== this.#answered) this.#byStream = this.#answered;
  }

  forget(): void {
    this.#samples = [];
    this.#answered = new Map();
    this.settle();
  }

  #take({ uptimeSeconds, streams }: Statistics): void {
    const byStream = new Map(streams.map((it) => [streamKeyOf(it.stream), it]));
    // Another engine counts from the beginning.
    const isAnother = uptimeSeconds <= (this.#samples.at(-1)?.uptimeSeconds ?? 0);
    const before = isAnother ? [] : this.#samples;
    this.#samples = [...before, { uptimeSeconds, byStream }].slice(-MAX_SAMPLES);
    this.#answered = new Map(
      [...byStream.keys()].flatMap((name) => {
        const rate = rateOf(this.#samples, name);
        return rate === null ? [] : [[name, rate]];
      }),
    );
  }
}

/** Since the stream was opened, or the first sample: until then it stood still, or counted higher. */
function rateOf(samples: Sample[], name: string): Rate | null {
  const counts = samples.map(({ uptimeSeconds, byStream }) => {
    const { bytes = 0, units = Number.POSITIVE_INFINITY } = byStream.get(name) ?? {};
    return { uptimeSeconds, bytes, units };
  });
  const now = counts.at(-1);
  if (now === undefined) return null;
  const known = counts.slice(counts.findLastIndex(({ units }) => units > now.units) + 1);
  const opened = known.findIndex(({ units }, i) => units < (known[i + 1]?.units ?? 0));
  const then = known[Math.max(0, opened)];
  if (then === undefined || then === now) return null;
  const seconds = now.uptimeSeconds - then.uptimeSeconds;
  return {
    bits: (8 * (now.bytes - then.bytes)) / seconds,
    units: (now.units - then.units) / seconds,
  };
}
