// The shop: its visitor, its bag, its lpTag, and what the demo wants to know of the snippet.
import "../../../src/api.d.ts";
import type { PageMessages } from "../demo.ts";
import type { PageState } from "../stage.ts";
import { reporter } from "./report.ts";
import { listen, post } from "./server.ts";
import { shareWith } from "./sharing.ts";
import { sleep } from "./sleep.ts";

declare global {
  interface Window {
    shop: { visitor: { name: string }; getJwt(): Promise<string | undefined> };
    lpTag?: LpTag;
  }
}

export interface LpTag {
  site: string;
  events: { bind(...call: unknown[]): void; trigger(...call: unknown[]): void; publish?(...call: unknown[]): void };
  /** What was bound and triggered before the tag loaded. */
  queued?: { bind: unknown[][]; trigger: unknown[][] };
  taglets?: Record<string, object>;
}

const COBROWSE_EVENTS = ["cobrowseOffered", "cobrowseAccepted", "cobrowseDeclined", "cobrowseClosed", "cobrowseError"] as const;
const { account, tag, ...loaded } = document.documentElement.dataset;
const tab = new URLSearchParams(location.search).get("tab") ?? "1";
const report = reporter("", tab);
let signedIn = loaded.signedIn === "true";
let slept = Number(loaded.slept);

window.demo = { report };
window.shop = {
  visitor: { name: "Ada" },
  async getJwt() {
    if (!signedIn) return undefined;
    const response = await fetch(`/demo/token?tab=${tab}`);
    return response.text();
  },
};

// The tag's stub, as LivePerson's own snippet leaves it on a page: it queues, and has no publish.
const bind: unknown[][] = [];
const trigger: unknown[][] = [];
window.lpTag = {
  site: account!,
  queued: { bind, trigger },
  events: { bind: (...call) => void bind.push(call), trigger: (...call) => void trigger.push(call) },
};

function loadTag(): void {
  if (document.getElementById("lp-tag")) return;
  document.head.append(Object.assign(document.createElement("script"), { id: "lp-tag", src: "/tag.js" }));
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
  session.addEventListener("click", () => void post("/demo/action", { action: signedIn ? "sign-out" : "sign-in" }));

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
  listen<PageMessages>("/demo/stage", {
    ...share,
    page(state) {
      share.page(state);
      hear(state);
    },
  });
});
