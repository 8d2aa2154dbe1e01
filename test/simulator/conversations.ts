// The server's state: conversations with their dialogs, and the invitations that agents send in them.
import { randomUUID } from "node:crypto";
import type { SessionStep } from "./log.ts";

export interface InviteOptions {
  /** `shared` unless told. */
  mode?: string;
  /** Until it ends; 120 unless told. */
  seconds?: number;
  /** New for each invitation unless told; the oldest servers always say `COAPP`. */
  dialogId?: string;
  /** `none` leaves `metaData.expires` out, so that the end is two minutes after `creationTs`. */
  expires?: "field" | "none";
  /** The dialog's participants: the consumer and the agent unless told. */
  participants?: string[];
  /** How the dialog names them: as ids unless told, as the tutorials print them, or with their roles, as one client has them. */
  participantsAs?: "participants" | "participantsDetails";
  /**
   * What the dialog carries once it is ACCEPTED or CLOSED. `bare`, unless told: everything, and CLOSED hardly anything. `short`: in
   * both states ids, mode and sessionState only. `full`: everything in both, and CLOSED comes with `state` CLOSE.
   */
  updates?: "bare" | "short" | "full";
  /** Milliseconds that the agent's clock, which writes `creationTs` and `expires`, is ahead of the server's: 0 unless told. */
  agentClockOffset?: number;
}

export interface Change {
  type: "UPSERT" | "DELETE";
  result: { convId: string; conversationDetails?: { state: string; stage: string; dialogs: Dialog[]; [key: string]: unknown } };
}

interface Dialog {
  dialogId: string;
  channelType: string;
  [key: string]: unknown;
}

/** What conversations need of the server around them. */
export interface ConversationHost {
  readonly keepEndedDialogs: boolean;
  now(): number;
  publish(consumerId: string, change: Change): void;
  note(convId: string, dialogId: string | undefined, step: SessionStep): void;
}

export const AGENT = "le83624296.356285412";
/** Who writes with the consumer in the conversation's main dialog. */
const MESSAGING_AGENT = "734d9867-4a2b-4d6e-9a54-6cf2c1c1c0a5";
const TWO_MINUTES = 120_000;
/** The longest wait that setTimeout can do. */
const LONGEST_WAIT = 2 ** 31 - 1;

export class Conversation {
  readonly convId = randomUUID();
  readonly consumerId: string;
  /** What the connection that started it has announced: it is stored with the conversation. */
  readonly features: readonly string[];
  readonly invitations: Invitation[] = [];
  state: "OPEN" | "CLOSE" = "OPEN";
  deleted = false;
  #startTs: number;
  #changedAt: number;
  #host: ConversationHost;

  constructor(consumerId: string, host: ConversationHost, features: readonly string[] = ["CO_BROWSE"]) {
    this.consumerId = consumerId;
    this.features = features;
    this.#host = host;
    this.#startTs = this.#changedAt = host.now();
    host.note(this.convId, undefined, "conversation opened");
    this.publish();
  }

  /** consumerId#convId: the same for every invitation of a conversation. */
  get serviceId(): string {
    return `${this.consumerId}#${this.convId}`;
  }

