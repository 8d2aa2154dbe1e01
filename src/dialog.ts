import type { CobrowseInvitation } from "./api";
import { NAME } from "./page.ts";
import { word } from "./words.ts";

/** How long nothing counts as an answer, so that a click or key meant for the page gives no consent. */
const ARMING = 500;

// As properties of the elements, since a strict policy allows them, and the page's rules for ::part() win over them. A dialog's
// own style in every engine is Canvas and CanvasText, centred, scrolling, and never higher than the window.
const FRAME = "font:1em system-ui;border:1px solid;border-radius:1em;";
const DIALOG = FRAME + "word-break:break-word;user-select:none;color-scheme:light dark;width:25em";
const BUTTON = FRAME + "padding:1em;background:";

let host: HTMLElement;
let dialog: HTMLDialogElement;

/**
 * Adds an element that reads in its own direction.
 *
 * @param part its name for the page's `::part()` rules; empty for none
 * @param text where it is not given: the word of the part's name, if there is one
 */
function add<Tag extends keyof HTMLElementTagNameMap>(
  parent: Element | ShadowRoot,
  tag: Tag,
  part: string,
  style: string,
  text?: string,
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  parent.append(element);
  element.part = part;
  element.style = style;
  element.textContent = text || word(part);
  element.dir = "auto";
  return element;
}

/** Shows the dialog, or shows it anew where something the page did has covered or removed it. */
export function showDialog(invitation: CobrowseInvitation): void {
  // While the dialog is on top its backdrop fills the window.
  if (document.elementFromPoint(0, 0) == host) return;
  hideDialog();
  host = add(document.documentElement, NAME, "", "all:initial!important");
  dialog = add(host.attachShadow({ mode: "open" }), "dialog", "dialog", DIALOG);
  dialog.role = "alertdialog";
  add(dialog, "h2", "title", "", (dialog.ariaLabel = word("title")));
  const content = add(dialog, "div", "", "display:grid;gap:1em");
  content.inert = true;
  add(content, "div", "message", "", (dialog.ariaDescription = word(invitation.mode)));
  add(content, "button", "decline", BUTTON + "0").onclick = invitation.decline;
  add(content, "button", "accept", BUTTON + "#05c;color:#fff").onclick = invitation.accept;
  // Escape closes the dialog whatever a cancel listener does; what this leaves open is shown anew at the next tick.
  dialog.onclose = () => {
    if (!content.inert) invitation.decline();
  };
  // The focus goes to the dialog itself, for its content is inert: someone who is typing presses nothing, and since nothing
  // here can be selected, the page keeps its selection, and the caret.
  dialog.showModal();
  setTimeout(() => {
    content.inert = false;
  }, ARMING);
}

export function hideDialog(): void {
  if (host) {
    // What is closed here is not declined; what Escape has closed already is, when the event comes.
    if (dialog.open) dialog.onclose = null;
    // Gives the focus back to where it was, which removing does not.
    dialog.close();
    host.remove();
  }
}
