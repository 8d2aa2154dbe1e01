import { serverTime } from "../clock.ts";
import { PUBLISH, lookUp } from "../config.ts";
import { each } from "../each.ts";
import type { Changes, Dialog } from "../frames";
import { LIFETIME, live } from "../invitation.ts";
import { word } from "../words.ts";
import { isAsked } from "./prompt.ts";
import { note, ok, wrong } from "./say.ts";
import { duration } from "./token.ts";

/** Of the present connection: the states of the conversations that it has told of, by id, and whether that is said. */
const states = new Map<string, string>();
let saidStates = false;
/** The dialogs that it says are INVITED, not judged yet. */
let sights: Dialog[] = [];
/** Dialog and end time of those that are. */
const judged = new Set<string>();

/** A new connection tells everything anew. */
export function forgetConnection(): void {
  states.clear();
  saidStates = false;
  sights = [];
}

/** Takes in what a frame says, before the snippet's code does. */
export function hearChanges(changes: Changes): void {
  each(changes, ({ type, result: { convId, conversationDetails } }) => {
    const state = type == "DELETE" ? "CLOSE" : conversationDetails.state;
    if (states.get(convId) != state) saidStates = false;
    states.set(convId, state);
    each(conversationDetails.dialogs, (dialog) => {
      const { channelType, metaData } = dialog;
      if (channelType == "COBROWSE" && metaData.sessionState == "INVITED" && dialog.state != "CLOSE")
        sights.push(dialog);
    });
  });
}

/** After the snippet's code has read a frame: says what is new. */
export function sayNews(): void {
  if (!live) return;
  if (!saidStates) sayConversations();
  saidStates = true;
  const seen = sights;
  sights = [];
  for (const dialog of seen) {
    const key = dialog.dialogId + " " + dialog.metaData.expires;
    if (!judged.has(key)) judge(dialog);
    judged.add(key);
  }
}

function sayConversations(): void {
  const open = [...states.values()].filter((state) => state != "CLOSE").length;
  if (open) ok("conversations", open + " open, in which an agent can invite.");
  else
    wrong(
      "conversations",
      "none is open",
      "An agent invites in a conversation with this token's consumer: begin one in the page's messaging window, with the same token, and keep it open. If one is open there, its token is another consumer's.",
    );
}

/** Says what the snippet makes of an invitation, and why. Where it asks, prompt.ts has said so. */
function judge({ dialogId, creationTs, metaData: { mode, expires } }: Dialog): void {
  if (isAsked(dialogId, mode)) return;
  const left = ((expires * 1e3 || creationTs + LIFETIME) - serverTime()) / 1e3;
  const what =
    mode +
    ", " +
    (left > 0 ? "ends in " + duration(left) : "ended " + duration(-left) + " ago") +
    " by LivePerson's clock";
  if (!(word(mode) || "")[1])
    wrong(
      "invitation",
      what + ": the snippet ignores it, for text has no sentence for " + mode,
      "To ask about these too, add a " + mode + " sentence to text in the config.",
    );
  else if (left < 0)
    wrong(
      "invitation",
      what + ": it is over, and nobody is asked",
      "Ask the agent to invite again. (What comes while the page is connected lasts its full time, however wrong the agent's clock.)",
    );
  else if (document.hidden) note("invitation", what + ": the snippet asks as soon as this tab is seen.");
  else if (!lookUp(PUBLISH + ".toString"))
    note("invitation", what + ": the snippet asks as soon as LivePerson's tag is there.");
  else
    note(
      "invitation",
      what + ": the snippet does not ask, for it was over before, or another is pending that ends later.",
    );
}
