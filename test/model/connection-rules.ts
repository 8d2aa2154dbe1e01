// What has to hold for the connection: when it may be tried, asked and given up, and what is reported of it. Checked after every task.
import { DELAY, type FakeSocket } from "./network.ts";
import type { FakePage } from "./page.ts";
import type { Provider } from "./provider.ts";
import type { Story } from "./story.ts";

const HEARTBEAT = 30_000;
/** How soon a connection has to answer that was asked because it may have died in sleep. */
const ALIVE_WITHIN = 5_000;
const HIDDEN_FOR = 30_000;
const SHORTEST_WAIT = 1_000;
/** Until the waits grow no more. */
const DOUBLINGS = 7;
export const LONGEST_WAIT = SHORTEST_WAIT * (1 + 2 ** DOUBLINGS);
/** A token provider or a domain service that has not answered by then is asked again. */
const GIVE_UP = 30_000;
/** From the beginning of a try to the subscription, in a network that works. */
const CONNECTING = 5_000;
const TOLD_AFTER = 3;
/** Timers and frames of the same moment come in any order. */
export const SLACK = 5 * DELAY;
/** The codes that blame the token: closing the connection, and refusing a request. */
const BLAMING = [4401, 4407, 401, 403, 407];

interface Request {
  type: string;
  at: number;
  answered: boolean;
  /** How long it may stay without an answer. */
  patience: number;
}

/** One connection as the page can see it. */
interface Seen {
  requests: Map<string, Request>;
  latest: Request | undefined;
  /** To requests that were the latest then: what was asked again is answered again. */
  clockAnswers: number;
  subscribed: boolean;
  refused: boolean;
}

/** The failures since a connection has lasted, as far as they can be seen from outside. */
interface Row {
  /** Look-ups of a token. Each but the present one may have failed. */
  attempts: number;
  /** Connections that were certainly lost or refused. */
  failures: number;
  blamed: boolean;
  /** What was tried has been reported. */
  told: boolean;
}

/** What the connection's frames tell of everything else. */
export interface Listening {
  clock(socket: FakeSocket, currentTime: number, first: boolean): void;
  change(socket: FakeSocket, change: any): void;
}

export class ConnectionRules {
  stopped = false;
  left = false;
  /** What the page's Math.random gave last. */
  drawn = 0;
  readonly #page: FakePage;
  readonly #provider: Provider;
  readonly #story: Story;
  readonly #listening: Listening;
  #seen = new Map<FakeSocket, Seen>();
  #hiddenSince: number | undefined;
  /** start() is running: it may close a good connection. */
  #starting = false;
  /** What happened to the page, and no wait, makes it connect. */
  #caused = true;
  #connectsBy: number | undefined;
  #row: Row = { attempts: 0, failures: 0, blamed: false, told: false };
  #lastAttempt = -Infinity;
  /** The latest failure, if it is certain, with the least and the most failures before it. */
  #lost: { at: number; least: number; most: number } | undefined;
  /** A token was refused with that code, and it is not reported yet. */
  #blaming: number | undefined;
  #fineSince: number | undefined;
  /** Until then a look-up may hang that was begun when its provider hung. */
  #hungUntil = 0;

  constructor(page: FakePage, provider: Provider, story: Story, listening: Listening) {
    this.#page = page;
    this.#provider = provider;
    this.#story = story;
    this.#listening = listening;
    if (page.document.hidden) this.#hiddenSince = Date.now() - HIDDEN_FOR;
    else this.#connectsBy = Date.now() + SLACK;
    page.onSocket = (socket) => this.#opened(socket);
    provider.onCalled = () => this.#attempts();
    provider.onSlow = (milliseconds) => this.#lookUpTakes(milliseconds);
    page.network.onNeverAnswered = () => this.#lookUpTakes(Infinity);
  }

  /** The connection as the page sees it. */
  get socket(): FakeSocket | undefined {
    return this.#page.sockets.find((socket) => socket.inUse);
  }

  get subscribed(): boolean {
    const { socket } = this;
    return socket !== undefined && this.#seen.get(socket)!.subscribed;
  }

  /** The connection has answered the first GetClock: what it tells from then on happens now. */
  isLive(socket: FakeSocket | undefined): boolean {
    return socket !== undefined && this.#seen.get(socket)!.clockAnswers > 0;
  }

  /** A GetClock has been asked, and its answer may come. */
  get clockIsOnItsWay(): boolean {
    const { socket } = this;
    const latest = socket && this.#seen.get(socket)!.latest;
    return latest?.type === "GetClock" && !latest.answered;
  }

  stop(run: () => void): void {
    this.stopped = true;
    this.#connectsBy = this.#lost = undefined;
    run();
  }

  start(run: () => void): void {
    this.stopped = false;
    this.#starting = true;
    this.#hungUntil = 0;
    this.#connectsAtOnce();
    run();
    this.#starting = false;
  }

  hide(run: () => void): void {
    this.#hiddenSince ??= Date.now();
    this.#connectsBy = this.#lost = undefined;
    run();
  }

