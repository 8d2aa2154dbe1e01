// One consumer's connection, from the opening handshake to the close.
import { WebSocket, type RawData } from "ws";
import { randomUUID } from "node:crypto";
import type { Change, Conversation } from "./conversations.ts";
import type { Faults } from "./faults.ts";
import { answer, InvalidRequest, parseFrame, printFrame, readCredentials, readRequest, readStates, type Frame, type Request } from "./frames.ts";
import type { Log } from "./log.ts";
import type { Tokens } from "./tokens.ts";

/** What a connection needs of the server around it. */
export interface Service {
  readonly faults: Faults;
  readonly log: Log;
  readonly tokens: Tokens;
  readonly idleTimeout: number;
  readonly initTimeout: number;
  now(): number;
  conversationsOf(consumerId: string): Conversation[];
  violation(sentence: string, socket: ConsumerSocket): void;
  initialised(socket: ConsumerSocket): void;
  closed(socket: ConsumerSocket): void;
}

const STRING_RESPONSE = ".ReqBody$StringResp";
/** Long enough that a request sent together with InitConnection arrives before its answer is on the way. */
const INIT_ANSWER_MS = 5;

export class ConsumerSocket {
  readonly id: number;
  /** On the server's clock, ms. */
  readonly openedAt: number;
  /** Whose it is, from InitConnection on. */
  consumerId: string | undefined;
  /** InitConnection has been answered with 200. */
  initialised = false;
  /** The subscription has been answered. */
  subscribed = false;
  /** Every request in order, valid or not. */
  readonly requests: Frame[] = [];
  /** Cut off by the fault `dead`: the page may have given it up long ago. */
  dead = false;

  #socket: WebSocket;
  #service: Service;
  #initReceived = false;
  #features: string[] = [];
  #subscriptions: { id: string; states: string[] }[] = [];
  #usedIds = new Set<string>();
  #held: { frame: Frame | string; sent: (() => void) | undefined }[] = [];
  #timers = new Set<ReturnType<typeof setTimeout>>();
  #idle: ReturnType<typeof setTimeout> | undefined;
  #over = false;

