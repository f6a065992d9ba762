import { m } from "../messages";
import { type Failure, type Message, PROTOCOL_VERSION, type Request } from "../protocol";
import { type MediaHeader, parseHeader } from "./header";

/** More than this unsent, and the other side is as good as gone. */
const MAX_UNSENT_BYTES = 1 << 20;

/** What a session needs of a `WebSocket`. */
export type Socket = Pick<
  WebSocket,
  | "binaryType"
  | "bufferedAmount"
  | "close"
  | "onclose"
  | "onerror"
  | "onmessage"
  | "onopen"
  | "send"
>;

/** Who hears what a session receives. May throw on what makes no sense. */
export interface Listener {
  message(message: Message): void;
  /** A binary message. */
  media(header: MediaHeader, message: ArrayBuffer): void;
  /** Called once. With a failure where either side said why. */
  ended(failure: Failure | null): void;
}

/** One WebSocket, from hello to goodbye. */
export class Session {
  readonly #socket: Socket;
  readonly #listener: Listener;
  #isOver = false;

  constructor(socket: Socket, ticket: string, listener: Listener) {
    this.#socket = socket;
    this.#listener = listener;
    socket.binaryType = "arraybuffer";
    socket.onopen = () => this.send({ kind: "hello", version: PROTOCOL_VERSION, ticket });
    socket.onmessage = ({ data }) => this.#receive(data);
    socket.onerror = () => this.end(null);
    socket.onclose = () => this.end(null);
  }

  send(request: Request): void {
    if (this.#isOver) return;
    if (this.#socket.bufferedAmount > MAX_UNSENT_BYTES) {
      this.end({ code: "noEngine", message: m.engine_silent() });
    } else {
      this.#socket.send(JSON.stringify(request));
    }
  }

  end(failure: Failure | null): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#socket.close();
    this.#listener.ended(failure);
  }

  #receive(content: unknown): void {
    if (this.#isOver) return;
    try {
      if (content instanceof ArrayBuffer) {
        const header = parseHeader(content);
        if (header === null) throw new TypeError("a binary message without our header");
        this.#listener.media(header, content);
      } else {
        this.#read(JSON.parse(String(content)));
      }
    } catch (reason) {
      console.error("The engine sent what makes no sense:", reason);
      this.end({ code: "other", message: m.engine_nonsense() });
    }
  }

  #read(message: Message): void {
    if (message.kind === "goodbye") this.end(message.failure);
    else this.#listener.message(message);
  }
}
