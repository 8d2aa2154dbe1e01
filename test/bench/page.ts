// The pages that are measured: LivePerson's real event bus, no recorder, and a clock that tells microseconds.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { Browser, Page } from "../support/browsers.ts";
import { scriptTag, type Site } from "../support/site.ts";

declare global {
  interface Window {
    /** The page's latest socket. */
    socket: WebSocket;
    /** When the page was about to run its script, its socket delivered something, a dialog was open and laid out, by performance.now(). */
    began: number;
    delivered: number;
    opened: number;
  }
}

/** Only such a page gets a clock with a resolution of 5 µs in Chromium and 20 µs elsewhere. */
export const ISOLATED = { "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp" };

const { resolve } = createRequire(import.meta.url);
const read = (file: string | URL) => readFile(file, "utf8");

export const readProduct = (): Promise<string> => read(new URL("../../dist/lp-cobrowse.min.js", import.meta.url));

/** What people would use instead, for a part of the job: a socket that comes back, and an accessible dialog. */
export const LIBRARIES = "reconnecting-websocket + a11y-dialog";

/** Both as one script, each as its package ships it, minified. */
export async function readLibraries(): Promise<string> {
  const scripts = ["reconnecting-websocket/dist/reconnecting-websocket-iife.min.js", "a11y-dialog/dist/a11y-dialog.min.js"];
  return (await Promise.all(scripts.map((script) => read(resolve(script))))).join("\n");
}

/** Sent to the page as text, before everything else. */
function prepare(account: string): void {
  window.WebSocket = class extends WebSocket {
    constructor(url: string | URL) {
      // The simulator has no certificate.
      super(String(url).replace("wss:", "ws:"));
      window.socket = this;
      // Listeners are called in their order: this one before the page's own.
      this.addEventListener("message", () => (window.delivered = performance.now()));
    }
  };
  const { showModal } = HTMLDialogElement.prototype;
  HTMLDialogElement.prototype.showModal = function () {
    showModal.call(this);
    this.getBoundingClientRect();
    window.opened = performance.now();
  };
  const { Chronos } = window as unknown as { Chronos: { Events: new () => object } };
  Object.assign(window, { lpTag: { site: account, events: new Chronos.Events(), taglets: {} } });
  window.began = performance.now();
}

/** The address of a page with the tag, and with the snippet if there is a config. */
export function pageWith(site: Site, { config, head = "", body = "" }: { config?: object; head?: string; body?: string } = {}): string {
  return site.page(
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Bench</title><script src="/chronos.js"></script>
${script(prepare, site.simulator.account)}${head}</head><body><h1>Bench</h1>${body}${config ? scriptTag(config) : ""}</body></html>`,
    ISOLATED,
  );
}

/** A script that calls the function in the page. */
export function script<A extends (string | number)[]>(call: (...args: A) => unknown, ...args: A): string {
  return `<script>(${call})(...${JSON.stringify(args)})</script>`;
}

/** Where the site's LivePerson is, and a token. */
export const configFor = ({ simulator }: Site): object => ({ server: simulator.origin, jwt: simulator.issueToken() });

/** Waits until a page has been told all that there was before it, and the clock: from then on it waits for an invitation. */
export async function live({ simulator }: Site): Promise<void> {
  await simulator.waitFor((entry) => entry.type === "out" && entry.frame?.type === "GetClockResponse", 20_000);
}

/** For one new page. */
export async function inNewPage<T>(browser: Browser, run: (page: Page) => Promise<T>): Promise<T> {
  const page = await browser.newPage();
  try {
    return await run(page);
  } finally {
    await page.close();
  }
}

/** A CPU that is slower by this factor is a cheap phone's. Chromium only. */
export const SLOW_CPU = 6;

export async function slowDown(page: Page): Promise<void> {
  await page.cdp("Emulation.setCPUThrottlingRate", { rate: SLOW_CPU });
}

/** Bytes of the heap, garbage collected. Chromium only. */
export async function heapOf(page: Page): Promise<number> {
  for (let time = 0; time < 3; time++) await page.cdp("HeapProfiler.collectGarbage");
  return (await page.cdp<{ usedSize: number }>("Runtime.getHeapUsage")).usedSize;
}
