// What has to hold in every history: a small model of what the page was told, and the rules, checked after every task.
import { AGENT } from "../simulator/conversations.ts";
import { ConnectionRules, list, SLACK } from "./connection-rules.ts";
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

/** What the visitor, or the page's own prompt, may say, and how that is published. */
export const ANSWERS = { accept: "cobrowseAccepted", decline: "cobrowseDeclined" } as const;
export type Answer = keyof typeof ANSWERS;

/** An invitation as the page was told of it. */
class Known {
  readonly dialogId: string;
  convId = "";
  /** Its end on the server's clock, ms: what it says, or, of one that came live, what follows from when it came. */
  end = 0;
  /** Why the page knows that it is over: the reasons of cobrowseClosed, and what closes nothing. */
  over: "cancelled" | "expired" | "answered" | "replaced" | "stopped" | "answered here" | "never pending" | undefined;
  /** It ended without a word from the server: if that shows it again it is judged anew. */
  mayComeAgain = false;
  offered = 0;
  /** Offered to the page, and not closed or answered since. */
  open = false;
  /** The page suppressed the built-in prompt. */
  asksItself = false;
  readonly said = new Set<string>();
  readonly answers: string[] = [];
  /** The connection on which the server last said that it is pending. */
  confirmedOn: FakeSocket | undefined;
  detail: unknown;

  constructor(dialogId: string) {
    this.dialogId = dialogId;
  }
}

export class Rules {
  readonly page: FakePage;
  readonly story = new Story();
  readonly connection: ConnectionRules;
  readonly known = new Map<string, Known>();
  /** The invitation that the visitor should be asked about. */
  pending: Known | undefined;
  pageAsks = false;
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
    this.connection = new ConnectionRules(page, provider, this.story);
    this.connection.onClock = (socket, currentTime, first) => this.#clock(socket, currentTime, first);
    this.connection.onChange = (socket, change) => this.#change(socket, change);
    page.onPublished = (event) => this.#published(event);
    page.onEvent = (event) => this.#event(event);
    page.onPromptOpened = () => this.#promptOpened();
    page.around = (type, run) => {
      if (type === "pagehide" || page.document.hidden) this.forgetEscape();
      return this.connection.around(type, run);
    };
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
    // Its close event comes later, when the prompt may listen already.
    if (!page.prompt || !pending || Date.now() < this.armsAt - DELAY) return;
    pending.said.add(ANSWERS.decline);
    if (this.armed && !this.justArming) this.#escaped = { from: pending, at: Date.now() };
  }

  /** The prompt goes for another reason, before its close event says that there was an Escape. */
  forgetEscape(): void {
    this.#escaped = undefined;
  }

  /** Checked after every task. */
  check(): void {
    const { page } = this;
    this.story.never({
      [`an exception: ${(page.errors[0] as Error)?.stack ?? page.errors[0]}`]: page.errors.length,
      [`LivePerson would reject this: ${page.network.violations[0]}`]: page.network.violations.length,
      "two prompts": page.hosts.length > 1 || page.prompts.length > 1,
    });
    this.#expire();
    this.#checkPrompt(Date.now());
    this.connection.check();
    this.story.check();
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
    const mayExpire = page.frozen || now - this.#expiredSince! <= TICK + SLACK;
    const escaped = this.#escaped?.from === pending && !page.frozen ? this.#escaped : undefined;
    const mayBeAsked = pending && !this.mayBeOver(pending) && !pending.asksItself && page.tagged && !page.document.hidden && !page.frozen;
    if (mayBeAsked && !page.prompt && socket && pending.confirmedOn === socket && this.connection.isLive(socket)) this.#dueSince ??= now;
    else this.#dueSince = undefined;
    this.story.never({
      "a prompt, though nothing is pending": shown && !pending,
      "a prompt, though the page asks": shown && pending?.asksItself,
      [`a prompt for an invitation that is over: ${pending?.over}`]: shown && pending?.over && !(pending.over === "expired" && mayExpire),
      "a prompt in a page that was left": shown && left,
      "an Escape that was not taken for a no": escaped && !this.mayBeOver(escaped.from) && now - escaped.at > SLACK,
      "a pending invitation without a prompt": this.#dueSince !== undefined && now - this.#dueSince > TICK + SLACK,
    });
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
    const known = this.known.get(key) ?? new Known(dialogId);
    if (known.over && !known.mayComeAgain) return;
    this.known.set(key, known);
    if (known !== this.pending) {
      known.end = end;
      known.over = undefined;
      known.mayComeAgain = false;
      // Of what there was before the connection, the one that ends last is asked about: the others are over for good, as is what has expired.
      const passedOver = !live && this.pending && !this.pending.over && this.#shownOn === socket && end < this.pending.end;
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
    const missing = ["serviceId", "agentId", "visitorName", "mode", "ssid", "svid"].filter((key) => !data[key]);
    this.story.never({
      [`${name} without ${missing}`]: missing.length,
      [`${name} by ${data.agentId}, who is not the agent`]: data.agentId !== AGENT,
      [`${name} for an invitation that is not pending`]: pending?.dialogId !== data.dialogId,
      [`${name} for an invitation that is over: ${pending?.over}`]: pending?.over,
    });
    if (pending?.dialogId !== data.dialogId || pending?.over) return;
    if (name === "cobrowseOffered") {
      this.story.never({ "Offered twice": ++pending!.offered > 1 });
      this.#checkConfirmed(pending!, "an offer");
    } else {
      pending!.answers.push(name);
      this.story.never({ [`${name}, which nobody said`]: !pending!.said.has(name), "answered twice": pending!.answers.length > 1 });
    }
  }

  #event({ type, detail }: PageEvent): void {
    const { reason } = detail as { reason?: Known["over"] };
    this.story.tell(`event ${type} ${reason ?? ""}`);
    if (type === "cobrowseError") return this.connection.reported(String(reason));
    const known = [...this.known.values()].find((known) => known.detail === detail) ?? this.pending;
    if (!known) return;
    if (type === "cobrowseOffered") {
      this.story.never({ "Offered again before it was closed": known.open });
      known.detail = detail;
      known.open = true;
      return;
    }
    this.story.never({ [`${type} for an invitation that is not offered`]: !known.open });
    known.open = false;
    if (type === "cobrowseClosed") {
      if (reason === "expired" && this.mayBeOver(known)) known.over ??= "expired";
      // What has expired may also have heard of another end before its clock was looked at.
      this.story.never({ [`closed as ${reason} what is ${known.over ?? "pending"}`]: known.over !== reason && known.over !== "expired" });
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

  #promptOpened(): void {
    this.story.tell("shows the prompt");
    const { page, pending } = this;
    // A tick between the key and the dialog's close event shows it anew: asked again, and nothing lost.
    if (this.#escaped && Date.now() - this.#escaped.at < DELAY) this.#escaped = undefined;
    this.armsAt = page.nextFrame + ARMING;
    this.story.never({
      "a prompt opened in a hidden page": page.document.hidden,
      "a prompt opened, though nothing is pending": !pending,
      "a prompt opened before it was offered": pending && !pending.offered,
    });
    if (pending?.offered) this.#checkConfirmed(pending, "a prompt");
  }

  /** On a connection that has not told its past, or does not show it, nobody is asked. */
  #checkConfirmed({ confirmedOn }: Known, what: string): void {
    const { socket } = this.connection;
    this.story.never({
      [`${what} that this connection has not confirmed`]: confirmedOn !== socket,
      [`${what} before the connection has told its clock`]: !this.connection.isLive(socket),
    });
  }
}