  leave(run: () => void): void {
    this.left = true;
    this.hide(run);
  }

  /** The visitor sees the page again, or comes back to it. */
  show(run: () => void): void {
    this.left = false;
    this.#hiddenSince = undefined;
    this.#wake(run);
  }

  online(run: () => void): void {
    // It counts as a look: a hidden page that has just got its network back may keep it for as long as one just hidden.
    if (this.#page.document.hidden) this.#hiddenSince = Date.now();
    this.#wake(run);
  }

  #wake(run: () => void): void {
    const { socket } = this;
    const seen = socket && this.#seen.get(socket)!;
    const before = seen?.latest;
    run();
    // Nobody sees it: it is asked when somebody does.
    if (this.#page.document.hidden) return;
    if (!socket) this.#connectsAtOnce();
    else if (this.isLive(socket)) {
      if (seen!.latest === before) this.#story.breaks("a connection is not asked at once whether it has outlived sleep");
      seen!.latest!.patience = ALIVE_WITHIN;
    }
  }

  /** The page reports what the site has to fix. */
  reported(reason: string): void {
    const row = this.#row;
    if (/jwt/.test(reason)) {
      if (String(this.#blaming) !== /\d+$/.exec(reason)?.[0]) this.#story.breaks(`a token is blamed for nothing: ${reason}`);
      this.#blaming = undefined;
    } else if (/publish/.test(reason)) {
      if (this.#page.tagged) this.#story.breaks("the tag is reported as missing, though it is there");
    } else if (/:\/\//.test(reason)) {
      if (row.told) this.#story.breaks("what was tried is reported twice in a row of failures");
      if (row.attempts < TOLD_AFTER) this.#story.breaks("a failure is reported before there were three in a row");
      row.told = true;
    } else this.#story.breaks(`nothing is wrong, but it is reported: ${reason}`);
  }

  check(): void {
    const { socket } = this;
    const now = Date.now();
    if (this.#page.sockets.filter(({ inUse }) => inUse).length > 1) this.#story.broken("two sockets");
    if (this.#blaming) this.#story.broken(`a refused token that is not reported: ${this.#blaming}`);
    const { attempts, failures, blamed, told } = this.#row;
    if (failures >= TOLD_AFTER && failures === attempts && !blamed && !told) this.#story.broken("three failures in a row that are not reported");
    if (this.#connectsBy !== undefined && now > this.#connectsBy) this.#story.broken("no try to connect at once");
    if (socket) this.#checkConnection(socket, now);
    this.#checkReconnection(now);
  }

  #checkConnection(socket: FakeSocket, now: number): void {
    const { latest } = this.#seen.get(socket)!;
    if (this.stopped) this.#story.broken("a connection after stop()");
    if (this.#page.frozen) this.#story.broken("a connection in a page that was left");
    if (this.#isHiddenFor(HIDDEN_FOR + SLACK)) this.#story.broken("a connection in a tab hidden for long");
    if (latest && !latest.answered && now - latest.at > latest.patience + SLACK) this.#story.broken("a connection that does not answer is not replaced");
    // Its half minute began with the look-ups.
    if (!latest && now - this.#lastAttempt > HEARTBEAT + SLACK) this.#story.broken("a connection that does not open is not replaced");
    if (latest && now - latest.at > 2 * HEARTBEAT + SLACK) this.#story.broken("a connection that nobody asks whether it is alive");
  }

  /** Subscribed again within one capped wait of the network coming back. */
  #checkReconnection(now: number): void {
    const { socket } = this;
    const page = this.#page;
    const { faults, domainService } = page.network;
    const age = socket && !this.subscribed ? now - socket.openedAt : 0;
    const fine =
      !this.stopped &&
      !page.frozen &&
      !page.document.hidden &&
      !(faults.down || faults.silent || faults.dead || faults.stallOpening) &&
      !(faults.refuseInit || faults.refuseToken || faults.refuseSubscription || faults.throwOut) &&
      faults.latency <= 1000 &&
      domainService === "ok" &&
      this.#provider.mode === "good" &&
      now > this.#hungUntil &&
      // Begun before; that it is replaced is a rule of its own.
      age < CONNECTING &&
      !socket?.server?.dead;
    if (!fine || this.subscribed) this.#fineSince = undefined;
    else {
      this.#fineSince ??= now;
      if (now - this.#fineSince > LONGEST_WAIT + CONNECTING) this.#story.broken("not connected again within one capped wait");
    }
  }

  #isHiddenFor(milliseconds: number): boolean {
    return this.#hiddenSince !== undefined && Date.now() - this.#hiddenSince >= milliseconds;
  }

  #connectsAtOnce(): void {
    this.#caused = true;
    this.#lost = undefined;
    if (!this.stopped && !this.#page.document.hidden) this.#connectsBy = Date.now() + SLACK;
  }

  #lookUpTakes(milliseconds: number): void {
    this.#hungUntil = Math.max(this.#hungUntil, Date.now() + Math.min(milliseconds, GIVE_UP));
  }

  /** A try to connect begins: the page looks up a token. */
  #attempts(): void {
    const now = Date.now();
    if (this.stopped || this.left || this.#isHiddenFor(HIDDEN_FOR + SLACK)) this.#story.breaks("a token is looked up for a page that must not connect");
    if (!this.#caused) {
      if (now - this.#lastAttempt < SHORTEST_WAIT) this.#story.breaks("two tries to connect within a second");
      if (this.#lost) this.#checkWait(now - this.#lost.at, this.#lost);
    }
    this.#row.attempts++;
    this.#lastAttempt = now;
    this.#caused = false;
    this.#connectsBy = this.#lost = undefined;
  }

  /** At least a second, and at random up to a limit beyond that which doubles with each failure. */
  #checkWait(wait: number, { least, most }: { least: number; most: number }): void {
    const drawn = (failures: number) => SHORTEST_WAIT * (1 + this.drawn * 2 ** Math.min(failures, DOUBLINGS));
    // A timer knows whole milliseconds only.
    if (wait < drawn(least) - 1) this.#story.breaks(`tried again after ${wait} ms, though ${least} tries had failed before`);
    if (wait > drawn(most) + 1) this.#story.breaks(`tried again after ${wait} ms, though at most ${most} tries had failed before`);
  }

  /** The connection was lost, refused or given up. */
  #fails(): void {
    this.#lost = { at: Date.now(), least: this.#row.failures, most: this.#row.attempts - 1 };
    this.#row.failures++;
  }

  #blames(code: number): void {
    if (!BLAMING.includes(code)) return;
    this.#blaming = code;
    this.#row.blamed = true;
  }

  #opened(socket: FakeSocket): void {
    this.#story.tell("connects");
    this.#seen.set(socket, { requests: new Map(), latest: undefined, clockAnswers: 0, subscribed: false, refused: false });
    socket.onDelivered = (text) => this.#delivered(socket, text);
    socket.onSent = (text) => this.#sent(socket, text);
    socket.onClosing = () => this.#closing(socket);
    socket.onLost = (code) => {
      this.#story.tell(`loses its connection with ${code}`);
      this.#fails();
      this.#blames(code);
    };
    if (this.stopped) this.#story.breaks("a try to connect after stop()");
    if (this.left) this.#story.breaks("a try to connect from a page that was left");
    if (this.#isHiddenFor(HIDDEN_FOR + SLACK)) this.#story.breaks("a try to connect from a tab hidden for long");
  }

  #sent(socket: FakeSocket, text: string): void {
    const { id, type, headers } = JSON.parse(text);
    const seen = this.#seen.get(socket)!;
    seen.latest = { type, at: Date.now(), answered: false, patience: HEARTBEAT };
    seen.requests.set(id, seen.latest);
    if (type !== "InitConnection") return;
    const { jwt } = headers.find((header: { jwt?: string }) => header.jwt);
    if (jwt !== this.#provider.latestBefore(socket.openedAt)) this.#story.breaks("a token that was not looked up for this connection");
  }

  #closing(socket: FakeSocket): void {
    const { latest, refused } = this.#seen.get(socket)!;
    const now = Date.now();
    this.#story.tell("closes its connection");
    // If it was stuck, its wait begins here.
    this.#fineSince = undefined;
    if (this.stopped || this.left || this.#starting || this.#isHiddenFor(HIDDEN_FOR - SLACK)) return;
    const silent = latest ? !latest.answered && now - latest.at >= latest.patience - SLACK : now - this.#lastAttempt >= HEARTBEAT - SLACK;
    if (!silent && !refused) this.#story.breaks("a good connection is closed");
    this.#fails();
  }

  #delivered(socket: FakeSocket, text: string): void {
    let frame: any;
    try {
      frame = JSON.parse(text);
    } catch {
      return;
    }
    const seen = this.#seen.get(socket)!;
    const request = frame?.kind === "resp" && seen.requests.get(frame.reqId);
    if (request) {
      request.answered = true;
      if (frame.code !== 200) {
        seen.refused = true;
        this.#blames(frame.code);
      } else if (request.type === "GetClock") this.#clockAnswered(socket, seen, request, frame.body.currentTime);
      else if (request.type === "cqm.SubscribeExConversations") seen.subscribed = true;
    }
    if (/ExConversationChangeNotification$/.test(frame?.type)) {
      for (const change of list(frame.body?.changes)) if (change?.result?.convId) this.#listening.change(socket, change);
    }
  }

  #clockAnswered(socket: FakeSocket, seen: Seen, request: Request, currentTime: number): void {
    // It has lasted. Whether that is so by the answer to an earlier question, too, is left open.
    if (seen.clockAnswers) {
      this.#row.failures = 0;
      this.#row.told = false;
      if (request === seen.latest) this.#row = { attempts: 1, failures: 0, blamed: false, told: false };
    }
    if (request === seen.latest) this.#listening.clock(socket, currentTime, !seen.clockAnswers++);
  }
}

/** A list with a single element may come as that element. */
export const list = (value: any): any[] => (Array.isArray(value) ? value : value === undefined || value === null ? [] : [value]);
