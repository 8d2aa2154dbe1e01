// Whatever the page does to the prompt, its visitor can still answer, or the invitation ends cleanly.
import * as assert from "uvu/assert";
import { forEachEngine } from "../support/engines.ts";
import { aMoment, gone, inTurn, listen, listFor, openPrompt } from "../support/prompt.ts";
import { answer, startSite, type Site } from "../support/site.ts";

/** What pages do, mostly without meaning it. */
const sabotage: Record<string, () => void> = {
  "removes the element": () => document.querySelector("lp-cobrowse")!.remove(),
  "removes every element of its own <html>": () =>
    [...document.documentElement.children].forEach((child) => child.localName === "body" || child.localName === "head" || child.remove()),
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
  "covers it at the highest z-index": () => {
    document.body.appendChild(document.createElement("aside")).style.cssText = "position:fixed;inset:0;z-index:2147483647;background:#123";
  },
  "opens a modal of its own": () => {
    const dialog = document.body.appendChild(document.createElement("dialog"));
    dialog.textContent = "Subscribe to our newsletter";
    dialog.style.cssText = "width:100%;height:100%;max-width:none;max-height:none";
    dialog.showModal();
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
  "opens a modal of its own",
  "closes this very dialog before it counts",
];

forEachEngine("the prompt on a page that works against it", (test, engine) => {
  let site: Site;
  test.before(async () => {
    site = await startSite();
  });
  test.after(() => site.close());

  const chosen = listFor(engine, sabotage, ELSEWHERE);
  test(`still answered, ${engine === "chromium" ? "whatever the page does" : "one kind of sabotage each"}`, async ({ page }) => {
    await inTurn(chosen, async (act) => {
      const agent = listen(site);
      await openPrompt(page, site);
      await page.evaluate(act);
      await answer(page, "accept");
      await agent.was("Offered", "Accepted");
      await gone(page);
    });
    assert.equal(await page.pageErrors(), []);
  });

  test("a page that removes it again and again: the invitation ends cleanly", async ({ page }) => {
    const agent = listen(site);
    await page.goto(site.shop());
    await page.evaluate(() => {
      new MutationObserver(() => document.querySelector("lp-cobrowse")?.remove()).observe(document.documentElement, { childList: true });
    });
    const invitation = site.invite();
    await agent.was("Offered");
    // Long enough for it to have been shown anew.
    await aMoment();
    invitation.cancel();
    await page.waitFor(() => window.journal.includes("window cobrowseClosed cancelled"));
    await agent.was("Offered");
    assert.equal(await page.pageErrors(), []);
    assert.is(await page.promptPart("dialog"), null);
  });

  test("after the answer the page's own modal is where it was", async ({ page }) => {
    const agent = listen(site);
    await openPrompt(page, site, { body: "<dialog><button onclick='document.title=&quot;Pressed&quot;'>Of the page</button></dialog>" });
    await page.evaluate(() => document.querySelector("dialog")!.showModal());
    await answer(page, "decline");
    await agent.was("Offered", "Declined");
    const { x, y } = await page.evaluate(() => document.querySelector("dialog button")!.getBoundingClientRect().toJSON() as DOMRect);
    await page.clickAt(x + 5, y + 5);
    await page.waitFor(() => document.title === "Pressed");
    assert.ok(await page.evaluate(() => document.querySelector("dialog")!.matches(":modal")));
  });

  test("a page goes fullscreen, and then its visitor is asked", async ({ page }) => {
    const agent = listen(site);
    await page.goto(site.shop({ body: "<section style='background:#123'>Video</section>" }));
    await page.evaluate(() =>
      addEventListener(
        "keydown",
        ({ key }) =>
          key === "f" &&
          void document
            .querySelector("section")!
            .requestFullscreen()
            .catch((error: Error) => (document.title = error.message)),
      ),
    );
    await page.press("f");
    await page.waitFor(() => document.fullscreenElement || document.title !== "A shop", { message: "fullscreen" });
    assert.is(await page.evaluate(() => document.title), "A shop");
    site.invite();
    await answer(page, "accept");
    await agent.was("Offered", "Accepted");
  });
});
