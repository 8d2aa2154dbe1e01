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
/** With each of them a page cannot connect. */
const FAULTS = ["down", "silent", "dead", "stallOpening", "refuseInit", "refuseToken", "refuseSubscription", "throwOut"] as const;

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
class Row {
  /** Look-ups of a token. Each but the present one may have failed. */
  attempts = 0;
  /** Connections that were certainly lost or refused. */
  failures = 0;
  blamed = false;
  /** What was tried has been reported. */
  told = false;
}

export class ConnectionRules {
  stopped = false;
  left = false;
  /** What the page's Math.random gave last. */
  drawn = 0;
  /** What the connection's frames tell of everything else. */
  onClock: (socket: FakeSocket, currentTime: number, first: boolean) => void = () => {};
  onChange: (socket: FakeSocket, change: any) => void = () => {};
  readonly #page: FakePage;
  readonly #provider: Provider;
  readonly #story: Story;
  #seen = new Map<FakeSocket, Seen>();
  #hiddenSince: number | undefined;
  /** start() is running: it may close a good connection. */
  #starting = false;
  /** What happened to the page, and no wait, makes it connect. */
  #caused = true;
  #connectsBy: number | undefined;
  #row = new Row();
  #lastAttempt = -Infinity;
  /** The latest failure, if it is certain, with the least and the most failures before it. */
  #lost: { at: number; least: number; most: number } | undefined;
  /** A token was refused with that code, and it is not reported yet. */
  #blaming: number | undefined;
  #fineSince: number | undefined;
  /** Until then a look-up may hang that was begun when its provider hung. */
  #hungUntil = 0;

  constructor(page: FakePage, provider: Provider, story: Story) {
    this.#page = page;
    this.#provider = provider;
    this.#story = story;
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

  /** An event of the window, and what the page makes of it. */
  around(type: string, run: () => boolean): boolean {
    const { hidden } = this.#page.document;
    const looks = type === "visibilitychange" && !hidden;
    if (looks) this.#hiddenSince = undefined;
    // It counts as a look: a hidden page that has just got its network back may keep it for as long as one just hidden.
    if (type === "online" && hidden) this.#hiddenSince = Date.now();
    if (type === "pagehide" || (type === "visibilitychange" && hidden)) {
      this.#hiddenSince ??= Date.now();
      this.#connectsBy = this.#lost = undefined;
    }
    this.left = type === "pagehide" || (this.left && !looks);
    // While nobody sees it nothing is asked.
    return looks || (type === "online" && !hidden) ? this.#wakes(run) : run();
  }

  #wakes(run: () => boolean): boolean {
    const { socket } = this;
    const seen = socket && this.#seen.get(socket)!;
    const before = seen?.latest;
    const result = run();
    if (!socket) this.#connectsAtOnce();
    else if (this.isLive(socket)) {
      this.#story.never({ "a connection is not asked at once whether it has outlived sleep": seen!.latest === before });
      seen!.latest!.patience = ALIVE_WITHIN;
    }
    return result;
  }

