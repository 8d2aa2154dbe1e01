// In the configurator's preview: a page with LivePerson's bus, that tells the configurator what the snippet does in it.
declare const Chronos: { Events: new () => object };

const generation = Number((document.currentScript as HTMLScriptElement).dataset.generation);
const tell = (message: { problem: string } | { event: string }) => parent.postMessage({ generation, ...message }, "*");

Object.assign(window, { lpTag: { events: new Chronos.Events() } });

for (const name of ["cobrowseOffered", "cobrowseAccepted", "cobrowseDeclined", "cobrowseClosed"]) {
  window.addEventListener(name, () => tell({ event: name }));
}

const warn = console.warn;
console.warn = (...words: unknown[]) => {
  const [sentence] = words;
  if (typeof sentence === "string" && sentence.startsWith("[lp-cobrowse]")) tell({ problem: sentence });
  warn.apply(console, words);
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

export {};
