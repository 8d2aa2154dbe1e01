// Plays the demo by its buttons, as a new user would, and reads its timeline.
import * as assert from "uvu/assert";
import { startDemo, type Demo } from "../demo/demo.ts";
import { launch, type Browser, type Page } from "../support/browsers.ts";
import { suite } from "../support/suite.ts";

interface Context {
  browser: Browser;
  demo: Demo;
  page: Page;
  play: Play;
}

/** What a test does with the demo, in the words of its user. */
class Play {
  readonly #page: Page;
  #markers = 0;

  constructor(page: Page) {
    this.#page = page;
  }

  /** A real click on one of the demo's buttons, as soon as it lies still. */
  async press(action: string): Promise<void> {
    const { x, y, width, height } = await this.#page.waitFor(
      async (name) => {
        const button = document.querySelector(`[data-action="${name}"], [data-page-action="${name}"]`)!;
        const details = button.closest("details");
        if (details) details.open = true;
        button.scrollIntoView({ block: "nearest" });
        const before = JSON.stringify(button.getBoundingClientRect());
        await new Promise(requestAnimationFrame);
        return button.ariaDisabled !== "true" && before === JSON.stringify(button.getBoundingClientRect()) && button.getBoundingClientRect().toJSON();
      },
      { message: `the button ${action}` },
      action,
    );
    await this.#page.clickAt(x + width / 2, y + height / 2);
  }

  /** A real click in the shop: on a button of the prompt, as soon as it counts, or of the bar above a page that is shared. */
  async #pressInShop(host: string, selector: string): Promise<void> {
    const { x, y } = await this.#page.waitFor(
      (host, selector) => {
        const frame = document.querySelector<HTMLIFrameElement>("#shop")!;
        const button = frame.contentDocument!.querySelector(host)?.shadowRoot!.querySelector(selector);
        if (!button || button.closest("[inert]") || !button.getClientRects().length) return null;
        const outer = frame.getBoundingClientRect();
        const inner = button.getBoundingClientRect();
        return { x: outer.x + inner.x + inner.width / 2, y: outer.y + inner.y + inner.height / 2 };
      },
      { message: `${selector} in the shop` },
      host,
      selector,
    );
    await this.#page.clickAt(x, y);
  }

  answer(part: "accept" | "decline"): Promise<void> {
    return this.#pressInShop("lp-cobrowse", `[part~="${part}"]`);
  }

  stopSharing(): Promise<void> {
    return this.#pressInShop("[data-sharing-bar]", "button");
  }

  /** Waits until the bar in the shop begins with these words. */
  async bar(words: string): Promise<void> {
    await this.#page.waitFor(
      (text) => {
        const bar = document.querySelector<HTMLIFrameElement>("#shop")!.contentDocument!.querySelector("[data-sharing-bar]");
        return bar?.shadowRoot!.querySelector("b")!.textContent!.startsWith(text);
      },
      { message: `the bar to read "${words}"` },
      words,
    );
  }

  /** Waits until an element of the console contains these words. */
  async reads(selector: string, words: string): Promise<void> {
    await this.#page.waitFor((what, text) => document.querySelector(what)!.textContent!.includes(text), { message: `${selector}: ${words}` }, selector, words);
  }

  /** Waits until the story's last chapter is these sentences, or what begins so, and no other. */
  async story(...sentences: string[]): Promise<void> {
    const chapter = () => [...document.querySelectorAll("#story > li:last-child li")].map(({ textContent }) => textContent!);
    const matching = (lines: string[]) => lines.map((line, index) => (sentences[index] && line.startsWith(sentences[index]) ? sentences[index] : line));
    const deadline = Date.now() + 10_000;
    let lines: string[];
    do lines = matching(await this.#page.evaluate(chapter));
    while (lines.join() !== sentences.join() && Date.now() < deadline);
    assert.equal(lines, sentences);
  }

  /** What a browser fires when the network is back: a page that waits to connect does it now. */
  async hurry(): Promise<void> {
    await this.#page.evaluate(() => void document.querySelector<HTMLIFrameElement>("#shop")!.contentWindow!.dispatchEvent(new Event("online")));
  }

  /** The lines of the timeline, as "kind source name note". */
  lines(): Promise<string[]> {
    return this.#page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>("#timeline li")].map(({ dataset: { kind, source, name, note } }) =>
        [kind, source, name, note].filter(Boolean).join(" "),
      ),
    );
  }

  /** Waits until the given lines are in the timeline, in this order. */
  async see(...expected: string[]): Promise<void> {
    await this.#page.waitFor(
      (wanted) => {
        const left = [...wanted];
        for (const {
          dataset: { kind, source, name, note },
        } of document.querySelectorAll<HTMLElement>("#timeline li")) {
          if ([kind, source, name, note].filter(Boolean).join(" ").includes(left[0]!)) left.shift();
        }
        return left.length === 0;
      },
      { message: expected.join(", then ") },
      expected,
    );
  }

  /** What the shop's pages published and told so far. Whatever they did until now has arrived when this returns. */
  async events(): Promise<string[]> {
    const marker = `marker ${++this.#markers}`;
    await this.#page.evaluate((name) => {
      document.querySelector<HTMLIFrameElement>("#shop")!.contentWindow!.demo.report("console", name, { text: "" });
    }, marker);
    await this.see(`console tab 1 ${marker}`);
    const lines = await this.lines();
    return lines.filter((line) => /^(lpTag|window) /.test(line));
  }

  async connected(pages = 1): Promise<void> {
    const status = pages ? `${pages} page` : "No page";
    await this.#page.waitFor((text) => document.querySelector("#connected")!.textContent!.startsWith(text), { message: `${status} connected` }, status);
  }

  promptIsShown(): Promise<boolean> {
    return this.#page.evaluate(() => !!document.querySelector<HTMLIFrameElement>("#shop")!.contentDocument!.querySelector("lp-cobrowse"));
  }
}

