// Words that a site configures: whichever they are, the prompt shows them as text, in their own direction, and they fit.
import * as assert from "uvu/assert";
import type { CobrowseText } from "../../src/api.d.ts";
import { inTurn, onOneSite } from "../support/engines.ts";
import { armed, gone, keys, notAsked, openPrompt, shown, words } from "../support/visitor.ts";

const FITTING: Record<string, CobrowseText> = {
  "long German": {
    title: "Möchten Sie diese Versicherungsvertragsunterlagenseite gemeinsam mit unserer Kundenberatung ansehen?",
    accept: "Einverstanden, Bildschirmfreigabe jetzt erlauben",
    decline: "Nein danke, Bildschirmfreigabe lieber ablehnen",
    shared:
      "Unsere Kundenberaterin kann diese Seite sehen und Formularfelder für Sie ausfüllen. Rechtsschutzversicherungsgesellschaften tun das nie ohne Einverständnis.",
  },
  Japanese: {
    title: "このページを担当者と共有してもよろしいですか？",
    accept: "はい、共有を許可します",
    decline: "いいえ、許可しません",
    shared: "担当者がこのページを見て操作できるようになります。いつでも終了できます。".repeat(3),
  },
  Arabic: {
    title: "هل تريد مشاركة هذه الصفحة مع موظف الدعم؟",
    accept: "نعم، أسمح بذلك",
    decline: "لا، شكرًا",
    shared: "يمكن لموظف الدعم رؤية هذه الصفحة واستخدامها. يمكنك إيقاف ذلك في أي وقت. ".repeat(2),
  },
  emoji: { title: "👩‍💻👀?", accept: "👍🏽".repeat(20), decline: "🙅🏿‍♀️".repeat(12), shared: "🏳️‍🌈".repeat(40) },
  "a sentence of 300 characters": { title: "Share?", accept: "Yes", decline: "No", shared: "The agent can see what you do. ".repeat(10).slice(0, 300) },
  "words of 80 characters that do not break": { title: "x".repeat(80), accept: "Y".repeat(80), decline: "n".repeat(80), shared: "W".repeat(80) },
  markup: {
    title: "<img src=x onerror=document.title='hacked'>",
    accept: "<b>Yes</b>",
    decline: "&lt;No&gt;<script>document.title='hacked'</script>",
    shared: "<style>*{display:none}</style><img src=x onerror=document.title='hacked'>",
  },
};

/** Words of a page, to be led to by paths. */
const WORDS = `<script>
  window.words = { title: "Zeigen?", n: 0, decline: function () { return "Nein " + ++this.n }, all: { accept: "Sí", decline: "window.words.title" } };
</script>`;

onOneSite("the prompt's words", (test) => {
  test("some of the site's own, by paths too, looked up for each prompt; the others are English", async ({ page, site }) => {
    const text = { title: "window.words.title", accept: "Ja", decline: "window.words.decline", view: "window.words.missing", shared: "Nur diese Seite." };
    const invitation = await openPrompt(page, site, { head: WORDS, config: { text } });
    assert.equal(await words(page), { title: "Zeigen?", message: "Nur diese Seite.", decline: "Nein 1", accept: "Ja" });
    invitation.cancel();
    await gone(page);
    site.invite({ mode: "view" });
    const message = "Our agent can see and scroll this page until you stop.";
    assert.equal(await words(page), { title: "Zeigen?", message, decline: "Nein 2", accept: "Ja" });
    assert.equal(await page.pageErrors(), []);
  });

  test("all of them by one path", async ({ page, site }) => {
    await openPrompt(page, site, { head: WORDS, config: { text: "window.words.all" } }, { mode: "follow" });
    const message = "Our agent can see this page until you stop.";
    assert.equal(await words(page), { title: "Share this page?", message, decline: "Zeigen?", accept: "Sí" });
    assert.equal(await page.pageErrors(), []);
  });

  test("a mode whose sentence the site took away is ignored", async ({ page, site, agent }) => {
    await page.goto(site.shop({ config: { text: { follow: " " } } }));
    await site.connected();
    site.invite({ mode: "follow" });
    await notAsked(page);
    assert.equal(agent.heard(), []);
  });

  // 1280 by 800 zoomed to 200 % is a viewport of 640 by 400; the scale does not matter to what fits.
  for (const { width, height } of [
    { width: 320, height: 568 },
    { width: 640, height: 400 },
  ]) {
    test(`everything fits into ${width} by ${height}, and stays text`, async ({ page, site }) => {
      await page.viewport(width, height);
      await page.goto(site.shop({ config: { text: "window.words" } }));
      await inTurn(Object.entries(FITTING), async (text) => {
        await page.evaluate((words) => void Object.assign(window, { words }), text);
        const invitation = site.invite();
        await shown(page);
        const problems = await page.inPrompt(({ root, dialog, part }) => {
          const problems: string[] = [];
          const { left, right, top, bottom } = dialog.getBoundingClientRect();
          if (left < 0 || top < 0 || right > innerWidth || bottom > innerHeight) problems.push(`the dialog lies at ${[left, top, right, bottom]}`);
          if (dialog.scrollWidth > dialog.clientWidth) problems.push(`the dialog is ${dialog.scrollWidth} wide in ${dialog.clientWidth}`);
          if (document.documentElement.scrollWidth > innerWidth) problems.push("the page scrolls sideways");
          for (const name of ["title", "message", "decline", "accept"]) {
            const element = part(name);
            if (element.scrollWidth > element.clientWidth || element.scrollHeight > element.clientHeight) problems.push(`${name} overflows`);
            if (element.childElementCount) problems.push(`${name} has elements in it`);
          }
          // Each button, scrolled to, is on top in its middle.
          part("accept").parentElement!.inert = false;
          for (const name of ["decline", "accept"]) {
            part(name).scrollIntoView({ block: "center" });
            const { x, y, width, height } = part(name).getBoundingClientRect();
            if (y < top - 1 || y + height > bottom + 1) problems.push(`${name} cannot be scrolled to`);
            if (root.elementFromPoint(x + width / 2, y + height / 2) !== part(name)) problems.push(`${name} is covered`);
          }
          return problems;
        });
        assert.equal(problems, []);
        assert.equal(await words(page), { title: text.title, message: text.shared, decline: text.decline, accept: text.accept });
        invitation.cancel();
        await gone(page);
      });
      assert.is(await page.evaluate(() => document.title), "A shop");
    });
  }

  test("at 320 by 568 a button below the fold is scrolled to by Tab, and pressed", async ({ page, site, agent }) => {
    await page.viewport(320, 568);
    await openPrompt(page, site, { config: { text: FITTING["long German"]! } });
    await armed(page);
    await keys(page, "Tab", "Tab");
    const seen = await page.inPrompt(({ root }) => {
      const { top, bottom } = root.activeElement!.getBoundingClientRect();
      return { top: top >= 0, bottom: bottom <= innerHeight };
    });
    assert.equal(seen, { top: true, bottom: true });
    await page.press("Enter");
    await agent.was("Offered", "Accepted");
  });
});
