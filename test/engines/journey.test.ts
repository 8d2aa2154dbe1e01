// The whole journey of an invitation, told once for three engines: what the agent and the visitor do, and exactly what
// the page and LivePerson hear of it. What can go wrong in single steps is told in the other files.
import * as assert from "uvu/assert";
import type { Invitation } from "../simulator/simulator.ts";
import { NotSupportedHere, type Browser, type Page } from "../support/browsers.ts";
import { ACCEPTED, aMoment, became, closed, DECLINED, expectJournal, OFFERED, pause, printed, told, toldAgent } from "../support/heard.ts";
import type { ShopOptions, Site } from "../support/site.ts";
import { callInPage } from "../support/tag-managers.ts";
import { forEachVisit } from "../support/visit.ts";
import { answer, armed, gone, notAsked, openPrompt, prompts, shown } from "../support/visitor.ts";

declare global {
  interface Window {
    /** Whether this page came back as it was. */
    restored?: boolean;
  }
}

/** While the page is hidden its clock runs a hundred times faster, so that half a minute is over at once. */
const hurryWhileHidden = callInPage(() => {
  const { setTimeout } = window;
  Object.assign(window, {
    setTimeout: (run: (...args: unknown[]) => void, wait: number, ...args: unknown[]) => setTimeout(run, document.hidden ? wait / 100 : wait, ...args),
  });
});

const noticeRestored = callInPage(() => {
  addEventListener("pageshow", ({ persisted }) => (window.restored = persisted));
});

/** The visitor comes to the shop. What happens from here on happens live. */
async function arrive(page: Page, site: Site, shop?: ShopOptions): Promise<void> {
  await page.goto(site.shop(shop));
  await site.connected();
}

/** Besides, the agent invites. */
async function asked(page: Page, site: Site, shop?: ShopOptions): Promise<Invitation> {
  await arrive(page, site, shop);
  const invitation = site.invite();
  await shown(page);
  return invitation;
}

/** Firefox decides before `pagehide` which page it keeps, and keeps none with an open WebSocket. */
const returns = ({ engine, isWhole }: Browser) => isWhole && engine !== "firefox";

async function leave(page: Page, site: Site): Promise<void> {
  await page.goto(site.page("<!doctype html><title>Elsewhere</title>"));
  await site.disconnected();
}

