// Cold evaluation: each time a new page in a process of its own, and a text that no cache of V8 has seen.
import { startSite } from "../support/site.ts";
import type { Browser } from "../support/browsers.ts";
import { readProduct, readRivals } from "./libraries.ts";
import { ISOLATED } from "./page.ts";
import { median, ms, times, type Table } from "./report.ts";

const TRIALS = 25;
const THROTTLE = 6;

interface Trial {
  /** The script element: compiled and run, milliseconds. */
  evaluated: number;
  /** From there on until it opens its socket. */
  toSocket: number;
}

/** In the page. Both get what they need to work: the product its config, the others the calls that use them. */
function trial(text: string, use: string): Promise<Trial> {
  return new Promise((resolve) => {
    const run = (text: string) => {
      const script = document.createElement("script");
      script.textContent = text;
      const before = performance.now();
      document.head.append(script);
      return performance.now() - before;
    };
    // The first script element of a page pays for what is not ours.
    run(`window.first = ${Math.random()}`);
    let began = 0;
    let evaluated = 0;
    const opened = () => resolve({ evaluated, toSocket: performance.now() - began });
    window.WebSocket = class {
      static readonly CONNECTING = 0;
      static readonly OPEN = 1;
      static readonly CLOSING = 2;
      static readonly CLOSED = 3;
      constructor() {
        opened();
      }
      addEventListener() {}
      close() {}
    } as unknown as typeof WebSocket;
    setTimeout(() => {
      began = performance.now();
      evaluated = run(`${text}\n//${Math.random()}`);
      if (use) run(`${use}\n//${Math.random()}`);
    }, 50);
  });
}

export async function measureEvaluation(browser: Browser): Promise<Table> {
  const site = await startSite();
  const config = JSON.stringify({ account: "1", server: "wss://server.example", jwt: "token" });
  const address = site.page(
    `<!doctype html><title>Evaluation</title><div data-lp-cobrowse='${config}'></div><div id="dialog" aria-hidden="true"></div>`,
    ISOLATED,
  );
  const subjects = [
    { name: "lp-cobrowse", text: await readProduct(), use: "" },
    {
      name: "reconnecting-websocket + a11y-dialog",
      text: await readRivals(),
      use: 'new A11yDialog(document.getElementById("dialog")); new ReconnectingWebSocket("wss://server.example")',
    },
  ];

  const once = async ({ text, use }: (typeof subjects)[0], rate: number) => {
    const page = await browser.newPage();
    try {
      await page.goto(address);
      if (rate > 1) await page.cdp("Emulation.setCPUThrottlingRate", { rate });
      return await page.evaluate(trial, text, use);
    } finally {
      await page.close();
    }
  };

  const results: Record<string, { evaluated: number; toSocket: number }[]> = {};
  for (const rate of [1, THROTTLE]) {
    const all: Trial[][] = subjects.map(() => []);
    for (let count = 0; count < TRIALS; count++) {
      // Side by side in time, each first as often as the other.
      for (const index of count % 2 ? [0, 1] : [1, 0]) all[index]!.push(await once(subjects[index]!, rate));
    }
    results[rate] = all.map((trials) => ({ evaluated: median(trials.map((each) => each.evaluated)), toSocket: median(trials.map((each) => each.toSocket)) }));
  }
  await site.close();

  const [[ours, theirs], [oursSlow, theirsSlow]] = [results[1]!, results[THROTTLE]!] as [[Trial, Trial], [Trial, Trial]];
  const row = (what: string, mine: number, other: number) => [what, ms(mine), ms(other), times(mine / other)];
  const limit = (what: string, mine: number, other: number) => ({
    what,
    reach: "at most 1.00× of the two",
    measured: times(mine / other),
    holds: mine <= other,
  });
  return {
    title: "Cold evaluation",
    how: `Medians of ${TRIALS} new pages each, taken in turn; compiled and run, no code cache. The two together are one script; until their socket is opened they are also used, as ours is.`,
    head: ["", "lp-cobrowse", subjects[1]!.name, "ratio"],
    rows: [
      row("script evaluated", ours.evaluated, theirs.evaluated),
      row("until its socket is opened", ours.toSocket, theirs.toSocket),
      row(`script evaluated, CPU ${THROTTLE} times slower`, oursSlow.evaluated, theirsSlow.evaluated),
      row(`until its socket is opened, CPU ${THROTTLE} times slower`, oursSlow.toSocket, theirsSlow.toSocket),
    ],
    summary: [
      ["script evaluated, cold", ms(ours.evaluated), `${subjects[1]!.name}: ${ms(theirs.evaluated)}`],
      ["evaluated, used, until its socket is opened", ms(ours.toSocket), `the same: ${ms(theirs.toSocket)}`],
      [
        `both, on a CPU ${THROTTLE} times slower`,
        `${ms(oursSlow.evaluated)}; ${ms(oursSlow.toSocket)}`,
        `the same: ${ms(theirsSlow.evaluated)}; ${ms(theirsSlow.toSocket)}`,
      ],
    ],
    limits: [
      limit("cold evaluation", ours.evaluated, theirs.evaluated),
      limit(`cold evaluation, CPU ${THROTTLE} times slower`, oursSlow.evaluated, theirsSlow.evaluated),
    ],
  };
}