const offered = (mode: string, tab = 1) => [`lpTag tab ${tab} cobrowseOffered ${mode}`, `window tab ${tab} cobrowseOffered ${mode}`];
const accepted = (mode: string, tab = 1) => [`lpTag tab ${tab} cobrowseAccepted ${mode}`, `window tab ${tab} cobrowseAccepted ${mode}`];
const declined = (mode: string, tab = 1) => [`lpTag tab ${tab} cobrowseDeclined ${mode}`, `window tab ${tab} cobrowseDeclined ${mode}`];
const closed = (mode: string, reason: string, tab = 1) => `window tab ${tab} cobrowseClosed ${mode}, ${reason}`;

const asked = (mode: string, purpose: string) => [`Agent invited the visitor to co-browse (${mode}: ${purpose} the page)`, "Shop asks the visitor"];

const test = suite<Context>("demo");

test.before(async (context) => {
  context.browser = await launch("chromium");
});

test.after(({ browser }) => browser.close());

test.before.each(async (context) => {
  context.demo = await startDemo({ shortInvitation: 1, tagDelay: 100 });
  context.page = await context.browser.newPage();
  await context.page.viewport(1280, 720);
  await context.page.goto(context.demo.url);
  context.play = new Play(context.page);
  await context.play.connected();
});

test.after.each(({ demo }) => demo.close());
test.after.each(({ page }) => page.close());
test.after.each(async ({ demo, page }) => {
  assert.equal(await page.pageErrors(), []);
  assert.equal(demo.simulator.violations, []);
});

/** What an agent does with the page, whatever the console allows; the page has done it, or not, when this returns. */
const act = (page: Page, kind: string, x: number, y: number) =>
  page.evaluate((body) => fetch("/demo/agent", { method: "POST", body }).then(() => {}), JSON.stringify({ kind, x, y }));
const inShop = (page: Page) =>
  page.evaluate(() => {
    const { contentWindow, contentDocument } = document.querySelector<HTMLIFrameElement>("#shop")!;
    const pointer = contentDocument!.querySelector("[data-sharing-bar]")!.shadowRoot!.querySelector<HTMLElement>(".pointer")!;
    return { bag: contentDocument!.querySelector("output")!.value, scrolled: contentWindow!.scrollY > 0, pointer: !pointer.hidden };
  });

