// What runs in each page of the soak before the snippet: LivePerson's bus, the site's token, and witnesses who tell the soak at
// once, so that nothing is lost with a page.

/** What a page reports. */
export type Report =
  /** The visitor clicked a button of the prompt, or the page's own prompt answered. */
  | { type: "said"; dialogId: string; answer: "Accepted" | "Declined" }
  /** On LivePerson's bus. */
  | { type: "published"; name: string; data: { dialogId: string } }
  | { type: "closed"; dialogId: string; reason: string }
  | { type: "wrong"; message: string };

export interface Settings {
  number: number;
  account: string;
  /** The share of invitations that the page asks about itself. */
  ownPrompt: number;
}

declare const Chronos: { Events: new (options: object) => { bind(...call: unknown[]): void } };

declare global {
  interface Window {
    /** The soak's, by way of the DevTools: a fetch() would leave more behind in the page than the snippet. */
    tellSoak(report: string): void;
  }
}

/** Sent to the page as text: it sees nothing of this file. */
export function soakPage({ number, account, ownPrompt }: Settings): void {
  const tell = (report: Report) => window.tellSoak(JSON.stringify(report));
  window.addEventListener("error", ({ message }) => tell({ type: "wrong", message }));
  window.addEventListener("unhandledrejection", ({ reason }) => tell({ type: "wrong", message: String(reason) }));

  const Native = window.WebSocket;
  let latest: WebSocket | undefined;
  window.WebSocket = class extends Native {
    constructor(url: string | URL) {
      if (latest && latest.readyState <= Native.OPEN) tell({ type: "wrong", message: "a second socket was opened while one was in use" });
      super(url);
      latest = this;
    }
  };

  // Unlimited, it remembers everything that was ever published.
  const bus = new Chronos.Events({ eventBufferLimit: 1 });
  bus.bind("lpCoBrowse", "*", (data: { dialogId: string }, { eventName }: { eventName: string }) => tell({ type: "published", name: eventName, data }));
  const getJwt = async () => {
    const response = await fetch(`/token/${number}`);
    if (!response.ok) throw new Error("no token");
    return response.text();
  };
  Object.assign(window, { lpTag: { site: account, events: bus, taglets: {} }, shop: { getJwt } });

  let asked = "";
  window.addEventListener("cobrowseOffered", (event) => {
    const { dialogId, accept, decline } = event.detail;
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
  window.addEventListener("cobrowseClosed", ({ detail: { dialogId, reason } }) => {
    if (asked === dialogId) asked = "";
    tell({ type: "closed", dialogId, reason });
  });
  const answers: Record<string, "Accepted" | "Declined"> = { accept: "Accepted", decline: "Declined" };
  window.addEventListener(
    "click",
    (event) => {
      const answer = answers[(event.composedPath()[0] as Element).part?.value];
      if (answer) tell({ type: "said", dialogId: asked, answer });
    },
    true,
  );
}
