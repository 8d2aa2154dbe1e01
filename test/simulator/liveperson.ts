// LivePerson's side of co-browsing, however its frames travel: simulator.ts carries them by TCP, model/network.ts in fake time.
import type { WebSocket } from "ws";
import { Conversation, type Change } from "./conversations.ts";
import { Faults } from "./faults.ts";
import { Log } from "./log.ts";
import { Messaging } from "./messaging.ts";
import { ConsumerSocket } from "./socket.ts";
import { Tokens, type RefusalCode } from "./tokens.ts";

/** The consumer of the protocol's examples. */
export const CONSUMER = "cc05f2b9-916b-496e-89fe-66a46d975ae2";

export interface LivePersonOptions {
  account?: string;
  /** Milliseconds that the server's clock is ahead of this machine's. */
  clockOffset?: number;
  /** Whether a later snapshot still shows ended dialogs, in the bare form. True unless told. */
  keepEndedDialogs?: boolean;
  /** After which silence of the page its connection is closed: 60 s, as LivePerson's. */
  idleTimeout?: number;
  /** How long InitConnection may take: 10 s. */
  initTimeout?: number;
  /**
   * Also answers clients other than the snippet, such as a messaging window of the site's own: ids may be numbers and repeat,
   * InitConnection needs no more than the jwt, conversations can be started and written in, and a request that nobody here knows is
   * answered with 400 and is no violation.
   */
  lenient?: boolean;
}

export interface Totals {
  /** Connections ever opened. */
  opened: number;
  /** Openings refused or never answered. */
  refused: number;
  /** The most connections that were open at the same time, whoever's. */
  mostOpen: number;
  /** The same for each consumer, counted from InitConnection on. */
  mostOpenOf: Record<string, number>;
}

export type Refusal = "down" | "stalled" | "no such path, account or version";

export class LivePerson {
  readonly account: string;
  /** Where its UMS is, as the domain service tells. */
  host = "va.msg.example";
  readonly keepEndedDialogs: boolean;
  readonly idleTimeout: number;
  readonly initTimeout: number;
  readonly faults: Faults;
  readonly tokens = new Tokens();
  /** Where it is, clients other than the snippet are answered too. */
  readonly messaging: Messaging | undefined;
  /** The connections open now, oldest first. */
  readonly sockets: ConsumerSocket[] = [];
  readonly conversations: Conversation[] = [];
  readonly totals: Totals = { opened: 0, refused: 0, mostOpen: 0, mostOpenOf: {} };
  /** One sentence for each thing a page did that LivePerson would reject. Empty is what tests want. */
  readonly violations: string[] = [];
  readonly history = new Log(() => this.now());
  readonly log = this.history.entries;
  readonly on = this.history.on.bind(this.history);
  readonly waitFor = this.history.waitFor.bind(this.history);
  readonly skip = this.history.skip.bind(this.history);
  /** Answers of visitors on their way to the agent. */
  readonly #answers = new Set<ReturnType<typeof setTimeout>>();

  constructor(options: LivePersonOptions = {}) {
    const { account = "56072331", clockOffset = 0, keepEndedDialogs = true, idleTimeout = 60_000, initTimeout = 10_000, lenient } = options;
    this.account = account;
    this.keepEndedDialogs = keepEndedDialogs;
    this.idleTimeout = idleTimeout;
    this.initTimeout = initTimeout;
    this.faults = new Faults(this, clockOffset);
    this.messaging = lenient ? new Messaging(this) : undefined;
  }

  /** The server's clock, ms. */
  now(): number {
    return Date.now() + this.faults.clockOffset;
  }

  /** A new token in the shape of a JWT. It holds until revokeTokens(). */
  issueToken(consumerId = CONSUMER): string {
    return this.tokens.issue(consumerId, this.now());
  }

  /** Tokens issued until now are refused from here on; connections that are open stay. */
  revokeTokens(code: RefusalCode = 4401): void {
    this.tokens.revokeAll(code);
  }

  openConversation(consumerId = CONSUMER): Conversation {
    const conversation = new Conversation(consumerId, this);
    this.conversations.push(conversation);
    return conversation;
  }