for (const { mode, can, does, bag, scrolled, pointer } of [
  { mode: "shared", can: "see and use", does: "sees and uses", bag: "1", scrolled: true, pointer: true },
  { mode: "view", can: "see and scroll", does: "sees and scrolls", bag: "0", scrolled: true, pointer: false },
  { mode: "follow", can: "see", does: "sees", bag: "0", scrolled: false, pointer: false },
]) {
  test(`invite to ${mode}, allow: the page is shared, the agent can do what the mode says, and it ends`, async ({ play, page }) => {
    await play.reads("#next", "Press Share");
    await play.press(`invite-${mode}`);
    await play.reads("#next", "Press Allow");
    await play.answer("accept");
    await play.bar(`Our agent ${does} this page.`);
    await play.see("agent invited", "visitor accepted", `COBROWSE ACCEPTED ${mode}`);
    assert.equal(await play.events(), [...offered(mode), ...accepted(mode)]);
    assert.not(await play.promptIsShown());
    await play.reads("#session", `you can ${can} it`);

    // The first "Add", at the same place of the picture.
    const add = await page.waitFor(
      () => {
        const shop = document.querySelector<HTMLIFrameElement>("#shop")!;
        const picture = document.querySelector("#picture")!.getBoundingClientRect();
        const drawn = document.querySelector<HTMLIFrameElement>("#picture iframe")!.contentDocument!.querySelector("#products button");
        const { x, y, width, height } = shop.contentDocument!.querySelector("#products button")!.getBoundingClientRect();
        const at = { x: (x + width / 2) / shop.clientWidth, y: (y + height / 2) / shop.clientHeight };
        return drawn && { ...at, left: picture.x + at.x * picture.width, top: picture.y + at.y * picture.height };
      },
      { message: "the picture of the shop" },
    );
    await page.clickAt(add.left, add.top);
    for (const kind of ["point", "click"]) if (mode !== "shared") await act(page, kind, add.x, add.y);
    await act(page, "scroll", 0, 100);
    // In the order in which it is told: what an agent's act does is done when the page says no more.
    if (mode === "shared")
      await page.waitFor(() => document.querySelector<HTMLIFrameElement>("#picture iframe")!.contentDocument!.querySelector("output")!.value === "1");
    if (scrolled)
      await page.waitFor(() => document.querySelector<HTMLIFrameElement>("#picture iframe")!.contentWindow!.scrollY > 0, { message: "a scrolled picture" });
    const during = await inShop(page);
    assert.is(during.pointer, pointer);

    if (mode === "shared") await play.stopSharing();
    else await play.press(mode === "view" ? "cancel" : "end-conversation");
    await play.bar(mode === "shared" ? "You have stopped." : "Our agent has stopped.");
    assert.equal(await inShop(page), { bag, scrolled, pointer: false });
    const endings = { shared: "Visitor stopped sharing", view: "Agent ended the session", follow: "Agent ended the conversation" };
    await play.story(...asked(mode, can), "Visitor allowed it", endings[mode as keyof typeof endings]);
    await play.reads("#session", mode === "shared" ? "The visitor stopped sharing." : "You ended the");
    await play.reads("#next", "Press Share");
  });
}

