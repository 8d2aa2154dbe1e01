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

  /** A real click on one of the demo's buttons. */
  async press(action: string): Promise<void> {
    const { x, y, width, height } = await this.#page.waitFor(
      (name) => {
        const button = document.querySelector(`[data-action="${name}"], [data-page-action="${name}"]`)!;
        return button.ariaDisabled !== "true" && button.getBoundingClientRect().toJSON();
      },
      { message: `the button ${action}` },
      action,
    );
    await this.#page.clickAt(x + width / 2, y + height / 2);
  }

  /** A real click on the prompt in the shop, as soon as it counts. */
  async answer(part: "accept" | "decline"): Promise<void> {
    const { x, y } = await this.#page.waitFor(
      (name) => {
        const frame = document.querySelector("iframe")!;
        const shop = frame.contentDocument!;
        const button = shop.querySelector("lp-cobrowse")?.shadowRoot!.querySelector(`[part~="${name}"]`);
        if (!button || button.closest("[inert]") || !button.getClientRects().length) return null;
        const outer = frame.getBoundingClientRect();
        const inner = button.getBoundingClientRect();
        return { x: outer.x + inner.x + inner.width / 2, y: outer.y + inner.y + inner.height / 2 };
      },
      { message: `the prompt's button ${part}` },
      part,
    );
    await this.#page.clickAt(x, y);
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
      const { frames } = window as unknown as { frames: Window[] };
      frames[0]!.demo.report("console", name, { text: "" });
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
    return this.#page.evaluate(() => !!document.querySelector("iframe")!.contentDocument!.querySelector("lp-cobrowse"));
  }
}

const offered = (mode: string, tab = 1) => [`lpTag tab ${tab} cobrowseOffered ${mode}`, `window tab ${tab} cobrowseOffered ${mode}`];
const accepted = (mode: string, tab = 1) => [`lpTag tab ${tab} cobrowseAccepted ${mode}`, `window tab ${tab} cobrowseAccepted ${mode}`];
const declined = (mode: string, tab = 1) => [`lpTag tab ${tab} cobrowseDeclined ${mode}`, `window tab ${tab} cobrowseDeclined ${mode}`];
const closed = (mode: string, reason: string, tab = 1) => `window tab ${tab} cobrowseClosed ${mode}, ${reason}`;

const test = suite<Context>("demo");

test.before(async (context) => {
  context.browser = await launch("chromium");
});

test.after(({ browser }) => browser.close());

