// What can go wrong on LivePerson's side, to be switched on and off while pages are connected.
import type { RequestType } from "./frames.ts";
import type { LivePerson } from "./liveperson.ts";
import type { ConsumerSocket } from "./socket.ts";
import type { RefusalCode } from "./tokens.ts";

export class Faults {
  /** Milliseconds that every answer is late. */
  latency = 0;
  /** Closes the connection with this code after InitConnection, whatever the token. */
  refuseToken: RefusalCode | undefined;
  /** Answers InitConnection with this code; `true` is 401. */
  refuseInit: boolean | number = false;
  /** Answers SubscribeExConversations with this code. */
  refuseSubscription: number | undefined;
  /** Closes each connection with this code as soon as it has got the answer that `throwOutAfter` names: let in, and thrown out. */
  throwOut: number | undefined;
  throwOutAfter: RequestType = "InitConnection";
  /**
   * Milliseconds from a page's lpTag event until its dialog changes: it passes the tag, the co-browse server and the agent's client. A
   * page that loads meanwhile is still told INVITED.
   */
  answerDelay = 0;
  /** TCP connects, the WebSocket handshake is never answered. */
  stallOpening = false;
  /** How the domain service answers: as it should, with a 500, with something that is no baseURI, never, or by breaking the connection. */
  csds: "ok" | "error" | "nonsense" | "never" | "unreachable" = "ok";
  /** Before ExConversationChangeNotification: the documents print both. */
  notifyPrefix: "cqm" | "aam" = "cqm";
  /** Lists with one element are sent as that element. */
  singleElements = false;

  #silent = false;
  #dead = false;
  #down = false;
  #clockOffset: number;
  #livePerson: LivePerson;

  constructor(livePerson: LivePerson, clockOffset: number) {
    this.#livePerson = livePerson;
    this.#clockOffset = clockOffset;
  }

  get #sockets(): ConsumerSocket[] {
    return [...this.#livePerson.sockets];
  }

  /**
   * The server reads but says nothing, on open and on new connections. What it would have said comes when this ends,
   * as after a stall of the network.
   */
  get silent(): boolean {
    return this.#silent;
  }
  set silent(on: boolean) {
    this.#silent = on;
    if (!on) for (const socket of this.#sockets) socket.flush();
  }

  /**
   * The network is gone without a word: nothing is read either, not even a closing handshake, so a page that
   * closes such a connection waits long for its `close` event, and the domain service does not answer. The connections open now stay so for ever; new ones
   * are born so while this is on.
   */
  get dead(): boolean {
    return this.#dead;
  }
  set dead(on: boolean) {
    this.#dead = on;
    if (on) for (const socket of this.#sockets) socket.cutOff();
  }

  /** Connections break, new ones are refused, and the domain service answers 503. */
  get down(): boolean {
    return this.#down;
  }
  set down(on: boolean) {
    this.#down = on;
    if (on) this.drop();
  }

  /** Milliseconds that the server's clock is ahead of this machine's. Pending invitations end by the new clock. */
  get clockOffset(): number {
    return this.#clockOffset;
  }
  set clockOffset(offset: number) {
    this.#clockOffset = offset;
    for (const conversation of this.#livePerson.conversations) conversation.reschedule();
  }

  /** Ends all connections, or one, with a close code; 1006, which no frame can carry, breaks them. */
  drop(code = 1006, socket?: ConsumerSocket): void {
    for (const each of socket ? [socket] : this.#sockets) each.drop(code, "dropped by the simulator");
  }

  /** Sends a text as it is to all connections. */
  sendRaw(text: string): void {
    for (const socket of this.#sockets) socket.sendRaw(text);
  }

  /** Everything works again. What the server's way of talking is, its clock too, stays. */
  recover(): void {
    this.down = this.dead = this.silent = this.stallOpening = false;
    this.latency = this.answerDelay = 0;
    this.refuseInit = false;
    this.refuseToken = this.refuseSubscription = this.throwOut = undefined;
    this.csds = "ok";
  }
}
