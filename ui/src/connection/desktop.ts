import { invoke } from "@tauri-apps/api/core";
import { type Failure, SESSION_PATH } from "../protocol";
import type { Accepts } from "./accepts";
import type { Door, Entrance } from "./door";

/** The door of the desktop window: the window's process finds or starts the engine. */
export class DesktopDoor implements Door {
  static isHere(): boolean {
    return "__TAURI_INTERNALS__" in globalThis;
  }

  async open(): Promise<Entrance> {
    try {
      const { address, ticket } = await invoke<{ address: string; ticket: string }>("door");
      return { kind: "open", url: `ws://${address}${SESSION_PATH}`, ticket };
    } catch (reason) {
      return { kind: "closed", failure: asFailure(reason) };
    }
  }

  /** The engine is on the same machine, and decodes everything for everybody. */
  async accepts(): Promise<Accepts> {
    return { accepts: ["planes", "jpeg"], codecs: [] };
  }

  /** The window's process asks with the owner's key, so there is nothing to keep. */
  remember(): void {}
}

export function asFailure(reason: unknown): Failure {
  const isFailure = typeof reason === "object" && reason !== null && "message" in reason;
  return isFailure ? (reason as Failure) : { code: "other", message: String(reason) };
}
