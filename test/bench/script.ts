// What the script weighs, and for how long it holds up the page that evaluates it.
import { gzipSync } from "node:zlib";
import { startSite } from "../support/site.ts";
import { pause } from "../support/heard.ts";
import type { Browser } from "../support/browsers.ts";
import { ISOLATED, LIBRARIES, SLOW_CPU, inNewPage, readLibraries, readProduct, slowDown } from "./page.ts";
import { bytes, inTurn, timeRow, type Row } from "./report.ts";

export async function measureBytes(): Promise<Row[]> {
  const [product, libraries] = [await readProduct(), await readLibraries()];
  const row = (what: string, weigh: (script: string) => number, under: number) => {
    const [ours, theirs] = [weigh(product), weigh(libraries)];
    const limit = { reach: `under ${bytes(under)}`, holds: ours < under };
    return { what, ours: bytes(ours), beside: `${LIBRARIES}: ${bytes(theirs)}`, ratio: (ours / theirs).toFixed(2), limit };
  };
  return [row("file", Buffer.byteLength, 5000), row("the same, gzipped", (script) => gzipSync(script, { level: 9 }).length, 2900)];
}

/** In the page: milliseconds for the script element, compiled and run. The text is one that no cache of the engine has seen. */
function evaluate(text: string): number {
  window.WebSocket = class {} as unknown as typeof WebSocket;
  const run = (text: string) => {
    const script = document.createElement("script");
    script.textContent = `${text}\n//${Math.random()}`;
    const before = performance.now();
    document.head.append(script);
    return performance.now() - before;
  };
  // The first script element of a page pays for what is not ours.
  run("window.first = true");
  return run(text);
}

export async function measureEvaluation(browsers: Browser[]): Promise<Row[]> {
  const [product, libraries] = [await readProduct(), await readLibraries()];
  const site = await startSite();
  const config = JSON.stringify({ account: "1", server: "wss://server.example", jwt: "token" });
  const address = site.page(`<!doctype html><title>Evaluation</title><div data-lp-cobrowse='${config}'></div>`, ISOLATED);

  const measure = async (browser: Browser, slow: boolean) => {
    const trial = (text: string) => () =>
      inNewPage(browser, async (page) => {
        await page.goto(address);
        if (slow) await slowDown(page);
        await pause(page, 50);
        return page.evaluate(evaluate, text);
      });
    const what = `script evaluated, ${browser.engine}${slow ? `, CPU ${SLOW_CPU} times slower` : ""}`;
    return timeRow(what, await inTurn(trial(product), trial(libraries)), LIBRARIES, 1);
  };
  const rows: Row[] = [];
  for (const browser of browsers) rows.push(await measure(browser, false));
  rows.push(await measure(browsers[0]!, true));
  await site.close();
  return rows;
}
