// What the prompt is, for the page and for assistive technology: one element, its parts, its name, the focus.
import * as assert from "uvu/assert";
import { onOneSite } from "../support/engines.ts";
import { answer, armed, escape, gone, openPrompt, PARTS, shown, styles, words } from "../support/visitor.ts";

onOneSite("the prompt's structure", (test, engine) => {
  test("one element on <html>: an alertdialog with a name, a description and two real buttons", async ({ page, site }) => {
    await openPrompt(page, site, {}, { mode: "view" });
    const found = await page.inPrompt(({ host, root, dialog, part }) => ({
      onHtml: host.parentNode === document.documentElement,
      prompts: document.querySelectorAll("lp-cobrowse").length,
      parts: [...root.querySelectorAll("[part]")].map((element) => element.getAttribute("part")!).filter(Boolean),
      role: dialog.role,
      modal: dialog.matches(":modal"),
      name: dialog.ariaLabel,
      description: dialog.ariaDescription,
      buttons: { decline: part("decline").localName, accept: part("accept").localName },
    }));
    const said = { title: "Share this page?", message: "Our agent can see and scroll this page until you stop.", decline: "Decline", accept: "Allow" };
    assert.equal(await words(page), said);
    assert.equal(found, {
      onHtml: true,
      prompts: 1,
      parts: [...PARTS],
      role: "alertdialog",
      modal: true,
      name: said.title,
      description: said.message,
      buttons: { decline: "button", accept: "button" },
    });
  });

  if (engine === "chromium")
    test("assistive technology is told all of that", async ({ page, site }) => {
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
        seen.map(({ role, name, description }) => ({ role: role?.value, name: name?.value, described: Boolean(description?.value) })),
        [
          { role: "alertdialog", name: "Share this page?", described: true },
          { role: "heading", name: "Share this page?", described: false },
          { role: "button", name: "Decline", described: false },
          { role: "button", name: "Allow", described: false },
        ],
      );
    });

  test("each text reads in its own direction", async ({ page, site }) => {
    const text = { title: "هل تريد المشاركة؟", shared: "Only this page.", accept: "سماح", decline: "Decline" };
    await openPrompt(page, site, { config: { text } });
    const { dialog, ...texts } = await styles(page, "direction");
    assert.equal(texts, { title: { direction: "rtl" }, message: { direction: "ltr" }, decline: { direction: "ltr" }, accept: { direction: "rtl" } });
  });

  for (const ending of ["accept", "decline", "Escape", "cancelled"] as const) {
    test(`the focus goes to the dialog, and back where it was: ${ending}`, async ({ page, site, agent }) => {
      await page.goto(site.shop({ body: "<input id=first><input id=second>" }));
      const focused = () => page.inPrompt(({ root }) => root.activeElement?.getAttribute("part"));
      await page.evaluate(() => document.querySelector<HTMLElement>("#second")!.focus());
      const invitation = site.invite();
      await shown(page);
      assert.is(await focused(), "dialog");
      await armed(page);
      assert.is(await focused(), "dialog");
      if (ending === "cancelled") invitation.cancel();
      else if (ending === "Escape") await escape(page, agent);
      else await answer(page, ending);
      await gone(page);
      assert.is(await page.evaluate(() => document.activeElement?.id), "second");
      await page.type("x");
      assert.is(await page.evaluate(() => document.querySelector<HTMLInputElement>("#second")!.value), "x");
    });
  }

  test("Tab goes from the dialog to Decline, to Allow, and never to the page", async ({ page, site }) => {
    await openPrompt(page, site, { body: "<input><button>Of the page</button>" });
    await armed(page);
    const visited = [];
    for (let time = 0; time < 5; time++) {
      await page.press("Tab");
      visited.push(
        await page.inPrompt(({ host, root }) => {
          const { activeElement } = document;
          return activeElement === host ? root.activeElement?.getAttribute("part") : activeElement?.localName;
        }),
      );
    }
    assert.equal(visited.slice(0, 2), ["decline", "accept"]);
    // Browsers differ in whether Tab then visits the browser's own controls, when the page seems to have no focus.
    for (const name of visited) assert.ok(["decline", "accept", "dialog", "body", "html"].includes(name!), `Tab went to ${name}`);
  });
});
