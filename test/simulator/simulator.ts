/**
 * A strict UMS for consumers: LivePerson's side of co-browsing in one Node process, for unit tests, browser tests,
 * the demo and the soak.
 *
 *     const simulator = await startSimulator();
 *     page.config({ account: simulator.account, server: simulator.origin, jwt: simulator.issueToken() });
 *     const invitation = simulator.openConversation().invite({ mode: "view" });
 *     await simulator.waitFor((entry) => entry.type === "lpTag" && entry.name === "cobrowseAccepted");
 *     assert.equal(simulator.violations, []);
 *     await simulator.close();
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import { Conversation, type Change } from "./conversations.ts";
import { Faults } from "./faults.ts";
import { route } from "./http.ts";
import { Log, type LogEntry } from "./log.ts";
import { Messaging } from "./messaging.ts";
import { ConsumerSocket, type Service } from "./socket.ts";
import { Tokens, type RefusalCode } from "./tokens.ts";

export type { Conversation, Invitation, InviteOptions } from "./conversations.ts";
export { AGENT, SECRETS } from "./conversations.ts";
export type { Faults } from "./faults.ts";
export type { Frame } from "./frames.ts";
export { LP_TAG_EVENT_PATH } from "./http.ts";
export type { LogEntry, SessionStep } from "./log.ts";
export type { ConsumerSocket } from "./socket.ts";

export interface SimulatorOptions {
  /** 0, any free port, unless told. */
  port?: number;
  /** Where it listens: only on 127.0.0.1 unless told. */
  host?: string;
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
  /** More routes on the same port, asked first; true if it answered. */
  handle?: (req: IncomingMessage, res: ServerResponse) => boolean;
}

export interface Simulator {
  readonly account: string;
  readonly port: number;
  /** ws://127.0.0.1:PORT unless it listens elsewhere, for `server` in the config. */
  readonly origin: string;
  readonly httpOrigin: string;
  readonly faults: Faults;
  /** The connections open now, oldest first. */
  readonly sockets: ConsumerSocket[];
  readonly conversations: Conversation[];
  readonly totals: Totals;
  /** One sentence for each thing a page did that LivePerson would reject. Empty is what tests want. */
  readonly violations: string[];
  /** The newest 10,000 entries at least, oldest first. */
  readonly log: readonly LogEntry[];
  /** The server's clock, ms. */
  now(): number;
  /** A new token in the shape of a JWT. It holds until revokeTokens(). */
  issueToken(consumerId?: string): string;
  /** Tokens issued until now are refused from here on; connections that are open stay. */
  revokeTokens(code?: RefusalCode): void;
  openConversation(consumerId?: string): Conversation;
  /** What the page published on lpTag. Answers a pending invitation of the conversation that serviceId names. */
  lpTagEvent(name: string, data: Record<string, unknown>): void;
  /** Every later entry, until the returned function is called. */
  on(listener: (entry: LogEntry) => void): () => void;
  /**
   * The next entry that the predicate likes, past or to come. Reading goes forward only: an entry that an earlier
   * waitFor() returned, and those before it, are never looked at again, so that consecutive calls read as history.
   * Calls that wait side by side start from the same place. Rejects after 5 s unless told, with the latest entries.
   */
  waitFor<E extends LogEntry>(predicate: (entry: LogEntry) => entry is E, timeoutMs?: number): Promise<E>;
  waitFor(predicate: (entry: LogEntry) => boolean, timeoutMs?: number): Promise<LogEntry>;
  /** Makes waitFor() look only at what comes from here on. */
  skip(): void;
  close(): Promise<void>;
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

/** The consumer of the protocol's examples. */
export const CONSUMER = "cc05f2b9-916b-496e-89fe-66a46d975ae2";

export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const {
    account = "56072331",
    host: address = "127.0.0.1",
    clockOffset = 0,
    keepEndedDialogs = true,
    idleTimeout = 60_000,
    initTimeout = 10_000,
    lenient = false,
  } = options;
  const sockets: ConsumerSocket[] = [];
  const conversations: Conversation[] = [];
  const violations: string[] = [];
  const totals: Totals = { opened: 0, refused: 0, mostOpen: 0, mostOpenOf: {} };
  const faults = new Faults(
    { sockets: () => [...sockets], clockChanged: () => conversations.forEach((conversation) => conversation.reschedule()) },
    clockOffset,
  );
  const now = () => Date.now() + faults.clockOffset;
  const log = new Log(now);
  const tokens = new Tokens();
  const answers = new Set<ReturnType<typeof setTimeout>>();

  function openConversation(consumerId: string, features?: readonly string[]): Conversation {
    const conversation = new Conversation(consumerId, host, features);
    conversations.push(conversation);
    return conversation;
  }