test.before.each(async (context) => {
  context.demo = await startDemo({ shortInvitation: 2, tagDelay: 100 });
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

for (const mode of ["shared", "view", "follow"]) {
  test(`invite to ${mode}, allow`, async ({ play }) => {
    await play.press(`invite-${mode}`);
    await play.answer("accept");
    await play.see("agent invited", "agent accepted", `COBROWSE ACCEPTED ${mode}`);
    assert.equal(await play.events(), [...offered(mode), ...accepted(mode)]);
    assert.not(await play.promptIsShown());
  });
}

test("decline", async ({ play }) => {
  await play.press("invite-shared");
  await play.answer("decline");
  await play.see("agent invited", "agent declined", "COBROWSE CLOSED");
  assert.equal(await play.events(), [...offered("shared"), ...declined("shared")]);
});

test("a voice call is left alone", async ({ play }) => {
  await play.press("invite-VOICE_CALL");
  await play.see("COBROWSE INVITED VOICE_CALL");
  assert.equal(await play.events(), []);
  assert.not(await play.promptIsShown());
});

test("cancel", async ({ play }) => {
  await play.press("invite-shared");
  await play.see("window tab 1 cobrowseOffered");
  await play.press("cancel");
  await play.see("agent cancelled", "COBROWSE CLOSED");
  assert.equal(await play.events(), [...offered("shared"), closed("shared", "cancelled")]);
  assert.not(await play.promptIsShown());
});

test("accepted elsewhere", async ({ play }) => {
  await play.press("invite-shared");
  await play.see("window tab 1 cobrowseOffered");
  await play.press("accept-elsewhere");
  await play.see("COBROWSE ACCEPTED");
  assert.equal(await play.events(), [...offered("shared"), closed("shared", "answered")]);
});

test("the conversation ends, and inviting begins a new one", async ({ play }) => {
  await play.press("invite-shared");
  await play.see("window tab 1 cobrowseOffered");
  await play.press("end-conversation");
  // The page's clock and the server's differ by a millisecond now and then, and so may the order of their lines.
  await play.see("conversation CLOSE");
  await play.see("cobrowseClosed");
  await play.press("invite-view");
  await play.answer("accept");
  await play.see("COBROWSE ACCEPTED view");
  assert.equal(await play.events(), [...offered("shared"), closed("shared", "cancelled"), ...offered("view"), ...accepted("view")]);
});

test("a short invitation expires", async ({ play }) => {
  await play.press("invite-short");
  await play.see("agent expired", "COBROWSE CLOSED");
  assert.equal(await play.events(), [...offered("shared"), closed("shared", "expired")]);
  assert.not(await play.promptIsShown());
});

test("a newer invitation replaces the older; a copy changes nothing", async ({ play }) => {
  await play.press("invite-shared");
  await play.see("window tab 1 cobrowseOffered shared");
  await play.press("resend");
  await play.see("agent copied", "COBROWSE INVITED shared");
  await play.press("invite-follow");
  await play.see("window tab 1 cobrowseOffered follow");
  await play.answer("accept");
  await play.see("COBROWSE ACCEPTED follow");
  assert.equal(await play.events(), [...offered("shared"), closed("shared", "replaced"), ...offered("follow"), ...accepted("follow")]);
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

for (const code of [4401, 4407]) {
  test(`dropped with ${code}: an error, and on with a fresh token`, async ({ play, demo }) => {
    await play.press(`drop-${code}`);
    await play.see(`socket 1 closed ${code}`, "console tab 1 warning [lp-cobrowse]", "window tab 1 cobrowseError", "connection token", "socket 2 opened");
    await play.connected();
    assert.is((await play.events()).length, 1);
    assert.is(demo.simulator.totals.opened, 2);
  });
}

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
  await play.press("down");
  await play.answer("accept");
  await play.see("COBROWSE ACCEPTED");
  assert.equal(await play.events(), [...offered("shared"), ...accepted("shared")]);
});

for (const clock of ["clock-plus-10-min", "clock-minus-1-day"]) {
  test(`the visitor's clock is off: ${clock}`, async ({ play }) => {
    await play.press(clock);
    await play.see("socket 2 opened");
    await play.connected();
    await play.press("invite-short");
    await play.see("window tab 1 cobrowseOffered", "agent expired", "COBROWSE CLOSED");
    assert.equal(await play.events(), [...offered("shared"), closed("shared", "expired")]);
  });
}

test("an agent's clock that is behind does not end what comes live", async ({ play }) => {
  await play.press("agent-clock-minus-3-min");
  await play.press("invite-shared");
  await play.answer("accept");
  await play.see("COBROWSE ACCEPTED");
  assert.equal(await play.events(), [...offered("shared"), ...accepted("shared")]);
});

test("an agent's clock that is behind does not end a short invitation early, and not late", async ({ play }) => {
  await play.press("agent-clock-minus-3-min");
  await play.press("invite-short");
  await play.see("window tab 1 cobrowseOffered", "agent expired");
  await play.see("window tab 1 cobrowseClosed");
  assert.equal(await play.events(), [...offered("shared"), closed("shared", "expired")]);
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
  await play.see("agent expired");
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
    const { frames } = window as unknown as { frames: { Date: DateConstructor }[] };
    return Math.round((frames[0]!.Date.now() - Date.now()) / 60_000);
  });
  assert.is(slept, 10);
  const right = await page.evaluate(() => document.querySelector('[data-action="clock-right"]')!.ariaPressed);
  assert.is(right, "true");
  await play.press("invite-short");
  await play.see("window tab 1 cobrowseOffered", "agent expired", "COBROWSE CLOSED");
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

test("a refused InitConnection is an error, and tried again", async ({ play }) => {
  await play.press("refuse-init");
  await play.see("socket 2 opened", "answer 401", "window tab 1 cobrowseError");
  await play.press("refuse-init");
  await play.connected();
});

test("too many requests: tried again later, and the token is not blamed", async ({ play }) => {
  await play.press("refuse-init-429");
  await play.see("socket 1 closed", "socket 2 opened", "answer 429", "socket 3 opened", "answer 429");
  assert.equal(
    (await play.events()).filter((line) => line.includes("jwt")),
    [],
  );
  await play.press("refuse-init-429");
  await play.connected();
});

test("let in and thrown out: tried again, and at rest once the server lasts", async ({ play }) => {
  await play.press("throw-out");
  await play.see("socket 1 closed 1013", "socket 2 opened", "socket 2 closed 1013", "socket 3 opened", "socket 3 closed 1013");
  await play.press("throw-out");
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
      (wanted) => [...document.querySelectorAll<HTMLElement>('.controls [aria-pressed="true"]')].map(({ dataset }) => dataset.action).join() === wanted,
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

test("signed out: no request; signed in: connected", async ({ play, page }) => {
  const pressSession = () => page.evaluate(() => document.querySelector("iframe")!.contentDocument!.querySelector<HTMLButtonElement>("#session")!.click());
  await pressSession();
  await play.see("socket 1 closed");
  await play.press("clear-timeline");
  await pressSession();
  await play.see("connection token", "socket 2 opened");
  await play.connected();
});

test("every control is a named button, and the timeline can be filtered", async ({ page, play }) => {
  const unnamed = await page.evaluate(() => [...document.querySelectorAll("button")].filter((button) => !button.textContent!.trim()).length);
  assert.is(unnamed, 0);
  await play.see("opened");
  const shown = await page.evaluate(() => {
    const label = [...document.querySelectorAll("#filters label")].find(({ textContent }) => textContent === "Connection")!;
    label.querySelector("input")!.click();
    return [...document.querySelectorAll('#timeline [data-kind="connection"]')].filter((line) => line.getClientRects().length).length;
  });
  assert.is(shown, 0);
});

test.run();
