// The prompt on pages as they are: modals that keep the focus, listeners that swallow keys, popovers, fullscreen, scrollbars, old libraries.
import * as assert from "uvu/assert";
import type { Page } from "../support/browsers.ts";
import { forEachEngine } from "../support/engines.ts";
import { aMoment, armed, gone, inTurn, listen, listFor, middle, openPrompt, placeOf, shown } from "../support/prompt.ts";
import { answer, startSite, type ShopOptions, type Site } from "../support/site.ts";

declare const focusTrap: { createFocusTrap(element: string): { activate(): void; active: boolean } };
declare const MicroModal: { show(id: string): void };
declare global {
  interface Window {
    /** What the page heard while the prompt was there. */
    heard: string[];
    modalIsOpen(): boolean;
    /** performance.now() of the first frame that showed the prompt, and when each press began. */
    painted: number;
    presses: number[];
    answered: number;
  }
}

const MODAL = "<div id=modal aria-hidden=true><div data-micromodal-close tabindex=-1>Close</div><button>Of the page</button></div>";

/** Modals of the page that keep the focus, as their libraries do by default. */
const KEEPERS: Record<string, { scripts: string[]; open: () => void }> = {
  "focus-trap": {
    scripts: ["/tabbable.js", "/focus-trap.js"],
    open: () => {
      const trap = focusTrap.createFocusTrap("#modal");
      trap.activate();
      window.modalIsOpen = () => trap.active;
    },
  },
  micromodal: {
    scripts: ["/micromodal.js"],
    open: () => {
      MicroModal.show("modal");
      window.modalIsOpen = () => document.querySelector("#modal")!.getAttribute("aria-hidden") === "false";
    },
  },
  "a listener that prevents Enter, Space and Tab": {
    scripts: [],
    open: () => {
      for (const type of ["keydown", "keypress", "keyup", "mousedown", "touchstart", "click"])
        document.addEventListener(
          type,
          (event) => {
            event.preventDefault();
            event.stopImmediatePropagation();
          },
          { capture: true, passive: false },
        );
      window.modalIsOpen = () => true;
    },
  },
};

/** Listens as a page can: on the document, before everybody below. */
const EAVESDROPPER = `<script>
  window.heard = [];
  for (const type of ["keydown", "keypress", "keyup", "pointerdown", "pointerup", "mousedown", "mouseup", "touchstart", "touchend", "click", "focus"])
    document.addEventListener(type, ({ target }) => {
      if (target.localName === "lp-cobrowse" || target.localName === "body") if (document.querySelector("lp-cobrowse")) heard.push(type);
    }, true);
</script>`;