forEachVisit(
  "the journey",
  (test, engine) => {
    test.after.each(async ({ page, site }) => {
      assert.equal({ printed: await printed(page), connectionsAtATime: site.simulator.totals.mostOpen }, { printed: [], connectionsAtATime: 1 });
    });

    test("invited: allowed", async ({ page, site }) => {
      await page.goto(site.shop());
      site.invite();
      await answer(page, "accept");
      await became(site, "accepted");
      await expectJournal(page, [...OFFERED, ...ACCEPTED]);
      assert.equal(told(site), ["Offered", "Accepted"]);
    });

    test("invited: declined", async ({ page, site }) => {
      await page.goto(site.shop());
      site.invite();
      await answer(page, "decline");
      await became(site, "declined");
      await expectJournal(page, [...OFFERED, ...DECLINED]);
      assert.equal(told(site), ["Offered", "Declined"]);
    });

    test("invited: cancelled by the agent", async ({ page, site }) => {
      const invitation = await asked(page, site);
      invitation.cancel();
      await gone(page);
      await expectJournal(page, [...OFFERED, ...closed("cancelled")]);
      assert.equal(told(site), ["Offered"]);
    });

    test("invited: expires", async ({ page, site }) => {
      await arrive(page, site);
      site.invite({ seconds: 3 });
      await shown(page);
      await gone(page);
      await became(site, "expired");
      await expectJournal(page, [...OFFERED, ...closed("expired")]);
      assert.equal(told(site), ["Offered"]);
    });

    test("one after the other: declined, cancelled, expired, replaced, allowed, and the session's end", async ({ page, site }) => {
      await arrive(page, site);
      site.invite();
      await answer(page, "decline");
      await became(site, "declined");

      const cancelled = site.invite({ mode: "view" });
      await shown(page);
      cancelled.cancel();
      await gone(page);

      site.invite({ seconds: 2 });
      await became(site, "expired");
      await gone(page);

      site.invite({ mode: "follow" });
      await shown(page);
      const last = site.invite({ mode: "view" });
      await page.waitFor((replaced) => window.journal.includes(replaced), {}, "window cobrowseClosed replaced");
      await answer(page, "accept");
      await became(site, "accepted");
      last.join();
      last.cancel();
      await pause(page);

      await expectJournal(page, [
        ...[...OFFERED, ...DECLINED],
        ...[...OFFERED, ...closed("cancelled")],
        ...[...OFFERED, ...closed("expired")],
        ...[...OFFERED, ...closed("replaced")],
        ...[...OFFERED, ...ACCEPTED],
      ]);
    });

    test("the connection is lost while invited: asked on, and allowed", async ({ page, site }) => {
      await arrive(page, site);
      site.invite();
      await armed(page);
      site.simulator.faults.drop();
      await site.connected();
      await shown(page);
      await answer(page, "accept");
      await became(site, "accepted");
      await expectJournal(page, [...OFFERED, ...ACCEPTED]);
      assert.is(site.simulator.totals.opened, 2);
    });

    test("cancelled while the server is away: the prompt goes when it is back", async ({ page, site }) => {
      const invitation = await asked(page, site);
      site.simulator.faults.down = true;
      invitation.cancel();
      site.simulator.faults.down = false;
      await gone(page);
      await expectJournal(page, [...OFFERED, ...closed("cancelled")]);
      assert.equal(told(site), ["Offered"]);
    });

    test("invited while the server is away: asked when it is back", async ({ page, site }) => {
      await arrive(page, site);
      site.simulator.faults.down = true;
      site.invite();
      site.simulator.faults.down = false;
      await answer(page, "decline");
      await became(site, "declined");
      await expectJournal(page, [...OFFERED, ...DECLINED]);
    });

    test("the computer slept for ten minutes while invited: Allow, pressed at once, says nothing", async ({ page, site }) => {
      await arrive(page, site);
      site.invite();
      await armed(page);
      // In the page's own task: neither a tick nor a frame comes between.
      await page.inPrompt(({ part }) => {
        const { now } = Date;
        Date.now = () => now() + 600_000;
        part("accept").click();
      });
      await gone(page);
      await expectJournal(page, [...OFFERED, ...closed("expired")]);
      assert.equal(told(site), ["Offered"]);
    });

    // It takes as long as a connection is given to answer: once is enough.
    if (engine === "chromium")
      test("the network died without a word: the page is back within seconds of coming online", async ({ page, site }) => {
        await arrive(page, site);
        site.invite();
        await shown(page);
        // The first clock answer is behind.
        await site.simulator.waitFor((entry) => entry.type === "out" && /clock/i.test(entry.frame?.type ?? ""));
        site.simulator.faults.dead = true;
        site.simulator.faults.dead = false;
        await page.evaluate(() => window.dispatchEvent(new Event("online")));
        await site.connected();
        await answer(page, "accept");
        await expectJournal(page, [...OFFERED, ...ACCEPTED]);
        assert.is(site.simulator.totals.opened, 2);
      });

    test("a frame of the same site has the snippet too: the page asks, and the frame does nothing", async ({ page, site }) => {
      const frame = site.shop();
      await asked(page, site, { body: `<h1>A shop</h1><iframe src="${frame}"></iframe>` });
      await pause(page);
      const frameHas = await page.evaluate(() => {
        const { journal, lpCobrowse, document: inside } = document.querySelector("iframe")!.contentWindow as unknown as Window & { document: Document };
        return { journal, api: lpCobrowse !== undefined, prompts: inside.querySelectorAll("lp-cobrowse").length };
      });
      assert.equal(frameHas, { journal: [], api: false, prompts: 0 });
      await answer(page, "accept");
      await expectJournal(page, [...OFFERED, ...ACCEPTED]);
    });

    test("invited in a hidden tab: asked when it is seen, on the same connection", async ({ page, site }) => {
      await arrive(page, site);
      await page.hide();
      site.invite();
      await toldAgent(site, "Offered");
      await notAsked(page);
      await page.show();
      await answer(page, "accept");
      await became(site, "accepted");
      await expectJournal(page, [...OFFERED, ...ACCEPTED]);
      assert.is(site.simulator.totals.opened, 1);
    });

    test("hidden for half a minute while invited: disconnected; seen again: connected, and asked on", async ({ page, site }) => {
      await arrive(page, site, { head: hurryWhileHidden });
      site.invite();
      await armed(page);
      await page.hide();
      await site.disconnected();
      await aMoment();
      assert.equal({ prompts: await prompts(page), opened: site.simulator.totals.opened }, { prompts: 0, opened: 1 });
      await page.show();
      await site.connected();
      await answer(page, "decline");
      await became(site, "declined");
      await expectJournal(page, [...OFFERED, ...DECLINED]);
      assert.is(site.simulator.totals.opened, 2);
    });

    test("invited while hidden and disconnected: offered and asked when the page is seen", async ({ page, site }) => {
      await arrive(page, site, { head: hurryWhileHidden });
      await page.hide();
      await site.disconnected();
      site.invite();
      await aMoment();
      assert.equal(told(site), []);
      await page.show();
      await answer(page, "accept");
      await became(site, "accepted");
      await expectJournal(page, [...OFFERED, ...ACCEPTED]);
    });

    test("left while invited and come back to: asked again, and declined", async ({ page, site, browser }) => {
      const comesBack = returns(browser);
      await asked(page, site, { head: noticeRestored });
      await leave(page, site);
      await page.back();
      await site.connected();
      await answer(page, "decline");
      await became(site, "declined");
      // A page that comes back as it was goes on; one that is loaded anew knows nothing of it.
      await expectJournal(page, [...OFFERED, ...DECLINED]);
      const restored = await page.evaluate(() => window.restored);
      assert.equal({ restored, opened: site.simulator.totals.opened }, { restored: comesBack, opened: 2 });
      assert.equal(told(site), restored ? ["Offered", "Declined"] : ["Offered", "Offered", "Declined"]);
    });

    test("cancelled while the page was left: not asked again", async ({ page, site, browser }) => {
      const comesBack = returns(browser);
      const invitation = await asked(page, site);
      await leave(page, site);
      invitation.cancel();
      await page.back();
      await site.connected();
      await pause(page);
      await expectJournal(page, comesBack ? [...OFFERED, ...closed("cancelled")] : []);
      assert.equal(told(site), ["Offered"]);
    });

    test("opened in a background tab: connects when it is seen", async ({ page, site, browser }) => {
      if (!browser.isWhole) throw new NotSupportedHere(`${engine} cannot hide a page before its scripts run here`);
      await page.hide();
      await page.goto(site.shop());
      site.invite();
      await pause(page);
      assert.is(site.simulator.totals.opened, 0);
      await page.show();
      await answer(page, "accept");
      await expectJournal(page, [...OFFERED, ...ACCEPTED]);
    });

    test("allowed while the server is away: LivePerson's tag is told", async ({ page, site }) => {
      await openPrompt(page, site);
      site.simulator.faults.down = true;
      await answer(page, "accept");
      await expectJournal(page, [...OFFERED, ...ACCEPTED]);
      site.simulator.faults.down = false;
      await site.connected();
      await notAsked(page);
    });

    test("reloaded while invited: offered and asked anew", async ({ page, site }) => {
      await asked(page, site);
      await toldAgent(site, "Offered");
      await page.reload();
      await answer(page, "accept");
      await became(site, "accepted");
      await expectJournal(page, [...OFFERED, ...ACCEPTED]);
      assert.equal(told(site), ["Offered", "Offered", "Accepted"]);
    });
  },
  // Windows of Firefox and WebKit take the focus from each other.
  { atATime: (engine) => (engine === "chromium" ? 4 : 1), counted: true },
);
