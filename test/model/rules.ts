// What has to hold in every history: a small model of what the page was told, and the rules, checked after every task.
import { AGENT } from "../simulator/conversations.ts";
import { ConnectionRules, list, SLACK } from "./connection-rules.ts";
import type { Dialog } from "./dom.ts";
import type { PageEvent } from "./events.ts";
import { DELAY, type FakeSocket } from "./network.ts";
import type { FakePage, Published } from "./page.ts";
import type { Provider } from "./provider.ts";
import { Story } from "./story.ts";

const TICK = 250;
/** From the frame that shows it. */
const ARMING = 500;
/** A page may call an invitation over so long before its end, when no answer could get there in time. */
const MARGIN = 500;
const TWO_MINUTES = 120_000;

/** An invitation as the page was told of it. */
export interface Known {
  dialogId: string;
  convId: string;
  /** Its end on the server's clock, ms: what it says, or, of one that came live, what follows from when it came. */
  end: number;
  /** Why the page knows that it is over: the reasons of cobrowseClosed, and what closes nothing. */
  over: "cancelled" | "expired" | "answered" | "replaced" | "stopped" | "answered here" | "never pending" | undefined;
  /** It ended without a word from the server: if that shows it again it is judged anew. */
  mayComeAgain: boolean;
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

export class Rules {
  readonly page: FakePage;
  readonly story = new Story();
  readonly connection: ConnectionRules;
  readonly known = new Map<string, Known>();
  /** The invitation that the visitor should be asked about. */
  pending: Known | undefined;
  pageAsks = false;
  promptOpenedAt = 0;
  /** When the present prompt, or the last one, begins to take answers. */
  armsAt = 0;
  /** The pending invitation, or the one that was last, and the connection that has shown it. */
  #latest: Known | undefined;
  #shownOn: FakeSocket | undefined;
  /** The server's clock minus the visitor's, as far as the page could learn it. */
  #clockAhead: number | undefined;
  #dueSince: number | undefined;
  #expiredSince: number | undefined;
  #escaped: { from: Known; at: number } | undefined;

  constructor(page: FakePage, provider: Provider) {
    this.page = page;
    this.connection = new ConnectionRules(page, provider, this.story, {
      clock: (socket, currentTime, first) => this.#clock(socket, currentTime, first),
      change: (socket, change) => this.#change(socket, change),
    });
    page.onPublished = (event) => this.#published(event);
    page.onEvent = (event) => this.#event(event);
    page.onPromptOpened = (dialog) => this.#promptOpened(dialog);
  }

  get armed(): boolean {
    return Date.now() >= this.armsAt;
  }

  /** In this very millisecond it may or may not have happened. */
  get justArming(): boolean {
    return Date.now() === this.armsAt;
  }

  /** It is over, or the page may call it that already. */
  mayBeOver(known: Known): boolean {
    return known.over !== undefined || this.#isExpired(known, MARGIN);
  }

  /**
   * Whether the page may have to find out by itself, unseen, that something has ended. A clock that is set anew just before would leave
   * open what it found.
   */
  get mayEndUnseen(): boolean {
    const { pending } = this;
    return pending !== undefined && !pending.over && (!pending.open || this.mayBeOver(pending));
  }

  /** stop(), or a connection that does not show it any more: whatever was said is forgotten. */
  withdraw(reason: "stopped" | "cancelled"): void {
    const { pending } = this;
    if (!pending) return;
    pending.said.clear();
    if (!pending.over) {
      pending.over = reason;
      pending.mayComeAgain = true;
    }
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

  /** Checked after every task. */
  check(): void {
    this.story.check();
    const { page } = this;
    const now = Date.now();
    if (page.errors.length) this.story.broken(`an exception: ${(page.errors[0] as Error)?.stack ?? page.errors[0]}`);
    if (page.network.violations.length) this.story.broken(`LivePerson would reject this: ${page.network.violations[0]}`);
    if (page.hosts.length > 1 || page.prompts.length > 1) this.story.broken("two prompts");
    this.#expire();
    this.#checkPrompt(now);
    this.connection.check();
  }

  #expire(): void {
    const { pending } = this;
    if (!pending) return;
    const expired = this.#isExpired(pending);
    if (expired && !pending.over) {
      pending.over = "expired";
      this.#expiredSince = Date.now();
    }
    // A clock that was wrong was set right before the page has looked at it.
    if (!expired && pending.over === "expired" && pending.open) pending.over = undefined;
  }

