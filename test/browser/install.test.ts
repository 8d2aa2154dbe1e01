// Each form of the snippet, in each place where people paste it, on the built files. Every history ends in an answered
// invitation, on one connection and without an error.
import { readFile } from "node:fs/promises";
import * as assert from "uvu/assert";
import { fillInline, fillSnippet, plainTag } from "../demo/install.ts";
import { LP_TAG_EVENT_PATH } from "../simulator/simulator.ts";
import { forEachEngine } from "../support/engines.ts";
import { serveFile } from "../support/internet.ts";
import { shopPage, type ShopSettings } from "../support/shop-page.ts";
import { divAndScript, journal, lpTagEvents, scriptTag, violations, type ShopOptions, type Site } from "../support/site.ts";
import { callInPage, fileInHead, googleTagManager, scriptInHead, type Firing } from "../support/tag-managers.ts";
import { ACCEPTED, expectAnswer, OFFERED, pause, printed, visit, visitAll, type Visit } from "../support/visit.ts";

const read = (path: string) => readFile(new URL(`../../${path}`, import.meta.url), "utf8");
const snippet = await read("snippet.html");
const inline = await read("dist/inline.html");
const policy = await read("dist/csp.txt");

const FORMS = {
  "snippet.html": (config: object) => fillSnippet(snippet, config),
  "inline.html": (config: object) => fillInline(inline, config),
  "a script tag": (config: object) => plainTag(snippet, config),
};
/** What survives Google Tag Manager. A script tag loses its config there, unless that stands on an element beside it. */
const TAG_MANAGER_FORMS = {
  "snippet.html": FORMS["snippet.html"],
  "inline.html": FORMS["inline.html"],
  "a script tag beside a div with the config": divAndScript,
};

/** The text of the only script of a block. */
const scriptOf = (block: string): string => /<script>([^]*)<\/script>/.exec(block)![1]!;
const divOf = (block: string): string => /<div[^]*<\/div>/.exec(block)![0];
const escapeText = (text: string): string => text.replace(/&/g, "&amp;").replace(/</g, "&lt;");
const withName = (form: (config: object) => string, config: object, visitorName: string): string => form({ ...config, visitorName });

/** dist/csp.txt for a page whose own scripts are files, with the simulator in LivePerson's place. */
const shopPolicy = ({ simulator }: Site): string =>
  `default-src 'none'; img-src 'self'; ${policy
    .trim()
    .replace(/\s+/g, " ")
    .replace("script-src", "script-src 'self'")
    .replace(/connect-src.*/, `connect-src 'self' ${simulator.origin}`)}`;

async function open({ page, site }: Visit, shop: ShopOptions): Promise<void> {
  await serveFile(page);
  await page.goto(site.shop(shop));
}

const FORM_NAMES = Object.keys(FORMS) as (keyof typeof FORMS)[];
const TAG_MANAGER_FORM_NAMES = Object.keys(TAG_MANAGER_FORMS) as (keyof typeof TAG_MANAGER_FORMS)[];

