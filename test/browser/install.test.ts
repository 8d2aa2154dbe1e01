// Each form of the snippet, in each place where people paste it, on the built files. Every history ends in an answered
// invitation, on one connection and without an error.
import { readFile } from "node:fs/promises";
import * as assert from "uvu/assert";
import { attribute, fillContainer, fillInline, fillSnippet, plainTag } from "../demo/install.ts";
import { LP_TAG_EVENT_PATH } from "../simulator/simulator.ts";
import { startContainer, type Container } from "../support/gtm-container.ts";
import { ACCEPTED, dataLayer, journal, lpTagEvents, OFFERED, pause, printed, reported, violations } from "../support/heard.ts";
import { serveFile } from "../support/internet.ts";
import { shopPage, type ShopSettings } from "../support/shop-page.ts";
import { divAndScript, scriptTag, type ShopOptions, type Site } from "../support/site.ts";
import { callInPage, fileInHead, googleTagManager, scriptInHead, type Firing } from "../support/tag-managers.ts";
import { expectAnswer, forEachVisit, type Visit } from "../support/visit.ts";

const read = (path: string) => readFile(new URL(`../../${path}`, import.meta.url), "utf8");
const snippet = await read("snippet.html");
const inline = await read("dist/inline.html");
const policy = await read("dist/csp.txt");
const container = await read("dist/gtm-container.json");

type Form = (config: object) => string;

const loader: Form = (config) => fillSnippet(snippet, config);
const inlineForm: Form = (config) => fillInline(inline, config);
const plain: Form = (config) => plainTag(snippet, config);
const divOf: Form = (config) => /<div[^]*<\/div>/.exec(inlineForm(config))![0];
const divBesideScript: Form = (config) => `${divOf(config)}<script src="/lp-cobrowse.min.js"></script>`;
const FORMS = { "snippet.html": loader, "inline.html": inlineForm, "a script tag": plain };
/** What survives Google Tag Manager. A script tag loses its config there, unless that stands on an element beside it. */
const TAG_MANAGER_FORMS = { "snippet.html": loader, "inline.html": inlineForm, "a script tag beside inline.html's div": divBesideScript };

/** What is special in HTML, in a script, to a tag manager, or where a text is put into another. */
const AWKWARD = `"Quotes", 'apostrophes' & <b>tags</b></script><!-- {{variables}} $& \\ ümlaut`;

/** The text of the only script of a block. */
const scriptOf = (block: string): string => /<script>([^]*)<\/script>/.exec(block)![1]!;
const escapeText = (text: string): string => text.replace(/&/g, "&amp;").replace(/</g, "&lt;");
const withName = (form: Form, config: object, visitorName: string): string => form({ ...config, visitorName });

/** For a block that does not stand where a shop's snippet does. */
const configOf = ({ simulator }: Site): object => ({ server: simulator.origin, jwt: simulator.issueToken() });

/** dist/csp.txt for a page whose own scripts are files, with the simulator in LivePerson's place. */
const underPolicy = ({ simulator }: Site) => {
  const directives = policy
    .trim()
    .replace("script-src", "script-src 'self'")
    .replace(/connect-src.*/, `connect-src 'self' ${simulator.origin}`);
  return { headers: { "content-security-policy": `default-src 'none'; img-src 'self'; ${directives}` } };
};

async function open({ page, site }: Visit, shop: ShopOptions): Promise<void> {
  await serveFile(page);
  await page.goto(site.shop(shop));
  await page.waitFor(() => window.tagFired !== false);
}

async function expectAnswered(visit: Visit, visitorName = "Visitor"): Promise<void> {
  await expectAnswer(visit);
  const [offered] = await lpTagEvents(visit.page);
  assert.equal({ visitorName: offered!.data.visitorName, violations: await violations(visit.page) }, { visitorName, violations: [] });
}

