// Every block of the README that a browser can run, as it stands there, on a page with LivePerson (the simulator) behind it.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import * as assert from "uvu/assert";
import { startDemo } from "../demo/demo.ts";
import { fillInline, fillSnippet, rebase } from "../demo/install.ts";
import type { Page } from "../support/browsers.ts";
import { ACCEPTED, became, dataLayer, DECLINED, expectJournal, lpTagEvents, OFFERED, pause } from "../support/heard.ts";
import { serveDomainService, serveFile, SIMULATOR_BY_WSS } from "../support/internet.ts";
import { block, namesOf, README } from "../support/readme.ts";
import type { ShopOptions } from "../support/site.ts";
import { callInPage } from "../support/tag-managers.ts";
import { expectAnswer, forEachVisit, type Visit } from "../support/visit.ts";
import { answer, prompts, shown, words } from "../support/visitor.ts";

type WindowOfTokens = { myApp: Record<"signIn" | "signOut", () => void> };

const provideToken = (token: string) => callInPage((token) => Object.assign(window, { myApp: { getJwt: () => token, user: { name: "Ada" } } }), token);

/** A page on the internet, with a token in window.myApp. */
async function open({ page, site }: Visit, shop: ShopOptions): Promise<void> {
  await serveFile(page);
  await serveDomainService({ page, site });
  await page.goto(site.shop({ ...shop, body: SIMULATOR_BY_WSS + provideToken(site.simulator.issueToken()) + (shop.body ?? "") }));
}

/** The config of a block, on an element beside the file. */
const withConfig = (config: string) => () => `<div hidden data-lp-cobrowse='${config}'></div><script src="/lp-cobrowse.min.js"></script>`;
const SIMPLEST = { install: withConfig('{"jwt": "window.myApp.getJwt"}') };