  conversationsOf(consumerId: string): Conversation[] {
    return this.conversations.filter((conversation) => conversation.consumerId === consumerId && !conversation.deleted);
  }

  /** Tells all the consumer's connections of a change. */
  publish(consumerId: string, change: Change): void {
    for (const socket of [...this.sockets]) if (socket.consumerId === consumerId) socket.notify(change);
  }

  /** Why an opening handshake is refused, or never answered where that is "stalled"; undefined where it is completed. */
  refusal(path: string): Refusal | undefined {
    const known = path === `/ws_api/account/${this.account}/messaging/consumer?v=3`;
    const reason = this.faults.down ? "down" : this.faults.stallOpening ? "stalled" : known ? undefined : "no such path, account or version";
    if (!reason) return undefined;
    if (!known) this.violations.push(`No such socket: ${path}`);
    this.totals.refused++;
    this.history.add({ type: "refused", url: path, reason });
    return reason;
  }

  accept(webSocket: WebSocket): ConsumerSocket {
    const { sockets, totals } = this;
    const socket = new ConsumerSocket(++totals.opened, webSocket, this);
    sockets.push(socket);
    this.history.add({ type: "open", socket: socket.id });
    totals.mostOpen = Math.max(totals.mostOpen, sockets.filter(({ open }) => open).length);
    return socket;
  }

  /** InitConnection was answered with 200. */
  initialised({ consumerId }: ConsumerSocket): void {
    const { mostOpenOf } = this.totals;
    const open = this.sockets.filter((socket) => socket.open && socket.consumerId === consumerId).length;
    mostOpenOf[consumerId!] = Math.max(open, mostOpenOf[consumerId!] ?? 0);
  }

  closed(socket: ConsumerSocket): void {
    this.sockets.splice(this.sockets.indexOf(socket), 1);
  }

  violation(sentence: string, socket: ConsumerSocket): void {
    this.violations.push(sentence);
    this.history.add({ type: "violation", socket: socket.id, sentence });
  }

  /** How the domain service answers a request. */
  domainService(path: string): { status: number; body: unknown } | "never" | "unreachable" {
    const { account, faults } = this;
    if (faults.dead || faults.csds === "never") return "never";
    if (faults.csds === "unreachable") return "unreachable";
    if (faults.down) return { status: 503, body: { error: "Service unavailable." } };
    const { pathname, searchParams } = new URL(path, "http://domain-service");
    const reject = (status: number, error: string) => {
      this.violations.push(`No such resource: ${path}`);
      return { status, body: { error } };
    };
    if (!pathname.startsWith(`/api/account/${account}/`)) return reject(401, "Unknown account.");
    if (pathname !== `/api/account/${account}/service/asyncMessagingEnt/baseURI.json`) return reject(404, "Unknown service.");
    if (searchParams.get("version") !== "1.0") return reject(400, "version must be 1.0.");
    if (faults.csds === "error") return { status: 500, body: { error: "Internal error." } };
    if (faults.csds === "nonsense") return { status: 200, body: "<html>Not what you asked for.</html>" };
    return { status: 200, body: { service: "asyncMessagingEnt", account, baseURI: this.host } };
  }

  /** What a page published on lpTag reaches the agent: the answer to what is pending in the conversation that serviceId names. */
  lpTagEvent(name: string, data: Record<string, unknown>): void {
    const conversation = this.conversations.find(({ serviceId }) => serviceId === data.serviceId);
    this.history.add({ type: "lpTag", name, data, known: conversation !== undefined });
    const invitation = conversation?.pending(data.dialogId);
    if (!this.faults.answerDelay) return invitation?.answer(name);
    const timer = setTimeout(() => {
      this.#answers.delete(timer);
      invitation?.answer(name);
    }, this.faults.answerDelay);
    this.#answers.add(timer);
  }

  /** Every fault ends. */
  recover(): void {
    this.faults.recover();
  }

  /** Nothing happens by itself any more. */
  dispose(): void {
    for (const conversation of this.conversations) conversation.dispose();
    for (const timer of this.#answers) clearTimeout(timer);
    for (const socket of [...this.sockets]) socket.drop(1006, "");
  }
}
