// Fills in the configurator as a new user would.
import * as assert from "uvu/assert";
import { startDemo, type Demo } from "../demo/demo.ts";
import { launch, type Browser, type Page } from "../support/browsers.ts";
import { click, frameOf } from "../support/browsers/frame.ts";
import { startSite } from "../support/site.ts";
import { suite } from "../support/suite.ts";
import { answer, gone, type Words } from "../support/visitor.ts";

interface Context {
  browser: Browser;
  demo: Demo;
  page: Page;
  preview: Page;
}

const test = suite<Context>("configurator");

test.before(async (context) => {
  context.browser = await launch("chromium");
  context.demo = await startDemo();
});

test.after(({ demo }) => demo.close());
test.after(({ browser }) => browser.close());

test.before.each(async (context) => {
  const { browser, demo } = context;
  const page = (context.page = await browser.newPage());
  context.preview = frameOf(page, "#preview");
  await page.viewport(1280, 720);
  await page.goto(`${demo.url}configurator`);
  await promptSays(context.preview, "title", "Share this page?");
});

test.after.each(({ page }) => page.close());
test.after.each(async ({ page }) => assert.equal(await page.pageErrors(), []));

async function promptSays(preview: Page, part: keyof Words, text: string): Promise<void> {
  await preview.waitForPrompt(({ part }, name, text) => part(name).textContent === text, { message: `the prompt's ${part} to read "${text}"` }, part, text);
}

/**
 * Replaces what a field has, by the keyboard. (A press would miss it now and then: what is wrong elsewhere is said in the form only when the
 * typing pauses, and moves what is below.)
 */
async function fill(page: Page, selector: string, text: string): Promise<void> {
  await page.evaluate((selector) => document.querySelector<HTMLElement>(selector)!.focus(), selector);
  await page.press("Control+a");
  await page.press("Delete");
  await page.type(text);
}

/** What happens when a value is chosen in a list, ticked, or pasted. */
const put = (page: Page, selector: string, value: string | boolean) =>
  page.evaluate(
    (selector, value) => {
      const input = document.querySelector<HTMLInputElement>(selector)!;
      if (typeof value === "boolean") input.checked = value;
      else input.value = value;
      for (const type of ["input", "change"]) input.dispatchEvent(new Event(type));
    },
    selector,
    value,
  );

const choose = (page: Page, form: string) => click(page, `#forms [value="${form}"]`);
const textOf = (page: Page, selector: string) => page.evaluate((what) => document.querySelector(what)!.textContent!, selector);
const valueOf = (page: Page, selector: string) => page.evaluate((what) => document.querySelector<HTMLInputElement>(what)!.value, selector);
const configOf = async (page: Page) => JSON.parse(await valueOf(page, "#json"));
const copyable = (page: Page) =>
  page.evaluate(() => !document.querySelector<HTMLButtonElement>("#copy")!.disabled && !!document.querySelector("#block")!.textContent);

const reads = (page: Page, selector: string, text: string) =>
  page.waitFor((what, text) => document.querySelector(what)!.textContent === text, { message: `${selector}: ${text}` }, selector, text);

/** Waits until this is said beside the field, which is marked then; nothing, and it is not. */
const expectProblem = (page: Page, id: string, sentence: RegExp | "") =>
  page.waitFor(
    (id, sentence) => {
      const input = document.getElementById(id)!;
      const { textContent: said } = document.getElementById(`${id}-problem`)!;
      const described = input.getAttribute("aria-describedby")!.split(" ").includes(`${id}-problem`);
      return described && (input.ariaInvalid === "true") === !!sentence && RegExp(sentence || "^$").test(said!) && `${said} `;
    },
    { message: `${id} to say ${sentence || "nothing"}` },
    id,
    sentence && sentence.source,
  );

