// Words that a site configures: whichever they are, the prompt shows them as text, in their own direction, and they fit.
import * as assert from "uvu/assert";
import type { CobrowseText } from "../../src/api.d.ts";
import { forEachEngine } from "../support/engines.ts";
import { aMoment, gone, inTurn, listen, openPrompt, shown } from "../support/prompt.ts";
import { answer, startSite, type Site } from "../support/site.ts";

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

forEachEngine("the prompt's words", (test) => {
  let site: Site;
  test.before(async () => {
    site = await startSite();
  });
  test.after(() => site.close());
  test.after.each(() => site.conversation.invitations.forEach((invitation) => invitation.cancel()));

  test("a few words of the site's own, by window. paths too; the others stay English", async ({ page }) => {
    const words = () =>
      page.evaluate(() =>
        ["title", "message", "decline", "accept"].map(
          (part) => document.querySelector("lp-cobrowse")!.shadowRoot!.querySelector(`[part=${part}]`)!.textContent,
        ),
      );
    const head = `<script>
      window.words = { title: "Zeigen?", n: 0, decline: function () { return "Nein " + ++this.n }, all: { accept: "Sí", decline: "window.words.title" } };
    </script>`;
    await openPrompt(page, site, {
      head,
      config: {
        text: { title: "window.words.title", accept: "Ja", decline: "window.words.decline", view: "window.words.missing", shared: "Nur diese Seite." },
      },
    });
    assert.equal(await words(), ["Zeigen?", "Nur diese Seite.", "Nein 1", "Ja"]);
    site.conversation.invitations.at(-1)!.cancel();
    await gone(page);
    // Looked up anew for each prompt.
    site.invite();
    await shown(page);
    assert.equal(await words(), ["Zeigen?", "Nur diese Seite.", "Nein 2", "Ja"]);
    site.conversation.invitations.at(-1)!.cancel();

    await openPrompt(page, site, { head, config: { text: "window.words.all" } }, { mode: "follow" });
    assert.equal(await words(), ["Share this page?", "Our agent can see this page until you stop.", "Zeigen?", "Sí"]);
    assert.equal(await page.pageErrors(), []);
  });

  test("a call, or a mode whose sentence the site took away, is ignored; a call with a sentence is asked about", async ({ page }) => {
    const agent = listen(site);
    await page.goto(site.shop({ config: { text: { VIDEO_CALL: "Mara would like to call you.", follow: " " } } }));
    for (const mode of ["VOICE_CALL", "follow", "something new"]) site.invite({ mode });
    await site.connected();
    await aMoment();
    assert.is(await page.promptPart("dialog"), null);
    assert.equal(agent.now(), []);
    site.invite({ mode: "VIDEO_CALL" });
    await shown(page);
    assert.is(
      await page.evaluate(() => document.querySelector("lp-cobrowse")!.shadowRoot!.querySelector("[part=message]")!.textContent),
      "Mara would like to call you.",
    );
    await answer(page, "accept");
    await agent.was("Offered", "Accepted");
  });

  test("Arabic reads from right to left on a page that does not", async ({ page }) => {
    await openPrompt(page, site, { config: { text: FITTING.Arabic! } });
    // Where the first and the last character are drawn.
    const rightToLeft = await page.evaluate(() =>
      ["title", "accept", "decline"].map((part) => {
        const text = document.querySelector("lp-cobrowse")!.shadowRoot!.querySelector(`[part=${part}]`)!.firstChild as Text;
        const left = (from: number) => {
          const range = document.createRange();
          range.setStart(text, from);
          range.setEnd(text, from + 1);
          return range.getBoundingClientRect().left;
        };
        return left(0) > left(3);
      }),
    );
    assert.equal(rightToLeft, [true, true, true]);
  });

  // 1280 by 800 zoomed to 200 % is a viewport of 640 by 400; the scale does not matter to what fits.
  for (const [width, height] of [
    [320, 568],
    [640, 400],
  ] as const) {
    test(`everything fits into ${width} by ${height}, and stays text`, async ({ page }) => {
      await page.viewport(width, height);
      await page.goto(site.shop({ config: { text: "window.words" } }));
      await inTurn(Object.entries(FITTING), async (text) => {
        await page.evaluate((words) => void Object.assign(window, { words }), text);
        const invitation = site.invite();
        await shown(page);
        const found = await page.evaluate(() => {
          const root = document.querySelector("lp-cobrowse")!.shadowRoot!;
          const part = (name: string) => root.querySelector<HTMLElement>(`[part=${name}]`)!;
          const dialog = part("dialog");
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
          for (const name of ["decline", "accept"]) {
            part(name).scrollIntoView({ block: "center" });
            const { x, y, width, height } = part(name).getBoundingClientRect();
            if (y < top - 1 || y + height > bottom + 1) problems.push(`${name} cannot be scrolled to`);
            part(name).parentElement!.inert = false;
            if (root.elementFromPoint(x + width / 2, y + height / 2) !== part(name)) problems.push(`${name} is covered`);
          }
          return { problems, text: ["title", "accept", "decline", "message"].map((name) => part(name).textContent) };
        });
        assert.equal(found.problems, []);
        assert.equal(found.text, [text.title, text.accept, text.decline, text.shared]);
        invitation.cancel();
        await gone(page);
      });
      assert.is(await page.evaluate(() => document.title), "A shop");
    });
  }

  test("at 320 by 568 a button below the fold is scrolled to by Tab, and pressed", async ({ page }) => {
    const agent = listen(site);
    await page.viewport(320, 568);
    await openPrompt(page, site, { config: { text: FITTING["long German"]! } });
    await page.waitFor(() => !document.querySelector("lp-cobrowse")!.shadowRoot!.querySelector("[inert]"));
    await page.press("Tab");
    await page.press("Tab");
    const seen = await page.evaluate(() => {
      const { top, bottom } = document.querySelector("lp-cobrowse")!.shadowRoot!.activeElement!.getBoundingClientRect();
      return top >= 0 && bottom <= innerHeight;
    });
    assert.ok(seen);
    await page.press("Enter");
    await agent.was("Offered", "Accepted");
  });
});
