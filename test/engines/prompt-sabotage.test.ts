// Whatever the page does to the prompt, its visitor can still answer, or the invitation ends cleanly.
import * as assert from "uvu/assert";
import { listFor, onOneSite } from "../support/engines.ts";
import { pause } from "../support/heard.ts";
import { answer, gone, openPrompt, prompts } from "../support/visitor.ts";

/** What pages do, mostly without meaning it. */
const SABOTAGE: Record<string, () => void> = {
  "removes the element": () => document.querySelector("lp-cobrowse")!.remove(),
  "hides it by style": () => document.querySelector<HTMLElement>("lp-cobrowse")!.style.setProperty("display", "none", "important"),
  "hides it by attribute": () => (document.querySelector<HTMLElement>("lp-cobrowse")!.hidden = true),
  "makes it inert": () => (document.querySelector<HTMLElement>("lp-cobrowse")!.inert = true),
  "makes everything inert": () => {
    document.documentElement.inert = true;
    document.body.inert = true;
  },
  "re-parents it": () => document.body.append(document.querySelector("lp-cobrowse")!),
  "wraps it": () => document.body.appendChild(document.createElement("section")).append(document.querySelector("lp-cobrowse")!),
  "empties its body": () => document.body.replaceChildren(),
  "replaces its body": () => (document.body = document.createElement("body")),
  "empties its <html>": () => document.documentElement.replaceChildren(),
  "replaces its <html>": () => document.documentElement.replaceWith(document.createElement("html")),
  "writes itself anew": () => {
    document.open();
    document.write("<!doctype html><title>New</title><p>All new.");
    document.close();
  },
  "closes the dialogs that it finds": () => document.querySelectorAll("dialog").forEach((dialog) => dialog.close()),
  "closes this very dialog before it counts": () => document.querySelector("lp-cobrowse")!.shadowRoot!.querySelector("dialog")!.close(),
  "takes the focus away": () => {
    const field = document.body.appendChild(document.createElement("input"));
    setInterval(() => field.focus(), 50);
  },
};

/** One of each kind for Firefox and WebKit; Chromium gets them all. */
const ELSEWHERE = [
  "removes the element",
  "makes everything inert",
  "re-parents it",
  "replaces its <html>",
  "writes itself anew",
  "closes this very dialog before it counts",
];

onOneSite("the prompt on a page that works against it", (test, engine) => {
  for (const [name, act] of listFor(engine, SABOTAGE, ELSEWHERE)) {
    test(`the page ${name}: still answered`, async ({ page, site, agent }) => {
      await openPrompt(page, site);
      await page.evaluate(act);
      await answer(page, "accept");
      await agent.was("Offered", "Accepted");
      await gone(page);
      assert.equal(await page.pageErrors(), []);
    });
  }

  test("the page removes it again and again: the invitation ends cleanly", async ({ page, site, agent }) => {
    await page.goto(site.shop());
    await page.evaluate(() => {
      new MutationObserver(() => document.querySelector("lp-cobrowse")?.remove()).observe(document.documentElement, { childList: true });
    });
    const invitation = site.invite();
    await agent.was("Offered");
    // Long enough for it to have been shown anew.
    await pause(page);
    invitation.cancel();
    await page.waitFor(() => window.journal.includes("window cobrowseClosed cancelled"));
    await agent.was("Offered");
    assert.equal(await page.pageErrors(), []);
    assert.is(await prompts(page), 0, "prompts");
  });

  test("after the answer the page's own modal is where it was", async ({ page, site, agent }) => {
    await openPrompt(page, site, { body: "<dialog><button onclick='document.title=&quot;Pressed&quot;'>Of the page</button></dialog>" });
    await page.evaluate(() => document.querySelector("dialog")!.showModal());
    await answer(page, "decline");
    await agent.was("Offered", "Declined");
    const { x, y } = await page.evaluate(() => document.querySelector("dialog button")!.getBoundingClientRect());
    await page.clickAt(x + 5, y + 5);
    await page.waitFor(() => document.title === "Pressed");
    assert.ok(await page.evaluate(() => document.querySelector("dialog")!.matches(":modal")));
  });

  test("the page goes fullscreen, and then its visitor is asked", async ({ page, site, agent }) => {
    await page.goto(site.shop({ body: "<button onclick='this.requestFullscreen()'>Enlarge</button>" }));
    const { x, y } = await page.evaluate(() => document.querySelector("button")!.getBoundingClientRect());
    await page.clickAt(x + 5, y + 5);
    await page.waitFor(() => document.fullscreenElement, { message: "fullscreen" });
    site.invite();
    await answer(page, "accept");
    await agent.was("Offered", "Accepted");
  });
});