/** Blocks that ask the visitor, each with what the page has of it. */
const ASKING: Record<string, (code: string, token: string) => ShopOptions> = {
  "lp-cobrowse html": (snippet) => ({ install: () => snippet }),
  "Install html": (tag) => ({ install: () => tag }),
  "Bundlers and servers ts": (code) => ({
    head: '<script type="importmap">{"imports": {"lp-cobrowse": "/lp-cobrowse.min.js"}}</script>',
    install: () => `<script type="module">${code}</script>`,
  }),
  "Tokens html 2": (html, token) => ({ body: html.replace(/eyJ[^"]*/, token), install: withConfig('{"jwt": "window.lpJwt"}') }),
  "Tokens json": (config, token) => ({ body: callInPage((token) => localStorage.setItem("lpJwt", token), token), install: withConfig(config) }),
};

const OTHERS: Record<string, (code: string, visit: Visit) => Promise<void>> = {
  async "Try it html"(html, { page }) {
    await expectAllowedOnOwnPage(page, (atPort) => atPort(html));
  },

  async "Configuration json"(config, visit) {
    await open(visit, { install: withConfig(config) });
    visit.site.invite();
    const { title, decline, accept } = await words(visit.page);
    assert.equal({ title, decline, accept }, JSON.parse(config).text);
    assert.is(JSON.parse(config).visitorName, "window.myApp.user.name");
    assert.is((await lpTagEvents(visit.page))[0]!.data.visitorName, "Ada");
  },

  async "Tokens html"(html, visit) {
    const { page, site } = visit;
    await page.intercept(`${site.origin}/liveperson-token`, () => ({ status: 200, body: site.simulator.issueToken() }));
    await open(visit, { body: html, ...SIMPLEST });
    await pause(page, 500);
    assert.is(site.simulator.totals.opened, 0, "connections");
    await page.evaluate(() => (window as unknown as WindowOfTokens).myApp.signIn());
    await expectAnswer(visit);
    await page.evaluate(() => (window as unknown as WindowOfTokens).myApp.signOut());
    await site.simulator.waitFor((entry) => entry.type === "close" && entry.by === "client");
  },

  async "Google Tag Manager json"(event, visit) {
    await open(visit, SIMPLEST);
    await expectAnswer(visit);
    assert.equal((await dataLayer(visit.page))!.at(-1), JSON.parse(event));
  },

  async "Your own prompt html"(html, visit) {
    const { page, site } = visit;
    await open(visit, { body: html, ...SIMPLEST });
    const asks = (hidden: boolean) => page.waitFor((hidden) => document.getElementById("ask")!.hidden === hidden, {}, hidden);
    const press = async (id: string) => {
      await asks(false);
      await pause(page, 600);
      const { x, y, width, height } = await page.evaluate((id) => document.getElementById(id)!.getBoundingClientRect().toJSON() as DOMRect, id);
      await page.clickAt(x + width / 2, y + height / 2);
      await asks(true);
    };
    site.invite();
    await press("yes");
    await became(site, "accepted");
    site.invite();
    await press("no");
    await became(site, "declined");
    await expectJournal(page, [...OFFERED, ...ACCEPTED, ...OFFERED, ...DECLINED]);
    const third = site.invite();
    await asks(false);
    third.cancel();
    await asks(true);
    assert.is(await prompts(page), 0, "built-in prompts");
  },

  async "Styling css"(css, visit) {
    await open(visit, { head: `<style>${css}</style>`, ...SIMPLEST });
    visit.site.invite();
    await shown(visit.page);
    const { parts, ...styles } = await visit.page.inPrompt(({ root, part, dialog }) => {
      const accept = getComputedStyle(part("accept"));
      const { borderRadius, fontFamily } = getComputedStyle(dialog);
      const parts = [...root.querySelectorAll("[part]")].flatMap((element) => element.getAttribute("part") || []);
      return { borderRadius, fontFamily, accept: { background: accept.backgroundColor, color: accept.color }, parts: parts.sort() };
    });
    assert.equal(styles, {
      borderRadius: "0px",
      fontFamily: "Georgia, serif",
      accept: { background: "rgb(11, 110, 79)", color: "rgb(255, 255, 255)" },
    });
    // The README names them all.
    const [, list] = /Its parts do: (.*)\./.exec(README)!;
    assert.equal([...list!.matchAll(/`(\w+)`/g)].map(([, part]) => part!).sort(), parts);
  },

  async "Styling css 2"(css, visit) {
    await visit.page.emulate({ colorScheme: "dark" });
    await open(visit, { head: `<style>${css}</style>`, ...SIMPLEST });
    visit.site.invite();
    await shown(visit.page);
    assert.is(await visit.page.inPrompt(({ dialog }) => getComputedStyle(dialog).backgroundColor), "rgb(255, 255, 255)");
  },

  async "Translations html"(html, visit) {
    const body = callInPage(() => (document.documentElement.lang = "fr")) + html;
    await open(visit, { body, install: withConfig('{"jwt": "window.myApp.getJwt", "text": "window.cobrowseText"}') });
    visit.site.invite();
    const { title, decline, accept } = await words(visit.page);
    assert.equal({ title, decline, accept }, { title: "Partager cette page ?", decline: "Decline", accept: "Allow" });
  },

  async "Translations json"(config, visit) {
    await open(visit, { install: withConfig(config) });
    visit.site.invite({ mode: "view" });
    const { title, view: message, decline, accept } = JSON.parse(config).text;
    assert.equal(await words(visit.page), { title, message, decline, accept });
  },
};

/** Saves a page as a new user does, opens it from the disk beside a demo, and allows what that demo's agent asks. */
async function expectAllowedOnOwnPage(page: Page, html: (atPort: (html: string) => string) => string): Promise<void> {
  const demo = await startDemo();
  const folder = await mkdtemp(join(tmpdir(), "readme-"));
  try {
    const { port, conversations } = demo.simulator;
    await writeFile(
      join(folder, "page.html"),
      html((text) => text.replaceAll("8321", String(port))),
    );
    await page.goto(pathToFileURL(join(folder, "page.html")).href);
    conversations[0]!.invite();
    await answer(page, "accept");
    await page.waitFor(() => document.body.textContent!.includes("You allowed it."));
    await demo.simulator.waitFor((entry) => entry.type === "session" && entry.step === "accepted", 10_000);
  } finally {
    await demo.close();
    await rm(folder, { recursive: true });
  }
}

forEachVisit(
  "the README",
  (test) => {
    // JSON and TypeScript that a browser has nothing to do with are unit/readme.test.ts's.
    const elsewhere = ["Host the file yourself json", "Events ts"];

    test("every block for a browser is run", () => {
      const run = [...Object.keys(ASKING), ...Object.keys(OTHERS), ...elsewhere];
      assert.equal(run.sort(), namesOf("html", "css", "json", "ts").sort());
    });

    for (const [name, shop] of Object.entries(ASKING))
      test(name, async (visit) => {
        await open(visit, shop(block(name), visit.site.simulator.issueToken()));
        await expectAnswer(visit);
      });

    for (const [name, run] of Object.entries(OTHERS)) test(name, (visit) => run(block(name), visit));

    /** As the README tells to fill them in. The script tag is in the block itself. */
    const CONFIG = { jwt: "window.myApp.getJwt", server: "ws://127.0.0.1:8321" };
    const snippet = async () => rebase(fillSnippet(await readFile("snippet.html", "utf8"), CONFIG), "http://127.0.0.1:8321/dist");
    const inline = async () => fillInline(await readFile("dist/inline.html", "utf8"), CONFIG);
    for (const [form, make] of Object.entries({ "snippet.html": snippet, "dist/inline.html": inline }))
      test(`${form} on a new user's page`, async ({ page }) => {
        const [around] = block("Try it html").split(/<script src="[^"]*lp-cobrowse/);
        const filled = await make();
        await expectAllowedOnOwnPage(page, (atPort) => atPort(around! + filled));
      });

    test("the functions for sign-in and sign-out do no harm where there is no snippet", async (visit) => {
      await open(visit, { body: block("Tokens html"), install: () => "" });
      await visit.page.evaluate(() => {
        const { signIn, signOut } = (window as unknown as WindowOfTokens).myApp;
        signIn();
        signOut();
      });
    });

    test("with no place to ask, and no translation, the built-in prompt asks in English", async (visit) => {
      const body = block("Your own prompt html").replace(/<p[^]*<\/p>/, "") + block("Translations html");
      await open(visit, { body, install: withConfig('{"jwt": "window.myApp.getJwt", "text": "window.cobrowseText"}') });
      visit.site.invite();
      assert.is((await words(visit.page)).title, "Share this page?");
    });
  },
  { engines: ["chromium"] },
);