  /** The page reports what the site has to fix. */
  reported(reason: string): void {
    const about = { token: /jwt/.test(reason), tag: /publish/.test(reason), server: /:\/\//.test(reason) };
    this.#story.never({
      [`a token is blamed for nothing: ${reason}`]: about.token && !reason.endsWith(` ${this.#blaming}`),
      "the tag is reported as missing, though it is there": about.tag && this.#page.tagged,
      "what was tried is reported twice in a row of failures": about.server && this.#row.told,
      "a failure is reported before there were three in a row": about.server && this.#row.attempts < TOLD_AFTER,
      [`nothing is wrong, but it is reported: ${reason}`]: !Object.values(about).includes(true),
    });
    if (about.token) this.#blaming = undefined;
    this.#row.told ||= about.server;
  }

  check(): void {
    const { socket } = this;
    const now = Date.now();
    const { attempts, failures, blamed, told } = this.#row;
    this.#story.never({
      "two sockets": this.#page.sockets.filter(({ inUse }) => inUse).length > 1,
      [`a refused token that is not reported: ${this.#blaming}`]: this.#blaming,
      "three failures in a row that are not reported": failures >= TOLD_AFTER && failures === attempts && !blamed && !told,
      "no try to connect at once": this.#connectsBy !== undefined && now > this.#connectsBy,
    });
    if (socket) this.#checkConnection(this.#seen.get(socket)!.latest, now);
    this.#checkReconnection(now);
  }

  #checkConnection(latest: Request | undefined, now: number): void {
    this.#story.never({
      "a connection after stop()": this.stopped,
      "a connection in a page that was left": this.#page.frozen,
      "a connection in a tab hidden for long": this.#isHiddenFor(HIDDEN_FOR + SLACK),
      "a connection that does not answer is not replaced": latest && !latest.answered && now - latest.at > latest.patience + SLACK,
      // Its half minute began with the look-ups.
      "a connection that does not open is not replaced": !latest && now - this.#lastAttempt > HEARTBEAT + SLACK,
      "a connection that nobody asks whether it is alive": latest && now - latest.at > 2 * HEARTBEAT + SLACK,
    });
  }

  /** Subscribed again within one capped wait of the network coming back. */
  #checkReconnection(now: number): void {
    const { socket } = this;
    const subscribed = socket && this.#seen.get(socket)!.subscribed;
    const page = this.#page;
    const { faults } = page.network;
    const faulty = FAULTS.some((fault) => faults[fault]) || faults.latency > 1000 || faults.csds !== "ok";
    const connects = !this.stopped && !page.frozen && !page.document.hidden && this.#provider.mode === "good" && now > this.#hungUntil;
    // One begun before may be stuck; that it is replaced is a rule of its own.
    const stuck = socket && (socket.server?.dead || now - socket.openedAt >= CONNECTING);
    if (faulty || !connects || subscribed || stuck) this.#fineSince = undefined;
    else this.#fineSince ??= now;
    this.#story.never({ "not connected again within one capped wait": now - (this.#fineSince ?? now) > LONGEST_WAIT + CONNECTING });
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
    this.#story.never({
      "a token is looked up for a page that must not connect": this.stopped || this.left || this.#isHiddenFor(HIDDEN_FOR + SLACK),
      "two tries to connect within a second": !this.#caused && now - this.#lastAttempt < SHORTEST_WAIT,
    });
    if (!this.#caused && this.#lost) this.#checkWait(now - this.#lost.at, this.#lost);
    this.#row.attempts++;
    this.#lastAttempt = now;
    this.#caused = false;
    this.#connectsBy = this.#lost = undefined;
  }

  /** At least a second, and at random up to a limit beyond that which doubles with each failure. */
  #checkWait(wait: number, { least, most }: { least: number; most: number }): void {
    const drawn = (failures: number) => SHORTEST_WAIT * (1 + this.drawn * 2 ** Math.min(failures, DOUBLINGS));
    // A timer knows whole milliseconds only.
    this.#story.never({
      [`tried again after ${wait} ms, though ${least} tries had failed before`]: wait < drawn(least) - 1,
      [`tried again after ${wait} ms, though at most ${most} tries had failed before`]: wait > drawn(most) + 1,
    });
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
    this.#story.never({
      "a try to connect after stop()": this.stopped,
      "a try to connect from a page that was left": this.left,
      "a try to connect from a tab hidden for long": this.#isHiddenFor(HIDDEN_FOR + SLACK),
    });
  }

  #sent(socket: FakeSocket, text: string): void {
    const { id, type, headers } = JSON.parse(text);
    const seen = this.#seen.get(socket)!;
    seen.latest = { type, at: Date.now(), answered: false, patience: HEARTBEAT };
    seen.requests.set(id, seen.latest);
    if (type !== "InitConnection") return;
    const { jwt } = headers.find((header: { jwt?: string }) => header.jwt);
    this.#story.never({ "a token that was not looked up for this connection": jwt !== this.#provider.latestBefore(socket.openedAt) });
  }

  #closing(socket: FakeSocket): void {
    const { latest, refused } = this.#seen.get(socket)!;
    const now = Date.now();
    this.#story.tell("closes its connection");
    // If it was stuck, its wait begins here.
    this.#fineSince = undefined;
    if (this.stopped || this.left || this.#starting || this.#isHiddenFor(HIDDEN_FOR - SLACK)) return;
    const silent = latest ? !latest.answered && now - latest.at >= latest.patience - SLACK : now - this.#lastAttempt >= HEARTBEAT - SLACK;
    this.#story.never({ "a good connection is closed": !silent && !refused });
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
      for (const change of list(frame.body?.changes)) if (change?.result?.convId) this.onChange(socket, change);
    }
  }

  #clockAnswered(socket: FakeSocket, seen: Seen, request: Request, currentTime: number): void {
    // It has lasted. Whether that is so by the answer to an earlier question, too, is left open.
    if (seen.clockAnswers) {
      Object.assign(this.#row, { failures: 0, told: false });
      if (request === seen.latest) this.#row = Object.assign(new Row(), { attempts: 1 });
    }
    if (request === seen.latest) this.onClock(socket, currentTime, !seen.clockAnswers++);
  }
}

/** A list with a single element may come as that element. */
export const list = (value: any): any[] => (Array.isArray(value) ? value : value === undefined || value === null ? [] : [value]);
