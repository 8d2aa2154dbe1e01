// Consent is never given by accident, and an invitation is never left both unanswered and invisible.
import * as assert from "uvu/assert";
import type { Page } from "../support/browsers.ts";
import { inTurn, listFor, onOneSite } from "../support/engines.ts";
import { listen, pause, type Agent } from "../support/heard.ts";
import { ACCEPT, answer, armed, DECLINE, escape, gone, keys, middle, placeOf, shown } from "../support/visitor.ts";

declare global {
  interface Window {
    /** By performance.now(): when each press began; when the visitor was asked, and taken to have answered, and when the last press before that began. */
    times: { presses: number[]; asked: number; answered: number; pressed: number };
  }
}

/** Notes what happened when, from each invitation on. */
const STOPWATCH = `<script>
  window.times = { presses: [] };
  for (const type of ["pointerdown", "mousedown", "keydown"]) addEventListener(type, ({ timeStamp }) => times.presses.push(timeStamp), true);
  addEventListener("cobrowseOffered", () => (window.times = { presses: [], asked: performance.now() }));
  for (const type of ["cobrowseAccepted", "cobrowseDeclined"])
    addEventListener(type, () => Object.assign(times, { answered: performance.now(), pressed: times.presses.at(-1) }));
</script>`;

/** A page that is busy for 700 ms as soon as whoever called showModal() has ended: the visitor is asked when it can paint again. */
const BUSY = `<script>
  const { showModal } = HTMLDialogElement.prototype;
  HTMLDialogElement.prototype.showModal = function () {
    showModal.call(this);
    queueMicrotask(() => {
      const until = performance.now() + 700;
      while (performance.now() < until);
      requestAnimationFrame(() => (times.asked = performance.now()));
    });
  };
</script>`;

/** Ways to answer, each a press that is repeated until it counts. */
const WAYS: Record<string, (page: Page, place: [number, number]) => Promise<void>> = {
  click: (page, place) => page.clickAt(...place),
  Escape: async (page) => {
    await page.press("Escape");
    // A prompt that Escape closed too early is shown anew, and has to be left alone for its own half second.
    await pause(page, 700);
  },
  "Tab and Enter": (page) => keys(page, "Tab", "Enter"),
  "Tab and Space": (page) => keys(page, "Tab", "Space"),
};

const LARGE = "style='inset:0;width:100%;height:100%;max-width:none;max-height:none;background:#123'";
/** What lies over the prompt. */
const COVERS: Record<string, { body?: string; open: () => void }> = {
  "a popover": { body: `<aside popover=manual ${LARGE}></aside>`, open: () => document.querySelector("aside")!.showPopover() },
  "a modal": { body: `<dialog ${LARGE}></dialog>`, open: () => document.querySelector("dialog")!.showModal() },
  "a fullscreen element": { open: () => void document.body.requestFullscreen() },
};

/** How often Escape is pressed from when on, before the one that declines if none of these has. */
const EARLIER_ESCAPES: Record<string, { wait: (page: Page) => Promise<void>; times: number }> = {
  "pressed once": { wait: armed, times: 0 },
  "pressed twice": { wait: armed, times: 2 },
  "pressed again and again from the start": { wait: shown, times: 3 },
};

/** On a busy machine none of the presses may fall into the short time that they are meant for: then once more. */
async function untilInTime(attempt: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 8; tries++) if (await attempt()) return;
  throw new Error("This machine is too slow to press anything within half a second.");
}

/** Presses until the agent is told. Gives the milliseconds from the question to the answer and to its press, and how many presses were early. */
async function pressUntilAnswered(page: Page, agent: Agent, press: () => Promise<void>) {
  while (agent.heard().length < 2) await press();
  return page.evaluate(() => {
    const { presses, asked, answered, pressed } = window.times;
    const early = presses.filter((time) => time > asked && time < asked + 450).length;
    return { answered: answered - asked, pressed: pressed - asked, early };
  });
}

