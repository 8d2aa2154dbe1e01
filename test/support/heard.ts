// What was heard of an invitation: on the page by LivePerson's tag, dataLayer, window and the console, and by the agent.
import { setTimeout as sleep } from "node:timers/promises";
import * as assert from "uvu/assert";
import type { SessionStep } from "../simulator/simulator.ts";
import type { Page } from "./browsers.ts";
import type { Recorded } from "./shop-page.ts";
import type { Site } from "./site.ts";

/** Lines of the journal, in the order in which the page is told. */
export const OFFERED = ["lpTag cobrowseOffered", "dataLayer cobrowseOffered", "window cobrowseOffered"];
export const ACCEPTED = OFFERED.map((line) => line.replace("Offered", "Accepted"));
export const DECLINED = OFFERED.map((line) => line.replace("Offered", "Declined"));
/** LivePerson's tag is not told. */
export const closed = (reason: string): string[] => ["dataLayer cobrowseClosed", `window cobrowseClosed ${reason}`];
export const reported = (reason: string): string[] => ["dataLayer cobrowseError", `window cobrowseError ${reason}`];

export const lpTagEvents = (page: Page): Promise<Recorded[]> => page.evaluate(() => window.lpTagEvents);
export const windowEvents = (page: Page): Promise<Recorded[]> => page.evaluate(() => window.windowEvents);
export const dataLayer = (page: Page): Promise<object[] | undefined> => page.evaluate(() => window.dataLayer);
export const journal = (page: Page): Promise<string[]> => page.evaluate(() => window.journal);
/** What the page's policy minded. */
export const violations = (page: Page): Promise<string[]> => page.evaluate(() => window.violations);

/** What the snippet printed. */
export const printed = async (page: Page): Promise<string[]> => (await page.consoleMessages()).filter((message) => message.includes("[lp-cobrowse]"));

/** Waits for as many lines as are expected, and asserts that they are these and that nothing follows at once. */
export async function expectJournal(page: Page, expected: string[]): Promise<void> {
  const message = `${expected.length} lines in the journal`;
  // In vain? The comparison below says better what is missing.
  await page.waitFor((length) => window.journal.length >= length, { message }, expected.length).catch(() => {});
  await pause(page, 100);
  assert.equal(await journal(page), expected);
}

/** For what must not happen on the page, since there is nothing to wait for. The time is the page's own. */
export const pause = (page: Page, milliseconds = 400): Promise<void> =>
  page.evaluate((wait) => new Promise((resolve) => setTimeout(resolve, wait)), milliseconds);

/** The same where the page cannot be asked, since it waits in confirm(), or where its clock is not to be trusted. */
export const aMoment = (milliseconds = 400): Promise<void> => sleep(milliseconds);

/** What the agent was told, by all pages of the site: "Offered", "Accepted", "Declined". */
export const told = (site: Site): string[] => site.simulator.log.flatMap((entry) => (entry.type === "lpTag" ? [entry.name.replace("cobrowse", "")] : []));

/** Waits until the agent was told so. */
export async function toldAgent(site: Site, name: "Offered" | "Accepted" | "Declined"): Promise<void> {
  await site.simulator.waitFor((entry) => entry.type === "lpTag" && entry.name === `cobrowse${name}`, 10_000);
}

/** Waits until this has become of the invitation. Before the agent has an answer, a new invitation would be taken for the answered one. */
export async function became(site: Site, step: SessionStep): Promise<void> {
  await site.simulator.waitFor((entry) => entry.type === "session" && entry.step === step, 10_000);
}

/** What the agent is told from here on, so that many scenarios can share a site. */
export interface Agent {
  heard(): string[];
  /** Waits until the agent was told as much, and asserts that it was this. */
  was(...names: string[]): Promise<void>;
}

export function listen(site: Site): Agent {
  const before = told(site).length;
  const heard = () => told(site).slice(before);
  return {
    heard,
    async was(...names) {
      const deadline = Date.now() + 10_000;
      while (heard().length < names.length && Date.now() < deadline) await sleep(10);
      assert.equal(heard(), names);
    },
  };
}
