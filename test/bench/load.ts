// A shop's page loads, with and without the block to paste.
import { readFile } from "node:fs/promises";
import { startSite } from "../support/site.ts";
import type { Browser } from "../support/browsers.ts";
import { shown } from "../support/prompt.ts";
import { median, ms, type Table } from "./report.ts";

const TRIALS = 11;
const THROTTLE = 6;

declare global {
  interface Window {
    load: Load;
  }
}

interface Load {
  /** Largest contentful paint, ms. */
  lcp: number;
  /** Of each task longer than 50 ms what is beyond that, ms. */
  blocking: number;
  /** Layout shift. */
  shift: number;
}

/** In the page's head. */
function observe(): void {
  const load: Load = (window.load = { lcp: 0, blocking: 0, shift: 0 });
  const watch = (type: string, take: (entry: any) => void) =>
    new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true });
  watch("largest-contentful-paint", (entry) => (load.lcp = entry.startTime));
  watch("longtask", (entry) => (load.blocking += Math.max(0, entry.duration - 50)));
  watch("layout-shift", (entry) => (load.shift += entry.value));
}

const ITEMS = Array.from(
  { length: 60 },
  (_, index) => `<article><h2>Thing ${index}</h2><p>${"It is a good thing, and not dear at all. ".repeat(6)}</p><button>Buy</button></article>`,
).join("\n");

/** The committed block, with this site's file (its hash is the same) and config. */
async function block(config: object): Promise<string> {
  const snippet = await readFile(new URL("../../snippet.html", import.meta.url), "utf8");
  const changed = snippet
    .replace(/script\.src = "[^"]*"/, 'script.src = "/lp-cobrowse.min.js"')
    .replace(/var config = \{[^}]*\}/, `var config = ${JSON.stringify(config)}`);
  if (changed.includes("myApp")) throw new Error("snippet.html has another shape than the bench expects.");
  return changed;
}

export async function measureLoad(browser: Browser): Promise<Table> {
  const site = await startSite();
  const { simulator } = site;
  const shop = (pasted: string) =>
    site.page(`<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Shop</title><script>(${observe})()</script><script src="/chronos.js"></script>
<script>lpTag = { site: "${simulator.account}", events: new Chronos.Events() }</script>
${pasted}<style>article{display:inline-block;width:20em;padding:1em}h1{font-size:4em}</style></head><body><h1>A shop where everything is in one place</h1>${ITEMS}</body></html>`);
  const addresses = { without: shop(""), with: shop(await block({ server: simulator.origin, jwt: simulator.issueToken() })) };

  const load = async (address: string, rate: number, invited = false): Promise<Load> => {
    const page = await browser.newPage();
    try {
      if (rate > 1) await page.cdp("Emulation.setCPUThrottlingRate", { rate });
      await page.goto(address);
      await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 400)));
      if (invited) {
        const invitation = site.invite();
        await shown(page);
        await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 300)));
        const found = await page.evaluate(() => window.load);
        invitation.cancel();
        return found;
      }
      return await page.evaluate(() => window.load);
    } finally {
      await page.close();
    }
  };

  const rows: string[][] = [];
  const shifts: number[] = [];
  const row = (name: string, loads: Load[]) =>
    rows.push([
      name,
      ms(median(loads.map(({ lcp }) => lcp))),
      ms(median(loads.map(({ blocking }) => blocking))),
      Math.max(...loads.map(({ shift }) => shift)).toFixed(3),
    ]);
  for (const rate of [1, THROTTLE]) {
    const found = { without: [] as Load[], with: [] as Load[] };
    for (let trial = 0; trial < TRIALS; trial++) {
      for (const each of trial % 2 ? (["with", "without"] as const) : (["without", "with"] as const)) found[each].push(await load(addresses[each], rate));
    }
    const slow = rate > 1 ? `, CPU ${rate} times slower` : "";
    row(`without the snippet${slow}`, found.without);
    row(`with it${slow}`, found.with);
    shifts.push(...found.with.map(({ shift }) => shift));
  }
  const invited: Load[] = [];
  for (let trial = 0; trial < 3; trial++) invited.push(await load(addresses.with, 1, true));
  row("with it, and an invitation's prompt", invited);
  shifts.push(...invited.map(({ shift }) => shift));
  await site.close();

  const shift = Math.max(...shifts);
  return {
    title: "Page load",
    how: `A page of 60 articles, with snippet.html in its head or without it: medians of ${TRIALS} new pages each, taken in turn (of layout shift the largest).`,
    head: ["", "LCP", "total blocking time", "layout shift"],
    rows,
    summary: [
      ["largest contentful paint", rows[1]![1]!, `the page without it: ${rows[0]![1]}`],
      [`total blocking time, CPU ${THROTTLE} times slower`, rows[3]![2]!, `the page without it: ${rows[2]![2]}`],
      ["layout shift, prompt included", shift.toFixed(3), `the page without it: ${rows[0]![3]}`],
    ],
    limits: [{ what: "layout shift with the snippet, prompt included", reach: "0.000", measured: shift.toFixed(3), holds: shift < 0.0005 }],
  };
}
