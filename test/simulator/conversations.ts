// The server's state: conversations with their dialogs, and the invitations that agents send in them.
import { randomUUID } from "node:crypto";
import type { LivePerson } from "./liveperson.ts";
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

export const AGENT = "le83624296.356285412";
/** Who writes with the consumer in the conversation's main dialog. */
const MESSAGING_AGENT = "734d9867-4a2b-4d6e-9a54-6cf2c1c1c0a5";
const TWO_MINUTES = 120_000;
/** The longest wait that setTimeout can do. */
const LONGEST_WAIT = 2 ** 31 - 1;

export class Conversation {
  readonly convId = randomUUID();
  readonly consumerId: string;
  readonly invitations: Invitation[] = [];
  state: "OPEN" | "CLOSE" = "OPEN";
  deleted = false;
  #startTs: number;
  #changedAt: number;
  readonly livePerson: LivePerson;

  constructor(consumerId: string, livePerson: LivePerson) {
    this.consumerId = consumerId;
    this.livePerson = livePerson;
    this.#startTs = this.#changedAt = livePerson.now();
    this.note("conversation opened");
    this.publish();
  }

  /** consumerId#convId: the same for every invitation of a conversation. */
  get serviceId(): string {
    return `${this.consumerId}#${this.convId}`;
  }

  /** An agent invites the consumer to co-browse. */
  invite(options: InviteOptions = {}): Invitation {
    if (this.state !== "OPEN") throw new Error("This conversation has ended; nobody can be invited in it.");
    const invitation = new Invitation(this, options);
    this.invitations.push(invitation);
    invitation.begin();
    return invitation;
  }

  /** The newest invitation that is pending here, or the one of that dialog. */
  pending(dialogId?: unknown): Invitation | undefined {
    return this.invitations.filter((invitation) => invitation.pending && invitation.dialogId === (dialogId ?? invitation.dialogId)).at(-1);
  }

  /**
   * The conversation closes. Its dialogs stay as they are: a pending invitation is over all the same. With that it leaves the
   * subscriptions to open conversations, which is told as a DELETE.
   */
  end(): void {
    if (this.state === "CLOSE") return;
    this.state = "CLOSE";
    this.#changedAt = this.livePerson.now();
    this.dispose();
    this.note("conversation ended");
    this.publish();
  }

  /** The conversation goes from every subscription that has it, with a DELETE that carries nothing but its id, and no word before. */
  delete(): void {
    if (this.deleted) return;
    this.deleted = true;
    this.state = "CLOSE";
    this.dispose();
    this.note("conversation deleted");
    this.livePerson.publish(this.consumerId, { type: "DELETE", result: { convId: this.convId } });
  }

  publish(shown?: Invitation, copy = false): void {
    this.livePerson.publish(this.consumerId, this.change(shown, copy));
  }

  note(step: SessionStep, dialogId?: string): void {
    this.livePerson.history.add({ type: "session", convId: this.convId, dialogId, step });
  }

  /** The conversation as a notification tells it. `shown` is told even if it has ended, as `copy` as it was when pending. */
  change(shown?: Invitation, copy = false): Change {
    const current = new Map(this.invitations.map((invitation) => [invitation.dialogId, invitation]));
    if (shown) current.set(shown.dialogId, shown);
    const dialogs = [...current.values()]
      .filter((invitation) => invitation === shown || !invitation.ended || this.livePerson.keepEndedDialogs)
      .map((invitation) => (copy && invitation === shown ? invitation.original : invitation.dialog()));
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
  dispose(): void {
    for (const invitation of this.invitations) invitation.unschedule();
  }
}

export class Invitation {
  readonly dialogId: string;
  readonly mode: string;
  /** Its end on the server's clock, ms. */
  readonly expiresAt: number;
  state: "INVITED" | "ACCEPTED" | "CLOSED" = "INVITED";
  #conversation: Conversation;
  #options: InviteOptions;
  #creationTs: number;
  #changedAt: number;
  /** What was told last. */
  #step: SessionStep = "invited";
  #dialogState: "OPEN" | "CLOSE" = "OPEN";
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** The dialog as it was told first. */
  readonly original: Dialog;

