// The connection of the built file in Chromium: into the bfcache and out of it, lost, refused, and in hidden tabs. (Firefox 153
// keeps a page that had an open WebSocket out of the bfcache, whatever it does in pagehide: it is loaded anew.)
import * as assert from "uvu/assert";
import type { Page } from "../support/browsers.ts";
import { NotSupportedHere } from "../support/browsers.ts";
import { forEachEngine } from "../support/engines.ts";
import { answer, expectJournal, startSite, type Site } from "../support/site.ts";
import { callInPage } from "../support/tag-managers.ts";
import { ACCEPTED, closed, OFFERED, pause, printed } from "../support/visit.ts";

declare global {
  interface Window {
    /** For each pageshow, whether the page came from the bfcache. */
    comings: boolean[];
  }
}

const remembering = {
  body: callInPage(() => {
    window.comings = [];
    addEventListener("pageshow", ({ persisted }) => window.comings.push(persisted));
  }),
};

const prompted = (page: Page) =>
  page.waitFor(() => document.querySelector("lp-cobrowse")?.shadowRoot?.querySelector("dialog[open]") && true, { message: "the prompt" });
const prompts = (page: Page) => page.evaluate(() => document.querySelectorAll("lp-cobrowse").length);
const disconnected = (site: Site) => site.simulator.waitFor((entry) => entry.type === "close" && entry.by === "client", 10_000);

/** A token of its own for each connection, so that one can be refused. */
const freshTokens = (site: Site) => {
  const tokens = Array.from({ length: 5 }, () => site.simulator.issueToken());
  return {
    config: { jwt: "window.nextToken" as const },
    head: `<script>{ const tokens = ${JSON.stringify(tokens)}; window.nextToken = () => tokens.shift() }</script>`,
  };
};

forEachEngine(
  "connection",
  (test, engine) => {
    let site: Site;
    test.before.each(async () => {
      site = await startSite();
    });
    test.after.each(async ({ page }) => {
      const errors = await page.pageErrors();
      const { violations } = site.simulator;
      await site.close();
      assert.equal([errors, violations], [[], []]);
    });

    test("a page that was left is closed, comes back from the bfcache, and connects again", async ({ page, browser }) => {
      if (!browser.hasBfcache) throw new NotSupportedHere(`${engine} has no bfcache here`);
      await page.goto(site.shop(remembering));
      await site.connected();
      await page.goto(site.page("<!doctype html><title>elsewhere</title>"));
      await disconnected(site);
      assert.is(site.simulator.sockets.length, 0);
      await page.back();
      assert.equal(await page.evaluate(() => window.comings), [false, true]);
      await site.connected();
      assert.equal([site.simulator.totals.opened, site.simulator.totals.mostOpen], [2, 1]);
      site.invite();
      await answer(page, "accept");
      await expectJournal(page, [...OFFERED, ...ACCEPTED]);
    });

    test("an invitation that is still pending when the visitor comes back is asked about again, and published once", async ({ page, browser }) => {
      if (!browser.hasBfcache) throw new NotSupportedHere(`${engine} has no bfcache here`);
      await page.goto(site.shop(remembering));
      await site.connected();
      site.invite();
      await prompted(page);
      await page.goto(site.page("<!doctype html><title>elsewhere</title>"));
      await disconnected(site);
      await page.back();
      assert.equal(await page.evaluate(() => window.comings), [false, true]);
      await prompted(page);
      await answer(page, "accept");
      await expectJournal(page, [...OFFERED, ...ACCEPTED]);
    });

    test("an invitation that was cancelled while the visitor was away is not shown to who comes back", async ({ page, browser }) => {
      if (!browser.hasBfcache) throw new NotSupportedHere(`${engine} has no bfcache here`);
      await page.goto(site.shop(remembering));
      await site.connected();
      const invitation = site.invite();
      await prompted(page);
      await page.goto(site.page("<!doctype html><title>elsewhere</title>"));
      await disconnected(site);
      invitation.cancel();
      await page.back();
      await site.connected();
      await expectJournal(page, [...OFFERED, ...closed("cancelled")]);
      assert.is(await prompts(page), 0);
    });

    test("a connection that breaks is made again, and the prompt stays", async ({ page }) => {
      await page.goto(site.shop());
      await site.connected();
      site.invite();
      await prompted(page);
      site.simulator.faults.drop(1006);
      await site.connected();
      assert.is(await prompts(page), 1);
      await answer(page, "accept");
      await expectJournal(page, [...OFFERED, ...ACCEPTED]);
      assert.equal([site.simulator.totals.opened, site.simulator.totals.mostOpen, await printed(page)], [2, 1, []]);
    });

    test("an answer given while the server is down reaches LivePerson's tag", async ({ page }) => {
      await page.goto(site.shop());
      await site.connected();
      site.invite();
      await prompted(page);
      site.simulator.faults.down = true;
      await answer(page, "accept");
      await expectJournal(page, [...OFFERED, ...ACCEPTED]);
      site.simulator.faults.down = false;
      await site.connected();
      assert.is(await prompts(page), 0);
    });

    test("a token that is refused is told once, and another one connects", async ({ page }) => {
      await page.goto(site.shop(freshTokens(site)));
      await site.connected();
      site.simulator.faults.drop(4401);
      await site.connected();
      const messages = await printed(page);
      assert.is(messages.length, 1);
      assert.match(messages[0]!, /jwt.*4401/);
      const tokens = site.simulator.log.flatMap((entry) => (entry.type === "in" && entry.frame?.type === "InitConnection" ? [entry.frame.headers[1].jwt] : []));
      assert.is(new Set(tokens).size, 2);
    });

    test("a tab opened in the background connects when it is seen, and short looks elsewhere cost nothing", async ({ page, browser }) => {
      if (!browser.hidesForReal) throw new NotSupportedHere(`${engine} cannot hide a page before its scripts run here`);
      await page.hide();
      await page.goto(site.shop());
      await pause(page, 500);
      assert.is(site.simulator.totals.opened, 0);
      await page.show();
      await site.connected();
      await page.hide();
      site.invite();
      // Offered at once; the prompt waits.
      await expectJournal(page, OFFERED);
      assert.is(await prompts(page), 0);
      await page.show();
      await prompted(page);
      assert.is(site.simulator.totals.opened, 1);
    });
  },
  ["chromium"],
);
