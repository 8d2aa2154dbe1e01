// The shop: its visitor, its bag, its lpTag, and what the demo wants to know of the snippet.
import "../../../src/api.d.ts";
import type { PageMessage, PageState } from "../demo.ts";
import { report, tab } from "./report.ts";
import { shareWith } from "./sharing.ts";
import { sleep } from "./sleep.ts";
import { listen } from "./stream.ts";

declare global {
  interface Window {
    shop: Shop;
    lpTag: LpTag;
  }
}

interface Shop {
  visitor: { name: string };
  getJwt(): Promise<string | undefined>;
}

export interface LpTag {
  site: string;
  events: { bind(...call: unknown[]): void; trigger(...call: unknown[]): void; publish?(...call: unknown[]): void };
  /** What was bound and triggered before the tag loaded. */
  queued: { bind: unknown[][]; trigger: unknown[][] };
  taglets?: Record<string, object>;
}

const COBROWSE_EVENTS = ["cobrowseOffered", "cobrowseAccepted", "cobrowseDeclined", "cobrowseClosed", "cobrowseError"] as const;
const { account, tag, ...loaded } = document.documentElement.dataset;
let signedIn = loaded.signedIn === "true";
let slept = Number(loaded.slept);

window.shop = {
  visitor: { name: "Ada" },
  async getJwt() {
    if (!signedIn) return undefined;
    const response = await fetch(`/demo/token?tab=${tab}`);
    return response.text();
  },
};

// The tag's stub, as LivePerson's own snippet leaves it on a page: it queues, and has no publish.
const queued: LpTag["queued"] = { bind: [], trigger: [] };
window.lpTag = {
  site: account!,
  queued,
  events: { bind: (...call) => void queued.bind.push(call), trigger: (...call) => void queued.trigger.push(call) },
};

function loadTag(): void {
  if (document.getElementById("lp-tag")) return;
  const script = document.createElement("script");
  script.id = "lp-tag";
  script.src = "/chronos.js";
  script.onload = () => document.head.append(Object.assign(document.createElement("script"), { src: "/site/tag.js" }));
  document.head.append(script);
}

if (tag !== "held") setTimeout(loadTag, Number(tag));
// Loaded anew on a computer that has slept.
sleep(slept);

for (const name of COBROWSE_EVENTS) window.addEventListener(name, ({ detail }) => report("window", name, detail));

const warn = console.warn;
console.warn = (...words: unknown[]) => {
  if (String(words[0]).startsWith("[lp-cobrowse]")) report("console", "warning", { text: words.join(" ") });
  warn.apply(console, words);
};

document.addEventListener("DOMContentLoaded", () => {
  const bag = document.querySelector("output")!;
  const session = document.querySelector<HTMLButtonElement>("#session")!;
  const visitor = document.querySelector("#visitor")!;
  const share = shareWith("", tab);

  document.querySelector("#products")!.addEventListener("click", ({ target }) => {
    if (target instanceof HTMLButtonElement) bag.value = String(Number(bag.value) + 1);
  });
  // The server tells all tabs: one that is signed out is signed out in each.
  session.addEventListener("click", () => {
    void fetch("/demo/action", { method: "POST", body: JSON.stringify({ action: signedIn ? "sign-out" : "sign-in" }) });
  });

  function showSession(): void {
    session.textContent = signedIn ? "Sign out" : "Sign in";
    visitor.textContent = signedIn ? window.shop.visitor.name : "Guest";
  }

  function hear(page: PageState): void {
    if (page.slept > slept) {
      sleep(page.slept - slept);
      slept = page.slept;
      report("window", "online", { reason: "the computer wakes" });
      // What a browser fires when the network is back.
      window.dispatchEvent(new Event("online"));
    }
    if (tag === "held" && !page.tagHeld) loadTag();
    if (page.signedIn === signedIn) return;
    signedIn = page.signedIn;
    showSession();
    if (signedIn) window.lpCobrowse?.start();
    else window.lpCobrowse?.stop();
  }

  showSession();
  listen<PageMessage>("/demo/stage", (message) => {
    share(message);
    if ("page" in message) hear(message.page);
  });
});