test("each way in which an invitation ends has its name, and its own chapter", async ({ play }) => {
  const shared = asked("shared", "see and use");
  await play.press("invite-shared");
  await play.answer("decline");
  await play.story(...shared, "Visitor declined");
  await play.reads("#session", "The visitor declined.");

  await play.press("invite-shared");
  await play.story(...shared);
  await play.press("cancel");
  await play.story(...shared, "Agent withdrew the invitation");
  await play.reads("#session", "You withdrew");
  await play.see("visitor declined", "agent cancelled", "COBROWSE CLOSED");

  await play.press("invite-shared");
  await play.story(...shared);
  await play.press("accept-elsewhere");
  await play.story(...shared, "Visitor allowed it in another window");
  await play.see("visitor accepted elsewhere", "COBROWSE ACCEPTED");
  await play.press("cancel");
  await play.reads("#session", "You ended the sharing");

  await play.press("invite-VOICE_CALL");
  await play.see("COBROWSE INVITED VOICE_CALL");
  await play.reads("#next", "No prompt comes");
  assert.not(await play.promptIsShown());

  await play.press("invite-short");
  await play.story(...shared, "Server let the invitation run out: there was no answer");
  await play.reads("#session", "ran out");
  await play.see("server expired", "COBROWSE CLOSED");
  const before = [...offered("shared"), ...declined("shared"), ...offered("shared"), closed("shared", "cancelled")];
  assert.equal(await play.events(), [...before, ...offered("shared"), closed("shared", "answered"), ...offered("shared"), closed("shared", "expired")]);
  assert.not(await play.promptIsShown());
});

test("a newer invitation replaces the older, a copy changes nothing; the conversation ends, and inviting begins a new one", async ({ play, page }) => {
  const chapter = (number: number) =>
    page.evaluate((at) => [...document.querySelectorAll("#story > li")].at(at)!.querySelector("li:last-child")!.textContent, number);
  await play.press("invite-shared");
  await play.see("window tab 1 cobrowseOffered shared");
  await play.press("resend");
  await play.see("agent copied", "COBROWSE INVITED shared");
  await play.press("invite-follow");
  await play.story(...asked("follow", "see"));
  assert.is(await chapter(-2), "Agent replaced it by the next invitation");
  await play.see("cobrowseClosed");
  await play.press("end-conversation");
  await play.story(...asked("follow", "see"), "Agent ended the conversation");
  await play.reads("#session", "You ended the conversation.");
  // The page's clock and the server's differ by a millisecond now and then, and so may the order of their lines.
  await play.see("conversation CLOSE");
  await play.press("invite-view");
  await play.answer("accept");
  await play.see("COBROWSE ACCEPTED view");
  await play.story(...asked("view", "see and scroll"), "Visitor allowed it");
  assert.equal(await play.events(), [
    ...offered("shared"),
    closed("shared", "replaced"),
    ...offered("follow"),
    closed("follow", "cancelled"),
    ...offered("view"),
    ...accepted("view"),
  ]);
  await play.press("invite-shared");
  await play.story(...asked("shared", "see and use"));
  assert.is(await chapter(-2), "Agent ended the session");
});

test("reload while invited", async ({ play }) => {
  await play.press("invite-shared");
  await play.see("window tab 1 cobrowseOffered");
  await play.press("reload");
  await play.see("socket 1 closed", "socket 2 opened", "window tab 1 cobrowseOffered");
  await play.answer("accept");
  await play.see("COBROWSE ACCEPTED");
  assert.equal(await play.events(), [...offered("shared"), ...offered("shared"), ...accepted("shared")]);
});

test("two tabs: answered in one, gone from the other", async ({ play, page }) => {
  await page.evaluate(() => {
    const { open } = window;
    window.open = (...how) => ((window as any).secondTab = open.apply(window, how));
  });
  await play.press("open-tab");
  await play.connected(2);
  await page.waitFor(() => (window as any).secondTab.lpTag.events.publish !== undefined, { message: "the second tab's tag" });
  await play.press("invite-shared");
  await play.see("window tab 2 cobrowseOffered");
  await play.answer("accept");
  await play.see("window tab 2 cobrowseClosed");
  const events = await play.events();
  const of = (tab: number) => events.filter((line) => line.includes(` tab ${tab} `));
  assert.equal(of(1), [...offered("shared"), ...accepted("shared")]);
  assert.equal(of(2), [...offered("shared", 2), closed("shared", "answered", 2)]);
  await page.evaluate(() => (window as any).secondTab.close());
});

test("the prompt can be the browser's own", async ({ play, page }) => {
  const asked: string[] = [];
  page.answerDialogs((message) => {
    asked.push(message);
    return true;
  });
  await play.press("prompt-confirm");
  await play.see("socket 2 opened");
  await play.connected();
  await play.press("invite-view");
  await play.see("COBROWSE ACCEPTED");
  assert.is(asked.length, 1);
  assert.equal(await play.events(), [...offered("view"), ...accepted("view")]);
});

