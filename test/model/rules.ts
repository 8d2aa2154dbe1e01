// What has to hold in every history: a small model of what the page was told, and the rules, checked after every task.
import type { Dialog } from "./dom.ts";
import type { FakeSocket } from "./network.ts";
import { DELAY } from "./network.ts";
import type { FakePage, Published } from "./page.ts";
import type { PageEvent } from "./events.ts";
import type { Provider } from "./provider.ts";

const TICK = 250;
/** From the frame that shows it. */
const ARMING = 500;
const HEARTBEAT = 30_000;
const HIDDEN_FOR = 30_000;
const LONGEST_WAIT = 129_000;
/** A page may call an invitation over so long before its end, when no answer could get there in time. */
const MARGIN = 500;
/** A token provider or a domain service that has not answered by then is asked again. */
const GIVE_UP = 30_000;
/** From the beginning of a try to the subscription, in a network that works. */
const CONNECTING = 5_000;
/** Timers and frames of the same moment come in any order. */
const SLACK = 5 * DELAY;

/** An invitation as the page was told of it. */
export interface Known {
  dialogId: string;
  convId: string;
  /** Its end on the server's clock, ms. */
  end: number;
  /** Why the page knows that it is over. */
  over: string | undefined;
  offered: number;
  /** Offered to the page, and not closed or answered since. */
  open: boolean;
  /** The page suppressed the built-in prompt. */
  asksItself: boolean;
  /** What the visitor, or the page's own prompt, said. */
  said: Set<"cobrowseAccepted" | "cobrowseDeclined">;
  answers: string[];
  /** The connection on which the server last said that it is pending. */
  confirmedOn: FakeSocket | undefined;
  detail: any;
}

/** One connection as the page can see it. */
interface Seen {
  requests: Map<string, { type: string; at: number; answered: boolean }>;
  lastAsked: number;
  subscribed: boolean;
  refused: boolean;
}

export class Rules {
  readonly page: FakePage;
  readonly provider: Provider;
  /** What happened, for a failing history to print. */
  readonly story: string[] = [];
  readonly known = new Map<string, Known>();
  /** The invitation that the visitor should be asked about. */
  pending: Known | undefined;
  stopped = false;
  left = false;
  /** start() is running: it may close a good connection. */
  starting = false;
  hiddenSince: number | undefined;
  pageAsks = false;
  promptOpenedAt = 0;
  /** When the present prompt, or the last one, begins to take answers. */
  armsAt = 0;
  /** Until then a look-up may hang that was begun when its provider hung. */
  #hungUntil = 0;
  #seen = new Map<FakeSocket, Seen>();
  /** The server's clock minus the visitor's, as far as the page could learn it. */
  #clockAhead: number | undefined;
  #dueSince: number | undefined;
  #fineSince: number | undefined;
  #expiredSince: number | undefined;
  #escaped: { from: Known; at: number } | undefined;
  #broken: string | undefined;
  readonly #start = Date.now();

  constructor(page: FakePage, provider: Provider) {
    this.page = page;
    this.provider = provider;
    if (page.document.hidden) this.hiddenSince = Date.now() - HIDDEN_FOR;
    page.onSocket = (socket) => this.#opened(socket);
    page.onPublished = (event) => this.#published(event);
    page.onEvent = (event) => this.#event(event);
    page.onPromptOpened = (dialog) => this.#promptOpened(dialog);
    provider.onSlow = (milliseconds) => this.#lookUpTakes(milliseconds);
    page.network.onNeverAnswered = () => this.#lookUpTakes(Infinity);
  }

  /** The connection as the page sees it. */
  get socket(): FakeSocket | undefined {
    return this.page.sockets.find((socket) => socket.inUse);
  }

  get subscribed(): boolean {
    const { socket } = this;
    return socket !== undefined && this.#seen.get(socket)!.subscribed;
  }

  get armed(): boolean {
    return Date.now() >= this.armsAt;
  }

  /** In this very millisecond it may or may not have happened. */
  get justArming(): boolean {
    return Date.now() === this.armsAt;
  }

  tell(sentence: string): void {
    this.story.push(`${((Date.now() - this.#start) / 1000).toFixed(3).padStart(9)} s  ${sentence}`);
  }

  broken(rule: string): never {
    throw new Error(rule);
  }

