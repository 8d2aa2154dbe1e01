// A shop's page loads, with the block to paste in its head and without it.
import { readFile } from "node:fs/promises";
import { fillSnippet, rebase } from "../demo/install.ts";
import { pause } from "../support/heard.ts";
import { shown } from "../support/visitor.ts";
import { startSite } from "../support/site.ts";
import type { Browser } from "../support/browsers.ts";
import { configFor, inNewPage, script } from "./page.ts";
import { inTurn, ms, type Comparison, type Row } from "./report.ts";

/** So close, in milliseconds, is near enough to say whether the page is painted later. */
const CLOSE = 3;

declare global {
  interface Window {
    load: Load;
  }
}

interface Load {
  /** Largest contentful paint, ms. */
  painted: number;
  /** Layout shift. */
  shift: number;
}

/** In the page's head. */
function observe(): void {
  window.load = { painted: 0, shift: 0 };
  const watch = (type: string, take: (entry: any) => void) =>
    new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true });
  watch("largest-contentful-paint", (entry) => (window.load.painted = entry.startTime));
  watch("layout-shift", (entry) => (window.load.shift += entry.value));
}

const ITEM = `<article><h2>A thing</h2><p>${"It is a good thing, and not dear at all. ".repeat(6)}</p><button>Buy</button></article>`;

export async function measureLoad([browser]: Browser[]): Promise<Row[]> {
  const site = await startSite();
  const { simulator } = site;
  const shop = (pasted: string) =>
    site.page(`<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Shop</title>${script(observe)}<script src="/chronos.js"></script>
<script>lpTag = { site: "${simulator.account}", events: new Chronos.Events() }</script>
${pasted}<style>article{display:inline-block;width:20em;padding:1em}h1{font-size:4em}</style></head>
<body><h1>A shop where everything is in one place</h1>${ITEM.repeat(60)}</body></html>`);
  const snippet = await readFile(new URL("../../snippet.html", import.meta.url), "utf8");
  const addresses = { without: shop(""), with: shop(rebase(fillSnippet(snippet, configFor(site)), "")) };

  const shifts: number[] = [];
  const trial = (address: string) => () =>
    inNewPage(browser!, async (page) => {
      await page.goto(address);
      await pause(page, 300);
      const { painted } = await page.evaluate(() => window.load);
      // The prompt is a part of what may shift.
      if (address === addresses.with) {
        const invitation = site.invite();
        await shown(page);
        await pause(page, 300);
        shifts.push(await page.evaluate(() => window.load.shift));
        invitation.cancel();
      }
      return painted;
    });
  const closeEnough = ({ difference }: Comparison) => difference.high - difference.low < 2 * CLOSE;
  const found = await inTurn(trial(addresses.with), trial(addresses.without), closeEnough);
  await site.close();

  const { median, low, high } = found.difference;
  const shift = Math.max(...shifts).toFixed(3);
  return [
    { what: "largest contentful paint, later by", ours: `${ms(median)} (${ms(low)} to ${ms(high)})`, beside: `without it: ${ms(found.theirs)}` },
    { what: "layout shift, prompt included", ours: shift, limit: { reach: "0.000", holds: shift === "0.000" } },
  ];
}
