// Plays the demo by its buttons, as a new user would, and reads its story and its timeline.
import { setTimeout as sleep } from "node:timers/promises";
import * as assert from "uvu/assert";
import { startDemo, type Demo } from "../demo/demo.ts";
import { launch, type Browser, type Page } from "../support/browsers.ts";
import { click, frameOf } from "../support/browsers/frame.ts";
import { suite } from "../support/suite.ts";
import { answer, prompts } from "../support/visitor.ts";

interface Context {
  browser: Browser;
  demo: Demo;
  page: Page;
  play: Play;
}

/** Reads again and again until it is what is expected. */
async function becomes<T>(read: () => Promise<T>, expected: T): Promise<void> {
  const deadline = Date.now() + 20_000;
  let value = await read();
  while (JSON.stringify(value) !== JSON.stringify(expected) && Date.now() < deadline) {
    await sleep(50);
    value = await read();
  }
  assert.equal(value, expected);
}

/** What a test does with the demo, in the words of its user. */
class Play {
  readonly #page: Page;
  readonly shop: Page;
  /** What the agent sees of the shop. */
  readonly picture: Page;
  #markers = 0;

  constructor(page: Page) {
    this.#page = page;
    this.shop = frameOf(page, "#shop");
    this.picture = frameOf(page, "#picture iframe");
  }

