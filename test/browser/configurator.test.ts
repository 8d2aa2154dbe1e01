// Fills in the configurator as a new user would.
import * as assert from "uvu/assert";
import { startDemo, type Demo } from "../demo/demo.ts";
import { launch, type Browser, type Page } from "../support/browsers.ts";
import { startSite } from "../support/site.ts";
import { suite } from "../support/suite.ts";

interface Context {
  browser: Browser;
  demo: Demo;
  page: Page;
}

const test = suite<Context>("configurator");

test.before(async (context) => {
  context.browser = await launch("chromium");
  context.demo = await startDemo();
});

test.after(({ demo }) => demo.close());
test.after(({ browser }) => browser.close());

test.before.each(async (context) => {
  context.page = await context.browser.newPage();
  await context.page.viewport(1280, 720);
  await context.page.goto(`${context.demo.url}configurator`);
  await promptSays(context.page, "title", "Share this page?");
});

test.after.each(({ page }) => page.close());
test.after.each(async ({ page }) => assert.equal(await page.pageErrors(), []));

async function promptSays(page: Page, part: string, words: string): Promise<void> {
  await page.waitFor(
    (name, text) => {
      const root = document.querySelector<HTMLIFrameElement>("#preview")!.contentDocument?.querySelector("lp-cobrowse")?.shadowRoot;
      return root?.querySelector(`[part~="${name}"]`)?.textContent === text;
    },
    { message: `the prompt's ${part} to read "${words}"` },
    part,
    words,
  );
}