// Firefox and WebKit get a third of the ways and of what is typed: that nothing counts is up to the snippet, not to them.
onOneSite(
  "the prompt's safety",
  (test, engine) => {
    for (const [name, press] of listFor(engine, WAYS, ["click"])) {
      test(`nothing within 500 ms counts, however often: ${name}`, async ({ page, site }) => {
        await page.goto(site.shop({ head: STOPWATCH }));
        const place = await placeOf(page, site, "accept");
        await untilInTime(async () => {
          const agent = listen(site);
          site.invite();
          await shown(page);
          const { answered, early } = await pressUntilAnswered(page, agent, () => press(page, place));
          assert.ok(answered >= 500, `It was answered after ${answered} ms.`);
          return early > 0;
        });
      });
    }

    test("a page that is busy after the prompt opened: nothing counts within 500 ms of its first frame", async ({ page, site }) => {
      await page.goto(site.shop({ head: STOPWATCH + BUSY }));
      const place = await placeOf(page, site, "accept");
      await untilInTime(async () => {
        const agent = listen(site);
        site.invite();
        const { pressed, early } = await pressUntilAnswered(page, agent, () => page.clickAt(...place));
        assert.ok(pressed >= 500, `It was answered by a press ${pressed} ms after the first frame.`);
        return early > 0;
      });
    });

    // Only in Chromium may a page go fullscreen some time after a press.
    for (const [name, { body = "", open }] of listFor(engine, COVERS, ["a popover", "a modal"])) {
      test(`${name} lies over it: no way to answer, and then it is on top again`, async ({ page, site }) => {
        // Late, the prompt is on top again, and takes answers.
        await untilInTime(async () => {
          const agent = listen(site);
          await page.goto(site.shop({ head: STOPWATCH, body: `<h1>A shop</h1>${body}` }));
          await page.clickAt(20, 20);
          const invitation = site.invite();
          await armed(page);
          const place = await middle(page, "accept");
          const since = await page.evaluate(() => performance.now());
          await page.evaluate(open);
          await page.clickAt(...place);
          const early = (await page.evaluate(() => window.times.presses.at(-1)!)) < since + 450;
          if (early) {
            await pause(page, 200);
            await agent.was("Offered");
            await answer(page, "accept");
            await agent.was("Offered", "Accepted");
          }
          invitation.cancel();
          return early;
        });
      });
    }

    for (const [when, wait] of Object.entries({ "before the prompt listens": shown, "when the prompt listens": armed })) {
      test(`a press that began before the prompt is no click, though it ends on it: ${when}`, async ({ page, site, agent }) => {
        await page.goto(site.shop({ body: '<button style="position:fixed;inset:0;width:100%">Buy</button>' }));
        const place = await placeOf(page, site, "accept");
        await page.mouseDown(...place);
        site.invite();
        await wait(page);
        await page.mouseUp(...place);
        await armed(page);
        await pause(page);
        assert.ok(await page.promptPart("accept"));
        await agent.was("Offered", "Offered");
      });
    }

    test("keys typed for the page do nothing, Enter and Space neither", async ({ page, site, agent }) => {
      await page.goto(site.shop({ body: "<form onsubmit='return false'><input autofocus><button>Send</button></form>" }));
      await page.waitFor(() => document.activeElement?.localName === "input");
      await page.type("ab");
      site.invite();
      await shown(page);
      // Well beyond the half second in which nothing counts at all.
      const until = await page.evaluate(() => performance.now() + 1000);
      do await keys(page, "h", "e", "l", "l", "o", "Enter", "Space");
      while (await page.evaluate((until) => performance.now() < until, until));
      assert.ok(await page.promptPart("dialog"));
      await agent.was("Offered");
      assert.match(await page.evaluate(() => document.querySelector("input")!.value), /^ab/);
    });

    for (const clicked of [false, true]) {
      test(`Escape declines once, however often it is pressed, ${clicked ? "after" : "without"} a click on the page`, async ({ page, site, agent }) => {
        await page.goto(site.shop({ body: "<h1>Shop</h1><input>" }));
        if (clicked) await page.clickAt(20, 20);
        // On one page: what Escape does without a click depends on how often it was pressed before.
        await inTurn(Object.entries(EARLIER_ESCAPES), async ({ wait, times }) => {
          const heard = listen(site);
          site.invite();
          await wait(page);
          await keys(page, ...Array<string>(times).fill("Escape"));
          await pause(page);
          await escape(page, heard);
          await gone(page);
          await heard.was("Offered", "Declined");
        });
        await page.type("x");
        await pause(page, 100);
        await agent.was("Offered", "Declined", "Offered", "Declined", "Offered", "Declined");
        assert.equal(await page.pageErrors(), []);
      });
    }

    for (const { part, told } of [ACCEPT, DECLINE]) {
      test(`a click beside the dialog does nothing, and a double click answers once: ${part}`, async ({ page, site, agent }) => {
        await page.goto(site.shop());
        site.invite();
        await armed(page);
        await page.clickAt(5, 5);
        await page.clickAt(1000, 760);
        const place = await middle(page, part);
        assert.equal(agent.heard(), ["Offered"]);
        await page.clickAt(...place);
        await page.clickAt(...place);
        await gone(page);
        await pause(page);
        await agent.was("Offered", told);
      });
    }

    if (engine === "chromium")
      test("its tests know what the browser does: Escape closes a dialog whatever a cancel listener does", async ({ page, site }) => {
        const modal = "<dialog id=mine oncancel='event.preventDefault()'>Mine</dialog><script>mine.showModal()</script>";
        await page.goto(site.page(`<!doctype html>${modal}`));
        await page.press("Escape");
        assert.is(await page.evaluate(() => document.querySelector("dialog")!.open), false);
      });
  },
  { counted: true },
);
