// In the configurator's preview: a page with LivePerson's bus, that tells the configurator what the snippet does in it.
import type { CobrowseInvitation } from "../../../src/api.d.ts";

declare const Chronos: { Events: new () => object };

const generation = Number((document.currentScript as HTMLScriptElement).dataset.generation);
const drawing = document.createElement("form");
let invitation: CobrowseInvitation;

Object.assign(window, { lpTag: { events: new Chronos.Events() } });

for (const name of ["cobrowseOffered", "cobrowseAccepted", "cobrowseDeclined", "cobrowseClosed"] as const) {
  window.addEventListener(name, ({ detail }) => {
    invitation = detail;
    drawing.remove();
    parent.postMessage({ generation, event: name }, "*");
  });
}

/**
 * The browser's own would stop the whole page, at each key that is typed beside. So what it says is drawn, and what this returns is no answer: its
 * buttons give one.
 */
window.confirm = (message): any => {
  const button = (label: string, answer: () => void) =>
    Object.assign(document.createElement("button"), { type: "button", textContent: label, onclick: answer });
  const line = (words = "", className = "") => Object.assign(document.createElement("div"), { textContent: words, className, dir: "auto" });
  const buttons = line();
  buttons.append(button("OK", invitation.accept), button("Cancel", invitation.decline));
  drawing.replaceChildren(
    line("your-site.example says", "site"),
    line(message),
    buttons,
    line("Every browser draws confirm() in its own way, with buttons of its own.", "aside"),
  );
  drawing.role = "alertdialog";
  drawing.ariaLabel = "confirm()";
  document.body.append(drawing);
};

// Someone is typing in the form beside. That this frame is inert keeps the keys out, but not what takes the focus by code.
function leaveFocus(prototype: object, name: "focus" | "showModal"): void {
  const methods = prototype as Record<string, (...args: unknown[]) => void>;
  const original = methods[name]!;
  methods[name] = function (this: unknown, ...args) {
    const typing = parent.document.activeElement as HTMLElement;
    original.apply(this, args);
    if ((frameElement as HTMLElement).inert) typing.focus();
  };
}

leaveFocus(HTMLElement.prototype, "focus");
leaveFocus(HTMLDialogElement.prototype, "showModal");