const WAYS: Record<string, [name: string, answer: (page: Page) => Promise<void>]> = {
  click: ["Accepted", (page) => page.clickPart("accept")],
  "Tab, Enter": [
    "Declined",
    async (page) => {
      await page.press("Tab");
      await page.press("Enter");
    },
  ],
  "Tab, Tab, Space": [
    "Accepted",
    async (page) => {
      await page.press("Tab");
      await page.press("Tab");
      await page.press("Space");
    },
  ],
  Escape: ["Declined", (page) => page.press("Escape")],
  tap: [
    "Accepted",
    async (page) => {
      const [x, y] = await middle(page, "accept");
      await page.cdp("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: [{ x, y }] });
      await page.cdp("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
    },
  ],
  // A screen reader, or voice control, sends nothing else.
  "nothing but a click": [
    "Declined",
    (page) => page.evaluate(() => document.querySelector("lp-cobrowse")!.shadowRoot!.querySelector<HTMLElement>("[part=decline]")!.click()),
  ],
};

/** Pages on which the backdrop was no test of being on top: each with its own kind of scrollbars, backdrop or transition. */
const LAYOUTS: Record<string, ShopOptions> = {
  "scrollbars at both sides": { head: "<style>html { scrollbar-gutter: stable both-edges; overflow-y: scroll }</style>" },
  "a scrollbar at the left": {
    head: "<style>html { direction: rtl; overflow-y: scroll }</style>",
    body: "<script>document.documentElement.dir = 'rtl'</script>",
  },
  "no backdrop": { head: "<style>lp-cobrowse::part(dialog)::backdrop { display: none }</style>" },
  "a backdrop that lets presses through": { head: "<style>lp-cobrowse::part(dialog)::backdrop { pointer-events: none }</style>" },
  "a view transition": {
    head: "<style>::view-transition-group(root), ::view-transition-old(root) { animation-duration: 1.2s }</style>",
    body: "<script>addEventListener('cobrowseOffered', () => document.startViewTransition && document.startViewTransition(() => {}))</script>",
  },
};

/** Notes what is added to <html>. */
const COUNTER = `<script>
  window.heard = [];
  new MutationObserver((records) => records.forEach(({ addedNodes }) => addedNodes.forEach(({ localName }) => heard.push(localName))))
    .observe(document.documentElement, { childList: true });
</script>`;

/** Notes when each press began. */
const PRESSES = `<script>
  window.presses = [];
  addEventListener("pointerdown", ({ timeStamp }) => presses.push(timeStamp), true);
</script>`;

/** What old libraries do to the built-in prototypes. */
const OLD_LIBRARIES = `<script>
  // Prototype 1.7
  Element.prototype.remove = function () { this.parentNode.removeChild(this); return this; };
  // MooTools with its compatibility
  Function.prototype.bind = function (owner, list) { var run = this; return function () { return run.apply(owner, [].concat(list)); }; };
  // Pages
  Object.prototype.extra = function () {};
  Object.prototype.onclick = "Extra";
  Array.prototype.each = Array.prototype.forEach;
</script>`;

/** What lies over the prompt. */
const COVERS: Record<string, () => void> = {
  "a popover": () => {
    const popover = document.body.appendChild(document.createElement("aside"));
    popover.popover = "manual";
    popover.style.cssText = "inset:0;width:100%;height:100%;background:#123";
    popover.showPopover();
  },
  "a modal": () => {
    const dialog = document.body.appendChild(document.createElement("dialog"));
    dialog.style.cssText = "width:100%;height:100%;max-width:none;max-height:none";
    dialog.showModal();
  },
  "a fullscreen element": () => void document.body.requestFullscreen(),
};

/** What closes because the prompt opens, or while it is open: no reason to ask anew. */
const CLOSING: Record<string, string> = {
  "a menu": "<button popovertarget=menu>Menu</button><div id=menu popover>Account</div><script>menu.showPopover()</script>",
  "suggestions of the field that has the focus": `<input id=field onfocus="setTimeout(() => words.showPopover())" onblur="setTimeout(() => words.hidePopover())">
    <div id=words popover=manual>Shoes</div><script>field.focus()</script>`,
  "a modal that closes by itself":
    "<dialog id=modal>Welcome</dialog><script>modal.showModal(); addEventListener('cobrowseOffered', () => setTimeout(() => modal.close(), 900))</script>",
};

forEachEngine("the prompt on real pages", (test, engine) => {
  let site: Site;
  test.before(async () => {
    site = await startSite();
  });
  test.after(() => site.close());
  test.after.each(() => site.conversation.invitations.forEach((invitation) => invitation.cancel()));

  // Elsewhere fewer of each, for the sake of time.
  const ways = listFor(engine, WAYS, ["click", "Tab, Enter", "Escape"]);
  for (const [name, { scripts, open }] of listFor(engine, KEEPERS, ["focus-trap"])) {
    test(`${name}: ${engine === "chromium" ? "each way answers" : "three ways answer"}, and the page hears nothing of it`, async ({ page }) => {
      if (engine === "chromium") await page.emulate({ touch: true });
      await page.goto(site.shop({ head: EAVESDROPPER + scripts.map((src) => `<script src="${src}"></script>`).join(""), body: MODAL }));
      await page.evaluate(open);
      await inTurn(ways, async ([told, press]) => {
        const agent = listen(site);
        site.invite();
        await armed(page);
        await press(page);
        await agent.was("Offered", told);
        await gone(page);
        assert.equal(await page.evaluate(() => [window.modalIsOpen(), ...window.heard]), [true]);
      });
    });
  }

  test("what the page dispatches itself meanwhile reaches its listeners", async ({ page }) => {
    await openPrompt(page, site, { body: "<button onclick='document.title=&quot;Clicked&quot;'>Next picture</button>" });
    assert.is(await page.evaluate(() => (document.querySelector("button")!.click(), document.title)), "Clicked");
  });

  test("a page that is busy after the prompt opened: nothing counts until half a second after its first frame", async ({ page }) => {
    const busy = `<script>
      const { showModal } = HTMLDialogElement.prototype;
      HTMLDialogElement.prototype.showModal = function () {
        showModal.call(this);
        window.presses = [];
        // As soon as whoever called this has ended.
        queueMicrotask(() => {
          const until = performance.now() + 700;
          while (performance.now() < until);
          requestAnimationFrame(() => (window.painted = performance.now()));
        });
      };
      addEventListener("cobrowseAccepted", () => (window.answered = presses.at(-1)));
    </script>`;
    await page.goto(site.shop({ head: PRESSES + busy }));
    const place = await placeOf(page, site, "accept");
    // On a busy machine no press may fall into the half second: then once more.
    for (let attempt = 1; ; attempt++) {
      await page.evaluate(() => void (window.answered = 0));
      const agent = listen(site);
      site.invite();
      while (!agent.now().includes("Accepted")) await page.clickAt(...place);
      const { early, waited } = await page.evaluate(() => ({
        early: window.presses.filter((time) => time > window.painted && time < window.painted + 450).length,
        waited: window.answered - window.painted,
      }));
      assert.ok(waited >= 500, `It was answered by a press ${waited} ms after the first frame.`);
      if (early) break;
      assert.ok(attempt < 8, "This machine is too slow to press anything within half a second.");
    }
  });

  // Only in Chromium may a page go fullscreen some time after a press.
  const covers = Object.entries(COVERS).filter(([name]) => engine === "chromium" || name !== "a fullscreen element");
  test(`what lies over it is no way to answer, and then it is on top again: ${covers.map(([name]) => name).join(", ")}`, async ({ page }) => {
    await inTurn(covers, async (cover) => {
      // On a busy machine the press may come so late that the prompt is on top again, and takes answers: then once more.
      for (let attempt = 1; ; attempt++) {
        const agent = listen(site);
        await page.goto(site.shop({ head: PRESSES }));
        await page.clickAt(20, 20);
        const invitation = site.invite();
        await armed(page);
        const place = await middle(page, "accept");
        await page.evaluate(cover);
        const since = await page.evaluate(() => performance.now());
        await page.clickAt(...place);
        const early = (await page.evaluate(() => window.presses.at(-1)!)) < since + 450;
        if (early) {
          await aMoment(200);
          await agent.was("Offered");
          await answer(page, "accept");
          await agent.was("Offered", "Accepted");
        }
        invitation.cancel();
        await page.evaluate(() => document.exitFullscreen().catch(() => {}));
        if (early) break;
        assert.ok(attempt < 8, "This machine is too slow to press what lies over the prompt.");
      }
    });
  });

  const closing = listFor(engine, CLOSING, ["suggestions of the field that has the focus"]);
  test(`shown once, though things of the page close: ${closing.map(([name]) => name).join(", ")}`, async ({ page }) => {
    await inTurn(closing, async (body) => {
      const agent = listen(site);
      await page.goto(site.shop({ head: COUNTER, body }));
      site.invite();
      await expectShownOnce(page);
      await answer(page, "accept");
      await agent.was("Offered", "Accepted");
      assert.equal(await page.pageErrors(), []);
    });
  });

  const layouts = listFor(engine, LAYOUTS, ["scrollbars at both sides"]);
  test(`shown once, and answered: ${layouts.map(([name]) => name).join(", ")}`, async ({ page }) => {
    await inTurn(layouts, async (layout) => {
      const agent = listen(site);
      await page.goto(site.shop({ head: COUNTER + layout.head, body: `${layout.body ?? ""}<p style="height:200vh">A long page` }));
      site.invite();
      await expectShownOnce(page);
      await answer(page, "decline");
      await agent.was("Offered", "Declined");
    });
  });

  test("old libraries and pages that extend the built-in prototypes: asked each time, by two buttons", async ({ page }) => {
    await page.goto(site.shop({ head: OLD_LIBRARIES }));
    for (const [part, name] of [
      ["accept", "Accepted"],
      ["decline", "Declined"],
      ["accept", "Accepted"],
    ] as const) {
      const agent = listen(site);
      site.invite();
      await armed(page);
      const buttons = await page.evaluate(() =>
        [...document.querySelector("lp-cobrowse")!.shadowRoot!.querySelectorAll("button")].map((button) => button.textContent),
      );
      assert.equal(buttons, ["Decline", "Allow"]);
      await answer(page, part);
      await agent.was("Offered", name);
    }
    assert.equal(await page.pageErrors(), []);
  });
});

/** On a page with the COUNTER: the prompt comes, and is not built anew. */
async function expectShownOnce(page: Page): Promise<void> {
  await shown(page);
  await aMoment(1500);
  assert.equal(await page.evaluate(() => window.heard.filter((name) => name === "lp-cobrowse")), ["lp-cobrowse"]);
}
