// The whole journey of an invitation, told once for three engines: what the agent and the visitor do, and exactly what
// the page and LivePerson hear of it. What can go wrong in single steps is told in the other files.
import * as assert from "uvu/assert";
import type { Browser, Page } from "../support/browsers.ts";
import { forEachEngine } from "../support/engines.ts";
import { aMoment, armed, gone, shown, told, toldAgent } from "../support/prompt.ts";
import { answer, expectJournal, startSite, type Site } from "../support/site.ts";
import { callInPage } from "../support/tag-managers.ts";
import { ACCEPTED, closed, DECLINED, OFFERED, printed } from "../support/visit.ts";

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

/** The agent learns what became of the invitation. */
const step = (site: Site, name: string) => site.simulator.waitFor((entry) => entry.type === "session" && entry.step === name, 10_000);
const disconnected = (site: Site) => site.simulator.waitFor((entry) => entry.type === "close", 10_000);

/** Firefox decides before `pagehide` which page it keeps, and keeps none with an open WebSocket. */
const returns = ({ engine, hasBfcache }: Browser) => hasBfcache && engine !== "firefox";

async function leave(page: Page, site: Site): Promise<void> {
  await page.goto(site.page("<!doctype html><title>Elsewhere</title>"));
  await disconnected(site);
}

