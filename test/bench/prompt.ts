// From the frame that invites to the prompt, laid out: the first of a page, beside a page that shows a dialog of its own.
import { startSite } from "../support/site.ts";
import { pause } from "../support/heard.ts";
import type { Browser } from "../support/browsers.ts";
import { SLOW_CPU, configFor, inNewPage, live, pageWith, script, slowDown } from "./page.ts";
import { inTurn, timeRow, type Row } from "./report.ts";

const FRAME = 17;

declare global {
  interface Window {
    /** Tasks of more than 50 ms, painting included. Only Chromium tells. */
    longTasks: PerformanceEntry[];
  }
}

/** In the page's head. */
function watch(): void {
  window.longTasks = [];
  new PerformanceObserver((list) => window.longTasks.push(...list.getEntries())).observe({ type: "longtask" });
}

/** In the page, in the place of the snippet: opens the page's dialog as soon as anything comes. */
function openOwn(url: string): void {
  new WebSocket(url).onmessage = () => document.querySelector("dialog")!.showModal();
}

export async function measurePrompt(browsers: Browser[]): Promise<Row[]> {
  const site = await startSite({ keepEndedDialogs: false });
  const { simulator } = site;
  const head = script(watch);
  const own = `<dialog><h2>Share this page?</h2><p>Our agent can see and use this page until you stop.</p><button>Decline</button><button>Allow</button></dialog>
${script(openOwn, `${simulator.origin}/ws_api/account/${simulator.account}/messaging/consumer?v=3`)}`;
  const sides = {
    ours: { page: { config: configFor(site), head }, ready: () => live(site), invite: () => site.invite() },
    theirs: { page: { body: own, head }, ready: () => simulator.waitFor(({ type }) => type === "open"), invite: () => void simulator.faults.sendRaw("{}") },
  };

  const measure = async (browser: Browser, slow = false) => {
    const long = { ours: 0, theirs: 0 };
    const trial = (side: keyof typeof sides) => () =>
      inNewPage(browser, async (page) => {
        const { page: content, ready, invite } = sides[side];
        simulator.skip();
        await page.goto(pageWith(site, content));
        await ready();
        if (slow) await slowDown(page);
        await pause(page, 100);
        const invitation = invite();
        await page.waitFor(() => window.opened, { message: "the prompt" });
        // Long tasks are told late.
        await pause(page, 200);
        if (await page.evaluate(() => window.longTasks.some(({ startTime, duration }) => startTime + duration > window.delivered))) long[side]++;
        const took = await page.evaluate(() => window.opened - window.delivered);
        // Else the next page would be invited as it loads.
        if (invitation) invitation.cancel();
        return took;
      });
    return { ...(await inTurn(trial("ours"), trial("theirs"))), long };
  };

  const beside = "a dialog of the page's own";
  const rows: Row[] = [];
  for (const browser of browsers) {
    const found = await measure(browser);
    const limit = { reach: `one frame, ${FRAME} ms`, holds: found.ours <= FRAME };
    rows.push({ ...timeRow(`invitation to open prompt, ${browser.engine}`, found, beside), limit });
  }
  const { long, ...found } = await measure(browsers[0]!, true);
  rows.push(timeRow(`the same, chromium, CPU ${SLOW_CPU} times slower`, found, beside));
  const of = (side: keyof typeof sides) => `${long[side]} of ${found.trials}`;
  rows.push({ what: "prompts there that made a task of more than 50 ms", ours: of("ours"), beside: `${beside}: ${of("theirs")}` });
  await site.close();
  return rows;
}