test("a tag that is held back is waited for", async ({ play }) => {
  await play.press("tag-held");
  await play.see("socket 2 opened", "conversation OPEN");
  await play.press("invite-shared");
  await play.see("COBROWSE INVITED");
  assert.equal(await play.events(), []);
  await play.press("load-tag");
  await play.answer("accept");
  await play.see("COBROWSE ACCEPTED");
  assert.equal(await play.events(), [...offered("shared"), ...accepted("shared")]);
});

test("tokens that are refused: an error in words, when the shop tries again, and on with a fresh token", async ({ play, demo }) => {
  for (const [index, [code, why, wait]] of (
    [
      [4401, "the token is not accepted", 2],
      [4407, "the token has expired", 3],
    ] as const
  ).entries()) {
    await play.press("clear-timeline");
    await play.press(`drop-${code}`);
    await play.see(`socket ${index + 1} closed ${code}`, "console tab 1 warning [lp-cobrowse]", "window tab 1 cobrowseError");
    await play.hurry();
    await play.see("connection token", `socket ${index + 2} opened`);
    const closing = `Server closed the connection: ${why} (${code}); the shop tries again within ${wait} s`;
    await play.story(closing, "Shop warns in its console: [lp-cobrowse]", "Shop connected");
    assert.is((await play.events()).length, 1);
  }
  assert.is(demo.simulator.totals.opened, 3);
});

test("dropped with 1006 while invited: nothing twice", async ({ play }) => {
  await play.press("invite-shared");
  await play.see("window tab 1 cobrowseOffered");
  await play.press("drop-1006");
  await play.see("socket 1 closed 1006", "socket 2 opened", "COBROWSE INVITED");
  await play.answer("accept");
  await play.see("COBROWSE ACCEPTED");
  assert.equal(await play.events(), [...offered("shared"), ...accepted("shared")]);
});

test("invited while the server was down", async ({ play }) => {
  await play.press("down");
  await play.connected(0);
  await play.press("invite-shared");
  await play.reads("#session", "waits for the shop");
  await play.press("down");
  await play.hurry();
  await play.answer("accept");
  await play.see("COBROWSE ACCEPTED");
  assert.equal(await play.events(), [...offered("shared"), ...accepted("shared")]);
});

test("a clock that is off, the server's or the agent's, ends no invitation early, and none late", async ({ play }) => {
  for (const [index, clock] of ["clock-plus-10-min", "clock-minus-1-day", "agent-clock-minus-3-min"].entries()) {
    await play.press(clock);
    if (index < 2) await play.see(`socket ${index + 1} closed`, `socket ${index + 2} opened`);
    await play.connected();
    await play.press("clear-timeline");
    await play.press("invite-short");
    await play.see("window tab 1 cobrowseOffered", "server expired", "COBROWSE CLOSED");
    await play.see("window tab 1 cobrowseClosed");
    assert.equal(await play.events(), [...offered("shared"), closed("shared", "expired")], clock);
  }
  await play.press("invite-shared");
  await play.answer("accept");
  await play.see("COBROWSE ACCEPTED");
});

test("an agent's clock that is right again: a page that loads asks about what is pending", async ({ play }) => {
  await play.press("agent-clock-minus-3-min");
  await play.press("agent-clock-minus-3-min");
  await play.press("invite-shared");
  await play.see("window tab 1 cobrowseOffered");
  await play.press("reload");
  await play.see("socket 2 opened", "window tab 1 cobrowseOffered");
});

test("the computer sleeps: what was pending is over, the dead connection is replaced, and a later invitation arrives", async ({ play, demo }) => {
  await play.press("invite-shared");
  await play.see("window tab 1 cobrowseOffered");
  await play.press("sleep");
  await play.see("server expired");
  await play.see("window tab 1 online", "socket 2 opened", "COBROWSE CLOSED");
  await play.see("window tab 1 cobrowseClosed shared, expired");
  assert.not(await play.promptIsShown());
  await play.press("invite-view");
  await play.answer("accept");
  await play.see("COBROWSE ACCEPTED view");
  const events = (await play.events()).filter((line) => !line.includes("online"));
  assert.equal(events, [...offered("shared"), closed("shared", "expired"), ...offered("view"), ...accepted("view")]);
  assert.is(demo.simulator.totals.mostOpen, 1);
});

