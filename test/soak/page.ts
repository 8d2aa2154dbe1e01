// What runs in each page of the soak before the snippet: LivePerson's bus, the site's token, and witnesses who tell the
// soak at once, so that nothing is lost with a page.

/** What a page reports. */
export type Report =
  /** The visitor clicked a button of the prompt, or the page's own prompt answered. */
  | { type: "said"; dialogId: string; answer: string }
  /** Published on LivePerson's bus. */
  | { type: "published"; dialogId: string; name: string }
  | { type: "closed"; dialogId: string; reason: string }
  /** A second socket was opened while one was in use. */
  | { type: "two sockets" }
  | { type: "error"; message: string };

export interface Settings {
  number: number;
  account: string;
  eventPath: string;
  /** The share of invitations that the page asks about itself. */
  ownPrompt: number;
}

declare const Chronos: { Events: new (options: object) => { bind(...call: unknown[]): void } };

/** Sent to the page as text: it sees nothing of this file. */
export function soakPage({ number, account, eventPath, ownPrompt }: Settings): void {
  const post = (path: string, body: object) => void fetch(path, { method: "POST", keepalive: true, body: JSON.stringify(body) }).catch(() => {});
  const tell = (report: Report) => post(`/report/${number}`, report);
  window.addEventListener("error", ({ message }) => tell({ type: "error", message }));
  window.addEventListener("unhandledrejection", ({ reason }) => tell({ type: "error", message: String(reason) }));

  const Native = window.WebSocket;
  const sockets = new Set<WebSocket>();
  window.WebSocket = class extends Native {
    constructor(url: string | URL) {
      for (const socket of sockets) if (socket.readyState > Native.OPEN) sockets.delete(socket);
      if (sockets.size) tell({ type: "two sockets" });
      super(url);
      sockets.add(this);
    }
  };

  // Unlimited, it remembers everything that was ever published.
  const bus = new Chronos.Events({ eventBufferLimit: 1 });
  bus.bind("lpCoBrowse", "*", (data: { dialogId: string }, { eventName: name }: { eventName: string }) => {
    tell({ type: "published", dialogId: data.dialogId, name });
    post(eventPath, { name, data });
  });
  const getJwt = () =>
    fetch(`/token/${number}`).then((response) => {
      if (!response.ok) throw new Error("no token");
      return response.text();
    });
  Object.assign(window, { lpTag: { site: account, events: bus, taglets: {} }, shop: { getJwt } });

  let asked = "";
  window.addEventListener("cobrowseOffered", (event) => {
    const { dialogId, accept, decline } = (event as CustomEvent).detail;
    asked = dialogId;
    if (Math.random() > ownPrompt) return;
    event.preventDefault();
    setTimeout(() => {
      if (asked !== dialogId) return;
      const yes = Math.random() < 0.5;
      tell({ type: "said", dialogId, answer: yes ? "Accepted" : "Declined" });
      // A visitor who presses twice, or changes their mind.
      if (yes) accept();
      decline();
      accept();
    }, Math.random() * 2000);
  });
  window.addEventListener("cobrowseClosed", (event) => {
    const { dialogId, reason } = (event as CustomEvent).detail;
    if (asked === dialogId) asked = "";
    tell({ type: "closed", dialogId, reason });
  });
  window.addEventListener(
    "click",
    (event) => {
      const part = (event.composedPath()[0] as Element).part?.value;
      if (part === "accept" || part === "decline") tell({ type: "said", dialogId: asked, answer: part === "accept" ? "Accepted" : "Declined" });
    },
    true,
  );
}
