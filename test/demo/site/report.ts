// Tells the demo's server what a page sees, in order: one request at a time.
import type { PageReport } from "../timeline.ts";
import { post } from "./server.ts";
import { awake } from "./sleep.ts";

export type Report = (kind: PageReport["kind"], name: string, data: object) => void;

declare global {
  interface Window {
    /** For the tag, which is a script of its own, so that its reports keep their place among the shop's. */
    demo?: { report: Report };
  }
}

export function reporter(origin: string, tab: string): Report {
  let sent: Promise<unknown> = Promise.resolve();
  return (kind, name, data) => {
    // A detail's accept() and decline() are left behind here, and a later change to it does not matter.
    const report: PageReport = { time: awake(), tab, kind, name, data: JSON.parse(JSON.stringify(data)) };
    // keepalive: what happened last before the page was left arrives too. Where the demo has ended, only the agent misses it.
    sent = sent.then(() => post(`${origin}/demo/report`, report, { keepalive: true })).catch(() => {});
  };
}
