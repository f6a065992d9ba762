import type { Connection } from "../connection/connection";
import { exportText } from "../messages/exports";
import type { Export } from "../protocol";
import type { Screen } from "./screen.svelte";

const KEY = "tessera.export.destination";

/** Exports that are being made, and those that ended last, as far as the server told. */
export class Exports {
  /** The newest first. */
  all = $state.raw<Export[]>([]);
  /** By id, what was begun here: whoever did hears how it ends. */
  readonly #own = new Set<number>();
  readonly #connection: Connection;
  readonly #screen: Screen;
  readonly #kept: Pick<Storage, "getItem" | "setItem">;

  constructor(
    connection: Connection,
    screen: Screen,
    kept: Pick<Storage, "getItem" | "setItem"> = localStorage,
  ) {
    this.#connection = connection;
    this.#screen = screen;
    this.#kept = kept;
  }

  /** The folder that was exported to last. */
  get destination(): string {
    return this.#kept.getItem(KEY) ?? "";
  }

  /** It was begun here. */
  begun(begun: Export): void {
    this.#own.add(begun.id);
    this.#kept.setItem(KEY, begun.destination);
    // How it is doing may have been told before.
    if (this.all.every(({ id }) => id !== begun.id)) this.put(begun);
  }

  put(told: Export): void {
    const at = this.all.findIndex(({ id }) => id === told.id);
    this.all = at < 0 ? [told, ...this.all] : this.all.with(at, told);
    if (told.state.kind === "running" || !this.#own.delete(told.id)) return;
    // Where they are looked at, they are said already.
    if (this.#screen.overlay?.kind === "export") return;
    this.#screen.toast = { text: exportText(told) };
  }

  /** The link has begun: nobody knows what became of them. */
  forget(): void {
    this.all = [];
  }

  async ask(): Promise<void> {
    const outcome = await this.#connection.command({ kind: "exports" });
    if (outcome.kind !== "done" || outcome.reply.kind !== "exports") return;
    // That one ended may have been told before this was.
    const ended = this.all.filter(({ state }) => state.kind !== "running");
    const newest = (told: Export) => ended.find(({ id }) => id === told.id) ?? told;
    this.all = outcome.reply.exports.map(newest).reverse();
  }
}
