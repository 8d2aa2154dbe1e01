// The browser's own confirm(), asked for by the config. Browsers end it by themselves, and
// deliver frames during it or only afterwards: none of that is the visitor's answer.
import * as assert from "uvu/assert";
import { ACCEPTED, aMoment, became, closed, DECLINED, expectJournal, OFFERED, pause, told, toldAgent } from "../support/heard.ts";
import type { Invitation } from "../simulator/simulator.ts";
import { listFor } from "../support/engines.ts";
import type { Site } from "../support/site.ts";
import { forEachVisit } from "../support/visit.ts";
import { prompts } from "../support/visitor.ts";

declare global {
  interface Window {
    /** What the page's own confirm() was asked. */
    asked: string[];
  }
}

const BY_CONFIRM = { config: { prompt: "confirm" } } as const;

interface End {
  seconds?: number;
  end(site: Site, invitation: Invitation): Promise<void>;
  press: "accept" | "dismiss";
  /** What the page is told, whichever of them comes first. */
  reasons: string[];
}

async function cancel(_site: Site, invitation: Invitation): Promise<void> {
  invitation.cancel();
  // Until the browser has heard of it: the page has not.
  await aMoment(200);
}

/** How an invitation ends while its question is open, and what the visitor then says to it. */
const ENDS: Record<string, End> = {
  "cancelled, then OK": { end: cancel, press: "accept", reasons: ["cancelled"] },
  "cancelled, then Cancel": { end: cancel, press: "dismiss", reasons: ["cancelled"] },
  // The server's word may be read before the page can look at its clock.
  "expired, then OK": { seconds: 3, end: (site) => became(site, "expired"), press: "accept", reasons: ["expired", "cancelled"] },
  "expired while the connection is lost, then OK": {
    seconds: 3,
    async end(site) {
      site.simulator.faults.down = true;
      await became(site, "expired");
      // The page heard of it a little later than the agent, and counts from then.
      await aMoment(600);
    },
    press: "accept",
    reasons: ["expired"],
  },
};

/** What a page may have made of confirm(), by what it returns, and what the agent hears then. */
const OWN: Record<string, { returns: string; heard: string[] }> = {
  "true is Yes": { returns: "true", heard: ["Accepted"] },
  "false is No": { returns: "false", heard: ["Declined"] },
  "a promise is no answer": { returns: "Promise.resolve(true)", heard: [] },
  "nothing is no answer": { returns: "undefined", heard: [] },
  "a string is no answer": { returns: "'yes'", heard: [] },
  "a number is no answer": { returns: "1", heard: [] },
};

forEachVisit(
  "confirm()",
  (test, engine) => {
    test.after.each(async ({ page }) => {
      await aMoment();
      assert.is(await page.openDialog(), null, "another question");
      assert.is(await prompts(page), 0, "prompts");
    });

    test("shows title and sentence; OK accepts, Cancel declines, and each is asked once", async ({ page, site }) => {
      await page.goto(site.shop({ config: { prompt: "confirm", text: { title: "Dürfen wir <b>schauen</b>?" } } }));
      site.invite({ mode: "follow" });
      const dialog = await page.waitForDialog();
      assert.is(dialog.message, "Dürfen wir <b>schauen</b>? Our agent can see this page until you stop.");
      await dialog.accept();
      await became(site, "accepted");
      await aMoment();
      assert.is(await page.openDialog(), null);
      site.invite({ mode: "view" });
      await (await page.waitForDialog()).dismiss();
      await became(site, "declined");
      await expectJournal(page, [...OFFERED, ...ACCEPTED, ...OFFERED, ...DECLINED]);
      assert.equal(told(site), ["Offered", "Accepted", "Offered", "Declined"]);
    });

    for (const [how, { end, press, reasons, seconds = 120 }] of Object.entries(ENDS)) {
      test(`what ended meanwhile is not answered: ${how}`, async ({ page, site }) => {
        await page.goto(site.shop(BY_CONFIRM));
        await site.connected();
        const invitation = site.invite({ seconds });
        const dialog = await page.waitForDialog();
        await end(site, invitation);
        await dialog[press]();
        const reason = await page.waitFor(() => /window cobrowseClosed (.*)/.exec(window.journal.join("\n"))?.[1]);
        assert.ok(reasons.includes(reason), reason);
        // Longer than an answer is held back.
        await pause(page);
        await expectJournal(page, [...OFFERED, ...closed(reason)]);
        assert.equal(told(site), ["Offered"]);
      });
    }

    test("the next invitation of an open question is asked on its own", async ({ page, site }) => {
      await page.goto(site.shop(BY_CONFIRM));
      site.invite({ mode: "view" });
      await page.waitForDialog();
      site.invite({ mode: "shared" });
      await aMoment(200);
      // Where frames come in during confirm(), the second question lies over the first.
      const asked: string[] = [];
      while (asked.length < 2) {
        const dialog = await page.waitForDialog();
        asked.push(/scroll/.test(dialog.message) ? "view" : "shared");
        await (asked.at(-1) === "view" ? dialog.accept() : dialog.dismiss());
        await aMoment(500);
      }
      assert.equal(asked.sort(), ["shared", "view"]);
      await toldAgent(site, "Declined");
      await page.waitFor(() => window.journal.includes("window cobrowseClosed replaced"));
      assert.equal(told(site), ["Offered", "Offered", "Declined"]);
    });

    for (const [what, { returns, heard }] of listFor(engine, OWN, ["true is Yes", "a promise is no answer"])) {
      test(`a page has a confirm() of its own: ${what}, and it is asked once`, async ({ page, site }) => {
        const own = `<script>window.asked = []; window.confirm = (question) => (asked.push(question), ${returns})</script>`;
        await page.goto(site.shop({ ...BY_CONFIRM, head: own }));
        site.invite();
        await toldAgent(site, "Offered");
        await pause(page, 900);
        assert.equal(told(site), ["Offered", ...heard]);
        assert.equal(await page.evaluate(() => window.asked), ["Share this page? Our agent can see and use this page until you stop."]);
      });
    }

    test("invited in a hidden tab: asked when it is seen", async ({ page, site }) => {
      await page.goto(site.shop(BY_CONFIRM));
      await site.connected();
      await page.hide();
      site.invite();
      await toldAgent(site, "Offered");
      await pause(page);
      assert.is(await page.openDialog(), null);
      await page.show();
      await (await page.waitForDialog()).accept();
      await became(site, "accepted");
      await expectJournal(page, [...OFFERED, ...ACCEPTED]);
    });

    test("the tab is hidden while it is open: no answer, and asked again when it is seen", async ({ page, site }) => {
      await page.goto(site.shop(BY_CONFIRM));
      site.invite();
      await page.waitForDialog();
      await page.hide();
      // Firefox leaves it open behind the other tab; there the visitor answers it later.
      assert.is((await page.openDialog()) !== null, engine === "firefox");
      // In a hidden tab timers fire once a second.
      await aMoment(1500);
      assert.equal(told(site), ["Offered"]);
      await page.show();
      await (await page.waitForDialog()).accept();
      await became(site, "accepted");
      await expectJournal(page, [...OFFERED, ...ACCEPTED]);
    });
  },
  { counted: true },
);
