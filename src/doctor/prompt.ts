// In the place of ../prompt.ts, as far as the snippet's code runs in the doctor: nobody is asked, but the page's own prompt is looked at.
import type { hidePrompt as hide, showPrompt as show } from "../prompt.ts";
import type { CobrowseInvitation } from "../api";
import { NAME, config, lookUp } from "../config.ts";
import { heard } from "./events.ts";
import { later } from "./patience.ts";
import { snippetRuns } from "./script.ts";
import { note, ok, wrong } from "./say.ts";

/** In which the page's own snippet hears of an invitation too. */
const COMPARED_AFTER = 2e3;

/** What the snippet would ask about now. */
let asked: CobrowseInvitation | false;
let observer: MutationObserver | undefined;
/** The page's snippet has shown its prompt. A page that removes that at once leaves no other trace. */
let came: boolean;

/** Whether the snippet asks about it now. */
export const isAsked = (dialogId: string, mode: string): boolean =>
  !!asked && asked.dialogId == dialogId && asked.mode == mode;

export const showPrompt: typeof show = (invitation) => {
  if (asked == invitation) return;
  hidePrompt();
  asked = invitation;
  const what = invitation.mode + ", of agent " + (invitation.agentId || "unknown");
  // After what socket.ts has to say of the conversations.
  later(() => ok("invitation", what + ": it is pending, and nothing about it keeps the snippet from asking."));
  came = false;
  observer = new MutationObserver((records) => {
    came =
      came || records.some(({ addedNodes }) => [...addedNodes].some(({ nodeName }) => nodeName.toLowerCase() == NAME));
  });
  observer.observe(document.documentElement, { childList: true });
  compareLater(invitation);
};

export const hidePrompt: typeof hide = () => {
  asked = false;
  if (observer) observer.disconnect();
};

function compareLater(invitation: CobrowseInvitation): void {
  later(() => {
    if (asked != invitation) return;
    // The agent's console may be in another tab.
    if (document.hidden) compareLater(invitation);
    else compare(invitation);
  }, COMPARED_AFTER);
}

/** Whether the page's own snippet does what it would. */
function compare({ dialogId }: CobrowseInvitation): void {
  const host = document.querySelector(NAME);
  const dialog = host && host.shadowRoot && host.shadowRoot.querySelector("dialog");
  const fate = heard.get(dialogId);
  // What is wrong there has been told; what is over needs no prompt.
  if (!snippetRuns() || fate == "prevented" || fate == "over") return;
  if (lookUp(config.prompt) == "confirm") compareConfirm();
  else if (dialog && dialog.offsetHeight && dialog.matches(":modal")) ok("prompt", "it is on the page.");
  else if (fate || host || came)
    wrong(
      "prompt",
      "the snippet asks, but nothing is seen",
      "Something on the page removes or hides <lp-cobrowse> again and again: search its scripts and styles.",
    );
  else
    wrong(
      "prompt",
      "this page's snippet does not ask",
      "Run lpCobrowse.start(). If it asks now, it was stopped, waited for its next try, or had the token of before the visitor signed in: let the page call lpCobrowse.start() at sign-in. If not, the visitor has just answered, or a listener of the page called preventDefault() on cobrowseOffered before the doctor came: ask the agent to invite again, and the doctor says so.",
    );
}

function compareConfirm(): void {
  if (!/\[native code\]/.test(Function.prototype.toString.call(confirm)))
    wrong("prompt", "the page has replaced confirm() by its own, whose answer may be none", 'Take "prompt": "dialog".');
  else
    note(
      "prompt",
      "it is the browser's confirm(), which no script can see. A frame, or a visitor who wants no more dialogs, gets none.",
    );
}
