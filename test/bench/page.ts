// The pages that are measured: LivePerson's real event bus, no recorder, and a clock that tells microseconds.
import type { Browser, Page } from "../support/browsers.ts";
import { scriptTag, type Site } from "../support/site.ts";

declare global {
  interface Window {
    /** Every socket that the page opened, oldest first. */
    sockets: WebSocket[];
  }
}

/** Only such a page gets a clock with a resolution of 5 µs. */
export const ISOLATED = { "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp" };

/** Sent to the page as text, before everything else. */
function prepare(account: string): void {
  window.sockets = [];
  const Native = window.WebSocket;
  window.WebSocket = class extends Native {
    constructor(url: string | URL) {
      super(url);
      window.sockets.push(this);
    }
  };
  const { Chronos } = window as unknown as { Chronos: { Events: new () => object } };
  Object.assign(window, { lpTag: { site: account, events: new Chronos.Events(), taglets: {} } });
}

/** The address of a page with the tag, and with the snippet if there is a config. */
export function pageWith(site: Site, { config, head = "", body = "" }: { config?: object; head?: string; body?: string }): string {
  const { account } = site.simulator;
  return site.page(
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Bench</title><script src="/chronos.js"></script>
<script>(${prepare})("${account}")</script>${head}</head><body><h1>Bench</h1>${body}${config ? scriptTag(config) : ""}</body></html>`,
    ISOLATED,
  );
}

/** A new page, connected and subscribed. */
export async function connectedPage(browser: Browser, site: Site): Promise<Page> {
  const page = await browser.newPage();
  await page.goto(pageWith(site, { config: { server: site.simulator.origin, jwt: site.simulator.issueToken() } }));
  await site.connected();
  // What the subscription brings, and the clock.
  await site.simulator.waitFor((entry) => entry.type === "out" && entry.frame?.type === "GetClockResponse");
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 50)));
  return page;
}

export async function collectGarbage(page: Page): Promise<number> {
  for (let time = 0; time < 3; time++) await page.cdp("HeapProfiler.collectGarbage");
  return (await page.cdp<{ usedSize: number }>("Runtime.getHeapUsage")).usedSize;
}
