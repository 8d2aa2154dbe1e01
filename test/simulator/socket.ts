// One consumer's connection, from the opening handshake to the close.
import { WebSocket, type RawData } from "ws";
import { randomUUID } from "node:crypto";
import { STATUS_CODES } from "node:http";
import type { Change } from "./conversations.ts";
import {
  answer,
  InvalidRequest,
  parseFrame,
  printFrame,
  readAnyRequest,
  readCredentials,
  readRequest,
  readStates,
  STRING_RESPONSE,
  type Frame,
  type Request,
  type RequestType,
} from "./frames.ts";
import type { LivePerson } from "./liveperson.ts";
import type { MessagingEvent } from "./messaging.ts";

/** A subscription to conversations: those in one of these states, and which it has been told of. */
interface Subscription {
  id: string;
  states: string[];
  told: Set<string>;
}

/** Long enough that a request sent together with InitConnection arrives before its answer is on the way. */
const INIT_ANSWER_MS = 5;
/** An answer's text has at most so many characters (V). */
const LONGEST_STRING = 128;
/** Long enough that what was sent before gets there. */
const THROW_OUT_MS = 5;

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
  /** What its InitConnection has announced. */
  features: string[] = [];
  /** The dialogs whose messages it has subscribed to, as only a messaging window does. */
  readonly messagesOf = new Set<string>();
  /** Cut off by the fault `dead`: the page may have given it up long ago. */
  dead = false;

  #socket: WebSocket;
  #livePerson: LivePerson;
  #initReceived = false;
  #subscriptions: Subscription[] = [];
  #usedIds = new Set<string>();
  #held: { frame: Frame | string; sent: (() => void) | undefined }[] = [];
  #timers = new Set<ReturnType<typeof setTimeout>>();
  #idle: ReturnType<typeof setTimeout> | undefined;
  #over = false;

  constructor(id: number, socket: WebSocket, livePerson: LivePerson) {
    this.id = id;
    this.#socket = socket;
    this.#livePerson = livePerson;
    this.openedAt = livePerson.now();
    socket.on("message", (data, isBinary) => this.#receive(data, isBinary));
    socket.on("close", (code, reason) => this.#closed("client", code, reason.toString()));
    // ws reports broken framing here; the close that follows says the rest.
    socket.on("error", (error) => livePerson.violation(`The connection broke: ${error.message}.`, this));
    this.#restartIdleTimer();
    this.#later(livePerson.initTimeout, () => {
      if (this.#initReceived || this.dead) return;
      livePerson.violation(`No InitConnection within ${livePerson.initTimeout} ms.`, this);
      this.drop(1008, "no InitConnection");
    });
    if (livePerson.faults.dead) this.cutOff();
  }

  /** Open as the page sees it: not yet closing from either side. */
  get open(): boolean {
    return !this.dead && !this.#over && this.#socket.readyState === WebSocket.OPEN;
  }

  /** Sends a change to every subscription of this connection that it concerns. */
  notify(change: Change): void {
    const { type, result } = change;
    const { convId, conversationDetails } = result;
    for (const { id, states, told } of this.#subscriptions) {
      const matches = type === "UPSERT" && states.includes(conversationDetails!.state);
      if (!matches && !told.has(convId)) continue;
      this.#send(this.#notification(id, [change]));
      if (matches) told.add(convId);
      else {
        told.delete(convId);
        if (type === "UPSERT") this.#send(this.#notification(id, [{ type: "DELETE", result: { convId } }]));
      }
    }
  }

  /** Sends what was published to a dialog, if this connection has subscribed to that. */
  notifyMessages(dialogId: string, changes: MessagingEvent[]): void {
    if (this.messagesOf.has(dialogId)) this.#send({ kind: "notification", type: "ms.MessagingEventNotification", body: { dialogId, changes } });
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
    this.#livePerson.history.add({ type: "in", socket: this.id, text, frame });
    this.#restartIdleTimer();
    if (frame) this.requests.push(frame);
    try {
      this.#handle(this.#livePerson.messaging ? readAnyRequest(frame) : readRequest(frame, this.#usedIds));
    } catch (error) {
      if (!(error instanceof InvalidRequest)) throw error;
      this.#livePerson.violation(error.message, this);
      this.#answer(answer(error.reqId, 400, STRING_RESPONSE, error.message.slice(0, LONGEST_STRING)));
    }
  }

  #handle(request: Request): void {
    const { id, type } = request;
    if (type === "InitConnection") return this.#initialise(request);
    if (!this.initialised) throw new InvalidRequest(`${type} came before InitConnection was answered.`, id);
    if (type === "cqm.SubscribeExConversations") return this.#subscribe(request);
    if (type === "GetClock") {
      const clock = () => answer(id, 200, "GetClockResponse", { currentTime: Math.round(this.#livePerson.now()) });
      return this.#answer(clock, 0, () => this.#throwOutAfter("GetClock"));
    }
    // Only other clients get here.
    const { frame, sent } = this.#livePerson.messaging!.reply(request, this);
    return this.#answer(frame, 0, sent);
  }

  #initialise(request: Request): void {
    if (this.#initReceived) throw new InvalidRequest("InitConnection came twice.", request.id);
    const { faults, tokens } = this.#livePerson;
    const { jwt, features } = readCredentials(request);
    this.#initReceived = true;
    this.features = features;
    const verdict = faults.refuseToken ? { refusal: faults.refuseToken } : tokens.check(jwt);
    if ("refusal" in verdict) {
      return this.#later(faults.latency + INIT_ANSWER_MS, () => this.drop(verdict.refusal, "token refused"));
    }
    if (faults.refuseInit) return this.#refuse(request, faults.refuseInit === true ? 401 : faults.refuseInit);
    this.consumerId = verdict.consumerId;
    this.#answer(answer(request.id, 200, STRING_RESPONSE, "OK"), INIT_ANSWER_MS, () => {
      this.initialised = true;
      this.#livePerson.initialised(this);
      this.#throwOutAfter("InitConnection");
    });
  }

  #subscribe(request: Request): void {
    const { faults } = this.#livePerson;
    const states = readStates(request);
    if (faults.refuseSubscription) return this.#refuse(request, faults.refuseSubscription);
    const id = randomUUID();
    const response = answer(request.id, 200, "cqm.SubscribeExConversationsResponse", { subscriptionId: id });
    this.#answer(response, 0, () => {
      this.subscribed = true;
      const matching = this.#livePerson.conversationsOf(this.consumerId!).filter(({ state }) => states.includes(state));
      this.#subscriptions.push({ id, states, told: new Set(matching.map(({ convId }) => convId)) });
      const changes = matching.map((conversation) => conversation.change());
      this.#send(this.#notification(id, changes));
      this.#throwOutAfter("cqm.SubscribeExConversations");
    });
  }

  #refuse({ id }: Request, code: number): void {
    this.#answer(answer(id, code, STRING_RESPONSE, STATUS_CODES[code]));
  }

  /** A request of this type has been answered as it should. */
  #throwOutAfter(type: RequestType): void {
    const { throwOut, throwOutAfter } = this.#livePerson.faults;
    if (throwOut && throwOutAfter === type) this.#later(THROW_OUT_MS, () => this.drop(throwOut, "thrown out by the simulator"));
  }

  #notification(subscriptionId: string, changes: Change[]): Frame {
    return {
      kind: "notification",
      type: `${this.#livePerson.faults.notifyPrefix}.ExConversationChangeNotification`,
      body: {
        subscriptionId,
        sentTs: Math.round(this.#livePerson.now()),
        changes: this.features.includes("CO_BROWSE") ? changes : changes.map(withoutCobrowse),
      },
    };
  }

  /** Answers after the latency of the moment; `sent` runs right after. A function is called then, for what depends on the time. */
  #answer(frame: Frame | (() => Frame), atLeastMs = 0, sent?: () => void): void {
    const send = () => this.#send(typeof frame === "function" ? frame() : frame, sent);
    const wait = this.#livePerson.faults.latency + atLeastMs;
    if (wait) this.#later(wait, send);
    else send();
  }

  #send(frame: Frame | string, sent?: () => void): void {
    if (this.#livePerson.faults.silent) {
      this.#held.push({ frame, sent });
      return;
    }
    if (!this.open) return;
    const text = typeof frame === "string" ? frame : printFrame(frame, this.#livePerson.faults.singleElements);
    this.#socket.send(text);
    this.#livePerson.history.add({ type: "out", socket: this.id, text, frame: parseFrame(text) });
    sent?.();
  }

  #restartIdleTimer(): void {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.drop(1001, "nothing sent for too long"), this.#livePerson.idleTimeout);
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
    this.#livePerson.closed(this);
    this.#livePerson.history.add({ type: "close", socket: this.id, consumerId: this.consumerId, code, reason, by });
  }
}

/** Clients that do not announce the feature CO_BROWSE never hear of invitations. */
function withoutCobrowse(change: Change): Change {
  const { conversationDetails } = change.result;
  if (!conversationDetails) return change;
  const dialogs = conversationDetails.dialogs.filter((dialog) => dialog.channelType !== "COBROWSE");
  return { ...change, result: { ...change.result, conversationDetails: { ...conversationDetails, dialogs } } };
}
