// LivePerson in fake time, with a network of fixed delay in place of TCP.
import type { WebSocket as ServerWebSocket } from "ws";
import { LivePerson } from "../simulator/liveperson.ts";
import type { ConsumerSocket } from "../simulator/socket.ts";
import { PageEvent, Target } from "./events.ts";
import type { FakePage } from "./page.ts";

/** One way, ms. */
export const DELAY = 10;
/** How long a browser waits for the closing handshake of a peer that is gone. */
const DEAD_CLOSE = 10_000;

const CONNECTING = 0;
const OPEN = 1;
const CLOSING = 2;
const CLOSED = 3;

export class Network extends LivePerson {
  /** Milliseconds that the domain service takes. */
  domainServiceDelay = 2 * DELAY;
  onNeverAnswered: () => void = () => {};

  fetch(url: string, answer: (response: { json(): Promise<unknown> } | undefined) => void): void {
    const { origin, pathname, search } = new URL(url);
    const answered = this.domainService(origin === "https://api.liveperson.net" ? pathname + search : url);
    if (answered === "never") return this.onNeverAnswered();
    const text = answered === "unreachable" ? undefined : typeof answered.body === "string" ? answered.body : JSON.stringify(answered.body);
    setTimeout(() => answer(text === undefined ? undefined : { json: async () => JSON.parse(text) }), this.domainServiceDelay);
  }
}

/** The browser's WebSocket on one side, the server's on the other. Close events come later than close(). */
export class FakeSocket extends Target {
  readonly url: string;
  readonly page: FakePage;
  readonly openedAt = Date.now();
  readyState = CONNECTING;
  /** Frames that the page was given, and that it sent, as JSON. */
  onDelivered: (text: string) => void = () => {};
  onSent: (text: string) => void = () => {};
  onClosing: () => void = () => {};
  /** It was not the page that closed it. */
  onLost: (code: number) => void = () => {};
  server: ConsumerSocket | undefined;
  stalled = false;
  #peer: Record<"message" | "close" | "error", (...values: any[]) => void> | undefined;
  [handler: string]: unknown;

  constructor(url: string, page: FakePage) {
    super((error) => page.errors.push(error));
    // Throws where it is no address.
    this.url = new URL(url).href;
    this.page = page;
    setTimeout(() => this.#handshake(), DELAY);
  }

  /** Connecting or open, as far as the page knows. */
  get inUse(): boolean {
    return this.readyState < CLOSING;
  }

  send(text: string): void {
    if (this.readyState === CONNECTING) throw new Error("InvalidStateError: still in CONNECTING state.");
    if (this.readyState !== OPEN) return;
    this.onSent(text);
    setTimeout(() => this.#peer?.message(text, false), DELAY);
  }

  close(): void {
    if (!this.inUse) return;
    const opened = this.readyState === OPEN;
    this.readyState = CLOSING;
    this.onClosing();
    setTimeout(() => this.#peer?.close(opened ? 1005 : 1006, ""), DELAY);
    // Even after the restored page's `pageshow`, and long after where nobody answers.
    setTimeout(() => this.#closed(opened ? 1005 : 1006), this.server?.dead || this.stalled ? DEAD_CLOSE : 3 * DELAY);
  }

  #handshake(): void {
    const { network } = this.page;
    if (this.readyState !== CONNECTING) return;
    const { hostname, pathname, search } = new URL(this.url);
    const refusal = network.refusal(hostname === network.host ? pathname + search : this.url);
    this.stalled = refusal === "stalled";
    if (refusal) return void (this.stalled || setTimeout(() => this.#closed(1006), DELAY));
    const peer: Record<string, (...values: any[]) => void> = {};
    let paused = false;
    let closed = false;
    const serverSide = {
      readyState: OPEN,
      on: (type: string, listener: (...values: any[]) => void) =>
        (peer[type] = (...values) => {
          if (!paused && !closed) listener(...values);
        }),
      send: (text: string) => void setTimeout(() => this.deliver(text), DELAY),
      close: (code = 1005) => {
        closed = true;
        setTimeout(() => this.#closed(code), DELAY);
      },
      terminate: () => {
        closed = true;
        // Where the network is gone the page hears nothing of it.
        if (!paused) setTimeout(() => this.#closed(1006), DELAY);
      },
      pause: () => {
        paused = true;
      },
    };
    this.server = network.accept(serverSide as unknown as ServerWebSocket);
    this.#peer = peer as Required<Record<"message" | "close" | "error", (...values: any[]) => void>>;
    setTimeout(
      () =>
        this.page.task(() => {
          if (this.readyState !== CONNECTING) return;
          this.readyState = OPEN;
          this.dispatchEvent(new PageEvent("open"));
        }),
      DELAY,
    );
  }

  /** A frame arrives, whoever sent it. */
  deliver(text: string): void {
    this.page.task(() => {
      if (this.readyState === OPEN) this.onDelivered(text);
      else if (this.readyState !== CLOSING || !this.page.deliversLate) return;
      this.dispatchEvent(new PageEvent("message", { data: text }));
    });
  }

  #closed(code: number): void {
    this.page.task(() => {
      if (this.readyState === CLOSED) return;
      if (this.inUse) this.onLost(code);
      this.readyState = CLOSED;
      if (code === 1006) this.dispatchEvent(new PageEvent("error"));
      this.dispatchEvent(new PageEvent("close", { code }));
    });
  }
}