  /** An agent invites the consumer to co-browse. */
  invite(options: InviteOptions = {}): Invitation {
    if (this.state !== "OPEN") throw new Error("This conversation has ended; nobody can be invited in it.");
    const invitation = new Invitation(this, this.#host, options);
    this.invitations.push(invitation);
    invitation.begin();
    return invitation;
  }

  /**
   * What the consumer has said, on its way to the agent. When it arrives, the pending invitation is answered, unless that has ended
   * meanwhile. Undefined where nothing is answered by it.
   *
   * @param name of the lpTag event
   * @param dialogId of the invitation that is meant; the newest pending one unless told
   */
  answer(name: string, dialogId?: unknown): (() => void) | undefined {
    if (this.state !== "OPEN" || (name !== "cobrowseAccepted" && name !== "cobrowseDeclined")) return undefined;
    const isMeant = (invitation: Invitation) => invitation.state === "INVITED" && invitation.dialogId === (dialogId ?? invitation.dialogId);
    const pending = this.invitations.filter(isMeant).at(-1);
    return (
      pending &&
      (() => {
        if (pending.state !== "INVITED" || this.state !== "OPEN") return;
        if (name === "cobrowseAccepted") pending.accept();
        else pending.decline();
      })
    );
  }

  /**
   * The conversation closes. Its dialogs stay as they are: a pending invitation is over all the same. With that it leaves the
   * subscriptions to open conversations, which is told as a DELETE.
   */
  end(): void {
    if (this.state === "CLOSE") return;
    this.state = "CLOSE";
    this.#changedAt = this.#host.now();
    this.#abandon();
    this.#host.note(this.convId, undefined, "conversation ended");
    this.publish();
  }

  /** The conversation goes from every subscription that has it, with a DELETE that carries nothing but its id, and no word before. */
  delete(): void {
    if (this.deleted) return;
    this.deleted = true;
    this.state = "CLOSE";
    this.#abandon();
    this.#host.note(this.convId, undefined, "conversation deleted");
    this.#host.publish(this.consumerId, { type: "DELETE", result: { convId: this.convId } });
  }

  publish(shown?: Invitation, copy = false): void {
    this.#host.publish(this.consumerId, this.change(shown, copy));
  }

  /** The conversation as a notification tells it. `shown` is told even if it has ended, as `copy` as it was when pending. */
  change(shown?: Invitation, copy = false): Change {
    const current = new Map(this.invitations.map((invitation) => [invitation.dialogId, invitation]));
    if (shown) current.set(shown.dialogId, shown);
    const dialogs = [...current.values()]
      .filter((invitation) => invitation === shown || !invitation.ended || this.#host.keepEndedDialogs)
      .map((invitation) => (copy && invitation === shown ? invitation.invitedDialog() : invitation.dialog()));
    const participants = [
      { id: this.consumerId, role: "CONSUMER" },
      { id: MESSAGING_AGENT, role: "ASSIGNED_AGENT" },
    ];
    const main = {
      dialogId: this.convId,
      participantsDetails: participants.map((participant) => ({ ...participant, state: "ACTIVE" })),
      dialogType: "MAIN",
      channelType: "MESSAGING",
      state: this.state,
      creationTs: this.#startTs,
      metaDataLastUpdateTs: this.#changedAt,
    };
    return {
      type: "UPSERT",
      result: {
        convId: this.convId,
        // `state` speaks of the main dialog, `stage` of the whole: they differ only during a survey, which nobody holds here.
        conversationDetails: { state: this.state, stage: this.state, startTs: this.#startTs, participants, dialogs: [main, ...dialogs] },
      },
    };
  }

  /** The server's clock jumped. */
  reschedule(): void {
    for (const invitation of this.invitations) invitation.schedule();
  }

  /** No invitation of this conversation ends by itself any more. */
  #abandon(): void {
    for (const invitation of this.invitations) invitation.unschedule();
  }

  /** The simulator closes. */
  dispose(): void {
    this.#abandon();
  }
}

export class Invitation {
  readonly dialogId: string;
  readonly mode: string;
  /** Its end on the server's clock, ms. */
  readonly expiresAt: number;
  state: "INVITED" | "ACCEPTED" | "CLOSED" = "INVITED";
  #conversation: Conversation;
  #host: ConversationHost;
  #options: InviteOptions;
  #creationTs: number;
  #invitedAt: number;
  #changedAt: number;
  #notificationKey = randomUUID();
  #dialogClosed = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(conversation: Conversation, host: ConversationHost, options: InviteOptions) {
    const { seconds = 120, expires = "field" } = options;
    this.#conversation = conversation;
    this.#host = host;
    this.#options = options;
    this.dialogId = options.dialogId ?? randomUUID();
    this.mode = options.mode ?? "shared";
    this.#invitedAt = this.#changedAt = host.now();
    this.expiresAt = this.#invitedAt + seconds * 1000;
    // Without the field the end follows from the beginning, so a short invitation began earlier.
    this.#creationTs = expires === "none" ? this.expiresAt - TWO_MINUTES : this.#invitedAt;
  }

  get serviceId(): string {
    return this.#conversation.serviceId;
  }

  get ended(): boolean {
    return this.state === "CLOSED";
  }

  /** The agent withdraws it, or ends the session that came of it. */
  cancel(): void {
    this.#close(this.state === "ACCEPTED" ? "ended" : "cancelled");
  }

  /** The consumer ends the session that came of it. */
  stop(): void {
    if (this.state === "ACCEPTED") this.#close("stopped");
  }

  /** The consumer said no: on this page, or in another window. */
  decline(): void {
    this.#close("declined");
  }

  /** The consumer said yes in another window. */
  acceptElsewhere(): void {
    this.accept("accepted elsewhere");
  }

  /** The consumer said yes on the page. */
  accept(step: SessionStep = "accepted"): void {
    if (this.state !== "INVITED") return;
    this.state = "ACCEPTED";
    this.unschedule();
    this.#tell(step);
  }

  /** The accepted session begins: ACCEPTED is sent a second time. */
  join(): void {
    if (this.state === "ACCEPTED") this.#tell("joined");
  }

  /** The dialog closes and its sessionState still reads INVITED. */
  closeDialog(): void {
    if (this.ended) return;
    this.#dialogClosed = true;
    this.#tell("dialog closed");
    this.unschedule();
    this.state = "CLOSED";
  }

  /** A copy of the first notification, word for word; a late one if the invitation has ended. */
  resend(): void {
    this.#host.note(this.#conversation.convId, this.dialogId, "copied");
    this.#conversation.publish(this, true);
  }

  begin(): void {
    this.schedule();
    this.#tell("invited");
  }

  schedule(): void {
    this.unschedule();
    if (this.state !== "INVITED" || this.#conversation.state !== "OPEN") return;
    const wait = this.expiresAt - this.#host.now();
    this.#timer = setTimeout(() => (this.expiresAt <= this.#host.now() ? this.#close("expired") : this.schedule()), Math.max(0, Math.min(wait, LONGEST_WAIT)));
  }

  unschedule(): void {
    clearTimeout(this.#timer);
  }

  /** The dialog as it is now. */
  dialog(): Dialog {
    const { updates = "bare" } = this.#options;
    const sessionState = this.state;
    const full = this.#fullDialog(sessionState, this.#dialogClosed || this.ended, this.#changedAt);
    // Its state is what there is to tell.
    if (this.#dialogClosed && !this.ended) return full;
    if (updates === "short" && sessionState !== "INVITED") return this.#dialogWith({ sessionState, ...this.#known() });
    if (updates === "bare" && this.ended) return this.#dialogWith({ sessionState });
    return full;
  }

  /** The dialog as it was told first. */
  invitedDialog(): Dialog {
    return this.#fullDialog("INVITED", false, this.#invitedAt);
  }

  #fullDialog(sessionState: string, closed: boolean, metaDataLastUpdateTs: number): Dialog {
    const { expires = "field", participants = [this.#conversation.consumerId, AGENT], participantsAs = "participants", agentClockOffset = 0 } = this.#options;
    const details = participants.map((id) => ({ id, role: id === this.#conversation.consumerId ? "CONSUMER" : "ASSIGNED_AGENT" }));
    const metaData = {
      serviceId: this.serviceId,
      ...this.#known(),
      ...(expires === "field" && { expires: (this.expiresAt + agentClockOffset) / 1000 }),
      sessionState,
      ...SECRETS,
    };
    return {
      ...this.#dialogWith(metaData),
      ...(participantsAs === "participants" ? { participants } : { participantsDetails: details }),
      state: closed ? "CLOSE" : "OPEN",
      creationTs: this.#creationTs + agentClockOffset,
      metaDataLastUpdateTs,
    };
  }

  #dialogWith(metaData: object): Dialog {
    return { dialogId: this.dialogId, dialogType: "OTHER", channelType: "COBROWSE", metaData };
  }

  /** What the metaData of a short update has besides its state. */
  #known(): object {
    return { dialogId: this.dialogId, mode: this.mode, notificationKey: this.#notificationKey };
  }

  #close(step: SessionStep): void {
    if (this.ended) return;
    this.state = "CLOSED";
    this.unschedule();
    this.#tell(step);
  }

  #tell(step: SessionStep): void {
    this.#changedAt = this.#host.now();
    this.#host.note(this.#conversation.convId, this.dialogId, step);
    this.#conversation.publish(this);
  }
}

/** What older servers put into the payload and no page may ever pass on. Leak tests look for "secret". */
export const SECRETS = {
  permissions: "audio,screen,control",
  host: "https://secret-host.example",
  uid: "secret-uid-356285412",
  channel: "secret-channel-356285412",
  token: "secret-token-356285412",
  role: "visitor",
};
