import type { CobrowseInvitation } from "./api";
import { NAME, config, lookUp } from "./config.ts";
import { BUTTON, BUTTONS, DIALOG, FRAME, add } from "./parts.ts";
import { word } from "./words.ts";

/** How long after its first frame the dialog takes no answer, so that a press or key meant for the page gives no consent. */
const ARMING = 500;

/**
 * Chromium delivers frames that came while confirm() was open only afterwards: nearly all within 20 ms, all but huge ones
 * within 100 ms. One of them may say that the invitation has ended; or the clock says so, at the next tick (250 ms).
 */
const SETTLE = 300;

/** What the visitor is asked about: by confirm() once, until hidePrompt(). */
let asked: CobrowseInvitation | false;
/** Until the dialog takes answers, or confirm()'s answer is passed on. */
let timer: ReturnType<typeof setTimeout> | false;
let host: HTMLElement;
let dialog: HTMLDialogElement;

/** Asks the visitor, or goes on asking: called again and again while the invitation is pending. */
export function showPrompt(invitation: CobrowseInvitation): void {
  if (lookUp(config.prompt) != "confirm") {
    // Closed by Escape too early, or hidden, removed, moved by the page: shown anew.
    if (!dialog || !dialog.offsetHeight || !dialog.matches(":modal")) openDialog(invitation);
  } else if (asked != invitation) {
    // Firefox runs timers and delivers frames during confirm(): this may be called again while it is open.
    asked = invitation;
    const answer: unknown = confirm(word("title") + " " + word(invitation.mode));
    // A page may have a confirm() of its own. What it returns, a promise perhaps, is no answer unless it is true or false.
    if (answer === !!answer) timer = setTimeout(answer ? invitation.accept : invitation.decline, SETTLE);
  }
}

function openDialog(invitation: CobrowseInvitation): void {
  hidePrompt();
  asked = invitation;
  host = add(document.documentElement, NAME, "", "all:initial!important");
  dialog = add(host.attachShadow({ mode: "open" }), "dialog", "dialog", FRAME + DIALOG);
  dialog.role = "alertdialog";
  dialog.ariaLabel = word("title");
  add(dialog, "h2", "title", "margin:0");
  dialog.ariaDescription = add(dialog, "p", "message").textContent = word(invitation.mode);
  const buttons = add(dialog, "div", "", BUTTONS);
  buttons.inert = true;
  add(buttons, "button", "decline", BUTTON + "0");
  add(buttons, "button", "accept", BUTTON + "#05c;color:#fff");
  // Of every event that a document knows. (What its other properties are called is never fired; what is added again, not added.)
  for (const name in document) addEventListener(name.slice(2), shield, true);
  // The focus goes to the dialog itself, for the buttons are inert: someone who is typing presses nothing.
  dialog.showModal();
  // A timer alone would run out while the page is too busy to paint.
  requestAnimationFrame(() => {
    timer = setTimeout(() => {
      buttons.inert = false;
      // Escape closes a dialog whatever a cancel listener does.
      dialog.onclose = invitation.decline;
    }, ARMING);
  });
}

/**
 * Before any listener of the page, for it is the first on the way down: what the visitor does in the prompt is nobody else's. A focus
 * trap would take it for a press outside, and swallow it.
 */
function shield(event: Event): void {
  const { type } = event;
  if (event.target == host) {
    event.stopPropagation();
    if (type == "click") {
      // A list of parts is its text where a name is wanted, and only a button's is the name of an answer.
      const answer = (asked as CobrowseInvitation)[
        (event.composedPath()[0] as HTMLElement).part as unknown as "accept" | "decline"
      ];
      if (answer) answer();
    }
    // A popover or a modal of the page opens, or an element becomes fullscreen, and would lie over it: at the next tick it is on top again.
  } else if (/open|full/.test((event as ToggleEvent).newState + type)) hidePrompt();
}

/** Takes the question back: what the browser answers by itself from here on, because its tab is hidden, is not the visitor's answer. */
export function hidePrompt(): void {
  if (dialog) {
    dialog.onclose = null;
    // Gives the focus back to where it was, which removing does not. (Some libraries replace remove().)
    dialog.close();
    host.replaceWith();
  }
  // While confirm() is open no timer is set: what Firefox leaves open behind another tab is not asked twice.
  if (timer) {
    clearTimeout(timer);
    timer = asked = false;
  }
}
