// What the visitor sees of the prompt, and does with it.
import * as assert from "uvu/assert";
import type { Invitation, InviteOptions } from "../simulator/simulator.ts";
import type { Page } from "./browsers.ts";
import type { Prompt } from "./browsers/prompt-in-page.ts";
import { pause, type Agent } from "./heard.ts";
import type { ShopOptions, Site } from "./site.ts";

// Sent to the page as text.
const isArmed = ({ part }: Prompt) => !part("accept").closest("[inert]");
const isGone = () => !document.querySelector("lp-cobrowse");

/** Loads a shop and invites its visitor, until the prompt is there. */
export async function openPrompt(page: Page, site: Site, shop: ShopOptions = {}, options: InviteOptions = {}): Promise<Invitation> {
  await page.goto(site.shop(shop));
  const invitation = site.invite(options);
  await shown(page);
  return invitation;
}

export async function shown(page: Page): Promise<void> {
  await page.waitForPrompt(({ dialog }) => dialog.getClientRects().length, { message: "the prompt" });
}

export async function gone(page: Page): Promise<void> {
  await page.waitFor(isGone, { message: "the prompt to go" });
}

/** Waits until the prompt that is shown now takes answers: one that has just opened does not listen yet. */
export async function armed(page: Page): Promise<void> {
  await page.waitForPrompt(isArmed, { message: "the prompt to take answers" });
}

/** How many prompts there are, whether they are to be seen or not. */
export const prompts = (page: Page): Promise<number> => page.evaluate(() => document.querySelectorAll("lp-cobrowse").length);

/** From the outside in, and from the top to the bottom. */
export const PARTS = ["dialog", "title", "message", "decline", "accept"] as const;
export type Part = (typeof PARTS)[number];

/** The buttons, and what the agent is told of each. */
export const ACCEPT = { part: "accept", told: "Accepted" } as const;
export const DECLINE = { part: "decline", told: "Declined" } as const;

/** Where each part is drawn. */
export async function places(page: Page): Promise<Record<Part, DOMRect>> {
  const found = await page.inPrompt(({ part }, parts) => Object.fromEntries(parts.map((name) => [name, part(name).getBoundingClientRect()])), PARTS);
  return found as Record<Part, DOMRect>;
}

/** These properties of each part, as they are computed. */
export async function styles<Property extends keyof CSSStyleDeclaration>(
  page: Page,
  ...properties: Property[]
): Promise<Record<Part, Pick<CSSStyleDeclaration, Property>>> {
  const found = await page.inPrompt(
    ({ part }, parts, properties) => {
      const style = (name: string) => getComputedStyle(part(name));
      return Object.fromEntries(parts.map((name) => [name, Object.fromEntries(properties.map((property) => [property, style(name)[property]]))]));
    },
    PARTS,
    properties,
  );
  return found as Record<Part, Pick<CSSStyleDeclaration, Property>>;
}

export type Words = Record<"title" | "message" | "decline" | "accept", string>;

/** What the prompt says. */
export async function words(page: Page): Promise<Words> {
  await shown(page);
  return page.inPrompt(({ part }) => {
    const text = (name: string) => part(name).textContent!;
    return { title: text("title"), message: text("message"), decline: text("decline"), accept: text("accept") };
  });
}

/** Presses the button as soon as it listens; once more if the prompt came anew at that moment. */
export async function answer(page: Page, part: "accept" | "decline"): Promise<void> {
  for (let tries = 0; tries < 3; tries++) {
    await armed(page);
    await page.clickPart(part);
    const went = await page.waitFor(isGone, { timeout: 2_000 }).catch(() => false);
    if (went) return;
  }
  throw new Error(`Pressed "${part}" three times, but the prompt stays`);
}

/**
 * Declines by Escape. Where a browser is late with a dialog's `close` event, the prompt may have come anew before it, and asks
 * once more: visible, so it may be pressed again.
 */
export async function escape(page: Page, agent: Agent): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (agent.heard().at(-1) !== "Declined") {
    if (Date.now() > deadline) throw new Error(`Pressed Escape for 10 s; the agent was told ${agent.heard().join(", ") || "nothing"}`);
    const listens = await page.inPrompt(isArmed).catch(() => false);
    if (listens) await page.press("Escape");
    await pause(page, 100);
  }
}

/** One key after the other. */
export async function keys(page: Page, ...all: string[]): Promise<void> {
  for (const key of all) await page.press(key);
}

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

/** Nobody is asked, now or in the next moment. */
export async function notAsked(page: Page, milliseconds?: number): Promise<void> {
  await pause(page, milliseconds);
  assert.is(await prompts(page), 0, "prompts");
}
