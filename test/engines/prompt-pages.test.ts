// The prompt on pages as they are: modals that keep the focus, listeners that swallow keys, popovers, scrollbars, old libraries.
import * as assert from "uvu/assert";
import type { Page } from "../support/browsers.ts";
import type { Prompt } from "../support/browsers/prompt-in-page.ts";
import { inTurn, listFor, onOneSite } from "../support/engines.ts";
import { listen, pause, type Agent } from "../support/heard.ts";
import { ACCEPT, answer, armed, DECLINE, escape, gone, keys, middle, openPrompt, words } from "../support/visitor.ts";

declare const focusTrap: { createFocusTrap(element: string): { activate(): void; active: boolean } };
declare const MicroModal: { show(id: string): void };
declare global {
  interface Window {
    /** What the page heard while the prompt was there. */
    heard: string[];
    modalIsOpen(): boolean;
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
  "a page that prevents every press": {
    scripts: [],
    open: () => {
      const prevent = (event: Event) => {
        event.preventDefault();
        event.stopImmediatePropagation();
      };
      for (const type of ["keydown", "keypress", "keyup", "mousedown", "touchstart", "click"])
        document.addEventListener(type, prevent, { capture: true, passive: false });
      window.modalIsOpen = () => true;
    },
  },
};

/** Listens as a page can: on the document, before everybody below. */
const EAVESDROPPER = `<script>
  window.heard = [];
  for (const type of ["keydown", "keypress", "keyup", "pointerdown", "pointerup", "mousedown", "mouseup", "touchstart", "touchend", "click", "focus"])
    document.addEventListener(type, ({ target }) => {
      if (/^(lp-cobrowse|body)$/.test(target.localName) && document.querySelector("lp-cobrowse")) heard.push(type);
    }, true);
</script>`;

const WAYS: Record<string, { told: string; press: (page: Page, agent: Agent) => Promise<void> }> = {
  click: { told: "Accepted", press: (page) => page.clickPart("accept") },
  "Tab, Enter": { told: "Declined", press: (page) => keys(page, "Tab", "Enter") },
  "Tab, Tab, Space": { told: "Accepted", press: (page) => keys(page, "Tab", "Tab", "Space") },
  Escape: { told: "Declined", press: escape },
  tap: {
    told: "Accepted",
    async press(page) {
      const [x, y] = await middle(page, "accept");
      await page.cdp("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: [{ x, y }] });
      await page.cdp("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
    },
  },
  // A screen reader, or voice control, sends nothing else.
  "nothing but a click": { told: "Declined", press: (page) => page.inPrompt(({ part }) => part("decline").click()) },
};

interface Quirk {
  head?: string;
  body?: string;
  /** Whether the page is what it is called. */
  holds?: (prompt: Prompt) => boolean;
}

/** What is no reason to ask anew: each kind of scrollbars, backdrop or transition, and what closes because the prompt opens, or meanwhile. */
const QUIRKS: Record<string, Quirk> = {
  "scrollbars at both sides": {
    head: "<style>html { scrollbar-gutter: stable both-edges; overflow-y: scroll }</style>",
    holds: () => innerWidth - document.documentElement.offsetWidth >= 20,
  },
  "scrollbars that the page draws": {
    head: "<style>html { scrollbar-gutter: stable both-edges; overflow-y: scroll } ::-webkit-scrollbar { width: 15px }</style>",
    holds: () => innerWidth - document.documentElement.offsetWidth === 30,
  },
  // Browsers put the scrollbar of the window itself at the right, whatever the page reads like.
  "a scrollbar at the left": {
    head: "<style>html { direction: rtl; overflow: hidden; height: 100% } body { overflow-y: scroll; height: 100% }</style>",
    holds: () => document.body.clientLeft >= 10,
  },
  "no backdrop": {
    head: "<style>lp-cobrowse::part(dialog)::backdrop { display: none }</style>",
    holds: ({ dialog }) => getComputedStyle(dialog, "::backdrop").display === "none",
  },
  "a backdrop that lets presses through": {
    head: "<style>lp-cobrowse::part(dialog)::backdrop { pointer-events: none }</style>",
    holds: ({ dialog }) => getComputedStyle(dialog, "::backdrop").pointerEvents === "none",
  },
  "a view transition": {
    head: "<style>::view-transition-group(root), ::view-transition-old(root) { animation-duration: 1.2s }</style>",
    body: "<script>addEventListener('cobrowseOffered', () => document.startViewTransition(() => {}))</script>",
  },
  "a menu that closes": { body: "<button popovertarget=menu>Menu</button><div id=menu popover>Account</div><script>menu.showPopover()</script>" },
  "suggestions that close with their field's focus": {
    body: `<input id=field onfocus="setTimeout(() => words.showPopover())" onblur="setTimeout(() => words.hidePopover())">
      <div id=words popover=manual>Shoes</div><script>field.focus()</script>`,
  },
  "a modal that closes by itself": {
    body: "<dialog id=modal>Welcome</dialog><script>modal.showModal(); addEventListener('cobrowseOffered', () => setTimeout(() => modal.close(), 900))</script>",
  },
};

/** Notes what is added to <html>. */
const COUNTER = `<script>
  window.heard = [];
  new MutationObserver((records) => records.forEach(({ addedNodes }) => addedNodes.forEach(({ localName }) => heard.push(localName))))
    .observe(document.documentElement, { childList: true });
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

// Firefox and WebKit get fewer of each, for the sake of time.
onOneSite("the prompt on real pages", (test, engine) => {
  test.after.each(async ({ page }) => assert.equal(await page.pageErrors(), []));

  const ways = listFor(engine, WAYS, ["click", "Tab, Enter", "Tab, Tab, Space", "Escape"]);
  for (const [name, { scripts, open }] of listFor(engine, KEEPERS, ["focus-trap"])) {
    test(`${name}: each way answers, and the page hears nothing of it`, async ({ page, site }) => {
      if (engine === "chromium") await page.emulate({ touch: true });
      await page.goto(site.shop({ head: EAVESDROPPER + scripts.map((src) => `<script src="${src}"></script>`).join(""), body: MODAL }));
      await page.evaluate(open);
      await inTurn(ways, async ({ told, press }) => {
        const agent = listen(site);
        site.invite();
        await armed(page);
        await press(page, agent);
        await agent.was("Offered", told);
        await gone(page);
        assert.equal(await page.evaluate(() => ({ modalIsOpen: window.modalIsOpen(), heard: window.heard })), { modalIsOpen: true, heard: [] });
      });
    });
  }

  test("what the page dispatches itself meanwhile reaches its listeners", async ({ page, site }) => {
    await openPrompt(page, site, { body: "<button onclick='document.title=&quot;Clicked&quot;'>Next picture</button>" });
    assert.is(await page.evaluate(() => (document.querySelector("button")!.click(), document.title)), "Clicked");
  });

  // WebKitGTK lays its own scrollbars over the page.
  const scrollbars = engine === "webkit" ? "scrollbars that the page draws" : "scrollbars at both sides";
  for (const [name, { head = "", body = "", holds }] of listFor(engine, QUIRKS, [scrollbars, "suggestions that close with their field's focus"])) {
    test(`shown once, and answered: ${name}`, async ({ page, site, agent }) => {
      await openPrompt(page, site, { head: COUNTER + head, body: `${body}<p style="height:200vh">A long page` });
      if (holds) assert.ok(await page.inPrompt(holds), `It is no page with ${name}`);
      await pause(page, 1500);
      assert.equal(await page.evaluate(() => window.heard.filter((name) => name === "lp-cobrowse")), ["lp-cobrowse"]);
      await answer(page, "decline");
      await agent.was("Offered", "Declined");
    });
  }

  test("old libraries and pages that extend the built-in prototypes: asked each time, by two buttons", async ({ page, site }) => {
    await page.goto(site.shop({ head: OLD_LIBRARIES }));
    for (const { part, told } of [ACCEPT, DECLINE, ACCEPT]) {
      const agent = listen(site);
      site.invite();
      const { decline, accept } = await words(page);
      assert.equal({ decline, accept }, { decline: "Decline", accept: "Allow" });
      await answer(page, part);
      await agent.was("Offered", told);
    }
  });
});