test("what is typed is seen in the prompt, trimmed, and the field keeps the focus", async ({ page, preview }) => {
  await fill(page, "#field-text-title", "  Look together?");
  await promptSays(preview, "title", "Look together?");
  await page.type(" Now ");
  await promptSays(preview, "title", "Look together? Now");
  assert.equal(await configOf(page), { jwt: "window.myApp.getJwt", text: { title: "Look together? Now" } });
  assert.match(await textOf(page, "#block"), '"title": "Look together? Now"');
});

test("the preview can be answered, and shown again", async ({ page, preview }) => {
  await answer(preview, "accept");
  await reads(page, "#events", "cobrowseOffered → cobrowseAccepted");
  await click(page, "#again");
  await reads(page, "#events", "cobrowseOffered");
});

test("each wrong thing is said beside its field, and nothing can be copied until it is mended", async ({ page }) => {
  await fill(page, "#field-jwt", "");
  const printed = await page.waitForConsole("[lp-cobrowse]");
  // The snippet's own sentence, and what to do.
  const sentence = await expectProblem(page, "field-jwt", /the token, or the path to it/);
  assert.is(printed, `warning: [lp-cobrowse] ${sentence.replace(/:.*/, "").trim()}`);

  const fields = [
    { id: "field-jwt", wrong: "myApp.getJwt", says: /^jwt is neither a token/, right: "window.token" },
    { id: "field-account", wrong: "my account", says: /^account has only/, right: "123" },
    { id: "field-server", wrong: "https://va.msg.liveperson.net", says: /^server begins with wss/, right: "va.msg.liveperson.net" },
    { id: "field-visitorName", wrong: "window.names[0]", says: /^visitorName needs a path/, right: "window.names.first" },
    { id: "field-text-shared", wrong: "window.words.shared()", says: /^text\.shared needs its path without/, right: "Look?" },
  ];
  for (const { id, wrong } of fields) await put(page, `#${id}`, wrong);
  for (const { id, says } of fields) await expectProblem(page, id, says);
  assert.match(await textOf(page, "#blocked"), "wrong: jwt, account, server, visitorName, text.shared.");
  await click(page, "#to-fault");
  assert.is(await page.evaluate(() => document.activeElement!.id), "field-jwt");
  for (const { id, right } of fields) {
    assert.not(await copyable(page));
    await put(page, `#${id}`, right);
    await expectProblem(page, id, "");
  }
  assert.ok(await copyable(page));
  assert.is(await textOf(page, "#blocked"), "");
});

test("in the JSON it is said where it breaks, and which keys mean nothing", async ({ page, preview }) => {
  await fill(page, "#json", '{"jwt": ');
  await expectProblem(page, "json", /needs JSON with jwt: line 1, column 8: the end is missing/);
  assert.not(await copyable(page));
  await page.type('"window.token", "acount": "1", "text": {"titel": "Mended"}}');
  await expectProblem(page, "json", /^acount means nothing: call it account\ntext.titel means nothing: call it title$/);
  assert.not(await copyable(page));
  await put(page, "#json", '{"jwt": "window.token", "text": {"title": "Mended"}}');
  await promptSays(preview, "title", "Mended");
  await expectProblem(page, "json", "");
  assert.ok(await copyable(page));
  assert.is(await valueOf(page, "#field-text-title"), "Mended");
});

test("a call has no prompt until it is given a sentence", async ({ page, preview }) => {
  await put(page, "#mode", "VIDEO_CALL");
  await page.waitFor(() => document.querySelector("#events")!.textContent!.startsWith("VIDEO_CALL has no sentence"));
  await gone(preview);
  await fill(page, "#field-text-VOICE_CALL", "Talk to Mara");
  await promptSays(preview, "message", "Talk to Mara");
  assert.is(await valueOf(page, "#mode"), "VOICE_CALL");
});

test("a path is seen as such; a language brings its words, and leaves the others", async ({ page, preview }) => {
  await put(page, "#json", '{"jwt": "window.token", "text": {"VOICE_CALL": "Talk to Mara", "title": "window.words.title"}}');
  await promptSays(preview, "title", "‹window.words.title›");
  assert.is(await page.evaluate(() => document.querySelectorAll("#language option").length), 12);
  await put(page, "#language", "de");
  await promptSays(preview, "accept", "Erlauben");
  assert.is((await configOf(page)).text.VOICE_CALL, "Talk to Mara");
  await put(page, "#language", "");
  await promptSays(preview, "accept", "Allow");
  assert.equal((await configOf(page)).text, { VOICE_CALL: "Talk to Mara" });
});

