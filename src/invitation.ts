import type { CobrowseClosedReason, CobrowseInvitation } from "./api";
import { serverTime, timeKnown } from "./clock.ts";
import { config, lookUp } from "./config.ts";
import type { Dialog } from "./conversation.ts";
import { report, tell } from "./page.ts";
import { hidePrompt, showPrompt } from "./prompt.ts";
import { word } from "./words.ts";

const TICK = 250;

const OFFERED = 1;
const ENDED = 2;
const NOT_YET = 0;

/** What has become of each identity; grows by one entry per invitation. */
const fate: Record<string, number> = {};

/** The one pending invitation, as it is published; everything below is about it. */
let pending: CobrowseInvitation | false;
/** `dialogId` with the end time: what tells an invitation from its copies and from the next one of the same dialog. */
let identity: string;
let dialogId: string;
/** Empty until the present connection has shown the invitation as pending. */
let conversationId: string;
/** Milliseconds of the server's clock. */
let endTime: number;
/** Whether the built-in prompt asks the visitor, or else the page itself; NOT_YET until the invitation is offered. */
let weAsk: boolean | typeof NOT_YET;
let ticker: number;
/** Looks in vain for the tag's `publish`. */
let looks: number;

/** Takes in what a frame says of a COBROWSE dialog. */
export function seeDialog(dialog: Dialog, convId: string): void {
  const id = dialog.dialogId;
  const metaData: Dialog["metaData"] = dialog.metaData || {};
  const { serviceId } = metaData;
  const states = dialog.state! + metaData.sessionState;
  // A dialog's state is OPEN or CLOSE, its sessionState INVITED, ACCEPTED or CLOSED.
  const reason = /CLOSE/.test(states) ? "cancelled" : /ACC/.test(states) && "answered";
  const end = metaData.expires! * 1e3 || dialog.creationTs! + 12e4;
  const key = id + end;
  if (reason) {
    if (id == dialogId) {
      fate[identity] = ENDED;
      finish(reason);
    }
  } else if (/INV/.test(states))
    if (pending && key == identity) conversationId = convId;
    else if (!(fate[key]! > OFFERED) && !(end < serverTime()) && word(metaData.mode!).trim()) {
      const invitation: CobrowseInvitation = {
        serviceId: serviceId!,
        // serviceId is the consumer's id, "#" and the conversation's.
        agentId: ([] as string[]).concat(dialog.participants!).find((id) => serviceId!.indexOf(id + "#")),
        visitorName: "Visitor",
        mode: metaData.mode!,
        // LivePerson takes any string that is not empty.
        ssid: id,
        svid: id,
        dialogId: id,
        accept: finish.bind(0, key, "Accepted"),
        decline: finish.bind(0, key, "Declined"),
      };
      conversationId = convId;
      finish("replaced");
      pending = invitation;
      identity = key;
      dialogId = id;
      endTime = end;
      looks = weAsk = NOT_YET;
    }
}

/** Takes in that a conversation has ended. For `""`: whatever the present connection has not shown as pending has. */
export function seeEnded(convId: string): void {
  if (convId == conversationId) finish("cancelled");
}

/** Moves the pending invitation on as far as the clock, the tag and the visitor's eyes allow. */
export function advance(): void {
  if (pending && timeKnown()) {
    if (endTime < serverTime()) finish("expired");
    else {
      if (weAsk === NOT_YET)
        // Is it there? A function at the end of a path is called, and bind() does no harm.
        if (lookUp("window.lpTag.events.publish.bind")) {
          // What is configured of ssid, svid, scid, cid, eid and visitorName.
          for (const key in config)
            if (/id|N/.test(key)) pending[key as "ssid"] = lookUp(config[key]) || pending[key as "ssid"];
          // Until it is told: a listener may answer at once.
          weAsk = false;
          weAsk = tell("Offered", pending, !fate[identity]);
          fate[identity]! |= OFFERED;
        } else if (++looks == 1e4 / TICK) report("no lpTag.events.publish");
      if (pending && weAsk && conversationId && !document.hidden) showPrompt(pending);
    }
    clearTimeout(ticker);
    ticker = setTimeout(advance, TICK) as any;
  }
}

/**
 * The one way out of an invitation: with the reason why there is no answer, or with an answer to the invitation of that
 * identity, which counts only while that is the pending one.
 */
export function finish(by: string, answer?: "Accepted" | "Declined"): void {
  const invitation = pending;
  if (invitation && (!answer || by == identity)) {
    pending = false;
    hidePrompt();
    // What ends without a word from the server, by stop() or unseen in an outage, comes again if it is still pending then.
    if (answer || conversationId) fate[identity] = ENDED;
    if (weAsk !== NOT_YET) {
      if (!answer) invitation.reason = by as CobrowseClosedReason;
      tell(answer || "Closed", invitation, answer);
    }
  }
}

/** From here on the server has to confirm the pending invitation before it is shown. */
export function doubt(): void {
  conversationId = "";
}