  constructor(conversation: Conversation, options: InviteOptions) {
    const { mode = "shared", seconds = 120, dialogId = randomUUID(), expires = "field" } = options;
    this.#conversation = conversation;
    this.#options = options;
    this.dialogId = dialogId;
    this.mode = mode;
    this.#changedAt = conversation.livePerson.now();
    this.expiresAt = this.#changedAt + seconds * 1000;
    // Without the field the end follows from the beginning, so a short invitation began earlier.
    this.#creationTs = expires === "none" ? this.expiresAt - TWO_MINUTES : this.#changedAt;
    this.original = this.dialog();
  }

  get serviceId(): string {
    return this.#conversation.serviceId;
  }

  get ended(): boolean {
    return this.state === "CLOSED";
  }

  /** It can be answered. */
  get pending(): boolean {
    return this.state === "INVITED" && this.#conversation.state === "OPEN";
  }

  /** What the consumer has said by an lpTag event of that name arrives. It is no answer any more if the invitation has ended meanwhile. */
  answer(name: string): void {
    if (!this.pending) return;
    if (name === "cobrowseAccepted") this.accept();
    if (name === "cobrowseDeclined") this.decline();
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
    this.#dialogState = "CLOSE";
    this.#tell("dialog closed");
    this.unschedule();
    this.state = "CLOSED";
  }

  /** A copy of the first notification, word for word; a late one if the invitation has ended. */
  resend(): void {
    this.#conversation.note("copied", this.dialogId);
    this.#conversation.publish(this, true);
  }

  begin(): void {
    this.schedule();
    this.#tell("invited");
  }

  schedule(): void {
    this.unschedule();
    if (!this.pending) return;
    const left = () => this.expiresAt - this.#conversation.livePerson.now();
    this.#timer = setTimeout(() => (left() <= 0 ? this.#close("expired") : this.schedule()), Math.max(0, Math.min(left(), LONGEST_WAIT)));
  }

  unschedule(): void {
    clearTimeout(this.#timer);
  }

  /** The dialog as it is now. */
  dialog(): Dialog {
    const { dialogId, mode, serviceId, state: sessionState } = this;
    const { consumerId } = this.#conversation;
    const { expires = "field", participants = [consumerId, AGENT], participantsAs, updates = "bare", agentClockOffset = 0 } = this.#options;
    const dialog = { dialogId, dialogType: "OTHER", channelType: "COBROWSE" };
    const known = { sessionState, dialogId, mode, notificationKey: this.#step };
    // Where it closes with a sessionState that does not say so, its state is what there is to tell.
    const closes = this.#dialogState === "CLOSE" && !this.ended;
    if (updates === "short" && sessionState !== "INVITED" && !closes) return { ...dialog, metaData: known };
    if (updates === "bare" && this.ended) return { ...dialog, metaData: { sessionState } };
    const details = participants.map((id) => ({ id, role: id === consumerId ? "CONSUMER" : "ASSIGNED_AGENT" }));
    return {
      ...dialog,
      metaData: { serviceId, ...known, ...(expires === "field" && { expires: (this.expiresAt + agentClockOffset) / 1000 }), ...SECRETS },
      ...(participantsAs === "participantsDetails" ? { participantsDetails: details } : { participants }),
      state: this.#dialogState,
      creationTs: this.#creationTs + agentClockOffset,
      metaDataLastUpdateTs: this.#changedAt,
    };
  }

  #close(step: SessionStep): void {
    if (this.ended) return;
    this.state = "CLOSED";
    this.#dialogState = "CLOSE";
    this.unschedule();
    this.#tell(step);
  }

  #tell(step: SessionStep): void {
    this.#step = step;
    this.#changedAt = this.#conversation.livePerson.now();
    this.#conversation.note(step, this.dialogId);
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
