import { m } from "../messages";
import { SESSION_PATH, TICKET_PATH, type Ticket } from "../protocol";
import { type Accepts, browserAccepts } from "./accepts";
import type { Door, Entrance } from "./door";

const KEY = "tessera.session";

/** What the door needs of the browser. */
export interface Page {
  location: Pick<Location, "hash" | "host" | "pathname" | "protocol" | "search">;
  history: Pick<History, "replaceState">;
  localStorage: Pick<Storage, "getItem" | "removeItem" | "setItem">;
  fetch: typeof fetch;
}

/**
 * The door of a page served by the engine: once with the ticket in its
 * address, from then on with the key the last session left.
 */
export class BrowserDoor implements Door {
  readonly #page: Page;
  #ticket: string | null;

  constructor(page: Page) {
    this.#page = page;
    const { hash, pathname, search } = page.location;
    this.#ticket = new URLSearchParams(hash.slice(1)).get("ticket");
    // Out of the address bar at once: it must not end up in a history or a bookmark.
    if (this.#ticket !== null) page.history.replaceState(null, "", pathname + search);
  }

  async open(): Promise<Entrance> {
    const ticket = this.#ticket;
    if (ticket !== null) {
      this.#ticket = null;
      return { kind: "open", url: this.#url(), ticket };
    }
    const key = this.#page.localStorage.getItem(KEY);
    return key === null ? { kind: "needsAddress" } : this.#ask(key);
  }

  accepts(): Promise<Accepts> {
    return browserAccepts(this.#page.location.search);
  }

  remember(key: string): void {
    this.#page.localStorage.setItem(KEY, key);
  }

  async #ask(key: string): Promise<Entrance> {
    try {
      const answer = await this.#page.fetch(TICKET_PATH, {
        method: "POST",
        headers: { Authorization: `Bearer ${key}` },
      });
      if (answer.status === 401 || answer.status === 403) {
        this.#page.localStorage.removeItem(KEY);
        return { kind: "needsAddress" };
      }
      if (!answer.ok) throw new Error(`${TICKET_PATH}: ${answer.status}`);
      const { ticket } = (await answer.json()) as Ticket;
      return { kind: "open", url: this.#url(), ticket };
    } catch (reason) {
      console.warn(reason);
      return { kind: "closed", failure: { code: "noEngine", message: m.engine_silent() } };
    }
  }

  #url(): string {
    const { host, protocol } = this.#page.location;
    return `${protocol === "https:" ? "wss" : "ws"}://${host}${SESSION_PATH}`;
  }
}