test("confirm() is drawn instead of opened, and can be answered", async ({ page, preview }) => {
  await put(page, "#field-prompt", "confirm");
  await preview.waitFor(() => document.querySelector("form")?.textContent!.includes("Share this page? Our agent can see and use this page until you stop."));
  await click(preview, "form button");
  await reads(page, "#events", "cobrowseOffered → cobrowseAccepted");
  assert.is(await page.openDialog(), null);
});

test("each form has its block, with the config in it", async ({ page }) => {
  for (const [form, own] of Object.entries({
    snippet: "createElement",
    inline: /<div[^>]* data-lp-cobrowse='/,
    plain: /<script src="https:[^>]*integrity="sha384-/,
    container: '"exportFormatVersion"',
  })) {
    await choose(page, form);
    const block = await textOf(page, "#block");
    assert.match(block, own);
    assert.match(block, "window.myApp.getJwt");
  }
});

test("the container is downloaded with the config in it, once nothing is wrong", async ({ page }) => {
  await put(page, "#field-account", "le 1");
  await choose(page, "container");
  assert.ok(await page.evaluate(() => document.querySelector<HTMLButtonElement>("#download")!.disabled));
  await put(page, "#field-account", "le1");
  await page.evaluate(() => {
    HTMLAnchorElement.prototype.click = function () {
      void fetch(this.href).then(async (response) => Object.assign(window, { downloaded: { name: this.download, text: await response.text() } }));
    };
  });
  await click(page, "#download");
  const { name, text } = await page.waitFor(() => (window as { downloaded?: { name: string; text: string } }).downloaded);
  assert.is(name, "lp-cobrowse-container.json");
  const html: string = JSON.parse(text).containerVersion.tag[0].parameter[0].value;
  assert.match(html, `<div hidden data-lp-cobrowse='{\n  "jwt": "window.myApp.getJwt",\n  "account": "le1"\n}'></div><script>`);
});

test("the address holds the state and no token", async ({ page }) => {
  const opened = (text: string) => page.waitFor((text) => !!document.querySelector("#block")!.textContent!.includes(text) && location.href, {}, text);
  await put(page, "#json", '{"jwt": "window.b.jwt", "visitorName": "Zoë & co"}');
  await choose(page, "inline");
  const address = await opened('"Zoë &amp; co"');
  await page.goto("about:blank");
  await page.goto(address);
  assert.is(await opened("<div hidden"), address);
  assert.equal(await configOf(page), { jwt: "window.b.jwt", visitorName: "Zoë & co" });

  const token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln";
  for (const config of [`{"jwt": "${token}", "eid": "1"}`, `{"token": "${token}", "jwt": "window.c", "eid": "2"}`]) await put(page, "#json", config);
  await expectProblem(page, "json", /^token means nothing/);
  await put(page, "#json", `{"jwt": "${token}", "eid": "3"}`);
  await page.waitFor(() => location.href.includes("%22eid%22%3A%223%22"));
  assert.not.match(await page.evaluate(() => location.href), "eyJ");
});

for (const form of ["snippet", "inline", "plain"]) {
  test(`what is made for the demo's server works on any page, with nothing else: ${form}`, async ({ page, demo }) => {
    const elsewhere = await startSite();
    try {
      await choose(page, form);
      await put(page, "#demo-server", true);
      const connected = demo.simulator.waitFor((entry) => entry.type === "in" && entry.frame?.type === "cqm.SubscribeExConversations");
      await page.goto(elsewhere.page(`<!doctype html><title>Own</title>${await textOf(page, "#block")}`));
      await connected;
    } finally {
      await elsewhere.close();
    }
  });
}

test.run();
