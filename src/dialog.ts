import type { CobrowseInvitation } from "./api";
import { word } from "./words.ts";

/** How long nothing counts as an answer, so that a click or key meant for the page gives no consent. */
const ARMING = 500;

// A dialog's own style in every engine is Canvas and CanvasText, centred, scrolling, and never higher than the window.
const CSS =
  ":host{all:initial!important}" +
  "button,dialog{font:1em system-ui;border:1px solid;border-radius:1em}" +
  "button{background:0;padding:1em}" +
  "dialog{word-break:break-word;user-select:none;color-scheme:light dark;width:25em}" +
  "div{display:grid;gap:1em}" +
  "button+*{background:#05c;color:#fff}";

let host: HTMLElement;
let dialog: HTMLDialogElement;

/** Adds an element that is a part and reads in its own direction. */
function add(parent: Element | ShadowRoot, part: string, tag: string, text?: string): any {
  const element = document.createElement(tag) as any;
  parent.append(element);
  element.part = part;
  element.append(text || "");
  element.dir = "auto";
  return element;
}

/** Shows the dialog, or shows it anew where something the page did has covered or removed it. */
export function showDialog(invitation: CobrowseInvitation): void {
  // While the dialog is on top its backdrop fills the window.
  if (document.elementFromPoint(0, 0) == host) return;
  hideDialog();
  host = add(document.documentElement, "", "lp-cobrowse") as HTMLElement;
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(CSS);
  root.adoptedStyleSheets = [sheet];
  dialog = add(root, "dialog", "dialog");
  dialog.role = "alertdialog";
  add(dialog, "title", "h2", (dialog.ariaLabel = word("title")));
  const content = add(dialog, "", "div");
  content.inert = true;
  add(content, "message", "div", (dialog.ariaDescription = word(invitation.mode)));
  // Escape closes the dialog whatever a cancel listener does; what this leaves open is shown anew at the next tick.
  dialog.onclose = () => {
    if (!content.inert) invitation.decline();
  };
  for (const part in { decline: 0, accept: 0 })
    add(content, part, "button", word(part)).onclick = invitation[part as "accept"];
  // The focus goes to the dialog itself, for its content is inert: someone who is typing presses nothing, and since nothing
  // here can be selected, the page keeps its selection, and the caret.
  dialog.showModal();
  setTimeout(() => {
    content.inert = false;
  }, ARMING);
}

export function hideDialog(): void {
  if (host) {
    // What is closed here is not declined; what Escape has closed already is, when the event comes. close() returns nothing,
    // and gives the focus back to where it was.
    if (dialog.open) dialog.onclose = dialog.close() as any;
    host.remove();
  }
}
