import type { CobrowseClosedReason, CobrowseInvitation } from "./api";
import { MARGIN, serverTime } from "./clock.ts";
import { PUBLISH, lookUp } from "./config.ts";
import { addAgent, addConfigured } from "./detail.ts";
import type { Dialog } from "./frames";
import { report, tell } from "./page.ts";
import { hidePrompt, showPrompt } from "./prompt.ts";
import { word } from "./words.ts";

const TICK = 250;
/** So many ticks, 10 s, may the tag be missing before the site is told. */
const PATIENCE = 40;
/** Where `expires` is missing, from `creationTs` on. */
export const LIFETIME = 12e4;

/** The one pending invitation, as it is published. The variables down to `asking` are about it, or about the one that was last. */
let pending: CobrowseInvitation | false;
let dialogId: string;
/** `dialogId` with the end time: what tells an invitation from its copies and from the next one of the same dialog. */
let identity: string;
/** By the server's clock, in milliseconds. */
let endTime: number;
/** The conversation in which the present connection has shown an invitation; none until it has. */
let conversationId: string | false;
let offered: boolean;
/** Whether the built-in prompt asks. Until the invitation is offered nobody does; if a listener prevents that, the page does. */
let asking: boolean;

/** What has become of each identity, as bits: published (it may come again, but is not published again); over for good. */
const fate: Record<string, number> = {};
const OFFERED = 1;
const ENDED = 2;

/** Whether the present connection has told all that there was before it, and its clock. What it tells from then on happens now. */
export let live: boolean;

/** In which it waited for the tag. */
let ticks: number;
let ticker: ReturnType<typeof setTimeout>;

/** The server shows an invitation as pending. Of what was there before the connection was live, the one that ends last is asked about. */
export function invite(dialog: Dialog, convId: string): void {
  const id = dialog.dialogId;
  const { serviceId, mode, expires } = dialog.metaData;
  const created = dialog.creationTs;
  const endsAt = expires * 1e3 || created + LIFETIME;
  const key = id + endsAt;
  // The clock that has written its times may be wrong. What comes live was written just now, and shows how wrong.
  const end = endsAt - ((live && created - serverTime() + MARGIN) || 0);
  if (pending && key == identity) conversationId = convId;
  else if (
    fate[key]! > OFFERED ||
    end < serverTime() ||
    (!live && pending && conversationId && end < endTime) ||
    // A blank for a sentence is how a site ignores a mode.
    !word(mode)[1]
  )
    fate[key] = ENDED;
  else {
    // Of ssid and svid LivePerson takes any string that is not empty.
    const invitation: CobrowseInvitation = {
      serviceId,
      visitorName: "Visitor",
      mode,
      ssid: id,
      svid: id,
      dialogId: id,
      accept() {
        if (pending == invitation) finish(false, "Accepted");
      },
      decline() {
        if (pending == invitation) finish(false, "Declined");
      },
    };
    addAgent(invitation, serviceId, dialog.participants || dialog.participantsDetails);
    // The server speaks of this conversation now: the older one is replaced for good, even if this connection has not shown it.
    conversationId = convId;
    finish("replaced");
    pending = invitation;
    dialogId = id;
    identity = key;
    endTime = end;
    offered = asking = false;
    ticks = 0;
  }
}

/** The server shows the dialog as anything but an open invitation. It has spoken: this is for good. */
export function endDialog(id: string, convId: string, acceptedElsewhere: boolean): void {
  if (id == dialogId) {
    conversationId = convId;
    finish(acceptedElsewhere && "answered");
  }
}

/** The conversation is over. */
export function endConversation(convId: string): void {
  if (convId == conversationId) finish();
}

/** The present connection has told all that there was before it: what it has not shown is over. */
export function goLive(): void {
  // Before that is told: a listener may call stop() or start().
  live = true;
  if (!conversationId) finish();
}

/** The connection is lost. From here on the server has to confirm the pending invitation, or else it is over. */
export function doubt(): void {
  conversationId = live = false;
}

/** Moves the pending invitation on as far as the clock, the tag and the visitor's eyes allow, and sets the next tick before that: whatever throws. */
export function advance(ticked?: boolean): void {
  const invitation = pending;
  if (invitation) {
    clearTimeout(ticker);
    ticker = setTimeout(advance, TICK, true);
    if (endTime < serverTime()) finish("expired");
    else if (live) {
      // Is publish there? A function at the end of a path is called, and toString() does no harm, whatever a library made of it.
      if (!offered)
        if (lookUp(PUBLISH + ".toString")) offer(invitation);
        else if (ticked && ++ticks == PATIENCE) report("no " + PUBLISH);
      if (pending && asking && !document.hidden) showPrompt(invitation);
    }
  }
}

function offer(invitation: CobrowseInvitation): void {
  addConfigured(invitation);
  offered = true; // Before it is told: a listener may answer at once.
  asking = tell("Offered", invitation, !fate[identity]);
  fate[identity]! |= OFFERED;
}

/** The one way out of the pending invitation, if there is one. Where no reason and no answer is given, LivePerson's side cancelled it. */
export function finish(reason?: CobrowseClosedReason | false, answer?: "Accepted" | "Declined"): void {
  const invitation = pending;
  // What has ended while the computer slept takes no answer, even before the next tick.
  if (invitation && !(answer && endTime < serverTime())) {
    pending = false;
    hidePrompt();
    // What ends without a word from the server, by stop() or unseen in an outage, may come again.
    if (answer || conversationId || endTime < serverTime()) fate[identity] = ENDED;
    if (!answer) invitation.reason = reason || "cancelled";
    if (offered) tell(answer || "Closed", invitation, answer);
  }
}
