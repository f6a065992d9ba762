import type { Failure } from "../protocol";
import type { Accepts } from "./accepts";

/** What the door answers: the way in, or why there is none. */
export type Entrance =
  | { kind: "open"; url: string; ticket: string }
  /** Not now; worth another try. */
  | { kind: "closed"; failure: Failure }
  /** Not without a fresh address, which only a person can bring. */
  | { kind: "needsAddress" };

/** Knows where the engine is and what opens a session there. */
export interface Door {
  /** Asks for a way in, good once. Never rejects. */
  open(): Promise<Entrance>;
  /** What a viewer that comes in here takes. Never rejects. */
  accepts(): Promise<Accepts>;
  /** Keeps the key of a session for the next time. */
  remember(key: string): void;
}