forEachEngine(
  "installing",
  (test) => {
    test("each form at the end of a page", ({ browser }) =>
      visitAll(browser, FORM_NAMES, async (form, visit) => {
        await open(visit, { install: FORMS[form] });
        await expectAnswer(visit);
        // What hydrates a whole document would not put up with anything else in it.
        assert.equal(await visit.page.evaluate(() => [...document.documentElement.children].map(({ localName }) => localName)), ["head", "body"]);
      }));

    test("each form in the head of a page", ({ browser }) =>
      visitAll(browser, FORM_NAMES, async (form, visit) => {
        const { origin, issueToken } = visit.site.simulator;
        const head = FORMS[form]({ server: origin, jwt: issueToken() });
        await open(visit, { head, install: () => "" });
        await expectAnswer(visit);
      }));

    test("each form by document.write", ({ browser }) =>
      visitAll(browser, FORM_NAMES, async (form, visit) => {
        const write = (config: object) => callInPage((html) => document.write(html), FORMS[form](config));
        await open(visit, { install: write });
        await expectAnswer(visit);
      }));

    test("each form on a page with a <base href>", ({ browser }) =>
      visitAll(browser, FORM_NAMES, async (form, visit) => {
        // Even the tag's report to the agent goes astray there.
        await visit.page.intercept("https://elsewhere.example/*", () => ({ status: 204 }));
        await open(visit, { head: '<base href="https://elsewhere.example/deep/" target="_blank">', install: FORMS[form] });
        await expectAnswer(visit);
      }));

    test("each form in an iframe", ({ browser }) =>
      visitAll(browser, FORM_NAMES, async (form, { page, site }) => {
        const shop = site.shop({ install: FORMS[form] });
        await serveFile(page);
        await page.goto(site.page(`<!doctype html><title>around</title><iframe src="${shop}" style="width: 800px; height: 600px"></iframe>`));
        site.invite();
        const { x, y } = await page.waitFor(() => {
          const frame = document.querySelector("iframe")!;
          const button = frame.contentDocument!.querySelector("lp-cobrowse")?.shadowRoot!.querySelector("[part=accept]");
          if (!button || button.closest("[inert]")) return null;
          const [outer, inner] = [frame, button].map((element) => element.getBoundingClientRect()) as [DOMRect, DOMRect];
          return { x: outer.x + frame.clientLeft + inner.x + inner.width / 2, y: outer.y + frame.clientTop + inner.y + inner.height / 2 };
        });
        await page.clickAt(x, y);
        await page.waitFor((lines) => (frames[0] as Window).journal.length === lines, {}, OFFERED.length + ACCEPTED.length);
        assert.equal(await page.evaluate(() => (frames[0] as Window).journal), [...OFFERED, ...ACCEPTED]);
        assert.is(site.simulator.totals.opened, 1);
      }));

    const FIRINGS: [string, Omit<Firing, "html">][] = [
      ["before DOMContentLoaded", { when: "at once" }],
      ["after load", { when: "after load" }],
      ["seconds later", { when: "seconds later" }],
      ["twice at once, and again later", { when: "at once", times: 2, again: true }],
      ["twice after load, and again later", { when: "after load", times: 2, again: true }],
    ];
    for (const [moment, firing] of FIRINGS) {
      test(`each form by Google Tag Manager, ${moment}`, ({ browser }) =>
        visitAll(browser, TAG_MANAGER_FORM_NAMES, async (form, visit) => {
          const fire = (config: object) => callInPage(googleTagManager, { html: TAG_MANAGER_FORMS[form](config), ...firing });
          await open(visit, { install: fire });
          await visit.page.waitFor(() => window.tagFired);
          await expectAnswer(visit);
        }));
    }

    test("the tag manager of these tests replaces {{variables}} and takes data-* from scripts", async ({ page }) => {
      const html = '<p data-a="b">{{Page URL}}</p><script id="c" data-d="e">/* f */</script>';
      await page.goto("data:text/html,<!doctype html><title>page</title>");
      await page.evaluate(googleTagManager, { html, when: "at once" } as const);
      assert.is(await page.evaluate(() => document.body.innerHTML), '<p data-a="b">undefined</p><script id="c">/* f */</script>');
    });

    test("a script tag that has lost its config in Google Tag Manager says so", ({ browser }) =>
      visit(browser, async ({ page, site }) => {
        await open({ page, site }, { install: (config) => callInPage(googleTagManager, { html: FORMS["a script tag"](config), when: "at once" }) });
        await page.waitForConsole("[lp-cobrowse]");
        assert.match((await printed(page)).join(), "data-lp-cobrowse");
        assert.is(site.simulator.totals.opened, 0);
      }));

    /** As Tealium and Adobe Launch put code and files on a page. */
    const IN_HEAD = {
      "snippet.html's code": (config: object) => callInPage(scriptInHead, scriptOf(FORMS["snippet.html"](config))),
      "inline.html's code, its div in the page": (config: object) => {
        const block = FORMS["inline.html"](config);
        return divOf(block) + callInPage(scriptInHead, scriptOf(block));
      },
      "the file, a div with the config in the page": (config: object) => divOf(FORMS["inline.html"](config)) + callInPage(fileInHead, "/lp-cobrowse.min.js"),
    };
    const IN_HEAD_NAMES = Object.keys(IN_HEAD) as (keyof typeof IN_HEAD)[];

    test("each form by Tealium or Adobe Launch, before DOMContentLoaded", ({ browser }) =>
      visitAll(browser, IN_HEAD_NAMES, async (form, visit) => {
        await open(visit, { install: IN_HEAD[form] });
        await expectAnswer(visit);
      }));

    test("each form by Tealium or Adobe Launch, after load", ({ browser }) =>
      visitAll(browser, IN_HEAD_NAMES, async (form, visit) => {
        const onLoad = (html: string) =>
          html.replace("<script>", '<script>addEventListener("load", () => setTimeout(() => ').replace("</script>", "))</script>");
        await open(visit, { install: (config) => onLoad(IN_HEAD[form](config)) });
        await expectAnswer(visit);
      }));

    const VARIANTS: Record<string, (config: object) => string> = {
      "a script tag with async": (config) => scriptTag(config).replace("<script", "<script async"),
      "a script tag with defer": (config) => scriptTag(config).replace("<script", "<script defer"),
      "the file before it is minified": (config) => scriptTag(config).replace(".min.js", ".js"),
      "a module script": (config) => divAndScript(config).replace("<script", '<script type="module"'),
      "an import for its side effect": (config) => divAndScript(config).replace(/<script.*/, '<script type="module">import "/lp-cobrowse.min.js";</script>'),
    };
    test(Object.keys(VARIANTS).join(", "), ({ browser }) =>
      visitAll(browser, Object.keys(VARIANTS), async (variant, visit) => {
        await open(visit, { install: VARIANTS[variant]! });
        await expectAnswer(visit);
      }),
    );

    test("under a policy with nothing but the hash, inline.html and a script tag run", ({ browser }) =>
      visitAll(browser, ["inline.html", "a script tag"], async (form, visit) => {
        const { page, site } = visit;
        await open({ page, site }, { install: FORMS[form], headers: { "content-security-policy": shopPolicy(site) } });
        await expectAnswer(visit);
        assert.equal(await violations(page), []);
      }));

    test("under that policy, inline.html runs by Google Tag Manager", ({ browser }) =>
      visit(browser, async (visit) => {
        const { page, site } = visit;
        await open({ page, site }, { install: () => "", headers: { "content-security-policy": shopPolicy(site) } });
        const html = FORMS["inline.html"]({ server: site.simulator.origin, jwt: site.simulator.issueToken() });
        await page.evaluate(googleTagManager, { html, when: "at once" } as const);
        await expectAnswer(visit);
        assert.equal(await violations(page), []);
      }));

    test("a file that is not this very file is not run", ({ browser }) =>
      visit(browser, async ({ page, site }) => {
        await open({ page, site }, { install: (config) => FORMS["a script tag"](config).replace(/sha384-..../, "sha384-AAAA") });
        await page.waitForConsole("integrity");
        assert.is(site.simulator.totals.opened, 0);
      }));

    test("snippet.html and a script tag in XHTML", ({ browser }) =>
      visitAll(browser, ["snippet.html", "a script tag"], async (form, visit) => {
        const { page, site } = visit;
        const { account, origin, issueToken } = site.simulator;
        const settings: ShopSettings = { account, tagDelay: 0, dataLayer: true, eventPath: LP_TAG_EVENT_PATH };
        const block = FORMS[form]({ server: origin, jwt: issueToken() });
        const xhtml = `<html xmlns="http://www.w3.org/1999/xhtml"><head><title>XHTML</title></head><body><script src="/chronos.js"></script>
<script>${escapeText(`(${shopPage})(${JSON.stringify(settings)})`)}</script>${block}</body></html>`;
        await serveFile(page);
        await page.goto(site.page(xhtml, { "content-type": "application/xhtml+xml" }));
        assert.is(await page.evaluate(() => document.contentType), "application/xhtml+xml");
        await expectAnswer(visit);
      }));

    const CHOICES: Record<string, { expected: string; install(config: object): string }> = {
      "a script without the attribute reads it from the first element that has it": {
        expected: "First",
        install: (config) => withName(divAndScript, config, "First").replace(/<script.*/, "") + withName(divAndScript, config, "Second"),
      },
      "a script with the attribute does not mind an element before it": {
        expected: "Own",
        install: (config) => withName(divAndScript, config, "Other").replace(/<script.*/, "") + withName(scriptTag, config, "Own"),
      },
      "of two copies with different configs the second does nothing": {
        expected: "First",
        install: (config) => withName(scriptTag, config, "First") + withName(scriptTag, config, "Second") + scriptTag({}),
      },
    };
    test(Object.keys(CHOICES).join("; "), ({ browser }) =>
      visitAll(browser, Object.keys(CHOICES), async (choice, visit) => {
        const { expected, install } = CHOICES[choice]!;
        await open(visit, { install });
        await expectAnswer(visit);
        assert.is((await lpTagEvents(visit.page))[0]!.data.visitorName, expected);
      }),
    );

    const PAGES: Record<string, () => void> = {
      "a page that froze the built-in prototypes": () => {
        for (const { prototype } of [Object, Array, Function, String, RegExp, Promise]) Object.freeze(prototype);
      },
      "a page that added to Object.prototype and Array.prototype": () => {
        Object.assign(Object.prototype, { extra: () => "extra" });
        Object.assign(Array.prototype, { last: () => "last" });
      },
      "a page with cobrowse handlers and globals of its own": () => {
        const fail = () => {
          throw new Error("the page's own");
        };
        for (const name of ["Offered", "Accepted", "Declined", "Closed", "Error"]) {
          Object.assign(window, { [`cobrowse${name}`]: fail, [`oncobrowse${name}`]: fail });
        }
        Object.assign(window, { cobrowse: null, config: "x", script: "x", jwt: "x", account: "x", start: fail, stop: fail });
      },
      "a page with an old Promise polyfill": () => {
        const Native = Promise;
        // A thenable of what ES2015 has, and nothing later.
        function Polyfill(this: { native: Promise<unknown> }, executor: ConstructorParameters<typeof Native>[0]) {
          this.native = new Native(executor);
        }
        const wrap = (native: Promise<unknown>) => Object.assign(Object.create(Polyfill.prototype) as object, { native });
        Polyfill.prototype = {
          constructor: Polyfill,
          then(this: { native: Promise<unknown> }, ...handlers: Parameters<Promise<unknown>["then"]>) {
            return wrap(this.native.then(...handlers));
          },
          catch(this: { native: Promise<unknown> }, handler: () => unknown) {
            return wrap(this.native.catch(handler));
          },
        };
        Polyfill.resolve = (value: unknown) => (value instanceof Polyfill ? value : wrap(Native.resolve(value)));
        Polyfill.reject = (reason: unknown) => wrap(Native.reject(reason));
        Polyfill.all = (list: Iterable<unknown>) => wrap(Native.all(list));
        Polyfill.race = (list: Iterable<unknown>) => wrap(Native.race(list));
        Object.assign(window, { Promise: Polyfill });
      },
    };
    test(Object.keys(PAGES).join(", "), ({ browser }) =>
      visitAll(browser, Object.keys(PAGES), async (title, visit) => {
        await open(visit, { body: callInPage(PAGES[title]!), install: FORMS["snippet.html"] });
        await expectAnswer(visit);
      }),
    );

    test("a page whose cobrowse listeners throw", ({ browser }) =>
      visit(browser, async (visit) => {
        const throwing = callInPage(() => {
          // Its errors are its own affair.
          addEventListener("error", (event) => event.preventDefault());
          for (const name of ["Offered", "Accepted"]) {
            addEventListener(`cobrowse${name}`, () => {
              throw new Error("the page's own");
            });
          }
        });
        await open(visit, { body: throwing, install: FORMS["snippet.html"] });
        await expectAnswer(visit);
      }));

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
    test("a wrong config is one warning that names the attribute, and nothing else", ({ browser }) =>
      visitAll(browser, Object.keys(MISTAKES), async (mistake, { page, site }) => {
        const text = MISTAKES[mistake];
        const attribute = text === undefined ? "" : `data-lp-cobrowse='${escapeText(text).replace(/'/g, "&#39;")}'`;
        site.invite();
        await open({ page, site }, { install: () => `<script src="/lp-cobrowse.min.js" ${attribute}></script>` });
        await pause(page, 300);
        const [warning = "", ...more] = await printed(page);
        assert.match(warning, /^warning: \[lp-cobrowse\] data-lp-cobrowse .*jwt/);
        assert.equal(more, []);
        assert.equal(await journal(page), ["dataLayer cobrowseError", `window cobrowseError ${warning.replace(/.*\] /, "")}`]);
        assert.is(await page.evaluate(() => typeof window.lpCobrowse), "undefined");
        assert.is(site.simulator.totals.opened + site.simulator.totals.refused, 0);
      }));
  },
  ["chromium"],
);