  #isExpired({ end }: Known, margin = 0): boolean {
    return this.#clockAhead !== undefined && this.page.now + this.#clockAhead + margin > end;
  }

  #checkPrompt(now: number): void {
    const { page, pending } = this;
    const { socket, left } = this.connection;
    const shown = page.prompts.length > 0;
    if (shown && !pending) this.story.broken("a prompt, though nothing is pending");
    if (shown && pending?.asksItself) this.story.broken("a prompt, though the page asks");
    if (shown && pending?.over && !(pending.over === "expired" && (page.frozen || now - this.#expiredSince! <= TICK + SLACK)))
      this.story.broken(`a prompt for an invitation that is over: ${pending.over}`);
    if (shown && left) this.story.broken("a prompt in a page that was left");
    // A tick between the key and the dialog's close event shows it anew: asked again, and nothing lost.
    if (this.#escaped && this.promptOpenedAt >= this.#escaped.at && this.promptOpenedAt - this.#escaped.at < DELAY) this.#escaped = undefined;
    if (this.#escaped && pending === this.#escaped.from && !this.mayBeOver(pending) && !page.frozen && now - this.#escaped.at > SLACK)
      this.story.broken("an Escape that was not taken for a no");

    const due =
      pending &&
      !this.mayBeOver(pending) &&
      !pending.asksItself &&
      socket &&
      pending.confirmedOn === socket &&
      this.connection.isLive(socket) &&
      page.tagged &&
      !page.document.hidden &&
      !page.frozen;
    if (!due || page.prompt) this.#dueSince = undefined;
    else {
      this.#dueSince ??= now;
      if (now - this.#dueSince > TICK + SLACK) this.story.broken("a pending invitation without a prompt");
    }
  }

  #clock(socket: FakeSocket, currentTime: number, first: boolean): void {
    this.#clockAhead = currentTime - this.page.now;
    // Asked after the subscription was answered: what is pending has been told by now. If it is told yet, it comes again.
    if (first && this.pending?.confirmedOn !== socket) this.withdraw("cancelled");
  }

  #change(socket: FakeSocket, { type, result: { convId, conversationDetails = {} } }: any): void {
    this.#expire();
    if (type === "DELETE" || conversationDetails.state === "CLOSE") {
      // After an outage the page looks for what it is told of again; the rest is over for it anyway.
      if (this.pending?.convId === convId && this.pending?.confirmedOn === socket) this.#ends("cancelled");
      return;
    }
    for (const dialog of list(conversationDetails.dialogs)) {
      if (dialog?.channelType !== "COBROWSE" || !dialog.metaData) continue;
      const { dialogId, state, metaData } = dialog;
      if (state !== "CLOSE" && metaData.sessionState === "INVITED") this.#invited(socket, convId, dialog);
      else if (dialogId === this.#latest?.dialogId) {
        this.#shownOn = socket;
        this.#ends(metaData.sessionState === "ACCEPTED" ? "answered" : "cancelled");
      }
    }
  }

  /** The server says so of the pending one: for good. */
  #ends(reason: "cancelled" | "answered"): void {
    if (!this.pending) return;
    this.pending.over ??= reason;
    this.pending.mayComeAgain = false;
    if (this.pending.over !== "expired") this.pending = undefined;
  }

  #invited(socket: FakeSocket, convId: string, { dialogId, creationTs, metaData: { expires, mode } }: any): void {
    if (!["shared", "view", "follow"].includes(mode)) return;
    const live = this.connection.isLive(socket);
    const saysItEnds = expires ? expires * 1000 : creationTs + TWO_MINUTES;
    // Whatever the agent's clock says, what comes live began just now.
    const end = live ? this.page.now + this.#clockAhead! + (saysItEnds - creationTs) : saysItEnds;
    const key = `${dialogId} until ${saysItEnds}`;
    const known = this.known.get(key) ?? unheardOf(dialogId);
    if (known.over && !known.mayComeAgain) return;
    this.known.set(key, known);
    if (known !== this.pending) {
      known.end = end;
      known.over = undefined;
      known.mayComeAgain = false;
      // Of what there was before the connection, the one that ends last is asked about: the others are over for good, as is what has expired.
      const passedOver = !live && this.pending && this.#shownOn === socket && end < this.pending.end;
      if (passedOver || this.mayBeOver(known)) {
        known.over = "never pending";
        return;
      }
      if (this.pending) this.pending.over ??= "replaced";
      this.pending = this.#latest = known;
    }
    known.convId = convId;
    known.confirmedOn = this.#shownOn = socket;
  }

  #published({ name, data }: Published): void {
    this.story.tell(`publishes ${name}`);
    this.#expire();
    const { pending } = this;
    for (const key of ["serviceId", "agentId", "visitorName", "mode", "ssid", "svid"]) if (!data[key]) this.story.breaks(`${name} without ${key}`);
    if (data.agentId !== AGENT) this.story.breaks(`${name} by ${data.agentId}, who is not the agent`);
    if (!pending || pending.dialogId !== data.dialogId) return this.story.breaks(`${name} for an invitation that is not pending`);
    if (pending.over) return this.story.breaks(`${name} for an invitation that is over: ${pending.over}`);
    if (name === "cobrowseOffered") {
      if (++pending.offered > 1) this.story.breaks("Offered twice");
      this.#checkConfirmed(pending, "an offer");
    } else {
      if (!pending.said.has(name as "cobrowseAccepted")) this.story.breaks(`${name}, which nobody said`);
      pending.answers.push(name);
      if (pending.answers.length > 1) this.story.breaks("answered twice");
    }
  }