/** Once it lies still: what is above it may have just come or gone. */
async function click(page: Page, selector: string): Promise<void> {
  const { x, y } = await page.evaluate(async (what) => {
    const element = document.querySelector(what)!;
    for (let before = ""; ;) {
      element.scrollIntoView({ block: "center" });
      const box = element.getBoundingClientRect();
      const place = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
      if (JSON.stringify(place) === before) return place;
      before = JSON.stringify(place);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }, selector);
  await page.clickAt(x, y);
}

/** Replaces what a field has, as a user does: once more, if the click has missed it on a page that is still moving. */
async function fill(page: Page, selector: string, text: string): Promise<void> {
  await clickUntilFocused(page, selector, selector);
  await page.press("Control+a");
  await page.press("Delete");
  await page.type(text);
}

async function clickUntilFocused(page: Page, selector: string, focused: string): Promise<void> {
  const has = () => page.evaluate((what) => document.activeElement === document.querySelector(what), focused);
  for (let tries = 0; tries < 3 && (tries === 0 || !(await has())); tries++) await click(page, selector);
  assert.ok(await has(), `${focused} has the focus`);
}

const textOf = (page: Page, selector: string) => page.evaluate((what) => document.querySelector(what)!.textContent!, selector);
const jsonOf = async (page: Page) => JSON.parse(await page.evaluate(() => document.querySelector<HTMLTextAreaElement>("#json")!.value));
const copyable = (page: Page) =>
  page.evaluate(() => !document.querySelector<HTMLButtonElement>("#copy")!.disabled && !!document.querySelector("#block")!.textContent);

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

test("what is typed is seen in the prompt, trimmed, and the field keeps the focus", async ({ page }) => {
  await fill(page, "#field-text-title", "  Look together?");
  await promptSays(page, "title", "Look together?");
  await page.type(" Now ");
  await promptSays(page, "title", "Look together? Now");
  assert.equal(await jsonOf(page), { jwt: "window.myApp.getJwt", text: { title: "Look together? Now" } });
  assert.match(await textOf(page, "#block"), '"title": "Look together? Now"');
});

test("the preview can be answered, and shown again", async ({ page }) => {
  const box = await page.evaluate(() => document.querySelector("#preview")!.getBoundingClientRect().toJSON());
  const { x, y } = await page.waitFor(() => {
    const accept = document
      .querySelector<HTMLIFrameElement>("#preview")!
      .contentDocument!.querySelector("lp-cobrowse")!
      .shadowRoot!.querySelector('[part~="accept"]')!;
    if (accept.closest("[inert]")) return null;
    const inner = accept.getBoundingClientRect();
    return { x: inner.x + inner.width / 2, y: inner.y + inner.height / 2 };
  });
  await page.clickAt(box.x + x, box.y + y);
  await page.waitFor(() => document.querySelector("#events")!.textContent === "cobrowseOffered → cobrowseAccepted");
  await click(page, "#again");
  await page.waitFor(() => document.querySelector("#events")!.textContent === "cobrowseOffered");
});

test("each wrong thing is said beside its field, and nothing can be copied until it is mended", async ({ page }) => {
  await fill(page, "#field-jwt", "");
  const printed = await page.waitForConsole("[lp-cobrowse]");
  // The snippet's own sentence, and what to do.
  const sentence = await expectProblem(page, "field-jwt", /the token, or the path to it/);
  assert.is(printed, `warning: [lp-cobrowse] ${sentence.replace(/:.*/, "").trim()}`);

  const wrong: [field: string, value: string, sentence: RegExp, right: string][] = [
    ["jwt", "myApp.getJwt", /^jwt is neither a token/, "window.token"],
    ["account", "my account", /^account has only/, "123"],
    ["server", "https://va.msg.liveperson.net", /^server begins with wss/, "va.msg.liveperson.net"],
    ["visitorName", "window.names[0]", /^visitorName needs a path/, "window.names.first"],
    ["text-shared", "window.words.shared()", /^text\.shared needs its path without/, "Look?"],
  ];
  for (const [field, value] of wrong) await put(page, `#field-${field}`, value);
  for (const [field, , sentence] of wrong) await expectProblem(page, `field-${field}`, sentence);
  assert.match(await textOf(page, "#blocked"), "wrong: jwt, account, server, visitorName, text.shared.");
  await clickUntilFocused(page, "#to-fault", "#field-jwt");
  for (const [field, , , right] of wrong) {
    assert.not(await copyable(page));
    await put(page, `#field-${field}`, right);
    await expectProblem(page, `field-${field}`, "");
  }
  assert.ok(await copyable(page));
  assert.is(await textOf(page, "#blocked"), "");
});

test("in the JSON it is said where it breaks, and which keys mean nothing", async ({ page }) => {
  await fill(page, "#json", '{"jwt": ');
  await expectProblem(page, "json", /needs JSON with jwt: line 1, column 8: the end is missing/);
  assert.not(await copyable(page));
  await page.type('"window.token", "acount": "1", "text": {"titel": "Mended"}}');
  await expectProblem(page, "json", /^acount means nothing: call it account\ntext.titel means nothing: call it title$/);
  assert.not(await copyable(page));
  await put(page, "#json", '{"jwt": "window.token", "text": {"title": "Mended"}}');
  await promptSays(page, "title", "Mended");
  await expectProblem(page, "json", "");
  assert.ok(await copyable(page));
  assert.is(await page.evaluate(() => document.querySelector<HTMLInputElement>("#field-text-title")!.value), "Mended");
});

test("a call has no prompt until it is given a sentence; a path is seen as such; a language brings its words", async ({ page }) => {
  await put(page, "#mode", "VIDEO_CALL");
  await page.waitFor(() => document.querySelector("#events")!.textContent!.startsWith("VIDEO_CALL has no sentence"));
  assert.is(await page.evaluate(() => document.querySelector<HTMLIFrameElement>("#preview")!.contentDocument?.querySelector("lp-cobrowse") ?? null), null);
  await fill(page, "#field-text-VOICE_CALL", "Talk to Mara");
  await promptSays(page, "message", "Talk to Mara");
  await put(page, "#field-text-title", "window.words.title");
  await promptSays(page, "title", "‹window.words.title›");
  assert.is(await page.evaluate(() => document.querySelectorAll("#language option").length), 12);
  await put(page, "#language", "de");
  await promptSays(page, "accept", "Erlauben");
  assert.is((await jsonOf(page)).text.VOICE_CALL, "Talk to Mara");
  await put(page, "#language", "");
  await promptSays(page, "accept", "Allow");
  assert.equal((await jsonOf(page)).text, { VOICE_CALL: "Talk to Mara" });
});

test("confirm() is drawn instead of opened, and can be answered", async ({ page }) => {
  await put(page, "#field-prompt", "confirm");
  await page.waitFor(() => {
    const drawing = document.querySelector<HTMLIFrameElement>("#preview")!.contentDocument!.querySelector("form");
    if (!drawing?.textContent!.includes("Share this page? Our agent can see and use this page until you stop.")) return false;
    drawing.querySelector("button")!.click();
    return true;
  });
  await page.waitFor(() => document.querySelector("#events")!.textContent === "cobrowseOffered → cobrowseAccepted");
  assert.is(await page.openDialog(), null);
});

test("each form has its block, and the container is downloaded with the config in it", async ({ page }) => {
  const blocks = [];
  for (const form of ["snippet", "inline", "plain"]) {
    await click(page, `#form-${form}`);
    blocks.push(await textOf(page, "#block"));
  }
  const [loader, inline, plain] = blocks;
  assert.match(loader!, "createElement");
  assert.match(inline!, /<div[^>]* data-lp-cobrowse='/);
  assert.match(plain!, /<script src="https:[^>]*integrity="sha384-/);
  for (const block of blocks) assert.match(block, "window.myApp.getJwt");

  await put(page, "#field-account", "le 1");
  await click(page, "#form-container");
  assert.ok(await page.evaluate(() => document.querySelector<HTMLButtonElement>("#download")!.disabled));
  await put(page, "#field-account", "le1");
  await page.evaluate(() => {
    HTMLAnchorElement.prototype.click = function () {
      void fetch(this.href).then(async (response) => Object.assign(window, { downloaded: [this.download, await response.text()] }));
    };
  });
  await click(page, "#download");
  const [name, text] = await page.waitFor(() => (window as { downloaded?: [string, string] }).downloaded);
  assert.is(name, "lp-cobrowse-container.json");
  const html: string = JSON.parse(text).containerVersion.tag[0].parameter[0].value;
  assert.match(html, `<div hidden data-lp-cobrowse='{\n  "jwt": "window.myApp.getJwt",\n  "account": "le1"\n}'></div><script>`);
});

test("the address holds the state and no token", async ({ page }) => {
  const opened = (text: string) => page.waitFor((text) => !!document.querySelector("#block")!.textContent!.includes(text) && location.href, {}, text);
  await put(page, "#json", '{"jwt": "window.b.jwt", "visitorName": "Zoë & co"}');
  await click(page, "#form-inline");
  const address = await opened('"Zoë &amp; co"');
  await page.goto("about:blank");
  await page.goto(address);
  assert.is(await opened("<div hidden"), address);
  assert.equal(await jsonOf(page), { jwt: "window.b.jwt", visitorName: "Zoë & co" });

  const token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln";
  for (const config of [`{"jwt": "${token}", "eid": "1"}`, `{"token": "${token}", "jwt": "window.c", "eid": "2"}`]) await put(page, "#json", config);
  await expectProblem(page, "json", /^token means nothing/);
  await put(page, "#json", `{"jwt": "${token}", "eid": "3"}`);
  await page.waitFor(() => location.href.includes("%22eid%22%3A%223%22"));
  assert.not.match(await page.evaluate(() => location.href), "eyJ");
});

test("what is made for the demo's server works on any page, with nothing else", async ({ page, demo }) => {
  const elsewhere = await startSite();
  try {
    for (const form of ["snippet", "inline", "plain"]) {
      await click(page, `#form-${form}`);
      await put(page, "#demo-server", true);
      const block = await textOf(page, "#block");
      const connected = demo.simulator.waitFor((entry) => entry.type === "in" && entry.frame?.type === "cqm.SubscribeExConversations");
      await page.goto(elsewhere.page(`<!doctype html><title>Own</title>${block}`));
      await connected;
      await page.back();
      await promptSays(page, "title", "Share this page?");
    }
  } finally {
    await elsewhere.close();
  }
});

test.run();
