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

/** Nothing may go wrong unseen. */
export async function visit(browser: Browser, run: (visit: Visit) => Promise<void>): Promise<void> {
  const page = await browser.newPage();
  try {
    await withSite(async (site) => {
      await run({ page, site });
      assert.equal(await page.pageErrors(), []);
      assert.equal(site.simulator.violations, []);
    });
  } finally {
    await page.close();
  }
}

async function withSite(run: (site: Site) => Promise<void>): Promise<void> {
  const site = await startSite();
  try {
    await run(site);
  } finally {
    await site.close();
  }
}

/** One visit for each of the names. All are made; the first that fails fails the test. */
export const visitAll = <N extends string>(browser: Browser, names: readonly N[], run: (name: N, visit: Visit) => Promise<void>): Promise<void> =>
  sideBySide(names, (name) => visit(browser, (visit) => run(name, visit)));

/** The same on pages that are broken on purpose. Each tab is used for many of them. */
export async function visitBroken<N extends string>(browser: Browser, names: readonly N[], run: (name: N, visit: Visit) => Promise<void>): Promise<void> {
  const pages = await Promise.all(names.slice(0, SIDE_BY_SIDE).map(() => browser.newPage()));
  try {
    await sideBySide(names, (name, place) => withSite((site) => run(name, { page: pages[place]!, site })));
  } finally {
    await Promise.all(pages.map((page) => page.close()));
  }
}

/** @param run is told which of those that run at the same time it is */
async function sideBySide<N extends string>(names: readonly N[], run: (name: N, place: number) => Promise<void>): Promise<void> {
  const left = [...names];
  const failures: Error[] = [];
  const worker = async (_: unknown, place: number) => {
    for (let name = left.shift(); name !== undefined; name = left.shift()) {
      const current = name;
      await run(current, place).catch((error: Error) => {
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