test("a page that is loaded after the sleep has the clock of its computer", async ({ play, page }) => {
  await play.press("sleep");
  await play.see("window tab 1 online");
  await play.press("reload");
  await play.see("socket 2 opened");
  await play.connected();
  const slept = await page.evaluate(() => {
    const { Date: its } = document.querySelector<HTMLIFrameElement>("#shop")!.contentWindow as unknown as { Date: DateConstructor };
    return Math.round((its.now() - Date.now()) / 60_000);
  });
  assert.is(slept, 10);
  const right = await page.evaluate(() => document.querySelector('[data-action="clock-right"]')!.ariaPressed);
  assert.is(right, "true");
  await play.press("invite-short");
  await play.see("window tab 1 cobrowseOffered", "server expired", "COBROWSE CLOSED");
});

test("late answers, silence and a malformed frame are survived", async ({ play }) => {
  await play.press("malformed-frame");
  await play.press("silent");
  await play.press("invite-shared");
  await play.see("agent invited");
  assert.equal(await play.events(), []);
  await play.press("silent");
  await play.press("slow");
  await play.answer("decline");
  await play.see("COBROWSE CLOSED");
  assert.equal(await play.events(), [...offered("shared"), ...declined("shared")]);
});

test("refused, or let in and thrown out: tried again after waits that double, in words, and at rest once the server lasts", async ({ play }) => {
  await play.press("refuse-init");
  await play.see("socket 1 closed");
  await play.reads("#retry", "tries again within");
  await play.hurry();
  await play.see("socket 2 opened", "answer 401", "window tab 1 cobrowseError");
  await play.press("clear-timeline");
  await play.press("refuse-init-429");
  await play.hurry();
  // It may have tried by itself once more before that.
  await play.see("answer 429", "closed");
  await play.reads("#story", "refused the shop: too many requests (429)");
  await play.reads("#story", "gave the connection up and tries again within");
  assert.not.match((await play.lines()).join(), "jwt");
  await play.press("refuse-init-429");
  await play.press("throw-out");
  await play.hurry();
  await play.see("closed 1013");
  await play.reads("#story", "let the shop in, and threw it out (1013); the shop tries again within");
  await play.press("throw-out");
  await play.hurry();
  await play.connected();
  await play.press("invite-view");
  await play.answer("accept");
  await play.see("COBROWSE ACCEPTED view");
  assert.equal(
    (await play.events()).filter((line) => !line.includes("cobrowseError")),
    [...offered("view"), ...accepted("view")],
  );
});

test("a fault is shown as a pressed button, and only one refusal at a time", async ({ play, page }) => {
  const pressed = (...actions: string[]) =>
    page.waitFor(
      (wanted) => [...document.querySelectorAll<HTMLElement>('.faults [aria-pressed="true"]')].map(({ dataset }) => dataset.action).join() === wanted,
      { message: `pressed: ${actions.join()}` },
      actions.join(),
    );
  await pressed("clock-right");
  await play.press("refuse-init");
  await pressed("refuse-init", "clock-right");
  await play.press("refuse-init-429");
  await pressed("refuse-init-429", "clock-right");
  await play.press("throw-out");
  await play.press("agent-clock-minus-3-min");
  await pressed("refuse-init-429", "throw-out", "clock-right", "agent-clock-minus-3-min");
  for (const action of ["refuse-init-429", "throw-out", "agent-clock-minus-3-min"]) await play.press(action);
  await pressed("clock-right");
});

