// Tells the demo's server what this page of the shop sees, in order: one request at a time.
import type { PageReport } from "../timeline.ts";
import { awake } from "./sleep.ts";

declare global {
  interface Window {
    /** For the tag, which is a script of its own, so that its reports keep their place among the shop's. */
    demo: { report: typeof report };
  }
}

export const tab = new URLSearchParams(location.search).get("tab") ?? "1";
const queue: PageReport[] = [];
let sending = false;

window.demo = { report };

export function report(kind: PageReport["kind"], name: string, data: object): void {
  // A detail's accept() and decline() are left behind here, and a later change to it does not matter.
  queue.push({ time: awake(), tab, kind, name, data: JSON.parse(JSON.stringify(data)) });
  void flush();
}

async function flush(): Promise<void> {
  if (sending) return;
  sending = true;
  while (queue.length) {
    // keepalive: what happened last before the page was left arrives too.
    await fetch("/demo/report", { method: "POST", body: JSON.stringify(queue.splice(0)), keepalive: true }).catch(() => {});
  }
  sending = false;
}
