// The browser's own confirm(), asked for by the config. Browsers end it by themselves, and
// deliver frames during it or only afterwards: none of that is the visitor's answer.
import * as assert from "uvu/assert";
import { forEachEngine } from "../support/engines.ts";
import { aMoment, inTurn, listen, shown } from "../support/prompt.ts";
import { answer, startSite, type Site } from "../support/site.ts";

const BY_CONFIRM = { config: { prompt: "confirm" } } as const;

forEachEngine("confirm()", (test, engine) => {
  let site: Site;
  test.before(async () => {
    site = await startSite();
  });
  test.after(() => site.close());
  test.after.each(() => site.conversation.invitations.forEach((invitation) => invitation.cancel()));

  test("shows title and sentence; OK accepts, Cancel declines, and each is asked once", async ({ page }) => {
    await page.goto(site.shop({ config: { prompt: "confirm", text: { title: "Dürfen wir <b>schauen</b>?" } } }));
    for (const [press, name] of [
      ["accept", "Accepted"],
      ["dismiss", "Declined"],
    ] as const) {
      const agent = listen(site);
      site.invite({ mode: "follow" });
      const dialog = await page.waitForDialog();
      assert.is(dialog.message, "Dürfen wir <b>schauen</b>? Our agent can see this page until you stop.");
      await dialog[press]();
      await agent.was("Offered", name);
      await aMoment();
      assert.is(await page.openDialog(), null);
      await agent.was("Offered", name);
    }
    assert.is(await page.evaluate(() => document.querySelector("lp-cobrowse")), null);
    assert.equal(await page.pageErrors(), []);
  });

  test("an invitation that ended while it was open is not answered, whatever the visitor says", async ({ page }) => {
    await page.goto(site.shop(BY_CONFIRM));
    await inTurn(
      [
        ["cancelled", 120],
        ["expired", 2],
      ] as const,
      async (seconds) => {
        const agent = listen(site);
        const invitation = site.invite({ seconds });
        const dialog = await page.waitForDialog();
        if (seconds > 2) invitation.cancel();
        await aMoment(seconds > 2 ? 200 : 2200);
        await dialog.accept();
        // Which reason depends on what comes first after the question: the server's CLOSED, or the page's own timer.
        await page.waitFor(() => window.journal.some((line) => line.startsWith("window cobrowseClosed")));
        await aMoment(200);
        await agent.was("Offered");
        await page.evaluate(() => void window.journal.splice(0));
      },
    );
  });

  test("the next invitation of an open question is asked on its own", async ({ page }) => {
    const agent = listen(site);
    await page.goto(site.shop(BY_CONFIRM));
    site.invite({ mode: "view" });
    const first = await page.waitForDialog();
    assert.match(first.message, /scroll/);
    site.invite({ mode: "shared" });
    await aMoment(200);
    // Where frames come in during confirm(), the second question lies over the first.
    const asked: string[] = [];
    while (!agent.now().includes("Declined")) {
      const dialog = await page.waitForDialog();
      asked.push(/scroll/.test(dialog.message) ? "view" : "shared");
      await (asked.at(-1) === "view" ? dialog.accept() : dialog.dismiss());
      await aMoment(500);
    }
    assert.equal(asked.sort(), ["shared", "view"]);
    await page.waitFor(() => window.journal.includes("window cobrowseClosed replaced"));
    await agent.was("Offered", "Offered", "Declined");
  });

  test("a page has a confirm() of its own: only true and false are answers, and each invitation is asked about once", async ({ page }) => {
    const own = "<script>window.asked = []; window.confirm = (question) => (asked.push(question), window.answerOf())</script>";
    await page.goto(site.shop({ ...BY_CONFIRM, head: own }));
    await inTurn(
      Object.entries({ "a promise": "Promise.resolve(true)", nothing: "undefined", "a string": "'yes'", 1: "1", true: "true", false: "false" }),
      async (answer) => {
        const agent = listen(site);
        await page.evaluate((answer) => void Object.assign(window, { asked: [], answerOf: new Function(`return ${answer}`) }), answer);
        const invitation = site.invite();
        await aMoment(900);
        await agent.was("Offered", ...(answer === "true" ? ["Accepted"] : answer === "false" ? ["Declined"] : []));
        assert.is(await page.evaluate(() => (window as unknown as { asked: string[] }).asked.length), 1);
        invitation.cancel();
        await aMoment(100);
      },
    );
    assert.equal(await page.pageErrors(), []);
  });

  test("asked only in a tab that is seen", async ({ page }) => {
    const agent = listen(site);
    await page.goto(site.shop(BY_CONFIRM));
    await site.connected();
    await page.hide();
    site.invite();
    await agent.was("Offered");
    await aMoment();
    assert.is(await page.openDialog(), null);
    // In some engines the question comes before the page can be asked whether it is seen.
    await Promise.all([page.show(), page.waitForDialog().then((dialog) => dialog.accept())]);
    await agent.was("Offered", "Accepted");
  });

  // Firefox leaves the question open, and the drivers of the other two cannot look away from it.
  if (engine === "chromium")
    test("a no that the browser said because the tab was hidden is not an answer: asked again when it is seen", async ({ page }) => {
      const agent = listen(site);
      await page.goto(site.shop(BY_CONFIRM));
      site.invite();
      await page.waitForDialog();
      await page.hide();
      // In a hidden tab timers fire once a second.
      await aMoment(1500);
      await agent.was("Offered");
      await Promise.all([page.show(), page.waitForDialog().then((dialog) => dialog.accept())]);
      await agent.was("Offered", "Accepted");
    });

  test("is not needed where document.adoptedStyleSheets is missing: the dialog is styled without", async ({ page }) => {
    const agent = listen(site);
    await page.goto(site.shop({ head: "<script>Object.defineProperty(document, 'adoptedStyleSheets', { value: undefined })</script>" }));
    site.invite();
    await shown(page);
    const accept = () => getComputedStyle(document.querySelector("lp-cobrowse")!.shadowRoot!.querySelector("[part=accept]")!).backgroundColor;
    assert.is(await page.evaluate(accept), "rgb(0, 85, 204)");
    assert.is(await page.openDialog(), null);
    await answer(page, "decline");
    await agent.was("Offered", "Declined");
  });
});
