import type { CobrowseClosedReason, CobrowseInvitation } from "./api";
import { serverTime } from "./clock.ts";
import { TAG, config, lookUp } from "./config.ts";
import type { Dialog } from "./frames";
import { report, tell } from "./page.ts";
import { hidePrompt, showPrompt } from "./prompt.ts";
import { word } from "./words.ts";

/** It appears when LivePerson's tag has replaced its stub. */
const PUBLISH = TAG + "events.publish";
const TICK = 250;
/** How long the tag may take to load before the site is told. */
const PATIENCE = 1e4;
/** Where `expires` is missing, from `creationTs` on. */
const LIFETIME = 12e4;

/** The one pending invitation, as it is published. The variables down to `asking` are about it, or about the one that was last. */
let pending: CobrowseInvitation | false;
let dialogId: string;
/** `dialogId` with the end time: what tells an invitation from its copies and from the next one of the same dialog. */
let identity: string;
/** By the server's clock, in milliseconds. */
let endTime: number;
/** The conversation in which the present connection has shown the invitation as pending; empty until it has. */
let conversationId: string;
let offered: boolean;
/** Whether the built-in prompt asks. Until the invitation is offered nobody does; if a listener prevents that, the page does. */
let asking: boolean;

/** Published: it may come again, after stop() or an outage, but is not published again. */
const OFFERED = 1;
/** For good. */
const ENDED = 2;
/** What has become of each identity; grows by one entry per invitation. */
const fate: Record<string, typeof OFFERED | typeof ENDED> = {};

let patience: ReturnType<typeof setTimeout>;
let ticker: ReturnType<typeof setTimeout>;

/** The server shows an invitation as pending. */
export function invite(dialog: Dialog, convId: string): void {
  const id = dialog.dialogId;
  const { serviceId, mode, expires } = dialog.metaData;
  const endsAt = expires * 1e3 || dialog.creationTs + LIFETIME;
  const key = id + endsAt;
  if (pending && key == identity) conversationId = convId;
  else if (fate[key] != ENDED && !(endsAt < serverTime()) && word(mode).trim()) {
    // serviceId is the consumer's id, "#" and the conversation's. Of ssid and svid LivePerson takes any string that is not empty.
    const participants = ([] as string[]).concat(dialog.participants);
    const invitation: CobrowseInvitation = {
      serviceId,
      agentId: participants[serviceId.indexOf(participants[0] + "#") ? 0 : 1],
      visitorName: "Visitor",
      mode,
      ssid: id,
      svid: id,
      dialogId: id,
      accept() {
        if (pending == invitation) finish("Accepted", true);
      },
      decline() {
        if (pending == invitation) finish("Declined", true);
      },
    };
    // The server speaks of this conversation now: the older one is replaced for good, even if this connection has not shown it.
    conversationId = convId;
    end("replaced");
    pending = invitation;
    dialogId = id;
    identity = key;
    endTime = endsAt;
    offered = asking = false;
    patience = setTimeout(report, PATIENCE, "no " + PUBLISH);
  }
}

/** The server shows the dialog as anything but an open invitation: it is over for good, also if it was only to come again. */
export function endDialog(id: string, acceptedElsewhere: boolean): void {
  if (id == dialogId) {
    fate[identity] = ENDED;
    end(acceptedElsewhere && "answered");
  }
}

/** The conversation is over. */
export function endConversation(convId: string): void {
  if (convId == conversationId) end();
}

/** The present connection has shown all that is pending: what it has not shown is over. */
export function endUnconfirmed(): void {
  if (!conversationId) end();
}

/** The connection is lost. From here on the server has to confirm the pending invitation before it is shown again. */
export function doubt(): void {
  conversationId = "";
}

/** Moves the pending invitation on as far as the clock, the tag and the visitor's eyes allow, and sets the next tick before that. */
export function advance(): void {
  const now = serverTime();
  if (pending && now) {
    clearTimeout(ticker);
    ticker = setTimeout(advance, TICK);
    if (endTime < now) end("expired");
    else {
      // Is publish there? A function at the end of a path is called, and toString() does no harm, whatever a library made of it.
      if (!offered && lookUp(PUBLISH + ".toString")) offer(pending);
      if (pending && asking && conversationId && !document.hidden) showPrompt(pending);
    }
  }
}

function offer(invitation: CobrowseInvitation): void {
  (["visitorName", "ssid", "svid", "scid", "cid", "eid"] as const).map((key) => {
    invitation[key] = lookUp(config[key]) || invitation[key];
  });
  // Before it is told: a listener may answer at once.
  clearTimeout(patience);
  offered = true;
  const before = fate[identity];
  fate[identity] = OFFERED;
  asking = tell("Offered", invitation, !before);
}

/**
 * The end without an answer given here: every reason is a call of this.
 *
 * @param reason where it is not given: the agent cancelled, or something else did in LivePerson
 */
export function end(reason?: CobrowseClosedReason | false): void {
  if (pending) {
    pending.reason = reason || "cancelled";
    finish("Closed");
  }
}

/** The one way out of the pending invitation: through `accept()`, `decline()` or `end()`. */
function finish(event: "Accepted" | "Declined" | "Closed", answered?: boolean): void {
  const invitation = pending as CobrowseInvitation;
  pending = false;
  clearTimeout(patience);
  hidePrompt();
  // What ends without a word from the server, by stop() or unseen in an outage, may come again: it is shown anew if it is still
  // pending then.
  if (answered || conversationId) fate[identity] = ENDED;
  if (offered) tell(event, invitation, answered);
}
