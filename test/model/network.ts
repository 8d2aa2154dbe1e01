// The simulator's server in fake time: its sockets, conversations, tokens and faults, with a network of fixed delay
// in place of TCP.
import type { WebSocket as ServerWebSocket } from "ws";
import { Conversation, type Change } from "../simulator/conversations.ts";
import { Faults } from "../simulator/faults.ts";
import { Log } from "../simulator/log.ts";
import { CONSUMER } from "../simulator/simulator.ts";
import { ConsumerSocket, type Service } from "../simulator/socket.ts";
import { Tokens } from "../simulator/tokens.ts";
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

export class Network {
  readonly account = "56072331";
  readonly host = "va.msg.example";
  readonly faults: Faults;
  readonly conversations: Conversation[] = [];
  readonly violations: string[] = [];
  readonly log: Log;
  readonly tokens = new Tokens();
  /** How the domain service answers. */
  domainService: "ok" | "error" | "nonsense" | "never" | "unreachable" = "ok";
  /** Milliseconds that it takes. */
  domainServiceDelay = 2 * DELAY;
  onNeverAnswered: () => void = () => {};
  readonly #sockets: ConsumerSocket[] = [];
  readonly #service: Service;
  readonly #keepEndedDialogs: boolean;

  constructor({ clockOffset = 0, keepEndedDialogs = true } = {}) {
    this.#keepEndedDialogs = keepEndedDialogs;
    this.faults = new Faults(
      { sockets: () => [...this.#sockets], clockChanged: () => this.conversations.forEach((conversation) => conversation.reschedule()) },
      clockOffset,
    );
    this.log = new Log(() => this.now());
    this.#service = {
      faults: this.faults,
      log: this.log,
      tokens: this.tokens,
      idleTimeout: 60_000,
      initTimeout: 10_000,
      now: () => this.now(),
      conversationsOf: (consumerId) => this.conversations.filter((each) => each.consumerId === consumerId && !each.deleted),
      violation: (sentence) => void this.violations.push(sentence),
      initialised() {},
      closed: (socket) => void this.#sockets.splice(this.#sockets.indexOf(socket), 1),
    };
  }

  /** The server's clock, ms. */
  now(): number {
    return Date.now() + this.faults.clockOffset;
  }

  openConversation(): Conversation {
    const conversation = new Conversation(CONSUMER, {
      keepEndedDialogs: this.#keepEndedDialogs,
      now: () => this.now(),
      publish: (consumerId: string, change: Change) => {
        for (const socket of [...this.#sockets]) if (socket.consumerId === consumerId) socket.notify(change);
      },
      note() {},
    });
    this.conversations.push(conversation);
    return conversation;
  }

  issueToken(): string {
    return this.tokens.issue(CONSUMER, this.now());
  }

  /** What a page published reaches the agent, who sees the answer to what is pending in that conversation. */
  lpTagEvent(name: string, serviceId: string): void {
    const arrive = this.conversations.find((each) => each.serviceId === serviceId)?.answer(name);
    if (arrive && this.faults.answerDelay) setTimeout(arrive, this.faults.answerDelay);
    else arrive?.();
  }

  /** Every fault ends. */
  recover(): void {
    Object.assign(this.faults, {
      down: false,
      dead: false,
      silent: false,
      stallOpening: false,
      latency: 0,
      answerDelay: 0,
      refuseToken: undefined,
      refuseInit: false,
      refuseSubscription: undefined,
      throwOut: undefined,
    });
    this.domainService = "ok";
  }

  accept(socket: ServerWebSocket): ConsumerSocket {
    const accepted = new ConsumerSocket(0, socket, this.#service);
    this.#sockets.push(accepted);
    return accepted;
  }

  fetch(url: string, answer: (response: { json(): Promise<unknown> } | undefined) => void): void {
    const { domainService } = this;
    if (domainService === "never" || this.faults.dead) return this.onNeverAnswered();
    const known = url === `https://api.liveperson.net/api/account/${this.account}/service/asyncMessagingEnt/baseURI.json?version=1.0`;
    if (!known) this.violations.push(`No such resource: ${url}`);
    setTimeout(() => {
      if (domainService === "unreachable" || this.faults.down) answer(undefined);
      else if (domainService === "nonsense") answer({ json: () => Promise.reject(new SyntaxError("Unexpected token '<'")) });
      else if (domainService === "error") answer({ json: () => Promise.resolve({ error: "Internal error." }) });
      else answer({ json: () => Promise.resolve({ service: "asyncMessagingEnt", account: this.account, baseURI: this.host }) });
    }, this.domainServiceDelay);
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
    if (network.faults.stallOpening) {
      this.stalled = true;
      return;
    }
    if (network.faults.down) return void setTimeout(() => this.#closed(1006), DELAY);
    if (hostname !== network.host || pathname + search !== `/ws_api/account/${network.account}/messaging/consumer?v=3`) {
      network.violations.push(`No such socket: ${this.url}`);
      return void setTimeout(() => this.#closed(1006), DELAY);
    }
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