forEachVisit(
  "installing",
  (test) => {
    const answered = (title: string, shop: ShopOptions | ((visit: Visit) => ShopOptions | Promise<ShopOptions>), visitorName?: string) =>
      test(title, async (visit) => {
        await open(visit, typeof shop === "function" ? await shop(visit) : shop);
        await expectAnswered(visit, visitorName);
      });

    for (const [form, install] of Object.entries(FORMS)) {
      test(`${form} at the end of a page, which stays as it was`, async (visit) => {
        await open(visit, { config: { visitorName: AWKWARD }, install });
        await expectAnswered(visit, AWKWARD);
        const { served, now } = await visit.page.evaluate(async () => {
          const text = await (await fetch(location.href)).text();
          // The loader's.
          document.head.querySelector("script[data-lp-cobrowse]")?.remove();
          return { served: new DOMParser().parseFromString(text, "text/html").documentElement.outerHTML, now: document.documentElement.outerHTML };
        });
        assert.is(now, served);
      });

      answered(`${form} in the head of a page`, ({ site }) => ({ head: install(configOf(site)), install: () => "" }));

      answered(`${form} by document.write`, { install: (config) => callInPage((html) => document.write(html), install(config)) });

      answered(`${form} on a page with a <base href>`, async ({ page }) => {
        // Even the tag's report to the agent goes astray there.
        await page.intercept("https://elsewhere.example/*", () => ({ status: 204 }));
        return { head: '<base href="https://elsewhere.example/deep/" target="_blank">', install };
      });

      test(`${form} in an iframe`, async ({ page, site }) => {
        const shop = site.shop({ install });
        await serveFile(page);
        await page.goto(site.page(`<!doctype html><title>around</title><iframe src="${shop}" style="width: 800px; height: 600px"></iframe>`));
        site.invite();
        const { x, y } = await page.waitFor(() => {
          const frame = document.querySelector("iframe")!;
          const button = frame.contentDocument!.querySelector("lp-cobrowse")?.shadowRoot!.querySelector("[part=accept]");
          if (!button || button.closest("[inert]")) return null;
          const outer = frame.getBoundingClientRect();
          const inner = button.getBoundingClientRect();
          return { x: outer.x + frame.clientLeft + inner.x + inner.width / 2, y: outer.y + frame.clientTop + inner.y + inner.height / 2 };
        });
        await page.clickAt(x, y);
        await page.waitFor((lines) => (frames[0] as Window).journal.length === lines, {}, OFFERED.length + ACCEPTED.length);
        assert.equal(await page.evaluate(() => (frames[0] as Window).journal), [...OFFERED, ...ACCEPTED]);
        assert.is(site.simulator.totals.opened, 1, "connections");
      });
    }

    const FIRINGS: Record<string, Omit<Firing, "html">> = {
      "before DOMContentLoaded": { when: "at once" },
      "after load": { when: "after load" },
      "twice at once, once later": { when: "at once", times: 2, again: true },
      "twice after load, once later": { when: "after load", times: 2, again: true },
    };
    for (const [moment, firing] of Object.entries(FIRINGS))
      for (const [form, block] of Object.entries(TAG_MANAGER_FORMS)) {
        const install: Form = (config) => callInPage(googleTagManager, { html: block(config), ...firing });
        answered(`${form} by Google Tag Manager, ${moment}`, { config: { visitorName: AWKWARD }, install }, AWKWARD);
      }

    test("the tag manager of these tests replaces {{variables}} and takes data-* from scripts", async ({ page }) => {
      const html = '<p data-a="b">{{Page URL}}</p><script id="c" data-d="e">/* f */</script>';
      await page.goto("data:text/html,<!doctype html><title>page</title>");
      await page.evaluate(googleTagManager, { html, when: "at once" } as const);
      assert.is(await page.evaluate(() => document.body.innerHTML), '<p data-a="b">undefined</p><script id="c">/* f */</script>');
    });

    test("the container's tag asks; its example, once started, tells Google Analytics the answer", async (visit) => {
      const imported = JSON.parse(fillContainer(container, configOf(visit.site))) as Container;
      for (const tag of imported.containerVersion.tag) tag.paused = false;
      const push = startContainer(imported);
      const [tag, ...others] = push({ event: "gtm.js" });
      assert.equal(others, []);
      await open(visit, { install: () => callInPage(googleTagManager, { html: tag!.html as string, when: "after load" }) });
      await expectAnswered(visit);
      const pushes = (await dataLayer(visit.page)) as Record<string, unknown>[];
      assert.equal(
        pushes.flatMap(push).map(({ type, eventName, eventSettingsTable }) => ({ type, eventName, ...(eventSettingsTable as object) })),
        ["Offered", "Accepted"].map((name) => ({ type: "gaawe", eventName: `cobrowse${name}`, cobrowse_mode: "shared", cobrowse_reason: undefined })),
      );
    });

    test("a script tag that has lost its config in Google Tag Manager says so", async (visit) => {
      await open(visit, { install: (config) => callInPage(googleTagManager, { html: plain(config), when: "at once" }) });
      assert.match(await visit.page.waitForConsole("[lp-cobrowse]"), "data-lp-cobrowse");
      assert.is(visit.site.simulator.totals.opened, 0, "connections");
    });

    /** As Tealium and Adobe Launch put code and files on a page. */
    const IN_HEAD: Record<string, Form> = {
      "snippet.html's code": (config) => callInPage(scriptInHead, scriptOf(loader(config))),
      "inline.html's code, its div in the page": (config) => divOf(config) + callInPage(scriptInHead, scriptOf(inlineForm(config))),
      "the file, a div with the config in the page": (config) => divOf(config) + callInPage(fileInHead, "/lp-cobrowse.min.js"),
    };
    const onLoad = (html: string) => html.replace("<script>", '<script>addEventListener("load", () => setTimeout(() => ').replace("</script>", "))</script>");
    for (const [form, install] of Object.entries(IN_HEAD)) {
      answered(`${form}, by Tealium or Adobe Launch at once`, { install });
      answered(`${form}, by Tealium or Adobe Launch after load`, { install: (config) => onLoad(install(config)) });
    }

    answered("a script tag with async", { install: (config) => scriptTag(config).replace("<script", "<script async") });
    answered("a script tag with defer", { install: (config) => scriptTag(config).replace("<script", "<script defer") });
    answered("the file before it is minified", { install: (config) => scriptTag(config).replace(".min.js", ".js") });
    answered("a module script", { install: (config) => divAndScript(config).replace("<script", '<script type="module"') });
    answered("an import for its side effect", {
      install: (config) => divAndScript(config).replace(/<script.*/, '<script type="module">import "/lp-cobrowse.min.js";</script>'),
    });

    answered("inline.html under a policy with nothing but the hash", ({ site }) => ({ install: inlineForm, ...underPolicy(site) }));
    answered("a script tag under that policy", ({ site }) => ({ install: plain, ...underPolicy(site) }));
    test("inline.html by Google Tag Manager under that policy", async (visit) => {
      await open(visit, { install: () => "", ...underPolicy(visit.site) });
      await visit.page.evaluate(googleTagManager, { html: inlineForm(configOf(visit.site)), when: "at once" } as const);
      await expectAnswered(visit);
    });

    for (const form of ["snippet.html", "a script tag"] as const)
      test(`${form} in XHTML`, async (visit) => {
        const { page, site } = visit;
        const settings: ShopSettings = { account: site.simulator.account, tagDelay: 0, dataLayer: true, eventPath: LP_TAG_EVENT_PATH };
        const xhtml = `<html xmlns="http://www.w3.org/1999/xhtml"><head><title>XHTML</title></head><body><script src="/chronos.js"></script>
<script>${escapeText(`(${shopPage})(${JSON.stringify(settings)})`)}</script>${FORMS[form](configOf(site))}</body></html>`;
        await serveFile(page);
        await page.goto(site.page(xhtml, { "content-type": "application/xhtml+xml" }));
        assert.is(await page.evaluate(() => document.contentType), "application/xhtml+xml");
        await expectAnswered(visit);
      });

    const divAlone: Form = (config) => divAndScript(config).replace(/<script.*/, "");
    answered(
      "a script without the attribute reads it from the first element that has it",
      { install: (config) => withName(divAlone, config, "First") + withName(divAndScript, config, "Second") },
      "First",
    );
    answered(
      "a script with the attribute does not mind an element before it",
      { install: (config) => withName(divAlone, config, "Other") + withName(scriptTag, config, "Own") },
      "Own",
    );
    answered(
      "of two copies with different configs the second does nothing",
      { install: (config) => withName(scriptTag, config, "First") + withName(scriptTag, config, "Second") + scriptTag({}) },
      "First",
    );

    const PAGES: Record<string, () => void> = {
      "froze the built-in prototypes": () => {
        for (const { prototype } of [Object, Array, Function, String, RegExp, Promise]) Object.freeze(prototype);
      },
      "has cobrowse handlers and globals of its own": () => {
        const fail = () => {
          throw new Error("the page's own");
        };
        for (const name of ["Offered", "Accepted", "Declined", "Closed", "Error"])
          Object.assign(window, { [`cobrowse${name}`]: fail, [`oncobrowse${name}`]: fail });
        Object.assign(window, { cobrowse: null, config: "x", script: "x", jwt: "x", account: "x", start: fail, stop: fail });
      },
      "has cobrowse listeners that throw": () => {
        // Its errors are its own affair.
        addEventListener("error", (event) => event.preventDefault());
        for (const name of ["Offered", "Accepted"])
          addEventListener(`cobrowse${name}`, () => {
            throw new Error("the page's own");
          });
      },
      "has an old Promise polyfill": () => {
        const Native = Promise;
        // What ES2015 has, and nothing later.
        const wrap = (native: Promise<unknown>): object => ({
          then: (...handlers: Parameters<typeof native.then>) => wrap(native.then(...handlers)),
          catch: (handler: () => unknown) => wrap(native.catch(handler)),
        });
        function Polyfill(executor: ConstructorParameters<typeof Native>[0]) {
          return wrap(new Native(executor));
        }
        Polyfill.resolve = (value: unknown) => wrap(Native.resolve(value));
        Polyfill.reject = (reason: unknown) => wrap(Native.reject(reason));
        Polyfill.all = (list: Iterable<unknown>) => wrap(Native.all(list));
        Polyfill.race = (list: Iterable<unknown>) => wrap(Native.race(list));
        Object.assign(window, { Promise: Polyfill });
      },
    };
    for (const [what, run] of Object.entries(PAGES)) answered(`a page that ${what}`, { body: callInPage(run), install: loader });

    const MISTAKES: Record<string, string | undefined> = {
      "no attribute": undefined,
      "an empty attribute": "",
      "no JSON": "{jwt: 'token'}",
      "an array": '["jwt"]',
      "a string": '"jwt"',
      null: "null",
      "a number": "5",
      true: "true",
      "an object without jwt": '{"account": "1", "server": "wss://server.example"}',
      "an empty jwt": '{"jwt": ""}',
    };
    for (const [mistake, text] of Object.entries(MISTAKES))
      test(`a wrong config is one warning, and nothing else: ${mistake}`, async (visit) => {
        const { page, site } = visit;
        const config = text === undefined ? "" : attribute(text);
        site.invite();
        await open(visit, { install: () => `<script src="/lp-cobrowse.min.js" ${config}></script>` });
        await pause(page, 300);
        const [warning = "", ...more] = await printed(page);
        assert.match(warning, /^warning: \[lp-cobrowse\] data-lp-cobrowse .*jwt/);
        assert.equal(more, []);
        assert.equal(await journal(page), reported(warning.replace(/.*\] /, "")));
        assert.is(await page.evaluate(() => typeof window.lpCobrowse), "undefined");
        assert.is(site.simulator.totals.opened + site.simulator.totals.refused, 0, "connections");
      });
  },
  { engines: ["chromium"], counted: true },
);
