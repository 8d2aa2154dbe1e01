// What the prompt is, for the page and for assistive technology: one element, its parts, its name, the focus.
import * as assert from "uvu/assert";
import { forEachEngine } from "../support/engines.ts";
import { armed, escape, gone, listen, openPrompt, shown } from "../support/prompt.ts";
import { answer, startSite, type Site } from "../support/site.ts";

const PARTS = ["dialog", "title", "message", "decline", "accept"];

forEachEngine("the prompt's structure", (test, engine) => {
  let site: Site;
  test.before(async () => {
    site = await startSite();
  });
  test.after(() => site.close());
  // One conversation for all: what a test leaves pending would come up in the next one's page as well.
  test.after.each(() => site.conversation.invitations.forEach((invitation) => invitation.cancel()));

  test("one element on <html>, with an open shadow root and five parts", async ({ page }) => {
    await openPrompt(page, site);
    const found = await page.evaluate(() => {
      const [host, ...others] = document.querySelectorAll("lp-cobrowse");
      const parts = [...host!.shadowRoot!.querySelectorAll("[part]")].map((element) => element.getAttribute("part")!);
      return { onHtml: host!.parentNode === document.documentElement, others: others.length, parts: parts.filter(Boolean) };
    });
    assert.equal(found, { onHtml: true, others: 0, parts: PARTS });
  });

  test("an alertdialog with a name and a description; two real buttons", async ({ page }) => {
    await openPrompt(page, site, {}, { mode: "view" });
    const found = await page.evaluate(() => {
      const root = document.querySelector("lp-cobrowse")!.shadowRoot!;
      const part = (name: string) => root.querySelector<HTMLElement>(`[part=${name}]`)!;
      const dialog = part("dialog");
      return {
        role: dialog.role,
        modal: dialog.matches(":modal"),
        name: dialog.ariaLabel,
        description: dialog.ariaDescription,
        title: part("title").textContent,
        message: part("message").textContent,
        buttons: ["decline", "accept"].map((name) => part(name).localName + part(name).textContent),
      };
    });
    assert.equal(found, {
      role: "alertdialog",
      modal: true,
      name: "Share this page?",
      description: found.message,
      title: "Share this page?",
      message: found.message,
      buttons: ["buttonDecline", "buttonAllow"],
    });
    assert.match(found.message!, /see and scroll/);
  });

  if (engine === "chromium")
    test("assistive technology is told all of that", async ({ page }) => {
      await openPrompt(page, site);
      await armed(page);
      interface Node {
        ignored: boolean;
        role?: { value: string };
        name?: { value: string };
        description?: { value: string };
      }
      const { nodes } = await page.cdp<{ nodes: Node[] }>("Accessibility.getFullAXTree");
      const seen = nodes.filter(({ ignored, role }) => !ignored && /^(alertdialog|button|heading)$/.test(role?.value ?? ""));
      assert.equal(
        seen.map(({ role, name, description }) => [role?.value, name?.value, Boolean(description?.value)]),
        [
          ["alertdialog", "Share this page?", true],
          ["heading", "Share this page?", false],
          ["button", "Decline", false],
          ["button", "Allow", false],
        ],
      );
    });

  test("each text reads in its own direction", async ({ page }) => {
    const text = { title: "هل تريد المشاركة؟", shared: "Only this page.", accept: "سماح", decline: "Decline" };
    await openPrompt(page, site, { config: { text } });
    const directions = await page.evaluate(
      (parts) => parts.map((part) => getComputedStyle(document.querySelector("lp-cobrowse")!.shadowRoot!.querySelector(`[part=${part}]`)!).direction),
      ["title", "message", "accept", "decline"],
    );
    assert.equal(directions, ["rtl", "ltr", "rtl", "ltr"]);
  });

  test("a page that reads from right to left does not turn an English prompt", async ({ page }) => {
    await openPrompt(page, site, { head: "<style>html { direction: rtl }</style>" });
    const directions = await page.evaluate(
      (parts) => parts.map((part) => getComputedStyle(document.querySelector("lp-cobrowse")!.shadowRoot!.querySelector(`[part=${part}]`)!).direction),
      ["dialog", "title", "message", "accept", "decline"],
    );
    assert.equal(directions, ["ltr", "ltr", "ltr", "ltr", "ltr"]);
  });

  test("the focus goes to the dialog, and back where it was, however it ends", async ({ page }) => {
    await page.goto(site.shop({ body: "<input id=first><input id=second>" }));
    const focused = () => page.evaluate(() => document.querySelector("lp-cobrowse")!.shadowRoot!.activeElement?.getAttribute("part"));
    for (const ending of ["accept", "decline", "Escape", "cancelled"]) {
      const agent = listen(site);
      await page.evaluate(() => {
        document.querySelector<HTMLInputElement>("#second")!.value = "";
        document.querySelector<HTMLElement>("#second")!.focus();
      });
      const invitation = site.invite();
      await shown(page);
      assert.is(await focused(), "dialog");
      await armed(page);
      assert.is(await focused(), "dialog");
      if (ending === "cancelled") invitation.cancel();
      else if (ending === "Escape") await escape(page, agent);
      else await answer(page, ending as "accept");
      await gone(page);
      assert.is(await page.evaluate(() => document.activeElement?.id), "second", ending);
      await page.type("x");
      assert.is(await page.evaluate(() => document.querySelector<HTMLInputElement>("#second")!.value), "x", ending);
    }
  });

  test("Tab goes from the dialog to Decline, to Allow, and never to the page", async ({ page }) => {
    await openPrompt(page, site, { body: "<input><button>Of the page</button>" });
    await armed(page);
    const visited = [];
    for (let time = 0; time < 5; time++) {
      await page.press("Tab");
      visited.push(
        await page.evaluate(() => {
          const { activeElement } = document;
          return activeElement?.shadowRoot ? activeElement.shadowRoot.activeElement?.getAttribute("part") : activeElement?.localName;
        }),
      );
    }
    assert.equal(visited.slice(0, 2), ["decline", "accept"]);
    // Browsers differ in whether Tab then visits the browser's own controls, when the page seems to have no focus.
    for (const name of visited) assert.ok(["decline", "accept", "dialog", "body", "html"].includes(name!), `Tab went to ${name}`);
  });

  test("Enter and Space on a button press it", async ({ page }) => {
    await page.goto(site.shop());
    for (const [key, tabs, name] of [
      ["Enter", 1, "Declined"],
      ["Space", 2, "Accepted"],
    ] as const) {
      const agent = listen(site);
      site.invite();
      await armed(page);
      for (let tab = 0; tab < tabs; tab++) await page.press("Tab");
      await page.press(key);
      await gone(page);
      await agent.was("Offered", name);
    }
  });
});