  #event({ type, detail }: PageEvent): void {
    const { reason } = detail as { reason?: Known["over"] };
    this.story.tell(`event ${type} ${reason ?? ""}`);
    if (type === "cobrowseError") return this.connection.reported(String(reason));
    const known = [...this.known.values()].find((known) => known.detail === detail) ?? this.pending;
    if (!known) return;
    if (type === "cobrowseOffered") {
      if (known.open) this.story.breaks("Offered again before it was closed");
      known.detail = detail;
      known.open = true;
      return;
    }
    if (!known.open) this.story.breaks(`${type} for an invitation that is not offered`);
    known.open = false;
    if (type === "cobrowseClosed") {
      if (reason === "expired" && this.mayBeOver(known)) known.over ??= "expired";
      // What has expired may also have heard of another end before its clock was looked at.
      if (known.over !== reason && known.over !== "expired") this.story.breaks(`closed as ${reason} what is ${known.over ?? "pending"}`);
    } else {
      known.over ??= "answered here";
      if (known === this.pending) this.pending = undefined;
    }
  }

  /** Whether the page's own listener takes this invitation over. */
  takeOver(event: PageEvent): void {
    const known = [...this.known.values()].find((known) => known.detail === event.detail);
    if (known) known.asksItself = this.pageAsks;
    if (this.pageAsks) event.preventDefault();
  }

  #promptOpened(_dialog: Dialog): void {
    this.story.tell("shows the prompt");
    const { page, pending } = this;
    this.promptOpenedAt = Date.now();
    this.armsAt = page.nextFrame + ARMING;
    if (page.document.hidden) this.story.breaks("a prompt opened in a hidden page");
    if (!pending) this.story.breaks("a prompt opened, though nothing is pending");
    else if (!pending.offered) this.story.breaks("a prompt opened before it was offered");
    else this.#checkConfirmed(pending, "a prompt");
  }

  /** On a connection that has not told its past, or does not show it, nobody is asked. */
  #checkConfirmed({ confirmedOn }: Known, what: string): void {
    const { socket } = this.connection;
    if (confirmedOn !== socket) this.story.breaks(`${what} that this connection has not confirmed`);
    if (!this.connection.isLive(socket)) this.story.breaks(`${what} before the connection has told its clock`);
  }
}

const unheardOf = (dialogId: string): Known => ({
  dialogId,
  convId: "",
  end: 0,
  over: undefined,
  mayComeAgain: false,
  offered: 0,
  open: false,
  asksItself: false,
  said: new Set(),
  answers: [],
  confirmedOn: undefined,
  detail: undefined,
});
