// Pages with the strictest policy, and pages whose CSS knows no bounds: the prompt looks and works as ever.
import * as assert from "uvu/assert";
import type { Page } from "../support/browsers.ts";
import { forEachEngine } from "../support/engines.ts";
import { gone, inTurn, listen, listFor, openPrompt } from "../support/prompt.ts";
import { answer, startSite, violations, type Site } from "../support/site.ts";

const HOSTILE: Record<string, string> = {
  "html{font-size:4px}": "html { font-size: 4px }",
  "*{all:unset}": "* { all: unset }",
  "*{…!important}": "* { color: red !important; background: red !important; font: 4px serif !important; position: static !important; opacity: 0 !important }",
  "dialog{display:none!important}": "dialog, dialog[open] { display: none !important } ::backdrop { display: none !important }",
  ":not(:defined){display:none}": ":not(:defined) { display: none !important; visibility: hidden !important }",
  "lp-cobrowse{…!important}":
    "lp-cobrowse { display: none !important; opacity: 0 !important; transform: scale(0) !important; font-size: 4px !important; pointer-events: none !important }",
  "html > :not(head, body){…}":
    "html > :not(head, body) { display: none !important; visibility: hidden !important; height: 0 !important; overflow: hidden !important }",
  "body{visibility:hidden;zoom:.3}": "body { visibility: hidden; zoom: .3; opacity: 0; overflow: hidden }",
  "button{…!important}":
    "button { display: none !important; background: #fff !important; color: #fff !important; font-size: 1px !important; pointer-events: none !important; width: 1px !important }",
  "h2, p, div{…!important}": "h2, p, div { display: none !important; position: absolute !important; left: -9999px !important }",
  "an overlay at the highest z-index": "body::after { content: ''; position: fixed; inset: 0; z-index: 2147483647; background: #123 } ",
  "html{text-align, spacing, case}":
    "html { text-align: right; letter-spacing: 1em; word-spacing: 2em; text-transform: uppercase; line-height: .2; text-indent: -999px; white-space: nowrap; user-select: none; cursor: none; color: #fff; direction: rtl; font-variant: small-caps; visibility: hidden; pointer-events: none }",
};

/** What a visitor would notice: sizes, colours, places. The same on every page, whatever its CSS. */
function look(page: Page) {
  return page.evaluate(() => {
    const root = document.querySelector("lp-cobrowse")!.shadowRoot!;
    return ["dialog", "title", "message", "decline", "accept"].map((part) => {
      const element = root.querySelector<HTMLElement>(`[part=${part}]`)!;
      const { x, y, width, height } = element.getBoundingClientRect();
      const style = getComputedStyle(element);
      const noticed = [
        "color",
        "backgroundColor",
        "fontFamily",
        "fontSize",
        "fontWeight",
        "lineHeight",
        "letterSpacing",
        "wordSpacing",
        "textTransform",
        "textIndent",
        "textAlign",
        "whiteSpace",
        "direction",
        "visibility",
        "opacity",
        "borderTopLeftRadius",
        "borderTopWidth",
        "cursor",
        "pointerEvents",
      ] as const;
      return [part, ...[x, y, width, height].map(Math.round), ...noticed.map((property) => `${property}: ${style[property]}`)];
    });
  });
}

forEachEngine("the prompt on strict and on hostile pages", (test, engine) => {
  let site: Site;
  test.before(async () => {
    site = await startSite();
  });
  test.after(() => site.close());
  test.after.each(() => site.conversation.invitations.forEach((invitation) => invitation.cancel()));

  test("no violation under the strictest policy, and it looks and works as without one", async ({ page }) => {
    const agent = listen(site);
    const headers = { "content-security-policy": site.strictPolicy };
    assert.match(site.strictPolicy, /default-src 'none'.*style-src 'none'.*require-trusted-types-for 'script'; trusted-types 'none'/);
    await openPrompt(page, site, { headers, body: "" });
    const seen = await look(page);
    const style: Record<string, (string | number)[]> = Object.fromEntries(seen.map(([part, ...rest]) => [part, rest]));
    assert.ok(style.accept!.includes("backgroundColor: rgb(0, 85, 204)"));
    assert.ok(style.accept!.includes("color: rgb(255, 255, 255)"));
    for (const part of ["dialog", "accept", "decline"]) {
      const radius = style[part]!.map((line) => /^borderTopLeftRadius: (.*)px$/.exec(String(line))?.[1]).find(Boolean);
      assert.ok(Number(radius) > 6, `${part} has a border radius of ${radius}`);
    }
    const [x, , width] = style.dialog as number[];
    assert.ok(width! > 400 && width! < 480 && Math.abs(x! + width! / 2 - 512) < 10, `${x} ${width}`);
    await answer(page, "decline");
    await agent.was("Offered", "Declined");
    await gone(page);
    assert.equal(await violations(page), []);
    assert.equal(await page.pageErrors(), []);
    assert.equal(
      (await page.consoleMessages()).filter((line) => /policy|trusted|lp-cobrowse/i.test(line)),
      [],
    );

    // The same without a policy.
    await openPrompt(page, site, { body: "" });
    assert.equal(await look(page), seen);
    await answer(page, "accept");
    await agent.was("Offered", "Declined", "Offered", "Accepted");
  });

  // Elsewhere two and the whole, for the sake of time: which rule wins is the same cascade in all engines.
  const alone = listFor(engine, HOSTILE, ["*{all:unset}", "body{visibility:hidden;zoom:.3}"]);
  test(`readable and answerable under hostile CSS: ${engine === "chromium" ? "each alone, and" : "two alone,"} all of it at once`, async ({ page }) => {
    const first = listen(site);
    await openPrompt(page, site);
    const calm = await look(page);
    await answer(page, "accept");
    await first.was("Offered", "Accepted");
    await inTurn([...alone, ["all of it at once", Object.values(HOSTILE).join("\n")] as const], async (css, name) => {
      const agent = listen(site);
      await openPrompt(page, site, { head: `<style>${css}</style>`, body: "<h1>A shop</h1><button>Buy</button>" });
      const seen = await look(page);
      assert.equal(seen, calm);
      const part = name.length % 2 ? "accept" : "decline";
      await answer(page, part);
      await agent.was("Offered", part === "accept" ? "Accepted" : "Declined");
      await gone(page);
    });
  });
});