  const conversationsOf = (consumerId: string) => conversations.filter((each) => each.consumerId === consumerId && !each.deleted);

  const service: Service = {
    faults,
    log,
    tokens,
    idleTimeout,
    initTimeout,
    ...(lenient && { messaging: new Messaging({ now, sockets: () => [...sockets], conversationsOf, openConversation }) }),
    now,
    conversationsOf,
    violation(sentence, socket) {
      violations.push(sentence);
      log.add({ type: "violation", socket: socket.id, sentence });
    },
    initialised({ consumerId }) {
      const open = sockets.filter((each) => each.open && each.consumerId === consumerId).length;
      totals.mostOpenOf[consumerId!] = Math.max(open, totals.mostOpenOf[consumerId!] ?? 0);
    },
    closed(socket) {
      sockets.splice(sockets.indexOf(socket), 1);
    },
  };

  const host = {
    keepEndedDialogs,
    now,
    publish(consumerId: string, change: Change) {
      for (const socket of [...sockets]) if (socket.consumerId === consumerId) socket.notify(change);
    },
    note: (convId: string, dialogId: string | undefined, step: Extract<LogEntry, { type: "session" }>["step"]) =>
      log.add({ type: "session", convId, dialogId, step }),
  };

  function lpTagEvent(name: string, data: Record<string, unknown>): void {
    const conversation = conversations.find((each) => each.serviceId === data.serviceId);
    log.add({ type: "lpTag", name, data, known: conversation !== undefined });
    // A serviceId names a conversation only: the answer is to what is pending there, unless it says to which dialog. One
    // that comes late is then not taken for the answer to the next invitation.
    const arrive = conversation?.answer(name, data.dialogId);
    if (!arrive || !faults.answerDelay) return arrive?.();
    const timer = setTimeout(() => {
      answers.delete(timer);
      arrive();
    }, faults.answerDelay);
    answers.add(timer);
  }

  const server = createServer((req, res) => {
    if (options.handle?.(req, res)) return;
    if (route(req, res, { account, faults, log, host: authority, lpTagEvent })) return;
    res.writeHead(404).end();
  });
  const webSockets = new WebSocketServer({ noServer: true });

  server.on("upgrade", (req: IncomingMessage, stream: Duplex, head: Buffer) => {
    const url = req.url ?? "";
    const refuse = (reason: string, status?: string) => {
      totals.refused++;
      log.add({ type: "refused", url, reason });
      if (status) stream.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
    };
    // Unheard, a peer that goes away here would end the process.
    stream.on("error", () => stream.destroy());
    if (faults.down) {
      refuse("down");
      stream.destroy();
    } else if (faults.stallOpening) {
      refuse("stalled");
    } else if (url !== `/ws_api/account/${account}/messaging/consumer?v=3`) {
      violations.push(`No such socket: ${url}`);
      refuse("no such path, account or version", "404 Not Found");
    } else {
      webSockets.handleUpgrade(req, stream, head, (webSocket) => {
        const socket = new ConsumerSocket(++totals.opened, webSocket, service);
        sockets.push(socket);
        log.add({ type: "open", socket: socket.id });
        totals.mostOpen = Math.max(totals.mostOpen, sockets.filter((socket) => socket.open).length);
      });
    }
  });

  // Unlike closeAllConnections(), this also covers what was upgraded or stalls.
  const streams = new Set<Duplex>();
  server.on("connection", (stream) => {
    streams.add(stream);
    stream.on("close", () => streams.delete(stream));
  });

  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, address, resolve);
  });
  const { port } = server.address() as AddressInfo;
  // What listens everywhere is reached from this machine as before.
  const authority = `${/^(0\.0\.0\.0|::)$/.test(address) ? "127.0.0.1" : address.includes(":") ? `[${address}]` : address}:${port}`;

  return {
    account,
    port,
    origin: `ws://${authority}`,
    httpOrigin: `http://${authority}`,
    faults,
    sockets,
    conversations,
    totals,
    violations,
    log: log.entries,
    now,
    issueToken: (consumerId = CONSUMER) => tokens.issue(consumerId, now()),
    revokeTokens: (code = 4401) => tokens.revokeAll(code),
    openConversation: (consumerId = CONSUMER) => openConversation(consumerId),
    lpTagEvent,
    on: (listener) => log.on(listener),
    waitFor: (predicate: (entry: LogEntry) => boolean, timeoutMs?: number): Promise<any> => log.waitFor(predicate, timeoutMs),
    skip: () => log.skip(),
    async close() {
      for (const conversation of conversations) conversation.dispose();
      for (const timer of answers) clearTimeout(timer);
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of [...sockets]) socket.drop(1006, "the simulator closed");
      for (const stream of streams) stream.destroy();
      await closed;
    },
  };
}
