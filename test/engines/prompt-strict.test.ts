// Pages with the strictest policy, and pages whose CSS knows no bounds: the prompt looks and works as ever.
import { readFile } from "node:fs/promises";
import * as assert from "uvu/assert";
import type { Page } from "../support/browsers.ts";
import { listFor, onOneSite } from "../support/engines.ts";
import { violations } from "../support/heard.ts";
import { ACCEPT, answer, armed, DECLINE, gone, openPrompt, PARTS } from "../support/visitor.ts";

const read = (path: string) => readFile(new URL(`../../${path}`, import.meta.url), "utf8");
const inline = await read("dist/inline.html");
const [scriptSrc] = (await read("dist/csp.txt")).split(";") as [string];
const [, hash] = /'(.*?)'/.exec(scriptSrc)!;

const attribute = `data-lp-cobrowse='{"jwt": "window.nobody"}'`;
/** What the policy in dist/csp.txt lets run. */
const SCRIPTS: Record<string, { html: string; runs: boolean }> = {
  "inline.html": { html: inline, runs: true },
  "the file with its integrity": {
    html: `<script src="/lp-cobrowse.min.js" integrity="${hash}" crossorigin="anonymous" ${attribute}></script>`,
    runs: true,
  },
  "the file without its integrity": { html: `<script src="/lp-cobrowse.min.js" ${attribute}></script>`, runs: false },
  "another script": { html: inline.replace("<script>", "<script>;"), runs: false },
};

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
HOSTILE["all of it at once"] = Object.values(HOSTILE).join("\n");

/** Where each part is, and all that is computed for it: { "accept place": "521 408 193 47", "accept color": "rgb(255, 255, 255)", … }. */
function look(page: Page): Promise<Record<string, string>> {
  return page.inPrompt(({ part }, parts) => {
    const found: Record<string, string> = {};
    for (const name of parts) {
      const { x, y, width, height } = part(name).getBoundingClientRect();
      found[`${name} place`] = [x, y, width, height].map(Math.round).join(" ");
      const style = getComputedStyle(part(name));
      for (const property of style) found[`${name} ${property}`] = style.getPropertyValue(property);
    }
    return found;
  }, PARTS);
}

onOneSite("the prompt on strict and on hostile pages", (test, engine) => {
  /** How it looks on a page that lets it. */
  let calm: Record<string, string>;
  test.before(async ({ browser, site }) => {
    const page = await browser.newPage();
    const invitation = await openPrompt(page, site);
    await armed(page);
    calm = await look(page);
    invitation.cancel();
    await page.close();
  });

  async function expectCalm(page: Page): Promise<void> {
    // Until then the buttons are inert, which an engine may tell as a style.
    await armed(page);
    const seen = await look(page);
    const others = ([what, value]: [string, string]) => value !== calm[what];
    assert.equal(Object.fromEntries(Object.entries(seen).filter(others)), {});
    assert.equal(Object.keys(seen), Object.keys(calm));
  }

  test("it looks as it was designed", async () => {
    assert.is(calm["accept color"], "rgb(255, 255, 255)");
    assert.is(calm["accept background-color"], "rgb(0, 85, 204)");
    for (const part of ["dialog", "accept", "decline"]) assert.is(calm[`${part} border-top-left-radius`], "8px", part);
    const [x, , width] = calm["dialog place"]!.split(" ").map(Number) as [number, number, number];
    assert.ok(width > 400 && width < 480, `The dialog is ${width} wide`);
    assert.ok(Math.abs(x + width / 2 - 512) < 10, `The dialog begins at ${x}`);
  });

  test("no violation under the strictest policy, and it looks and works as without one", async ({ page, site, agent }) => {
    assert.match(site.strictPolicy, /default-src 'none'.*style-src 'none'.*require-trusted-types-for 'script'; trusted-types 'none'/);
    await openPrompt(page, site, { headers: { "content-security-policy": site.strictPolicy } });
    await expectCalm(page);
    await answer(page, "decline");
    await agent.was("Offered", "Declined");
    await gone(page);
    const printed = (await page.consoleMessages()).filter((line) => /policy|trusted|lp-cobrowse/i.test(line));
    assert.equal({ violations: await violations(page), errors: await page.pageErrors(), printed }, { violations: [], errors: [], printed: [] });
  });

  for (const [name, { html, runs }] of Object.entries(SCRIPTS)) {
    test(`the hash in dist/csp.txt ${runs ? "lets" : "does not let"} ${name} run`, async ({ page, site }) => {
      await page.goto(site.page(`<!doctype html><title>strict</title>${html}`, { "content-security-policy": scriptSrc }));
      assert.is(await page.evaluate(() => typeof window.lpCobrowse?.start === "function"), runs);
    });
  }

  // Elsewhere two and the whole, for the sake of time: which rule wins is the same cascade in all engines.
  const hostile = listFor(engine, HOSTILE, ["*{all:unset}", "body{visibility:hidden;zoom:.3}", "all of it at once"]);
  for (const [index, [name, css]] of hostile.entries()) {
    test(`readable and answerable under hostile CSS: ${name}`, async ({ page, site, agent }) => {
      await openPrompt(page, site, { head: `<style>${css}</style>`, body: "<h1>A shop</h1><button>Buy</button>" });
      await expectCalm(page);
      const { part, told } = index % 2 ? ACCEPT : DECLINE;
      await answer(page, part);
      await agent.was("Offered", told);
      await gone(page);
    });
  }

  test("looks and works the same where document.adoptedStyleSheets is missing", async ({ page, site, agent }) => {
    await openPrompt(page, site, { head: "<script>Object.defineProperty(document, 'adoptedStyleSheets', { value: undefined })</script>" });
    await expectCalm(page);
    await answer(page, "decline");
    await agent.was("Offered", "Declined");
  });
});