  /** For what is broken inside of the product's own calls, which may catch exceptions. */
  #breaks(rule: string): void {
    this.tell(`!! ${rule}`);
    this.#broken ??= rule;
  }

  /** By stop(): it may come again, and whatever was said is forgotten. */
  /** After stop() the page learns the server's time anew. */
  forgetTime(): void {
    this.#clockAhead = undefined;
  }

  withdraw(): void {
    this.pending?.said.clear();
    this.#escaped = undefined;
    this.pending = undefined;
  }

  /** The visitor presses Escape. */
  escapes(): void {
    const { pending, page } = this;
    if (!page.prompt || !pending) return;
    // Its close event comes later, when the prompt listens already.
    if (Date.now() < this.armsAt - DELAY) return;
    pending.said.add("cobrowseDeclined");
    if (this.armed && !this.justArming) this.#escaped = { from: pending, at: Date.now() };
  }

  /** The prompt goes for another reason, before its close event says that there was an Escape. */
  forgetEscape(): void {
    this.#escaped = undefined;
  }

  startedAnew(): void {
    this.#hungUntil = 0;
  }

  /** Checked after every task. */
  check(): void {
    if (this.#broken) this.broken(this.#broken);
    const { page, socket } = this;
    const now = Date.now();
    if (page.errors.length) this.broken(`an exception: ${(page.errors[0] as Error)?.stack ?? page.errors[0]}`);
    if (page.network.violations.length) this.broken(`LivePerson would reject this: ${page.network.violations[0]}`);
    if (page.sockets.filter(({ inUse }) => inUse).length > 1) this.broken("two sockets");
    if (page.hosts.length > 1 || page.prompts.length > 1) this.broken("two prompts");
    this.#expire();
    this.#checkPrompt(now);
    if (socket) this.#checkConnection(socket, now);
    this.#checkReconnection(now);
  }

  #lookUpTakes(milliseconds: number): void {
    this.#hungUntil = Math.max(this.#hungUntil, Date.now() + Math.min(milliseconds, GIVE_UP));
  }

  #expire(): void {
    const { pending } = this;
    if (!pending || pending.over || !this.#isExpired(pending)) return;
    pending.over = "expired";
    this.#expiredSince = Date.now();
  }

  #isExpired({ end }: Known, margin = 0): boolean {
    return this.#clockAhead !== undefined && this.page.now + this.#clockAhead + margin >= end;
  }

  #checkPrompt(now: number): void {
    const { page, pending, socket } = this;
    const shown = page.prompts.length > 0;
    if (shown && !pending) this.broken("a prompt, though nothing is pending");
    if (shown && pending?.asksItself) this.broken("a prompt, though the page asks");
    if (shown && pending?.over && !(pending.over === "expired" && (page.frozen || now - this.#expiredSince! <= TICK + SLACK)))
      this.broken(`a prompt for an invitation that is over: ${pending.over}`);
    if (shown && this.left) this.broken("a prompt in a page that was left");
    // A tick between the key and the dialog's close event shows it anew: asked again, and nothing lost.
    if (this.#escaped && this.promptOpenedAt >= this.#escaped.at && this.promptOpenedAt - this.#escaped.at < DELAY) this.#escaped = undefined;
    if (this.#escaped && pending === this.#escaped.from && !pending.over && !page.frozen && now - this.#escaped.at > SLACK)
      this.broken("an Escape that was not taken for a no");

    const due =
      pending &&
      !pending.over &&
      !this.#isExpired(pending, MARGIN) &&
      !pending.asksItself &&
      socket &&
      pending.confirmedOn === socket &&
      this.#clockAhead !== undefined &&
      page.tagged &&
      !page.document.hidden &&
      !page.frozen;
    if (!due || page.prompt) this.#dueSince = undefined;
    else {
      this.#dueSince ??= now;
      if (now - this.#dueSince > TICK + SLACK) this.broken("a pending invitation without a prompt");
    }
  }

  #checkConnection(socket: FakeSocket, now: number): void {
    const seen = this.#seen.get(socket)!;
    if (this.stopped) this.broken("a connection after stop()");
    if (this.page.frozen) this.broken("a connection in a page that was left");
    if (this.hiddenSince !== undefined && now - this.hiddenSince > HIDDEN_FOR + SLACK) this.broken("a connection in a tab hidden for long");
    if (now - seen.lastAsked > 2 * HEARTBEAT + SLACK) this.broken("a connection that is dead, and not replaced");
  }

  /** Subscribed again within one capped wait of the network coming back. */
  #checkReconnection(now: number): void {
    const { page, provider, socket } = this;
    const { faults, domainService } = page.network;
    const age = socket && !this.subscribed ? now - socket.openedAt : 0;
    const fine =
      !this.stopped &&
      !page.frozen &&
      !page.document.hidden &&
      !(faults.down || faults.silent || faults.dead || faults.stallOpening || faults.refuseInit || faults.refuseToken) &&
      faults.latency <= 1000 &&
      domainService === "ok" &&
      provider.mode === "good" &&
      now > this.#hungUntil &&
      // Begun before; that it is replaced is a rule of its own.
      age < CONNECTING &&
      !socket?.server?.dead;
    if (!fine || this.subscribed) this.#fineSince = undefined;
    else {
      this.#fineSince ??= now;
      if (now - this.#fineSince > LONGEST_WAIT + CONNECTING) this.broken("not connected again within one capped wait");
    }
  }

  #opened(socket: FakeSocket): void {
    this.tell(`connects`);
    this.#seen.set(socket, { requests: new Map(), lastAsked: Date.now(), subscribed: false, refused: false });
    socket.onDelivered = (text) => this.#delivered(socket, text);
    socket.onSent = (text) => this.#sent(socket, text);
    socket.onClosing = () => this.#closing(socket);
    if (this.stopped) this.#breaks("a try to connect after stop()");
    if (this.left) this.#breaks("a try to connect from a page that was left");
    if (this.hiddenSince !== undefined && Date.now() - this.hiddenSince > HIDDEN_FOR + SLACK) this.#breaks("a try to connect from a tab hidden for long");
  }

  #sent(socket: FakeSocket, text: string): void {
    const { id, type, headers } = JSON.parse(text);
    const seen = this.#seen.get(socket)!;
    seen.requests.set(id, { type, at: Date.now(), answered: false });
    seen.lastAsked = Date.now();
    if (type !== "InitConnection") return;
    const { jwt } = headers.find((header: { jwt?: string }) => header.jwt);
    if (jwt !== this.provider.latestBefore(socket.openedAt)) this.#breaks("a token that was not looked up for this connection");
  }

  #closing(socket: FakeSocket): void {
    const seen = this.#seen.get(socket)!;
    const now = Date.now();
    const unanswered = [...seen.requests.values()].some(({ at, answered }) => !answered && now - at >= HEARTBEAT - SLACK);
    // Its half minute began with the look-ups.
    const neverOpened = seen.requests.size === 0 && now - this.provider.lastCall >= HEARTBEAT - SLACK;
    const hidden = this.hiddenSince !== undefined && now - this.hiddenSince >= HIDDEN_FOR - SLACK;
    this.tell("closes its connection");
    // If it was stuck, its wait begins here.
    this.#fineSince = undefined;
    if (!(this.stopped || this.left || this.starting || hidden || unanswered || neverOpened || seen.refused)) this.#breaks("a good connection is closed");
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
      } else if (request.type === "GetClock") {
        this.#clockAhead = frame.body.currentTime - this.page.now;
        // Asked after the subscription was answered: what is pending has been told by now. If it is told yet, it comes again.
        if (this.pending?.confirmedOn !== socket) this.withdraw();
      }
      if (request.type === "cqm.SubscribeExConversations") seen.subscribed = true;
    }
    if (/ExConversationChangeNotification$/.test(frame?.type)) {
      this.#expire();
      for (const change of list(frame.body?.changes)) if (change?.result?.convId) this.#change(socket, change);
    }
  }

  #change(socket: FakeSocket, { type, result: { convId, conversationDetails = {} } }: any): void {
    if (type === "DELETE" || conversationDetails.state === "CLOSE") {
      for (const known of this.known.values()) {
        // After an outage the page looks for what it is told of again; the rest is over for it anyway.
        const told = known !== this.pending || known.confirmedOn === socket;
        if (known.convId === convId && told) known.over ??= "conversation ended";
      }
      this.#forgetWhatIsOver();
      return;
    }
    for (const dialog of list(conversationDetails.dialogs)) {
      if (dialog?.channelType !== "COBROWSE" || !dialog.metaData) continue;
      const { dialogId, state, metaData } = dialog;
      const over =
        state === "CLOSE" || metaData.sessionState === "CLOSED" ? "cancelled" : metaData.sessionState === "ACCEPTED" ? "answered elsewhere" : undefined;
      if (over) {
        for (const known of this.known.values()) if (known.dialogId === dialogId) known.over ??= over;
        this.#forgetWhatIsOver();
      } else if (["shared", "view", "follow"].includes(metaData.mode)) {
        const end = metaData.expires ? metaData.expires * 1000 : dialog.creationTs + 120_000;
        this.#invited(socket, dialogId, convId, end);
      }
    }
  }

  #invited(socket: FakeSocket, dialogId: string, convId: string, end: number): void {
    const key = `${dialogId} until ${end}`;
    const fresh: Known = {
      dialogId,
      convId,
      end,
      over: undefined,
      offered: 0,
      open: false,
      asksItself: false,
      said: new Set(),
      answers: [],
      confirmedOn: undefined,
      detail: undefined,
    };
    const known = this.known.get(key) ?? fresh;
    if (known.over || this.#isExpired(known, MARGIN)) return;
    this.known.set(key, known);
    known.confirmedOn = socket;
    if (this.pending !== known && this.pending) this.pending.over ??= "replaced";
    this.pending = known;
  }

  #forgetWhatIsOver(): void {
    if (this.pending?.over && this.pending.over !== "expired") this.pending = undefined;
  }

  #published({ name, data }: Published): void {
    this.tell(`publishes ${name}`);
    const { pending } = this;
    for (const key of ["serviceId", "agentId", "visitorName", "mode", "ssid", "svid"]) if (!data[key]) this.#breaks(`${name} without ${key}`);
    if (!pending || pending.dialogId !== data.dialogId) return this.#breaks(`${name} for an invitation that is not pending`);
    if (pending.over && pending.over !== "expired") return this.#breaks(`${name} for an invitation that is over: ${pending.over}`);
    if (pending.over === "expired" && Date.now() - this.#expiredSince! > TICK + SLACK) return this.#breaks(`${name} for an invitation that is expired`);
    if (name === "cobrowseOffered") {
      if (++pending.offered > 1) this.#breaks("Offered twice");
    } else {
      if (!pending.said.has(name as "cobrowseAccepted")) this.#breaks(`${name}, which nobody said`);
      pending.answers.push(name);
      if (pending.answers.length > 1) this.#breaks("answered twice");
    }
  }

  #event({ type, detail }: PageEvent): void {
    this.tell(`event ${type} ${(detail as { reason?: string }).reason ?? ""}`);
    const known = [...this.known.values()].find((known) => known.detail === detail) ?? this.pending;
    if (type === "cobrowseError" || !known) return;
    if (type === "cobrowseOffered") {
      if (known.open) this.#breaks("Offered again before it was closed");
      known.detail = detail;
      known.open = true;
      return;
    }
    if (!known.open) this.#breaks(`${type} for an invitation that is not offered`);
    known.open = false;
    if (type === "cobrowseClosed") return;
    known.over ??= "answered here";
    if (known === this.pending) this.pending = undefined;
  }

  /** Whether the page's own listener takes this invitation over. */
  takeOver(event: PageEvent): void {
    const known = [...this.known.values()].find((known) => known.detail === event.detail);
    if (known) known.asksItself = this.pageAsks;
    if (this.pageAsks) event.preventDefault();
  }

  #promptOpened(_dialog: Dialog): void {
    this.tell("shows the prompt");
    const { page, pending } = this;
    this.promptOpenedAt = Date.now();
    this.armsAt = page.nextFrame + ARMING;
    if (page.document.hidden) this.#breaks("a prompt opened in a hidden page");
    if (!pending) this.#breaks("a prompt opened, though nothing is pending");
    else if (!pending.offered) this.#breaks("a prompt opened before it was offered");
    else if (pending.confirmedOn !== this.socket) this.#breaks("a prompt opened that this connection has not confirmed");
  }
}

const list = (value: any): any[] => (Array.isArray(value) ? value : value === undefined || value === null ? [] : [value]);
