// Consent is never given by accident, and an invitation is never left both unanswered and invisible.
import * as assert from "uvu/assert";
import type { Page } from "../support/browsers.ts";
import { forEachEngine } from "../support/engines.ts";
import { aMoment, armed, escape, gone, inTurn, listen, listFor, middle, placeOf, shown } from "../support/prompt.ts";
import { startSite, type Site } from "../support/site.ts";

declare global {
  interface Window {
    /** performance.now() of events, by name. */
    times: Record<string, number[]>;
  }
}

/** Notes when what happened. */
const STOPWATCH = `<script>
  window.times = { press: [], cobrowseOffered: [], cobrowseAccepted: [], cobrowseDeclined: [] };
  for (const type of ["pointerdown", "mousedown", "keydown"]) addEventListener(type, () => times.press.push(performance.now()), true);
  for (const type in times) addEventListener(type, () => times[type].push(performance.now()));
</script>`;

/** Ways to answer, each a press that is repeated until it counts. */
const WAYS: Record<string, (page: Page, place: [number, number]) => Promise<void>> = {
  click: (page, place) => page.clickAt(...place),
  Escape: async (page) => {
    await page.press("Escape");
    // A prompt that Escape closed too early is shown anew, and has to be left alone for its own half second.
    await aMoment(700);
  },
  "Tab and Enter": async (page) => {
    await page.press("Tab");
    await page.press("Enter");
  },
  "Tab and Space": async (page) => {
    await page.press("Tab");
    await page.press("Space");
  },
};

const TYPED: Record<string, string[]> = { "a word, Enter, Space": ["h", "e", "l", "l", "o", "Enter", "Space"], Space: ["Space"], Enter: ["Enter"] };

// Firefox and WebKit get a third of the ways and of what is typed: that nothing counts is up to the snippet, not to them.
forEachEngine("the prompt's safety", (test, engine) => {
  let site: Site;
  test.before(async () => {
    site = await startSite();
  });
  test.after(() => site.close());

  const ways = listFor(engine, WAYS, ["click"]);
  // On a busy machine two presses may lie so far apart that none falls into the first half second: then once more.
  test(`nothing within 500 ms counts, however often: ${ways.map(([name]) => name).join(", ")}`, async ({ page }) => {
    await page.goto(site.shop({ head: STOPWATCH }));
    const place = await placeOf(page, site, "accept");
    await inTurn(ways, async (press) => {
      await page.evaluate(() => Object.values(window.times).forEach((list) => list.splice(0)));
      for (let attempt = 1; ; attempt++) {
        site.invite();
        await shown(page);
        do await press(page, place);
        while ((await page.evaluate(() => window.times.cobrowseAccepted!.length + window.times.cobrowseDeclined!.length)) < attempt);
        const { early, waited } = await page.evaluate(() => {
          const offered = window.times.cobrowseOffered!.at(-1)!;
          const answered = [...window.times.cobrowseAccepted!, ...window.times.cobrowseDeclined!].sort((a, b) => a - b).at(-1)!;
          return { early: window.times.press!.filter((time) => time > offered && time < offered + 450).length, waited: answered - offered };
        });
        assert.ok(waited >= 500, `It was answered after ${waited} ms.`);
        if (early) break;
        assert.ok(attempt < 8, "This machine is too slow to press anything within half a second.");
      }
    });
  });

  test("a press that began before the prompt is no click, wherever and whenever it ends", async ({ page }) => {
    await page.goto(site.shop({ body: '<button style="position:fixed;inset:0;width:100%">Buy</button>', head: STOPWATCH }));
    const place = await placeOf(page, site, "accept");
    for (const wait of [shown, armed]) {
      const agent = listen(site);
      await page.mouseDown(...place);
      const invitation = site.invite();
      await wait(page);
      await page.mouseUp(...place);
      await armed(page);
      await aMoment();
      assert.ok(await page.promptPart("accept"));
      await agent.was("Offered");
      invitation.cancel();
      await gone(page);
    }
  });

  const typed = listFor(engine, TYPED, ["a word, Enter, Space"]);
  test(`keys typed for the page do nothing: ${typed.map(([name]) => name).join("; ")}`, async ({ page }) => {
    await page.goto(
      site.shop({ body: "<form onsubmit='document.title=&quot;submitted&quot;;return false'><input id=field autofocus><button>Send</button></form>" }),
    );
    await page.waitFor(() => document.activeElement?.id === "field");
    await page.type("ab");
    await inTurn(typed, async (keys) => {
      const agent = listen(site);
      const invitation = site.invite();
      await shown(page);
      // Well beyond the half second in which nothing counts at all.
      const until = Date.now() + 1000;
      while (Date.now() < until) for (const key of keys) await page.press(key);
      assert.ok(await page.promptPart("dialog"));
      await agent.was("Offered");
      assert.match(await page.evaluate(() => document.querySelector("input")!.value), /^ab/);
      invitation.cancel();
      await gone(page);
    });
  });

  for (const clicked of [false, true]) {
    test(`Escape declines once: pressed once, twice, and again and again from the start, ${clicked ? "after" : "without"} a click on the page`, async ({
      page,
    }) => {
      await page.goto(site.shop({ body: "<h1>Shop</h1><input>" }));
      if (clicked) await page.clickAt(20, 20);

      const once = listen(site);
      site.invite();
      await escape(page, once);
      await gone(page);
      await once.was("Offered", "Declined");

      const twice = listen(site);
      site.invite();
      await armed(page);
      await page.press("Escape");
      await page.press("Escape");
      await escape(page, twice);
      await gone(page);

      const again = listen(site);
      site.invite();
      await shown(page);
      for (let time = 0; time < 3; time++) await page.press("Escape");
      await aMoment();
      await escape(page, again);
      await gone(page);

      await page.type("x");
      await again.was("Offered", "Declined");
      await twice.was("Offered", "Declined", "Offered", "Declined");
      assert.equal(await page.pageErrors(), []);
    });
  }

  test("a click beside the dialog does nothing, and a double click answers once", async ({ page }) => {
    await page.goto(site.shop());
    for (const [part, name] of [
      ["accept", "Accepted"],
      ["decline", "Declined"],
    ] as const) {
      const agent = listen(site);
      site.invite();
      await armed(page);
      await page.clickAt(5, 5);
      await page.clickAt(1000, 760);
      const place = await middle(page, part);
      assert.equal(agent.now(), ["Offered"]);
      await page.clickAt(...place);
      await page.clickAt(...place);
      await gone(page);
      await aMoment();
      await agent.was("Offered", name);
    }
  });

  if (engine === "chromium")
    test("its tests know what the browser does: Escape closes a dialog whatever a cancel listener does", async ({ page }) => {
      await page.goto(site.page("<!doctype html><dialog>Mine</dialog>"));
      await page.evaluate(() => {
        const dialog = document.querySelector("dialog")!;
        dialog.addEventListener("cancel", (event) => event.preventDefault());
        dialog.showModal();
      });
      await page.press("Escape");
      assert.is(await page.evaluate(() => document.querySelector("dialog")!.open), false);
    });
});