test("signed out: no request, and nobody to invite; signed in: connected", async ({ play, page }) => {
  const pressSession = () =>
    page.evaluate(() => document.querySelector<HTMLIFrameElement>("#shop")!.contentDocument!.querySelector<HTMLButtonElement>("#session")!.click());
  await pressSession();
  await play.see("socket 1 closed");
  await play.reads("#session", "signed out: there is nobody to invite");
  assert.equal(
    await page.evaluate(() => [...document.querySelectorAll('[data-action^="invite-"]')].map(({ ariaDisabled }) => ariaDisabled)),
    Array(5).fill("true"),
  );
  const refused = await page.evaluate(async () => (await fetch("/demo/action", { method: "POST", body: '{"action":"invite-shared"}' })).status);
  assert.is(refused, 400);
  await page.evaluate(() => void (document.querySelector<HTMLIFrameElement>("#shop")!.contentDocument!.title = "before"));
  await play.press("reload");
  await page.waitFor(
    () => {
      const { contentDocument } = document.querySelector<HTMLIFrameElement>("#shop")!;
      return contentDocument!.title !== "before" && contentDocument!.querySelector("#visitor")?.textContent === "Guest";
    },
    { message: "a page that knows that its visitor has signed out" },
  );
  await play.press("clear-timeline");
  await pressSession();
  await play.see("connection token", "socket 2 opened");
  await play.connected();
  await play.press("invite-shared");
  await play.see("window tab 1 cobrowseOffered");
});

test("the server goes: the console says so, and goes on with the next one", async (context) => {
  const { demo, play, page } = context;
  await play.press("invite-shared");
  await play.see("window tab 1 cobrowseOffered");
  await demo.close();
  await play.reads("#next", "server is gone");
  await play.reads("#connected", "The server is gone");
  context.demo = await startDemo({ port: demo.simulator.port, tagDelay: 100 });
  await play.connected();
  await play.reads("#next", "Press Share");
  assert.not.match((await play.lines()).join(), "invited");
  await play.press("invite-view");
  await play.answer("accept");
  await play.bar("Our agent sees and scrolls");
  assert.is(await page.evaluate(() => document.querySelectorAll("[inert]").length), 0);
});

test("390 px wide: nothing has to be scrolled sideways, and everything can be reached", async ({ page, play, demo }) => {
  await page.viewport(390, 844);
  await play.press("invite-shared");
  await play.answer("accept");
  await play.bar("Our agent");
  const beside = () =>
    page.evaluate(() => {
      for (const details of document.querySelectorAll("details")) details.name = "";
      for (const details of document.querySelectorAll("details")) details.open = true;
      document.querySelector<HTMLElement>("[data-view=timeline]")?.click();
      const shop = document.querySelector<HTMLIFrameElement>("#shop");
      const wide = [document, shop?.contentDocument ?? document].filter(({ documentElement: { scrollWidth, clientWidth } }) => scrollWidth > clientWidth);
      const outside = [...document.querySelectorAll("button, a, summary, iframe, input, textarea, pre")].filter((element) => {
        const { left, right } = element.getBoundingClientRect();
        return left < 0 || right > innerWidth;
      });
      return [...wide.map(({ URL }) => URL), ...outside.map(({ outerHTML }) => outerHTML)];
    });
  assert.equal(await beside(), []);
  for (const path of ["shop", "configurator"]) {
    await page.goto(demo.url + path);
    assert.equal(await beside(), [], path);
  }
});

test("every control is a named button, and the frames, which are a press away, can be filtered", async ({ page, play }) => {
  const unnamed = await page.evaluate(() => [...document.querySelectorAll("button")].filter((button) => !button.textContent!.trim()).length);
  assert.is(unnamed, 0);
  await play.see("opened");
  const shown = () =>
    page.evaluate(() => [...document.querySelectorAll('#timeline [data-kind="connection"]')].filter((line) => line.getClientRects().length).length);
  assert.is(await shown(), 0);
  await page.evaluate(() => document.querySelector<HTMLElement>("[data-view=timeline]")!.click());
  assert.ok((await shown()) > 0);
  await page.evaluate(() =>
    [...document.querySelectorAll("#filters label")]
      .find(({ textContent }) => textContent === "Connection")!
      .querySelector("input")!
      .click(),
  );
  assert.is(await shown(), 0);
});

test.run();
