// What a page reaches on the internet once the snippet is installed as it is shipped. Requests are intercepted in Chromium only.
import { readFile } from "node:fs/promises";
import type { Page } from "./browsers.ts";
import { callInPage } from "./tag-managers.ts";
import type { Visit } from "./visit.ts";

declare global {
  interface Window {
    /** The addresses of the sockets that the page asked for. */
    socketUrls: string[];
  }
}

/** The address in the blocks is used as it is; only the file comes from here. */
export async function serveFile(page: Page): Promise<void> {
  const body = await readFile(new URL("../../dist/lp-cobrowse.min.js", import.meta.url), "utf8");
  const headers = { "content-type": "text/javascript", "access-control-allow-origin": "*" };
  await page.intercept("https://cdn.jsdelivr.net/npm/lp-cobrowse@*", () => ({ status: 200, headers, body }));
}

/** LivePerson's domain service leads to the simulator. */
export async function serveDomainService({ page, site: { simulator } }: Pick<Visit, "page" | "site">): Promise<void> {
  const headers = { "access-control-allow-origin": "*", "content-type": "application/json" };
  const body = JSON.stringify({ service: "asyncMessagingEnt", account: simulator.account, baseURI: `127.0.0.1:${simulator.port}` });
  await page.intercept("https://api.liveperson.net/*", () => ({ status: 200, headers, body }));
}

/** To be put before the snippet. The simulator has no certificate: the page asks for wss, and gets ws. */
export const SIMULATOR_BY_WSS = callInPage(() => {
  const urls: string[] = (window.socketUrls = []);
  window.WebSocket = class extends WebSocket {
    constructor(url: string | URL) {
      urls.push(String(url));
      super(String(url).replace("wss:", "ws:"));
    }
  };
});
