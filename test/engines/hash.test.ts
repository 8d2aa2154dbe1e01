// The hashes of what is built, as Content-Security-Policy and as integrity.
import { readFile } from "node:fs/promises";
import * as assert from "uvu/assert";
import { forEachEngine } from "../support/engines.ts";
import { startSite } from "../support/site.ts";

const read = (path: string) => readFile(new URL(`../../${path}`, import.meta.url), "utf8");
const inline = await read("dist/inline.html");
const policy = await read("dist/csp.txt");

forEachEngine("the hash in dist/csp.txt", (test) => {
  test("lets the file run, inline or with its integrity, and nothing else", async ({ page }) => {
    const site = await startSite();
    try {
      const [scriptSrc] = policy.split(";");
      const [, hash] = /'(.*?)'/.exec(scriptSrc!)!;
      const attribute = `data-lp-cobrowse='{"jwt": "window.nobody"}'`;
      const started = async (html: string) => {
        await page.goto(site.page(`<!doctype html><title>strict</title>${html}`, { "content-security-policy": scriptSrc! }));
        return page.evaluate(() => typeof window.lpCobrowse?.start === "function");
      };
      assert.is(await started(inline), true, "inline.html");
      assert.is(await started(`<script src="/lp-cobrowse.min.js" integrity="${hash}" crossorigin="anonymous" ${attribute}></script>`), true, "with integrity");
      assert.is(await started(`<script src="/lp-cobrowse.min.js" ${attribute}></script>`), false, "without integrity");
      assert.is(await started(inline.replace("<script>", "<script>;")), false, "another script");
    } finally {
      await site.close();
    }
  });
});
