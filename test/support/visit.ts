// A visit: a page and a site of its own, on which nothing may go wrong unseen. Since every visitor takes time, several
// come side by side.
import * as assert from "uvu/assert";
import type { Browser, Page } from "./browsers.ts";
import { answer, expectJournal, startSite, type Site } from "./site.ts";

export interface Visit {
  page: Page;
  site: Site;
}

/** How many visits run at the same time. */
const SIDE_BY_SIDE = 6;

export const OFFERED = ["lpTag cobrowseOffered", "dataLayer cobrowseOffered", "window cobrowseOffered"];
export const ACCEPTED = OFFERED.map((line) => line.replace("Offered", "Accepted"));
export const DECLINED = OFFERED.map((line) => line.replace("Offered", "Declined"));
/** LivePerson's tag is not told. */
export const closed = (reason: string): string[] => ["dataLayer cobrowseClosed", `window cobrowseClosed ${reason}`];

export async function visit(browser: Browser, run: (visit: Visit) => Promise<void>): Promise<void> {
  const site = await startSite();
  const page = await browser.newPage();
  try {
    await run({ page, site });
    assert.equal(await page.pageErrors(), []);
    assert.equal(site.simulator.violations, []);
  } finally {
    await page.close();
    await site.close();
  }
}

/** One visit for each of the names. All are made; the first that fails fails the test. */
export async function visitAll<N extends string>(browser: Browser, names: readonly N[], run: (name: N, visit: Visit) => Promise<void>): Promise<void> {
  const left = [...names];
  const failures: Error[] = [];
  const worker = async () => {
    for (let name = left.shift(); name !== undefined; name = left.shift()) {
      const current = name;
      await visit(browser, (visit) => run(current, visit)).catch((error: Error) => {
        error.message = `${current}: ${error.message}`;
        failures.push(error);
      });
    }
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, worker));
  if (failures[0]) throw failures[0];
}

/** The agent invites, the visitor allows, and this is all that anybody hears. */
export async function expectAnswer({ page, site }: Visit): Promise<void> {
  site.invite();
  await answer(page, "accept");
  await expectJournal(page, [...OFFERED, ...ACCEPTED]);
  assert.is(site.simulator.totals.opened, 1, "connections");
  assert.equal(await printed(page), []);
}

/** The agent has heard the answer. A new invitation before that would be taken for the answered one. */
export const heard = async ({ simulator }: Site, answer: "accepted" | "declined"): Promise<void> => {
  await simulator.waitFor((entry) => entry.type === "session" && entry.step === answer);
};

/** What the snippet printed. */
export const printed = async (page: Page): Promise<string[]> => (await page.consoleMessages()).filter((message) => message.includes("[lp-cobrowse]"));

/** For what must not happen, since there is nothing to wait for. */
export const pause = (page: Page, milliseconds: number): Promise<void> =>
  page.evaluate((wait) => new Promise((resolve) => setTimeout(resolve, wait)), milliseconds);