forEachEngine("the journey", (test, engine) => {
  let site: Site;
  test.before.each(async () => {
    site = await startSite();
  });
  test.after.each(() => site.close());
  test.after.each(async ({ page }) => {
    assert.equal(await page.pageErrors(), []);
    assert.equal(await printed(page), []);
    assert.equal(site.simulator.violations, []);
    assert.is(site.simulator.totals.mostOpen, 1, "connections at a time");
  });

  test("invited: allowed", async ({ page }) => {
    await page.goto(site.shop());
    site.invite();
    await answer(page, "accept");
    await step(site, "accepted");
    await expectJournal(page, [...OFFERED, ...ACCEPTED]);
    assert.equal(told(site), ["Offered", "Accepted"]);
  });

  test("invited: declined", async ({ page }) => {
    await page.goto(site.shop());
    site.invite();
    await answer(page, "decline");
    await step(site, "declined");
    await expectJournal(page, [...OFFERED, ...DECLINED]);
    assert.equal(told(site), ["Offered", "Declined"]);
  });

  test("invited: cancelled by the agent", async ({ page }) => {
    await page.goto(site.shop());
    await site.connected();
    const invitation = site.invite();
    await shown(page);
    invitation.cancel();
    await gone(page);
    await expectJournal(page, [...OFFERED, ...closed("cancelled")]);
    assert.equal(told(site), ["Offered"]);
  });

  test("invited: expires", async ({ page }) => {
    await page.goto(site.shop());
    await site.connected();
    site.invite({ seconds: 3 });
    await shown(page);
    await gone(page);
    await step(site, "expired");
    await expectJournal(page, [...OFFERED, ...closed("expired")]);
    assert.equal(told(site), ["Offered"]);
  });

  test("one after the other: declined, cancelled, expired, replaced, allowed, and the session's end", async ({ page }) => {
    await page.goto(site.shop());
    await site.connected();
    site.invite();
    await answer(page, "decline");
    await step(site, "declined");

    const cancelled = site.invite({ mode: "view" });
    await shown(page);
    cancelled.cancel();
    await gone(page);

    site.invite({ seconds: 2 });
    await step(site, "expired");
    await gone(page);

    site.invite({ mode: "follow" });
    await shown(page);
    const last = site.invite({ mode: "view" });
    await page.waitFor((replaced) => window.journal.includes(replaced), {}, "window cobrowseClosed replaced");
    await answer(page, "accept");
    await step(site, "accepted");
    last.join();
    last.cancel();
    await aMoment();

    await expectJournal(page, [
      ...[...OFFERED, ...DECLINED],
      ...[...OFFERED, ...closed("cancelled")],
      ...[...OFFERED, ...closed("expired")],
      ...[...OFFERED, ...closed("replaced")],
      ...[...OFFERED, ...ACCEPTED],
    ]);
  });

  test("the connection is lost while invited: asked on, and allowed", async ({ page }) => {
    await page.goto(site.shop());
    await site.connected();
    site.invite();
    await armed(page);
    site.simulator.faults.drop();
    await site.connected();
    await shown(page);
    await answer(page, "accept");
    await step(site, "accepted");
    await expectJournal(page, [...OFFERED, ...ACCEPTED]);
    assert.is(site.simulator.totals.opened, 2);
  });

  test("cancelled while the server is away: the prompt goes when it is back", async ({ page }) => {
    await page.goto(site.shop());
    await site.connected();
    const invitation = site.invite();
    await shown(page);
    site.simulator.faults.down = true;
    invitation.cancel();
    site.simulator.faults.down = false;
    await gone(page);
    await expectJournal(page, [...OFFERED, ...closed("cancelled")]);
    assert.equal(told(site), ["Offered"]);
  });

  test("invited while the server is away: asked when it is back", async ({ page }) => {
    await page.goto(site.shop());
    await site.connected();
    site.simulator.faults.down = true;
    site.invite();
    site.simulator.faults.down = false;
    await answer(page, "decline");
    await step(site, "declined");
    await expectJournal(page, [...OFFERED, ...DECLINED]);
  });

  test("the computer slept for ten minutes while invited: Allow, pressed at once, says nothing", async ({ page }) => {
    await page.goto(site.shop());
    await site.connected();
    site.invite();
    await armed(page);
    // In the page's own task: neither a tick nor a frame comes between.
    await page.evaluate(() => {
      const { now } = Date;
      Date.now = () => now() + 600_000;
      document.querySelector("lp-cobrowse")!.shadowRoot!.querySelector<HTMLElement>("[part~=accept]")!.click();
    });
    await gone(page);
    await expectJournal(page, [...OFFERED, ...closed("expired")]);
    assert.equal(told(site), ["Offered"]);
  });

  // It takes as long as a connection is given to answer: once is enough.
  if (engine === "chromium")
    test("the network died without a word: the page is back within seconds of coming online", async ({ page }) => {
      await page.goto(site.shop());
      await site.connected();
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

  test("a frame of the same site has the snippet too: the page asks, and the frame does nothing", async ({ page }) => {
    const frame = site.shop();
    await page.goto(site.shop({ body: `<h1>A shop</h1><iframe src="${frame}"></iframe>` }));
    await site.connected();
    site.invite();
    await shown(page);
    await aMoment();
    const inFrame = () => {
      const { contentWindow } = document.querySelector("iframe")!;
      const { journal, lpCobrowse } = contentWindow as unknown as Window;
      return [journal, lpCobrowse === undefined, contentWindow!.document.querySelector("lp-cobrowse") === null];
    };
    assert.equal(await page.evaluate(inFrame), [[], true, true]);
    await answer(page, "accept");
    await expectJournal(page, [...OFFERED, ...ACCEPTED]);
  });

  test("invited in a hidden tab: asked when it is seen, on the same connection", async ({ page }) => {
    await page.goto(site.shop());
    await site.connected();
    await page.hide();
    site.invite();
    await toldAgent(site, "Offered");
    await aMoment();
    assert.is(await page.evaluate(() => document.querySelector("lp-cobrowse")), null);
    await page.show();
    await answer(page, "accept");
    await step(site, "accepted");
    await expectJournal(page, [...OFFERED, ...ACCEPTED]);
    assert.is(site.simulator.totals.opened, 1);
  });

  test("hidden for half a minute while invited: disconnected; seen again: connected, and asked on", async ({ page }) => {
    await page.goto(site.shop({ head: hurryWhileHidden }));
    await site.connected();
    site.invite();
    await armed(page);
    await page.hide();
    await disconnected(site);
    assert.is(await page.evaluate(() => document.querySelector("lp-cobrowse")), null);
    await aMoment();
    assert.is(site.simulator.totals.opened, 1);
    await page.show();
    await site.connected();
    await answer(page, "decline");
    await step(site, "declined");
    await expectJournal(page, [...OFFERED, ...DECLINED]);
    assert.is(site.simulator.totals.opened, 2);
  });

  test("invited while hidden and disconnected: offered and asked when the page is seen", async ({ page }) => {
    await page.goto(site.shop({ head: hurryWhileHidden }));
    await site.connected();
    await page.hide();
    await disconnected(site);
    site.invite();
    await aMoment();
    assert.equal(told(site), []);
    await page.show();
    await answer(page, "accept");
    await step(site, "accepted");
    await expectJournal(page, [...OFFERED, ...ACCEPTED]);
  });

  test("left while invited and come back to: asked again, and declined", async ({ page, browser }) => {
    const comesBack = returns(browser);
    await page.goto(site.shop({ head: noticeRestored }));
    await site.connected();
    site.invite();
    await shown(page);
    await leave(page, site);
    await page.back();
    await site.connected();
    await answer(page, "decline");
    await step(site, "declined");
    // A page that comes back as it was goes on; one that is loaded anew knows nothing of it.
    await expectJournal(page, [...OFFERED, ...DECLINED]);
    const restored = await page.evaluate(() => window.restored);
    assert.is(restored, comesBack);
    assert.equal(told(site), restored ? ["Offered", "Declined"] : ["Offered", "Offered", "Declined"]);
  });

  test("cancelled while the page was left: not asked again", async ({ page, browser }) => {
    const comesBack = returns(browser);
    await page.goto(site.shop());
    await site.connected();
    const invitation = site.invite();
    await shown(page);
    await leave(page, site);
    invitation.cancel();
    await page.back();
    await site.connected();
    await aMoment();
    await expectJournal(page, comesBack ? [...OFFERED, ...closed("cancelled")] : []);
    assert.equal(told(site), ["Offered"]);
  });

  test("reloaded while invited: offered and asked anew", async ({ page }) => {
    await page.goto(site.shop());
    await site.connected();
    site.invite();
    await shown(page);
    await toldAgent(site, "Offered");
    await page.reload();
    await answer(page, "accept");
    await step(site, "accepted");
    await expectJournal(page, [...OFFERED, ...ACCEPTED]);
    assert.equal(told(site), ["Offered", "Offered", "Accepted"]);
  });

  test("confirm(): allowed, then declined", async ({ page }) => {
    await page.goto(site.shop({ config: { prompt: "confirm" } }));
    await site.connected();
    site.invite();
    await (await page.waitForDialog()).accept();
    await step(site, "accepted");
    site.invite({ mode: "view" });
    await (await page.waitForDialog()).dismiss();
    await step(site, "declined");
    await expectJournal(page, [...OFFERED, ...ACCEPTED, ...OFFERED, ...DECLINED]);
    assert.equal(told(site), ["Offered", "Accepted", "Offered", "Declined"]);
  });

  for (const [what, press] of [
    ["OK", "accept"],
    ["Cancel", "dismiss"],
  ] as const) {
    test(`confirm(): what the agent cancelled meanwhile is not answered by ${what}`, async ({ page }) => {
      await page.goto(site.shop({ config: { prompt: "confirm" } }));
      await site.connected();
      const invitation = site.invite();
      const dialog = await page.waitForDialog();
      invitation.cancel();
      await aMoment(300);
      await dialog[press]();
      await expectJournal(page, [...OFFERED, ...closed("cancelled")]);
      await aMoment();
      assert.equal(told(site), ["Offered"]);
      assert.is(await page.openDialog(), null);
    });
  }

  test("confirm(): what expired meanwhile is not answered", async ({ page }) => {
    await page.goto(site.shop({ config: { prompt: "confirm" } }));
    await site.connected();
    site.invite({ seconds: 3 });
    const dialog = await page.waitForDialog();
    await step(site, "expired");
    await dialog.accept();
    await page.waitFor(() => window.journal.length > 4);
    // The server's word that it ended may be read before the page can look at its clock.
    const reason = await page.evaluate(() => window.journal.at(-1)!.split(" ").at(-1)!);
    assert.ok(["expired", "cancelled"].includes(reason), reason);
    await expectJournal(page, [...OFFERED, ...closed(reason)]);
    assert.equal(told(site), ["Offered"]);
  });

  test("confirm(): what expired meanwhile, unheard of since the connection is lost, is not answered", async ({ page }) => {
    await page.goto(site.shop({ config: { prompt: "confirm" } }));
    await site.connected();
    const invitation = site.invite({ seconds: 3 });
    const dialog = await page.waitForDialog();
    site.simulator.faults.down = true;
    await aMoment(invitation.expiresAt - Date.now() + 600);
    await dialog.accept();
    await expectJournal(page, [...OFFERED, ...closed("expired")]);
    assert.equal(told(site), ["Offered"]);
  });

  test("confirm(): invited in a hidden tab, asked when it is seen", async ({ page }) => {
    await page.goto(site.shop({ config: { prompt: "confirm" } }));
    await site.connected();
    await page.hide();
    site.invite();
    await toldAgent(site, "Offered");
    await aMoment();
    assert.is(await page.openDialog(), null);
    await page.show();
    await (await page.waitForDialog()).accept();
    await step(site, "accepted");
    await expectJournal(page, [...OFFERED, ...ACCEPTED]);
  });

  test("confirm(): the tab is hidden while it is open: no answer, and asked again", async ({ page }) => {
    await page.goto(site.shop({ config: { prompt: "confirm" } }));
    await site.connected();
    site.invite();
    await page.waitForDialog();
    await page.hide();
    // Firefox leaves it open behind the other tab; there the visitor answers it later.
    const stays = await page.openDialog();
    assert.is(stays !== null, engine === "firefox");
    await aMoment();
    assert.equal(told(site), ["Offered"]);
    await page.show();
    await (await page.waitForDialog()).accept();
    await step(site, "accepted");
    await expectJournal(page, [...OFFERED, ...ACCEPTED]);
  });
});
