import type { Connection } from "../connection/connection";
import type { Bookmark, CameraAddress } from "../protocol";
import { keyOf } from "./address";

/** The bookmarks of every viewer, as far as the server told. */
export class Bookmarks {
  /** By when they begin. */
  all = $state.raw<Bookmark[]>([]);
  /** Counts changes: an answer to what was asked before is older. */
  #edition = 0;
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Those about any of these cameras, by when they begin. */
  of(cameras: CameraAddress[]): Bookmark[] {
    const keys = new Set(cameras.map(keyOf));
    return this.all.filter(({ marked }) => marked.cameras.some((it) => keys.has(keyOf(it))));
  }

  put(bookmark: Bookmark): void {
    this.#edition += 1;
    this.all = sorted([...this.all.filter(({ id }) => id !== bookmark.id), bookmark]);
  }

  remove(id: number): void {
    this.#edition += 1;
    this.all = this.all.filter((bookmark) => bookmark.id !== id);
  }

  async ask(): Promise<void> {
    const edition = this.#edition;
    const outcome = await this.#connection.command({ kind: "bookmarks" });
    if (outcome.kind !== "done" || outcome.reply.kind !== "bookmarks") return;
    // What was told meanwhile is newer than the answer may be.
    if (edition !== this.#edition) return this.ask();
    this.all = sorted(outcome.reply.bookmarks);
  }
}

function sorted(bookmarks: Bookmark[]): Bookmark[] {
  return bookmarks.toSorted((one, other) => one.marked.from - other.marked.from);
}
