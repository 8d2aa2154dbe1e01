// Every block of the README that a browser can run, as it stands there, on a page with LivePerson (the simulator) behind it.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import * as assert from "uvu/assert";
import { startDemo } from "../demo/demo.ts";
import { fillInline, fillSnippet, plainTag } from "../demo/install.ts";
import { forEachEngine } from "../support/engines.ts";
import { serveDomainService, serveFile, SIMULATOR_BY_WSS } from "../support/internet.ts";
import { block, namesOf, README } from "../support/readme.ts";
import type { Page } from "../support/browsers.ts";
import { answer, dataLayer, expectJournal, lpTagEvents, type ShopOptions } from "../support/site.ts";
import { callInPage } from "../support/tag-managers.ts";
import { ACCEPTED, DECLINED, expectAnswer, heard, OFFERED, pause, visit, visitAll, type Visit } from "../support/visit.ts";

const provideToken = (token: string) => callInPage((token) => Object.assign(window, { myApp: { getJwt: () => token, user: { name: "Ada" } } }), token);

/** A page on the internet, with a token in window.myApp. */
async function open({ page, site }: Visit, shop: ShopOptions): Promise<void> {
  await serveFile(page);
  await serveDomainService({ page, site });
  await page.goto(site.shop({ ...shop, body: SIMULATOR_BY_WSS + provideToken(site.simulator.issueToken()) + (shop.body ?? "") }));
}

/** The config of a block, on an element beside the file. */
const withConfig = (config: string) => () => `<div hidden data-lp-cobrowse='${config}'></div><script src="/lp-cobrowse.min.js"></script>`;
const SIMPLEST = '{"jwt": "window.myApp.getJwt"}';

const shown = ({ page }: Visit) =>
  page.waitFor(() => {
    const root = document.querySelector("lp-cobrowse")?.shadowRoot;
    return root && Object.fromEntries(["title", "message", "accept", "decline"].map((part) => [part, root.querySelector(`[part=${part}]`)!.textContent]));
  });

