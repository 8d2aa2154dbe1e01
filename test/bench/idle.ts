// Ten minutes in which nothing happens, with the page's timers run 300 times as fast and a real socket; and what the snippet
// takes of the memory meanwhile.
import { setTimeout as sleep } from "node:timers/promises";
import { startSite } from "../support/site.ts";
import type { Browser } from "../support/browsers.ts";
import { configFor, heapOf, inNewPage, live, pageWith, script } from "./page.ts";
import { bytes, inTurn, type Row } from "./report.ts";

const MINUTES = 10;
const FASTER = 300;

declare global {
  interface Window {
    /** Milliseconds of the page's own time, in which it has done nothing but wait for one timer after the other. */
    passed: number;
    /** The timers that have ended, and so woken the page. */
    wakeUps: number;
  }
}

/** In the page, before the snippet. At the end of the time no timer wakes it any more. */
function hurry(faster: number, minutes: number): void {
  const { setTimeout: wait } = window;
  window.passed = window.wakeUps = 0;
  window.setTimeout = ((run: (...values: unknown[]) => void, milliseconds = 0, ...values: unknown[]) =>
    wait(() => {
      if (window.passed >= minutes * 60_000) return;
      window.passed += milliseconds;
      window.wakeUps++;
      run(...values);
    }, milliseconds / faster)) as typeof setTimeout;
}

export async function measureIdle([browser]: Browser[]): Promise<Row[]> {
  const site = await startSite();
  const head = script(hurry, FASTER, MINUTES);

  /** @param rest what is waited for until the page is at rest */
  const idle = (config: object, rest: () => Promise<void>) =>
    inNewPage(browser!, async (page) => {
      let requests = 0;
      // Every request of the page, whatever for, and every frame that it sends.
      await page.cdp("Network.enable");
      for (const event of ["requestWillBeSent", "webSocketCreated", "webSocketFrameSent"]) await page.onCdp(`Network.${event}`, () => requests++);
      await page.goto(pageWith(site, { config, head }));
      await rest();
      await page.evaluate(() => (window.passed = window.wakeUps = 0));
      requests = 0;
      await page.waitFor((minutes) => window.passed >= minutes * 60_000, { message: "the minutes to pass" }, MINUTES);
      return { wakeUps: await page.evaluate(() => window.wakeUps), requests };
    });
  const connected = await idle(configFor(site), () => live(site));
  // Without a server LivePerson's domain service would be asked, if there was a token. A look for an icon is over after a while.
  const signedOut = await idle({ jwt: "window.shop.token" }, () => sleep(300));

  const heap = (snippet: boolean) => () =>
    inNewPage(browser!, async (page) => {
      await page.goto(pageWith(site, snippet ? { config: configFor(site) } : {}));
      if (snippet) await live(site);
      return heapOf(page);
    });
  const memory = await inTurn(heap(true), heap(false));
  await site.close();

  const row = (what: string, { wakeUps, requests }: typeof connected) => ({ what, ours: `${wakeUps} timers, ${requests} requests` });
  return [
    row(`${MINUTES} minutes in which nothing happens`, connected),
    { ...row("the same, not signed in", signedOut), limit: { reach: "no request", holds: signedOut.requests === 0 } },
    { what: "heap of a page that waits for an invitation", ours: `${bytes(memory.difference.median)} more`, beside: `without it: ${bytes(memory.theirs)}` },
  ];
}
