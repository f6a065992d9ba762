import type { Connection } from "../connection/connection";
import type { Evidence, Failure } from "../protocol";

/** The spans of recordings that are to stay, as far as the server was asked. */
export class EvidenceList {
  /** In the order they were added; `null` before it was asked for. */
  all = $state.raw<Evidence[] | null>(null);
  /** Why the last question for it was not answered. */
  failure = $state.raw<Failure | null>(null);
  /** Counts changes: an answer to what was asked before is older. */
  #edition = 0;
  #isAsking = false;
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  async ask(): Promise<void> {
    if (this.#isAsking) return;
    this.#isAsking = true;
    const edition = this.#edition;
    const outcome = await this.#connection.command({ kind: "evidence" });
    this.#isAsking = false;
    this.failure = outcome.kind === "failed" ? outcome.failure : null;
    if (edition !== this.#edition) return;
    if (outcome.kind === "done" && outcome.reply.kind === "evidenceList") {
      this.all = outcome.reply.evidence;
    }
  }

  put(evidence: Evidence): void {
    this.#edition += 1;
    this.all = [...(this.all ?? []), evidence];
  }

  remove(id: number): void {
    this.#edition += 1;
    this.all = this.all?.filter((evidence) => evidence.id !== id) ?? null;
  }
}