const BLOCKS: Record<string, (block: string, visit: Visit) => Promise<void>> = {
  async "lp-cobrowse html"(snippet, visit) {
    await open(visit, { install: () => snippet });
    await expectAnswer(visit);
  },

  async "Try it html"(html, { page }) {
    await expectAllowedOnOwnPage(page, (atPort) => atPort(html));
  },

  async "Install html"(tag, visit) {
    await open(visit, { install: () => tag });
    await expectAnswer(visit);
  },

  async "Bundlers and servers ts"(code, visit) {
    const head = '<script type="importmap">{"imports": {"lp-cobrowse": "/lp-cobrowse.min.js"}}</script>';
    await open(visit, { head, install: () => `<script type="module">${code}</script>` });
    await expectAnswer(visit);
  },

  async "Configuration json"(config, visit) {
    await open(visit, { install: withConfig(config) });
    visit.site.invite();
    const { text, visitorName } = JSON.parse(config);
    assert.equal({ ...(await shown(visit)), message: "" }, { ...text, message: "" });
    assert.is(visitorName, "window.myApp.user.name");
    assert.is((await lpTagEvents(visit.page))[0]!.data.visitorName, "Ada");
  },

  async "Tokens html 2"(html, visit) {
    const rendered = html.replace(/eyJ[^"]*/, visit.site.simulator.issueToken());
    await open(visit, { body: rendered, install: withConfig('{"jwt": "window.lpJwt"}') });
    await expectAnswer(visit);
  },

  async "Tokens html"(html, visit) {
    const { page, site } = visit;
    await page.intercept(`${site.origin}/liveperson-token`, () => ({ status: 200, body: site.simulator.issueToken() }));
    await open(visit, { body: html, install: withConfig(SIMPLEST) });
    await pause(page, 500);
    assert.is(site.simulator.totals.opened, 0);
    await page.evaluate(() => (window.myApp as unknown as { signIn(): void }).signIn());
    await expectAnswer(visit);
    await page.evaluate(() => (window.myApp as unknown as { signOut(): void }).signOut());
    await site.simulator.waitFor((entry) => entry.type === "close" && entry.by === "client");
  },

  async "Tokens json"(config, visit) {
    const body = callInPage((token) => localStorage.setItem("lpJwt", token), visit.site.simulator.issueToken());
    await open(visit, { body, install: withConfig(config) });
    await expectAnswer(visit);
  },

  async "Google Tag Manager json"(event, visit) {
    await open(visit, { install: withConfig(SIMPLEST) });
    await expectAnswer(visit);
    assert.equal((await dataLayer(visit.page))!.at(-1), JSON.parse(event));
  },

  async "Your own prompt html"(html, visit) {
    const { page, site } = visit;
    await open(visit, { body: html, install: withConfig(SIMPLEST) });
    const press = async (id: string) => {
      const { x, y, width, height } = await page.waitFor(
        (id) => {
          const button = document.getElementById(id)!;
          return button.getClientRects().length > 0 && (button.getBoundingClientRect().toJSON() as DOMRect);
        },
        {},
        id,
      );
      await pause(page, 600);
      await page.clickAt(x + width / 2, y + height / 2);
      await page.waitFor(() => document.getElementById("ask")!.hidden);
    };
    site.invite();
    await press("yes");
    await heard(site, "accepted");
    site.invite();
    await press("no");
    await heard(site, "declined");
    await expectJournal(page, [...OFFERED, ...ACCEPTED, ...OFFERED, ...DECLINED]);
    const third = site.invite();
    await page.waitFor(() => !document.getElementById("ask")!.hidden);
    third.cancel();
    await page.waitFor(() => document.getElementById("ask")!.hidden);
    assert.is(await page.promptPart("dialog"), null);
  },

  async "Styling css 2"(css, visit) {
    await visit.page.emulate({ colorScheme: "dark" });
    await open(visit, { head: `<style>${css}</style>`, install: withConfig(SIMPLEST) });
    visit.site.invite();
    await shown(visit);
    const background = () => getComputedStyle(document.querySelector("lp-cobrowse")!.shadowRoot!.querySelector("dialog")!).backgroundColor;
    assert.is(await visit.page.evaluate(background), "rgb(255, 255, 255)");
  },

  async "Styling css"(css, visit) {
    await open(visit, { head: `<style>${css}</style>`, install: withConfig(SIMPLEST) });
    visit.site.invite();
    await shown(visit);
    const styles = await visit.page.evaluate(() => {
      const root = document.querySelector("lp-cobrowse")!.shadowRoot!;
      const [dialog, accept] = ["dialog", "accept"].map((part) => getComputedStyle(root.querySelector(`[part=${part}]`)!));
      return [dialog!.borderRadius, dialog!.fontFamily, accept!.backgroundColor, accept!.color];
    });
    assert.equal(styles, ["0px", "Georgia, serif", "rgb(11, 110, 79)", "rgb(255, 255, 255)"]);
  },

  async "Translations html"(html, visit) {
    const body = callInPage(() => (document.documentElement.lang = "fr")) + html;
    await open(visit, { body, install: withConfig('{"jwt": "window.myApp.getJwt", "text": "window.cobrowseText"}') });
    visit.site.invite();
    assert.equal({ ...(await shown(visit)), message: "" }, { title: "Partager cette page ?", message: "", accept: "Allow", decline: "Decline" });
  },

  async "Translations json"(config, visit) {
    await open(visit, { install: withConfig(config) });
    visit.site.invite({ mode: "view" });
    const { title, view: message, accept, decline } = JSON.parse(config).text;
    assert.equal(await shown(visit), { title, message, accept, decline });
  },
};

/** How the README tells a new user to fill in each form, on the page of "Try it". */
const FORMS: Record<string, (config: object) => Promise<string>> = {
  "snippet.html": async (config) => fillSnippet(await readFile("snippet.html", "utf8"), config),
  "inline.html": async (config) => fillInline(await readFile("dist/inline.html", "utf8"), config),
  "a script tag": async (config) => plainTag(await readFile("snippet.html", "utf8"), config),
};

/** Saves a page as a new user does, opens it from the disk beside a demo, and allows what that demo's agent asks. */
async function expectAllowedOnOwnPage(page: Page, html: (atPort: (html: string) => string, server: string) => string | Promise<string>): Promise<void> {
  const demo = await startDemo();
  const folder = await mkdtemp(join(tmpdir(), "readme-"));
  try {
    const { origin, port } = demo.simulator;
    await writeFile(join(folder, "page.html"), await html((text) => text.replaceAll("8321", String(port)), origin));
    await page.goto(pathToFileURL(join(folder, "page.html")).href);
    demo.simulator.conversations[0]!.invite();
    await answer(page, "accept");
    await page.waitFor(() => document.body.textContent!.includes("You allowed it."));
    await demo.simulator.waitFor((entry) => entry.type === "session" && entry.step === "accepted", 10_000);
  } finally {
    await demo.close();
    await rm(folder, { recursive: true });
  }
}

forEachEngine(
  "the README",
  (test) => {
    // JSON and TypeScript that a browser has nothing to do with are unit/readme.test.ts's.
    const elsewhere = ["Host the file yourself json", "Events ts"];

    test("every block for a browser is run", () => {
      assert.equal(
        Object.keys(BLOCKS).sort(),
        namesOf("html", "css", "json", "ts")
          .filter((name) => !elsewhere.includes(name))
          .sort(),
      );
    });

    const names = Object.keys(BLOCKS);
    for (let from = 0; from < names.length; from += 12) {
      const some = names.slice(from, from + 12);
      test(some.join(" | "), ({ browser }) => visitAll(browser, some, (name, visit) => BLOCKS[name]!(block(name), visit)));
    }

    test("a new user's page, in each of the three forms", ({ browser }) =>
      visitAll(browser, Object.keys(FORMS), async (form, { page }) => {
        await serveFile(page);
        const around = block("Try it html").replace(/<script src="[^"]*lp-cobrowse[^]*<\/script>/, "");
        await expectAllowedOnOwnPage(page, async (atPort, server) => atPort(around) + (await FORMS[form]!({ jwt: "window.myApp.getJwt", server })));
      }));

    test("no example breaks a page that has no snippet, or not what the example takes for granted", ({ browser }) =>
      visitAll(browser, ["blocked", "another page"], async (page, visit) => {
        if (page === "blocked") {
          await open(visit, { body: block("Tokens html"), install: () => "" });
          await visit.page.evaluate(() => {
            const { signIn, signOut } = window.myApp as unknown as Record<"signIn" | "signOut", () => void>;
            signIn();
            signOut();
          });
        } else {
          // No place to ask, and no translation: the built-in prompt asks, in English.
          const body = block("Your own prompt html").replace(/<p[^]*<\/p>/, "") + block("Translations html");
          await open(visit, { body, install: withConfig('{"jwt": "window.myApp.getJwt", "text": "window.cobrowseText"}') });
          visit.site.invite();
          assert.is((await shown(visit)).title, "Share this page?");
        }
      }));

    test("every translation that is shipped is what the visitor reads", ({ browser }) =>
      visit(browser, async (visit) => {
        const { page, site } = visit;
        const translations = JSON.parse(await readFile("dist/translations.json", "utf8")) as Record<string, Record<string, string>>;
        await open(visit, {
          body: callInPage((text) => Object.assign(window, { words: text }), translations.de!),
          install: withConfig('{"jwt": "window.myApp.getJwt", "text": "window.words"}'),
        });
        for (const [language, words] of Object.entries(translations)) {
          await page.evaluate((words) => Object.assign(window, { words }) && undefined, words);
          const invitation = site.invite({ mode: "view" });
          await page.waitFor(
            (title) => document.querySelector("lp-cobrowse")?.shadowRoot!.querySelector("h2")!.textContent === title,
            { message: language },
            words.title,
          );
          const { title, view: message, accept, decline } = words;
          assert.equal(await shown(visit), { title, message, accept, decline }, language);
          invitation.cancel();
          await page.waitFor(() => !document.querySelector("lp-cobrowse"));
        }
      }));

    test("its sentences are those that the visitor reads, and its parts those of the prompt", ({ browser }) =>
      visitAll(browser, ["shared", "view", "follow"], async (mode, visit) => {
        await open(visit, { install: withConfig(SIMPLEST) });
        visit.site.invite({ mode });
        const { title, message, accept, decline } = await shown(visit);
        const row = README.split("\n").find((line) => line.startsWith(`| \`${mode}\``))!;
        assert.is(row.split("|").at(-2)!.trim(), message);
        assert.equal([title, accept, decline], ["Share this page?", "Allow", "Decline"]);

        const [, list] = /Its parts do: (.*)\./.exec(README)!;
        const parts = await visit.page.evaluate(() =>
          [...document.querySelector("lp-cobrowse")!.shadowRoot!.querySelectorAll("[part]")].map((element) => element.getAttribute("part")!).filter(Boolean),
        );
        assert.equal([...list!.matchAll(/`(\w+)`/g)].map(([, part]) => part!).sort(), parts.sort());
      }));
  },
  ["chromium"],
);