  constructor(id: number, socket: WebSocket, service: Service) {
    this.id = id;
    this.#socket = socket;
    this.#service = service;
    this.openedAt = service.now();
    socket.on("message", (data, isBinary) => this.#receive(data, isBinary));
    socket.on("close", (code, reason) => this.#closed("client", code, reason.toString()));
    // ws reports broken framing here; the close that follows says the rest.
    socket.on("error", (error) => service.violation(`The connection broke: ${error.message}.`, this));
    this.#restartIdleTimer();
    this.#later(service.initTimeout, () => {
      if (this.#initReceived || this.dead) return;
      service.violation(`No InitConnection within ${service.initTimeout} ms.`, this);
      this.drop(1008, "no InitConnection");
    });
    if (service.faults.dead) this.cutOff();
  }

  /** Open as the page sees it: not yet closing from either side. */
  get open(): boolean {
    return !this.dead && !this.#over && this.#socket.readyState === WebSocket.OPEN;
  }

  /** Sends a change to every subscription of this connection that it concerns. */
  notify(change: Change): void {
    for (const { id, states } of this.#subscriptions) {
      // A conversation that leaves OPEN is still told to those who watch the open ones.
      if (change.result.conversationDetails?.state === "OPEN" && !states.includes("OPEN")) continue;
      this.#send(this.#notification(id, [change]));
    }
  }

  sendRaw(text: string): void {
    this.#send(text);
  }

  /** Sends what was held back in silence. */
  flush(): void {
    for (const { frame, sent } of this.#held.splice(0)) this.#send(frame, sent);
  }

  cutOff(): void {
    this.dead = true;
    this.#socket.pause();
  }

  /** Closes it; to the server it is closed from here on, whenever the page agrees. */
  drop(code: number, reason: string): void {
    this.#closed("server", code, code === 1006 ? "" : reason);
    if (code === 1006 || this.dead) this.#socket.terminate();
    else if (code === 1005) this.#socket.close();
    else this.#socket.close(code, reason);
  }

  #receive(data: RawData, isBinary: boolean): void {
    if (this.#over) return;
    const text = data.toString();
    const frame = isBinary ? undefined : parseFrame(text);
    this.#service.log.add({ type: "in", socket: this.id, text, frame });
    this.#restartIdleTimer();
    if (frame) this.requests.push(frame);
    try {
      this.#handle(readRequest(frame, this.#usedIds));
    } catch (error) {
      if (!(error instanceof InvalidRequest)) throw error;
      this.#service.violation(error.message, this);
      this.#answer(answer(error.reqId, 400, STRING_RESPONSE, error.message));
    }
  }

  #handle(request: Request): void {
    if (request.type === "InitConnection") return this.#initialise(request);
    if (!this.initialised) {
      throw new InvalidRequest(`${request.type} came before InitConnection was answered.`, request.id);
    }
    if (request.type === "GetClock") {
      const { id } = request;
      return this.#answer(() => answer(id, 200, "GetClockResponse", { currentTime: Math.round(this.#service.now()) }));
    }
    return this.#subscribe(request);
  }

  #initialise(request: Request): void {
    if (this.#initReceived) throw new InvalidRequest("InitConnection came twice.", request.id);
    const { jwt, features } = readCredentials(request);
    this.#initReceived = true;
    this.#features = features;
    const { faults, tokens } = this.#service;
    const verdict = faults.refuseToken ? { refusal: faults.refuseToken } : tokens.check(jwt);
    if ("refusal" in verdict) {
      return this.#later(faults.latency + INIT_ANSWER_MS, () => this.drop(verdict.refusal, "token refused"));
    }
    if (faults.refuseInit) return this.#answer(answer(request.id, 401, STRING_RESPONSE, "Not authorised."));
    this.consumerId = verdict.consumerId;
    this.#answer(answer(request.id, 200, STRING_RESPONSE, "OK"), INIT_ANSWER_MS, () => {
      this.initialised = true;
      this.#service.initialised(this);
    });
  }

  #subscribe(request: Request): void {
    const subscription = { id: randomUUID(), states: readStates(request) };
    const response = answer(request.id, 200, "cqm.SubscribeExConversationsResponse", { subscriptionId: subscription.id });
    this.#answer(response, 0, () => {
      this.subscribed = true;
      this.#subscriptions.push(subscription);
      const matching = this.#service.conversationsOf(this.consumerId!).filter((conversation) => subscription.states.includes(conversation.state));
      if (matching.length)
        this.#send(
          this.#notification(
            subscription.id,
            matching.map((conversation) => conversation.change()),
          ),
        );
    });
  }

  #notification(subscriptionId: string, changes: Change[]): Frame {
    return {
      kind: "notification",
      type: `${this.#service.faults.notifyPrefix}.ExConversationChangeNotification`,
      body: { subscriptionId, changes: this.#features.includes("CO_BROWSE") ? changes : changes.map(withoutCobrowse) },
    };
  }

  /** Answers after the latency of the moment; `sent` runs right after. A function is called then, for what depends on the time. */
  #answer(frame: Frame | (() => Frame), atLeastMs = 0, sent?: () => void): void {
    const send = () => this.#send(typeof frame === "function" ? frame() : frame, sent);
    const wait = this.#service.faults.latency + atLeastMs;
    if (wait) this.#later(wait, send);
    else send();
  }

  #send(frame: Frame | string, sent?: () => void): void {
    if (this.#service.faults.silent) {
      this.#held.push({ frame, sent });
      return;
    }
    if (!this.open) return;
    const text = typeof frame === "string" ? frame : printFrame(frame, this.#service.faults.singleElements);
    this.#socket.send(text);
    this.#service.log.add({ type: "out", socket: this.id, text, frame: parseFrame(text) });
    sent?.();
  }

  #restartIdleTimer(): void {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.drop(1001, "nothing sent for too long"), this.#service.idleTimeout);
  }

  #later(ms: number, act: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, ms);
    this.#timers.add(timer);
  }

  #closed(by: "server" | "client", code: number, reason: string): void {
    if (this.#over) return;
    this.#over = true;
    clearTimeout(this.#idle);
    for (const timer of this.#timers) clearTimeout(timer);
    this.#service.closed(this);
    this.#service.log.add({ type: "close", socket: this.id, consumerId: this.consumerId, code, reason, by });
  }
}

/** Clients that do not announce the feature CO_BROWSE never hear of invitations. */
function withoutCobrowse(change: Change): Change {
  const { conversationDetails } = change.result;
  if (!conversationDetails) return change;
  const dialogs = conversationDetails.dialogs.filter((dialog) => dialog.channelType !== "COBROWSE");
  return { ...change, result: { ...change.result, conversationDetails: { ...conversationDetails, dialogs } } };
}
