// What tests do with the prompt on a page of the site, and what they know of it.
import { setTimeout as sleep } from "node:timers/promises";
import * as assert from "uvu/assert";
import type { InviteOptions } from "../simulator/simulator.ts";
import type { Engine, Page } from "./browsers.ts";
import { promptIsArmed, type ShopOptions, type Site } from "./site.ts";

/** Loads a shop and invites its visitor, until the prompt is there. */
export async function openPrompt(page: Page, site: Site, shop: ShopOptions = {}, invitation: InviteOptions = {}): Promise<void> {
  await page.goto(site.shop(shop));
  site.invite(invitation);
  await shown(page);
}

export async function shown(page: Page): Promise<void> {
  await page.waitFor(() => document.querySelector("lp-cobrowse")?.shadowRoot!.querySelector("dialog")!.getClientRects().length, { message: "the prompt" });
}

export async function gone(page: Page): Promise<void> {
  await page.waitFor(() => !document.querySelector("lp-cobrowse"), { message: "the prompt to go" });
}

/** Waits until the prompt that is shown now takes answers. */
export async function armed(page: Page): Promise<void> {
  await page.waitFor(promptIsArmed, { message: "the prompt to take answers" });
}

/** Nothing of the page's is waited for here: a moment in which something might happen that must not. */
export const aMoment = (milliseconds = 400): Promise<void> => sleep(milliseconds);

/** What the agent was told, by all pages of the site: "Offered", "Accepted", "Declined". */
export const told = (site: Site): string[] => site.simulator.log.flatMap((entry) => (entry.type === "lpTag" ? [entry.name.replace("cobrowse", "")] : []));

/** Waits until the agent was told so. */
export async function toldAgent(site: Site, name: "Offered" | "Accepted" | "Declined"): Promise<void> {
  await site.simulator.waitFor((entry) => entry.type === "lpTag" && entry.name === `cobrowse${name}`, 10_000);
}

/** What the agent is told from here on, so that many scenarios can share a site. */
export function listen(site: Site) {
  const before = told(site).length;
  const now = () => told(site).slice(before);
  return {
    now,
    /** Waits until the agent was told as much, and asserts that it was this. */
    async was(...names: string[]): Promise<void> {
      const deadline = Date.now() + 10_000;
      while (now().length < names.length && Date.now() < deadline) await sleep(10);
      assert.equal(now(), names);
    },
  };
}

/** Several scenarios, one after another, which share what is slow to set up; a failure says in which it was. */
export async function inTurn<T>(scenarios: Iterable<readonly [name: string, scenario: T]>, run: (scenario: T, name: string) => Promise<void>): Promise<void> {
  for (const [name, scenario] of scenarios) {
    try {
      await run(scenario, name);
    } catch (error) {
      throw Object.assign(error as Error, { message: `${name}: ${(error as Error).message}` });
    }
  }
}

/** All of a list in Chromium; in the others, for the sake of time, those of which they are known to think differently. */
export const listFor = <T>(engine: Engine, all: Record<string, T>, elsewhere: string[]): [string, T][] =>
  Object.entries(all).filter(([name]) => engine === "chromium" || elsewhere.includes(name));

/** The middle of a part. */
export async function middle(page: Page, part: string): Promise<[number, number]> {
  const rect = await page.promptPart(part);
  if (!rect) throw new Error(`The prompt's part "${part}" is not drawn.`);
  return [rect.x + rect.width / 2, rect.y + rect.height / 2];
}

/** Where a part comes up in this window: shows the prompt once, for an invitation that is then withdrawn. */
export async function placeOf(page: Page, site: Site, part: string): Promise<[number, number]> {
  const invitation = site.invite();
  await armed(page);
  const place = await middle(page, part);
  invitation.cancel();
  await gone(page);
  return place;
}

/**
 * Declines by Escape. Where a browser is late with a dialog's `close` event, the prompt may have come anew before it, and asks
 * once more: visible, so it may be pressed again.
 */
export async function escape(page: Page, agent: ReturnType<typeof listen>): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (agent.now().at(-1) !== "Declined") {
    if (Date.now() > deadline) throw new Error(`Pressed Escape for 10 s; the agent was told ${agent.now().join(", ") || "nothing"}`);
    if (await page.evaluate(promptIsArmed)) await page.press("Escape");
    await aMoment(100);
  }
}
