// Ten minutes in which nothing happens, with the page's timers and clock run 300 times as fast and a real socket.
import { startSite } from "../support/site.ts";
import type { Browser, Page } from "../support/browsers.ts";
import { pageWith } from "./page.ts";
import { median, ms, type Table } from "./report.ts";

const MINUTES = 10;
const FASTER = 300;
const TRIALS = 5;

/** In the page, before the snippet. */
function hurry(faster: number): void {
  const { setTimeout: wait } = window;
  const now = performance.now.bind(performance);
  const born = now();
  window.setTimeout = ((run: () => void, milliseconds = 0) => wait(run, milliseconds / faster)) as typeof setTimeout;
  performance.now = () => born + (now() - born) * faster;
}

interface Idle {
  /** Milliseconds of the main thread, in all tasks and in scripts. */
  tasks: number;
  scripts: number;
  requests: number;
}

async function times(page: Page): Promise<{ tasks: number; scripts: number }> {
  const { metrics } = await page.cdp<{ metrics: { name: string; value: number }[] }>("Performance.getMetrics");
  const of = (name: string) => metrics.find((metric) => metric.name === name)!.value * 1000;
  return { tasks: of("TaskDuration"), scripts: of("ScriptDuration") };
}

export async function measureIdle(browser: Browser): Promise<Table> {
  const site = await startSite();
  const { simulator } = site;

  const idle = async (config?: object): Promise<Idle> => {
    const page = await browser.newPage();
    await page.cdp("Performance.enable", { timeDomain: "threadTicks" });
    let requests = 0;
    // Every request of the page, whatever for, and every frame that it sends.
    await page.cdp("Network.enable");
    for (const event of ["Network.requestWillBeSent", "Network.webSocketCreated", "Network.webSocketFrameSent"]) await page.onCdp(event, () => requests++);
    await page.goto(pageWith(site, { ...(config && { config }), head: `<script>(${hurry})(${FASTER})</script>` }));
    // Loaded, and connected if it is to be; a look for an icon is over.
    await new Promise((resolve) => setTimeout(resolve, 300));
    const before = await times(page);
    requests = 0;
    await new Promise((resolve) => setTimeout(resolve, (MINUTES * 60_000) / FASTER));
    const after = await times(page);
    const counted = requests;
    await page.close();
    return { tasks: after.tasks - before.tasks, scripts: after.scripts - before.scripts, requests: counted };
  };

  const all = { without: [] as Idle[], signedOut: [] as Idle[], connected: [] as Idle[] };
  for (let trial = 0; trial < TRIALS; trial++) {
    all.without.push(await idle());
    // Without a server, LivePerson's domain service would be asked, if there was a token.
    all.signedOut.push(await idle({ jwt: "window.shop.token" }));
    all.connected.push(await idle({ server: simulator.origin, jwt: simulator.issueToken() }));
  }
  const row = (name: string, found: Idle[]) => [
    name,
    ms(median(found.map(({ tasks }) => tasks))),
    ms(median(found.map(({ scripts }) => scripts))),
    String(median(found.map(({ requests }) => requests))),
  ];
  const signedOut = Math.max(...all.signedOut.map(({ requests }) => requests));
  await site.close();
  return {
    title: `${MINUTES} idle minutes`,
    how: `In a page whose timers run ${FASTER} times as fast, with a real socket: medians of ${TRIALS} pages each. A request is one of any kind, or a frame that is sent.`,
    head: ["", "main thread", "of it scripts", "requests"],
    rows: [row("the page without the snippet", all.without), row("visitor not signed in (no token)", all.signedOut), row("connected", all.connected)],
    summary: [
      [
        `${MINUTES} idle minutes on the main thread`,
        `${row("", all.connected)[1]}, ${row("", all.connected)[3]} requests`,
        `not signed in: ${row("", all.signedOut)[1]}, ${row("", all.signedOut)[3]} requests; the page alone: ${row("", all.without)[1]}`,
      ],
    ],
    limits: [{ what: "requests before a token exists", reach: "none", measured: String(signedOut), holds: signedOut === 0 }],
  };
}
