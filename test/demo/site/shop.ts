// The shop: its visitor, its bag, its lpTag, and what the demo wants to know of the snippet.
import "../../../src/api.d.ts";
import { report } from "./report.ts";
import { SLEEP, sleep } from "./sleep.ts";

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
let signedIn = true;

window.shop = {
  visitor: { name: "Ada" },
  async getJwt() {
    if (!signedIn) return undefined;
    const response = await fetch("/demo/token");
    return response.text();
  },
};

// The tag's stub, as LivePerson's own snippet leaves it on a page: it queues, and has no publish.
const { account, tag, slept } = document.documentElement.dataset;
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
new BroadcastChannel("lp-cobrowse-demo").onmessage = ({ data }) => {
  if (data === "load-tag") loadTag();
  if (data === "sleep") {
    sleep(SLEEP);
    report("window", "online", { reason: "the computer wakes" });
    // What a browser fires when the network is back.
    window.dispatchEvent(new Event("online"));
  }
};
// Loaded anew on a computer that has slept.
sleep(Number(slept));

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

  document.querySelector("#products")!.addEventListener("click", ({ target }) => {
    if (target instanceof HTMLButtonElement) bag.value = String(Number(bag.value) + 1);
  });
  session.addEventListener("click", () => {
    signedIn = !signedIn;
    session.textContent = signedIn ? "Sign out" : "Sign in";
    visitor.textContent = signedIn ? window.shop.visitor.name : "Guest";
    if (signedIn) window.lpCobrowse?.start();
    else window.lpCobrowse?.stop();
  });
});
