// The container that Google Tag Manager imports, on a page: its tag asks the visitor, and its triggers hear the answer.
import { readFile } from "node:fs/promises";
import * as assert from "uvu/assert";
import { fillContainer } from "../demo/install.ts";
import { forEachEngine } from "../support/engines.ts";
import { startContainer, type Container } from "../support/gtm-container.ts";
import { dataLayer } from "../support/site.ts";
import { callInPage, googleTagManager } from "../support/tag-managers.ts";
import { expectAnswer, visit } from "../support/visit.ts";

const text = await readFile(new URL("../../dist/gtm-container.json", import.meta.url), "utf8");

forEachEngine(
  "the container",
  (test) =>
    test("fires its tag on every page; the visitor's answer fires the example for Google Analytics, once that is started", ({ browser }) =>
      visit(browser, async (visit) => {
        const { page, site } = visit;
        const imported = JSON.parse(fillContainer(text, { jwt: "window.myApp.getJwt", server: site.simulator.origin })) as Container;
        for (const tag of imported.containerVersion.tag) tag.paused = false;
        const push = startContainer(imported);
        const [tag, ...others] = push({ event: "gtm.js" });
        assert.equal(others, []);
        const fire = callInPage(googleTagManager, { html: tag!.html as string, when: "after load" });
        const signedIn = callInPage((token) => Object.assign(window, { myApp: { getJwt: () => Promise.resolve(token) } }), site.simulator.issueToken());
        await page.goto(site.shop({ install: () => signedIn + fire }));
        await expectAnswer(visit);
        const pushes = (await dataLayer(page)) as Record<string, unknown>[];
        assert.equal(
          pushes.flatMap(push).map(({ type, eventName, eventSettingsTable }) => ({ type, eventName, ...(eventSettingsTable as object) })),
          ["Offered", "Accepted"].map((name) => ({ type: "gaawe", eventName: `cobrowse${name}`, cobrowse_mode: "shared", cobrowse_reason: undefined })),
        );
      })),
  ["chromium"],
);