  async press(action: string): Promise<void> {
    const button = `[data-action="${action}"], [data-page-action="${action}"], [data-view="${action}"]`;
    await this.#page.evaluate((button) => document.querySelector(button)!.closest("details")?.setAttribute("open", ""), button);
    await click(this.#page, button);
  }

  /** Until the page has told that it asks. */
  async invite(mode: string): Promise<void> {
    await this.press(`invite-${mode}`);
    await this.reads("#session", "The visitor is asked");
  }

  /** Until the server has told that it is shared. */
  async allow(mode = "shared"): Promise<void> {
    await answer(this.shop, "accept");
    await this.see(`COBROWSE ACCEPTED ${mode}`);
  }

  /** Waits until the bar in the shop begins with these words. */
  async bar(words: string): Promise<void> {
    await this.shop.waitFor(
      (words) => document.querySelector("[data-sharing-bar]")?.shadowRoot!.querySelector("b")!.textContent!.startsWith(words),
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
    const matching = (line: string, index: number) => (sentences[index] && line.startsWith(sentences[index]) ? sentences[index] : line);
    await becomes(async () => (await this.#page.evaluate(chapter)).map(matching), sentences);
  }

  /** How the chapter before the last one ends. */
  chapterBefore(): Promise<string> {
    return this.#page.evaluate(() => [...document.querySelectorAll("#story > li")].at(-2)!.querySelector("li:last-child")!.textContent!);
  }

  /** What a browser fires when the network is back: a page that waits to connect does it now. */
  async hurry(): Promise<void> {
    await this.shop.evaluate(() => void dispatchEvent(new Event("online")));
  }

  /** The lines of the timeline, as "kind source name note". */
  async lines(): Promise<string[]> {
    const cells = () => [...document.querySelectorAll("#timeline .line")].map((line) => [...line.children].slice(1).map(({ textContent }) => textContent));
    return (await this.#page.evaluate(cells)).map((line) => line.join(" ").replace(/\s+/g, " "));
  }

  /** Waits until what is expected is in lines of the timeline, in this order. */
  async see(...expected: string[]): Promise<void> {
    const found = async () => {
      const lines = await this.lines();
      const left = lines.reduce((left, line) => (left.length && line.includes(left[0]!) ? left.slice(1) : left), expected);
      return left.length ? lines : expected;
    };
    await becomes(found, expected);
  }

  /** Whatever the shop did until now is in the timeline when this returns, and then the line that is returned. */
  async mark(): Promise<string> {
    const marker = `marker ${++this.#markers}`;
    await this.shop.evaluate((marker) => window.demo!.report("console", marker, { text: "" }), marker);
    await this.see(`console tab 1 ${marker}`);
    return marker;
  }

  /** Empties the timeline of what is in it now. */
  async clear(): Promise<void> {
    const marker = await this.mark();
    await this.press("clear-timeline");
    await becomes(async () => (await this.lines()).some((line) => line.includes(marker)), false);
  }

  /** What the shop's pages published and told so far. */
  async events(): Promise<string[]> {
    await this.mark();
    return (await this.lines()).filter((line) => /^(lpTag|window) (?!.* online)/.test(line));
  }

  async connected(pages = 1): Promise<void> {
    await this.reads("#connected", pages ? `${pages} page` : "No page connected");
  }
}

const both = (name: string, mode: string, tab: number) => [`lpTag tab ${tab} ${name} ${mode}`, `window tab ${tab} ${name} ${mode}`];
const offered = (mode: string, tab = 1) => both("cobrowseOffered", mode, tab);
const accepted = (mode: string, tab = 1) => both("cobrowseAccepted", mode, tab);
const declined = (mode: string, tab = 1) => both("cobrowseDeclined", mode, tab);
const closed = (mode: string, reason: string, tab = 1) => `window tab ${tab} cobrowseClosed ${mode}, ${reason}`;

const CAN: Record<string, string> = { shared: "see and use", view: "see and scroll", follow: "see" };
const asked = (mode: string) => [`Agent invited the visitor to co-browse (${mode}: ${CAN[mode]} the page)`, "Shop asks the visitor"];

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

/** What an agent does with the page, whatever the console allows. */
const act = (page: Page, what: { kind: string; x: number; y: number }) =>
  page.evaluate((body) => fetch("/demo/agent", { method: "POST", body }).then(() => {}), JSON.stringify(what));

for (const { mode, does, may, over } of [
  {
    mode: "shared",
    does: "sees and uses",
    may: { bag: "1", scrolled: true, pointer: true },
    over: { press: "", bar: "You have stopped.", story: "Visitor stopped sharing", session: "The visitor stopped sharing." },
  },
  {
    mode: "view",
    does: "sees and scrolls",
    may: { bag: "0", scrolled: true, pointer: false },
    over: { press: "cancel", bar: "Our agent has stopped.", story: "Agent ended the session", session: "You ended the sharing." },
  },
  {
    mode: "follow",
    does: "sees",
    may: { bag: "0", scrolled: false, pointer: false },
    over: { press: "end-conversation", bar: "Our agent has stopped.", story: "Agent ended the conversation", session: "You ended the conversation." },
  },
]) {
  test(`invited to ${mode}, allowed: the agent can do with the page what the mode says, until it ends`, async ({ play, page }) => {
    const { shop, picture } = play;
    const now = () =>
      shop.evaluate(() => {
        const pointer = document.querySelector("[data-sharing-bar]")!.shadowRoot!.querySelector<HTMLElement>(".pointer")!;
        return { bag: document.querySelector("output")!.value, scrolled: scrollY > 0, pointer: !pointer.hidden };
      });
    await play.reads("#next", "Press Share");
    await play.press(`invite-${mode}`);
    await play.reads("#next", "Press Allow");
    await play.allow(mode);
    await play.bar(`Our agent ${does} this page.`);
    await play.see("Agent invited", "Visitor accepted");
    assert.equal(await play.events(), [...offered(mode), ...accepted(mode)]);
    assert.is(await prompts(shop), 0);
    await play.reads("#session", `you can ${CAN[mode]} it`);

    // The first "Add", at the same place of the picture.
    await picture.waitFor(() => document.querySelector("#products button"), { message: "the picture of the shop" });
    const add = await shop.evaluate(() => {
      const { x, y, width, height } = document.querySelector("#products button")!.getBoundingClientRect();
      return { x: (x + width / 2) / innerWidth, y: (y + height / 2) / innerHeight };
    });
    const drawn = await page.evaluate(() => document.querySelector("#picture")!.getBoundingClientRect().toJSON());
    await page.clickAt(drawn.x + add.x * drawn.width, drawn.y + add.y * drawn.height);
    if (mode !== "shared") for (const kind of ["point", "click"]) await act(page, { kind, ...add });
    await act(page, { kind: "scroll", x: 0, y: 100 });
    // In the order in which it is told: what an agent's act does is done when the page says no more.
    if (may.bag === "1") await picture.waitFor(() => document.querySelector("output")!.value === "1", { message: "a full bag in the picture" });
    if (may.scrolled) await picture.waitFor(() => scrollY > 0, { message: "a scrolled picture" });
    assert.is((await now()).pointer, may.pointer);

    if (over.press) await play.press(over.press);
    else await click(shop, "[data-sharing-bar]", "button");
    await play.bar(over.bar);
    assert.equal(await now(), { ...may, pointer: false });
    await play.story(...asked(mode), "Visitor allowed it", over.story);
    await play.reads("#session", over.session);
    await play.reads("#next", "Press Share");
  });
}

test("each way in which an invitation ends has its name, and its own chapter", async ({ play }) => {
  await play.invite("shared");
  await answer(play.shop, "decline");
  await play.story(...asked("shared"), "Visitor declined");
  await play.reads("#session", "The visitor declined.");

  await play.invite("shared");
  await play.press("cancel");
  await play.story(...asked("shared"), "Agent withdrew the invitation");
  await play.reads("#session", "You withdrew");
  await play.see("Visitor declined", "Agent cancelled", "COBROWSE CLOSED");

  await play.invite("shared");
  await play.press("accept-elsewhere");
  await play.story(...asked("shared"), "Visitor allowed it in another window");
  await play.see("Visitor accepted elsewhere", "COBROWSE ACCEPTED");
  await play.press("cancel");
  await play.reads("#session", "You ended the sharing");

  await play.press("invite-VOICE_CALL");
  await play.see("COBROWSE INVITED VOICE_CALL");
  await play.reads("#next", "No prompt comes");
  assert.is(await prompts(play.shop), 0);

  await play.press("invite-short");
  await play.story(...asked("shared"), "Server let the invitation run out: there was no answer");
  await play.reads("#session", "ran out");
  await play.see("Server expired", "COBROWSE CLOSED");
  assert.equal(await play.events(), [
    ...[...offered("shared"), ...declined("shared")],
    ...[...offered("shared"), closed("shared", "cancelled")],
    ...[...offered("shared"), closed("shared", "answered")],
    ...[...offered("shared"), closed("shared", "expired")],
  ]);
  assert.is(await prompts(play.shop), 0);
});

test("a newer invitation replaces the older; a copy changes nothing", async ({ play }) => {
  await play.invite("shared");
  await play.press("resend");
  await play.see("Agent copied", "COBROWSE INVITED shared");
  await play.invite("follow");
  await play.story(...asked("follow"));
  assert.is(await play.chapterBefore(), "Agent replaced it by the next invitation");
  await play.see("cobrowseClosed");
  assert.equal(await play.events(), [...offered("shared"), closed("shared", "replaced"), ...offered("follow")]);
});

test("the conversation ends, and inviting begins a new one; inviting again ends what is shared", async ({ play }) => {
  await play.invite("follow");
  await play.press("end-conversation");
  await play.story(...asked("follow"), "Agent ended the conversation");
  await play.reads("#session", "You ended the conversation.");
  // The page's clock and the server's differ by a millisecond now and then, and so may the order of their lines.
  for (const line of ["conversation CLOSE", "cobrowseClosed"]) await play.see(line);
  await play.invite("view");
  await play.allow("view");
  await play.story(...asked("view"), "Visitor allowed it");
  assert.equal(await play.events(), [...offered("follow"), closed("follow", "cancelled"), ...offered("view"), ...accepted("view")]);
  await play.invite("shared");
  await play.story(...asked("shared"));
  assert.is(await play.chapterBefore(), "Agent ended the session");
});

test("reload while invited: asked again", async ({ play }) => {
  await play.invite("shared");
  await play.press("reload");
  await play.see("socket 1 closed", "socket 2 opened", "window tab 1 cobrowseOffered");
  await play.allow();
  assert.equal(await play.events(), [...offered("shared"), ...offered("shared"), ...accepted("shared")]);
});

/** Before the visitor answers. */
const MEANWHILE: Record<string, (play: Play) => Promise<void>> = {
  "a tag that is held back": async (play) => {
    await play.press("tag-held");
    await play.see("socket 2 opened", "conversation OPEN");
    await play.press("invite-shared");
    await play.see("COBROWSE INVITED");
    assert.equal(await play.events(), []);
    await play.press("load-tag");
  },
  "a connection dropped with 1006": async (play) => {
    await play.invite("shared");
    await play.press("drop-1006");
    await play.see("socket 1 closed 1006", "socket 2 opened", "COBROWSE INVITED");
  },
  "a server that was down": async (play) => {
    await play.press("down");
    await play.connected(0);
    await play.press("invite-shared");
    await play.reads("#session", "waits for the shop");
    await play.press("down");
    await play.hurry();
  },
  "silence, late answers and a malformed frame": async (play) => {
    await play.press("malformed-frame");
    await play.press("silent");
    await play.press("invite-shared");
    await play.see("Agent invited");
    assert.equal(await play.events(), []);
    await play.press("silent");
    await play.press("slow");
  },
};

for (const [title, happens] of Object.entries(MEANWHILE)) {
  test(`${title}: the visitor is asked all the same, and once`, async ({ play }) => {
    await happens(play);
    await play.allow();
    assert.equal(await play.events(), [...offered("shared"), ...accepted("shared")]);
  });
}

test("two tabs: answered in one, gone from the other", async ({ play, page }) => {
  await page.evaluate(() => {
    const { open } = window;
    window.open = (...how) => ((window as any).secondTab = open.apply(window, how));
  });
  await play.press("open-tab");
  await play.connected(2);
  await page.waitFor(() => (window as any).secondTab.lpTag.events.publish !== undefined, { message: "the second tab's tag" });
  await play.invite("shared");
  await play.see("window tab 2 cobrowseOffered");
  await play.allow();
  await play.see("window tab 2 cobrowseClosed");
  const events = await play.events();
  const of = (tab: number) => events.filter((line) => line.includes(` tab ${tab} `));
  assert.equal(of(1), [...offered("shared"), ...accepted("shared")]);
  assert.equal(of(2), [...offered("shared", 2), closed("shared", "answered", 2)]);
  await page.evaluate(() => (window as any).secondTab.close());
});

test("the prompt can be the browser's own", async ({ play, page }) => {
  await play.press("prompt-confirm");
  await play.see("socket 2 opened");
  await play.connected();
  await play.press("invite-view");
  await (await page.waitForDialog()).accept();
  await play.see("COBROWSE ACCEPTED");
  assert.equal(await play.events(), [...offered("view"), ...accepted("view")]);
  assert.is(await page.openDialog(), null);
});

test("tokens that are refused: an error in words, when the shop tries again, and on with a fresh token", async ({ play, demo }) => {
  for (const { socket, code, why, wait } of [
    { socket: 1, code: 4401, why: "the token is not accepted", wait: 2 },
    { socket: 2, code: 4407, why: "the token has expired", wait: 3 },
  ]) {
    await play.clear();
    await play.press(`drop-${code}`);
    await play.see(`socket ${socket} closed ${code}`, "console tab 1 warning [lp-cobrowse]", "window tab 1 cobrowseError");
    await play.hurry();
    await play.see("connection token", `socket ${socket + 1} opened`);
    const closing = `Server closed the connection: ${why} (${code}); the shop tries again within ${wait} s`;
    await play.story(closing, "Shop warns in its console: [lp-cobrowse]", "Shop connected");
    assert.is((await play.events()).length, 1);
  }
  assert.is(demo.simulator.totals.opened, 3);
});

test("a clock that is off, the server's or the agent's, ends no invitation early, and none late", async ({ play }) => {
  for (const [index, clock] of ["clock-plus-10-min", "clock-minus-1-day", "agent-clock-minus-3-min"].entries()) {
    await play.press(clock);
    if (index < 2) await play.see(`socket ${index + 1} closed`, `socket ${index + 2} opened`);
    await play.connected();
    await play.clear();
    await play.press("invite-short");
    await play.see("window tab 1 cobrowseOffered", "Server expired", "COBROWSE CLOSED");
    await play.see("window tab 1 cobrowseClosed");
    assert.equal(await play.events(), [...offered("shared"), closed("shared", "expired")], clock);
  }
  await play.press("invite-shared");
  await play.allow();
});

test("an agent's clock that is right again: a page that loads asks about what is pending", async ({ play }) => {
  await play.press("agent-clock-minus-3-min");
  await play.press("agent-clock-minus-3-min");
  await play.invite("shared");
  await play.press("reload");
  await play.see("socket 2 opened", "window tab 1 cobrowseOffered");
});

test("the computer sleeps: what was pending is over, and the dead connection is replaced", async ({ play, page, demo }) => {
  await play.invite("shared");
  await play.press("sleep");
  await play.see("Server expired");
  await play.see("window tab 1 online", "socket 2 opened", "COBROWSE CLOSED");
  await play.see("window tab 1 cobrowseClosed shared, expired");
  assert.is(await prompts(play.shop), 0);
  await play.invite("view");
  await play.allow("view");
  assert.equal(await play.events(), [...offered("shared"), closed("shared", "expired"), ...offered("view"), ...accepted("view")]);
  assert.is(demo.simulator.totals.mostOpen, 1);

  // A page that is loaded later has the clock of its computer.
  await play.press("reload");
  await play.see("socket 3 opened");
  await play.connected();
  const [itsClock, ours] = [await play.shop.evaluate(() => Date.now()), await page.evaluate(() => Date.now())];
  assert.is(Math.round((itsClock - ours) / 60_000), 10);
  assert.is(await page.evaluate(() => document.querySelector('[data-action="clock-right"]')!.ariaPressed), "true");
  await play.clear();
  await play.press("invite-short");
  await play.see("window tab 1 cobrowseOffered", "Server expired", "COBROWSE CLOSED");
});

test("refused, or let in and thrown out: tried again after waits that double, in words, until it lasts", async ({ play }) => {
  await play.press("refuse-init");
  await play.see("socket 1 closed");
  await play.reads("#retry", "tries again within");
  await play.hurry();
  await play.see("socket 2 opened", "answer 401", "window tab 1 cobrowseError");
  await play.clear();
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
  await play.invite("view");
  await play.allow("view");
  assert.equal(
    (await play.events()).filter((line) => !line.includes("cobrowseError")),
    [...offered("view"), ...accepted("view")],
  );
});

test("a fault is shown as a pressed button, and only one refusal at a time", async ({ play, page }) => {
  const now = () => [...document.querySelectorAll<HTMLElement>('.faults [aria-pressed="true"]')].map(({ dataset }) => dataset.action!);
  const pressed = (...actions: string[]) => becomes(() => page.evaluate(now), actions);
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
  await click(play.shop, "#session");
  await play.see("socket 1 closed");
  await play.reads("#session", "signed out: there is nobody to invite");
  const invites = await page.evaluate(() => [...document.querySelectorAll('[data-action^="invite-"]')].map(({ ariaDisabled }) => ariaDisabled));
  assert.equal(invites, Array(5).fill("true"));
  const refused = await page.evaluate(async () => (await fetch("/demo/action", { method: "POST", body: '{"action":"invite-shared"}' })).status);
  assert.is(refused, 400);
  await play.shop.evaluate(() => void (document.title = "before"));
  await play.press("reload");
  await play.shop.waitFor(() => document.title !== "before" && document.querySelector("#visitor")?.textContent === "Guest", {
    message: "a page that knows that its visitor has signed out",
  });
  await play.clear();
  await click(play.shop, "#session");
  await play.see("connection token", "socket 2 opened");
  await play.connected();
  await play.invite("shared");
});

test("the server goes: the console says so, and goes on with the next one", async (context) => {
  const { demo, play, page } = context;
  await play.invite("shared");
  await demo.close();
  await play.reads("#next", "server is gone");
  await play.reads("#connected", "The server is gone");
  context.demo = await startDemo({ port: demo.simulator.port, tagDelay: 100 });
  await play.connected();
  await play.reads("#next", "Press Share");
  assert.not.match((await play.lines()).join(), "invited");
  await play.invite("view");
  await play.allow("view");
  await play.bar("Our agent sees and scrolls");
  assert.is(await page.evaluate(() => document.querySelectorAll("[inert]").length), 0);
});

test("390 px wide: nothing has to be scrolled sideways, and everything can be reached", async ({ page, play, demo }) => {
  await page.viewport(390, 844);
  await play.invite("shared");
  await play.allow();
  await play.bar("Our agent");
  const beside = (page: Page) =>
    page.evaluate(() => {
      for (const details of document.querySelectorAll("details")) details.name = "";
      for (const details of document.querySelectorAll("details")) details.open = true;
      document.querySelector<HTMLElement>("[data-view=timeline]")?.click();
      const { scrollWidth, clientWidth } = document.documentElement;
      const outside = [...document.querySelectorAll("button, a, summary, iframe, input, textarea, pre")].filter((element) => {
        const { left, right } = element.getBoundingClientRect();
        return left < 0 || right > innerWidth;
      });
      return { scrollsBy: scrollWidth - clientWidth, outside: outside.map(({ outerHTML }) => outerHTML) };
    });
  const nothing = { scrollsBy: 0, outside: [] };
  assert.equal({ console: await beside(page), shop: await beside(play.shop) }, { console: nothing, shop: nothing });
  await page.goto(`${demo.url}configurator`);
  assert.equal(await beside(page), nothing);
});

test("every control is a named button, and the frames, which are a press away, can be filtered", async ({ page, play }) => {
  const unnamed = await page.evaluate(() => [...document.querySelectorAll("button")].filter((button) => !button.textContent!.trim()).length);
  assert.is(unnamed, 0);
  await play.see("opened");
  const shown = () =>
    page.evaluate(() => [...document.querySelectorAll('#timeline [data-kind="connection"]')].filter((line) => line.getClientRects().length).length);
  assert.is(await shown(), 0);
  await play.press("timeline");
  assert.ok((await shown()) > 0);
  await click(page, '#filters [value="connection"]');
  assert.is(await shown(), 0);
});

test.run();
