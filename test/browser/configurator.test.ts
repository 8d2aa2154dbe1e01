// Fills in the configurator as a new user would.
import * as assert from "uvu/assert";
import { startDemo, type Demo } from "../demo/demo.ts";
import { launch, type Browser, type Page } from "../support/browsers.ts";
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

async function click(page: Page, selector: string): Promise<void> {
  const { x, y } = await page.evaluate((what) => {
    const element = document.querySelector(what)!;
    element.scrollIntoView({ block: "center" });
    const box = element.getBoundingClientRect();
    return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  }, selector);
  await page.clickAt(x, y);
}

/** Replaces what a field has, as a user does. */
async function fill(page: Page, selector: string, text: string): Promise<void> {
  await click(page, selector);
  await page.press("Control+a");
  await page.press("Delete");
  await page.type(text);
}

const textOf = (page: Page, selector: string) => page.evaluate((what) => document.querySelector(what)!.textContent!, selector);
const jsonOf = async (page: Page) => JSON.parse(await page.evaluate(() => document.querySelector<HTMLTextAreaElement>("#json")!.value));

test("what is typed is seen in the prompt, and the field keeps the focus", async ({ page }) => {
  await fill(page, "#field-text-title", "Look together?");
  await promptSays(page, "title", "Look together?");
  await page.type(" Now");
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

test("a missing jwt is marked with the sentence that the snippet prints", async ({ page }) => {
  await fill(page, "#field-jwt", "");
  const printed = await page.waitForConsole("[lp-cobrowse]");
  await page.waitFor(() => document.querySelector("#field-jwt")!.ariaInvalid === "true");
  assert.is(`warning: ${await textOf(page, "#field-jwt-problem")}`, printed);
  assert.is(await textOf(page, "#block"), "");
  await fill(page, "#field-jwt", "window.token");
  await page.waitFor(() => document.querySelector("#field-jwt")!.ariaInvalid !== "true");
  assert.is(await textOf(page, "#field-jwt-problem"), "");
  assert.match(await textOf(page, "#block"), '"jwt": "window.token"');
});

test("values that lead nowhere are marked as they are typed", async ({ page }) => {
  const wrong: [field: string, value: string, sentence: string][] = [
    ["jwt", "myApp.getJwt", "jwt needs a token"],
    ["jwt", "window.myApp.getJwt()", "jwt needs a path"],
    ["account", "my account", "account needs"],
    ["server", "https://va.msg.liveperson.net", "server needs wss://"],
    ["visitorName", "window.names[0]", "visitorName needs a path"],
  ];
  for (const [field, value, sentence] of wrong) {
    await fill(page, `#field-${field}`, value);
    await page.waitFor((field) => document.querySelector(`#field-${field}`)!.ariaInvalid === "true", {}, field);
    assert.match(await textOf(page, `#field-${field}-problem`), sentence);
    await fill(page, `#field-${field}`, field === "server" ? "wss://va.msg.liveperson.net" : "window.right");
    await page.waitFor((field) => document.querySelector(`#field-${field}`)!.ariaInvalid !== "true", {}, field);
  }
  await fill(page, "#json", '{"jwt": "window.right", "acount": "1"}');
  await page.waitFor(() => document.querySelector("#json-problem")!.textContent!.includes("no key acount"));
});

test("broken JSON is marked where it is, and mended there", async ({ page }) => {
  await fill(page, "#json", '{"jwt": ');
  await page.waitFor(() => document.querySelector("#json")!.ariaInvalid === "true");
  assert.match(await textOf(page, "#json-problem"), "needs JSON");
  await page.type('"t", "text": {"title": "Mended"}}');
  await promptSays(page, "title", "Mended");
  assert.is(await textOf(page, "#json-problem"), "");
  assert.is(await page.evaluate(() => document.querySelector<HTMLInputElement>("#field-text-title")!.value), "Mended");
});

test("a mode without a sentence shows no prompt until it is given one", async ({ page }) => {
  await page.evaluate(() => {
    const mode = document.querySelector<HTMLSelectElement>("#mode")!;
    mode.value = "VOICE_CALL";
    mode.dispatchEvent(new Event("change"));
  });
  await page.waitFor(() => !document.querySelector<HTMLIFrameElement>("#preview")!.contentDocument?.querySelector("lp-cobrowse"));
  await page.waitFor(() => document.querySelector("#events")!.textContent!.includes("No sentence for VOICE_CALL"));
  await fill(page, "#field-text-VOICE_CALL", "Talk to Mara");
  await promptSays(page, "message", "Talk to Mara");
});

test("each form has its block", async ({ page }) => {
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
});

test("the browser's own prompt comes only when asked for", async ({ page }) => {
  const asked: string[] = [];
  page.answerDialogs((message) => asked.push(message) > 0);
  await page.evaluate(() => {
    const prompt = document.querySelector<HTMLSelectElement>("#field-prompt")!;
    prompt.value = "confirm";
    prompt.dispatchEvent(new Event("input"));
  });
  await page.waitFor(() => document.querySelector<HTMLIFrameElement>("#preview")!.srcdoc.includes("confirm"));
  assert.equal(asked, []);
  await click(page, "#again");
  await page.waitFor(() => document.querySelector("#events")!.textContent!.endsWith("cobrowseAccepted"));
  assert.is(asked.length, 1);
});

test.run();
