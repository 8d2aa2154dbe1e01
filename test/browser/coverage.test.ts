// Every block of the built file is run by a browser. What the blocks have to do is for the other files to say; these
// histories are as short as can be.
import { readFile } from "node:fs/promises";
import * as assert from "uvu/assert";
import { compile } from "../../build.mjs";
import { NotSupportedHere } from "../support/browsers.ts";
import { Coverage } from "../support/coverage.ts";
import { forEachEngine } from "../support/engines.ts";
import { armed, gone, shown } from "../support/prompt.ts";
import { answer, divAndScript, scriptTag } from "../support/site.ts";
import { callInPage } from "../support/tag-managers.ts";
import { pause, visit, type Visit } from "../support/visit.ts";

/** The page's clock runs a hundred times faster from the given wait on. */
const hurry = (from: number) =>
  callInPage((from) => {
    const { setTimeout } = window;
    Object.assign(window, {
      setTimeout: (run: (...args: unknown[]) => void, wait = 0, ...args: unknown[]) => setTimeout(run, wait < from ? wait : wait / 100, ...args),
    });
  }, from);

const HISTORIES: Record<string, (visit: Visit) => Promise<void>> = {
  async "allowed, declined, cancelled, answered elsewhere, replaced, ended, deleted"({ page, site }) {
    await page.goto(site.shop({ install: divAndScript, config: { visitorName: "window.nobody" } }));
    await site.connected();
    site.invite({ participants: ["agent", site.conversation.consumerId] });
    await answer(page, "accept");
    const cancelled = site.invite({ expires: "none" });
    await shown(page);
    site.simulator.faults.sendRaw("null");
    site.simulator.faults.sendRaw('{"reqId":"3","code":200,"body":{}}');
    site.simulator.faults.sendRaw('{"body":{"changes":[{},{"result":{"conversationDetails":{"dialogs":[{"channelType":"COBROWSE"}]}}}]}}');
    cancelled.resend();
    cancelled.cancel();
    await gone(page);
    cancelled.resend();
    const answered = site.invite({ mode: "view" });
    await shown(page);
    answered.acceptElsewhere();
    await gone(page);
    site.invite({ mode: "VOICE_CALL" });
    const late = site.invite({ seconds: 2 });
    await shown(page);
    await site.simulator.waitFor((entry) => entry.type === "session" && entry.step === "expired", 10_000);
    await gone(page);
    assert.ok(late.ended);
    site.invite({ mode: "follow" });
    await shown(page);
    site.invite({ mode: "view" });
    await armed(page);
    // Removed, it is shown again; after that Escape declines.
    await page.evaluate(() => document.querySelector("lp-cobrowse")!.remove());
    await armed(page);
    // So it is beside a popover.
    await page.evaluate(() => {
      const popover = document.body.appendChild(document.createElement("p"));
      popover.popover = "manual";
      popover.showPopover();
    });
    await armed(page);
    await page.press("Escape");
    await gone(page);
    const again = site.invite();
    await shown(page);
    await page.evaluate(() => window.dispatchEvent(new Event("online")));
    again.closeDialog();
    await gone(page);
    site.invite();
    await shown(page);
    site.conversation.end();
    await gone(page);
  },

  async "its conversation is deleted, seen and unseen; no dataLayer"({ page, site }) {
    await page.goto(site.shop({ dataLayer: false }));
    await site.connected();
    site.invite();
    const unseen = site.simulator.openConversation();
    await shown(page);
    site.conversation.delete();
    await gone(page);
    unseen.invite();
    await shown(page);
    site.simulator.faults.down = true;
    unseen.delete();
    site.simulator.faults.down = false;
    await gone(page);
  },

  async "what was there before, and a token that is not given at once"({ page, site }) {
    for (const seconds of [90, 60, 120]) site.invite({ seconds, participantsAs: "participantsDetails" });
    const rejectOnce = callInPage((token) => {
      let asked = 0;
      Object.assign(window, { myApp: { getJwt: () => (asked++ ? token : Promise.reject(new Error("not yet"))) } });
    }, site.simulator.issueToken());
    await page.goto(site.shop({ head: rejectOnce, config: { jwt: "window.myApp.getJwt" } }));
    await answer(page, "accept");
  },

  async "stopped and started, left and seen again, offline and online"({ page, site }) {
    await page.goto(site.shop({ head: hurry(10_000) }));
    await site.connected();
    site.invite();
    await armed(page);
    await page.evaluate(() => window.lpCobrowse!.stop());
    await gone(page);
    await page.evaluate(() => window.lpCobrowse!.start());
    await site.connected();
    await armed(page);
    await page.evaluate(() => window.dispatchEvent(new Event("pagehide")));
    await site.connected();
    await armed(page);
    await page.hide();
    await site.simulator.waitFor((entry) => entry.type === "close", 10_000);
    await page.show();
    await site.connected();
    site.simulator.faults.drop(4407);
    await site.connected();
    site.simulator.faults.down = true;
    await page.evaluate(() => window.dispatchEvent(new Event("online")));
    await pause(page, 1_000);
    site.simulator.faults.down = false;
    await page.evaluate(() => window.dispatchEvent(new Event("online")));
    await site.connected();
  },

  async "the server is away for long"({ page, site }) {
    site.simulator.faults.down = true;
    await page.goto(site.shop({ head: hurry(1) }));
    const refused = () => site.simulator.totals.refused;
    for (const until = Date.now() + 20_000; refused() < 10 && Date.now() < until;) await pause(page, 100);
    assert.ok(refused() >= 10);
  },

  async "InitConnection is refused"({ page, site }) {
    site.simulator.faults.refuseInit = true;
    await page.goto(site.shop());
    await page.waitForConsole("401");
  },

  async "no account"({ page, site }) {
    await page.goto(site.shop({ head: hurry(5_000), config: { account: "window.nowhere.at.all" } }));
    await page.waitForConsole("account");
  },

  async "no token"({ page, site }) {
    await page.goto(site.shop({ head: hurry(5_000), config: { jwt: "window.later" } }));
    await pause(page, 300);
    assert.is(site.simulator.totals.opened, 0);
  },

  async "no tag for 10 s"({ page, site }) {
    await page.goto(site.shop({ head: hurry(200), tagDelay: "held" }));
    site.invite();
    await page.waitForConsole("publish");
  },

  async "the domain service"({ page, site }) {
    let times = 0;
    await page.intercept("https://api.liveperson.net/*", () => ({
      status: times++ ? 200 : 500,
      headers: { "access-control-allow-origin": "*" },
      body: times > 1 ? JSON.stringify({ baseURI: `127.0.0.1:${site.simulator.port}` }) : "none",
    }));
    const insecure = callInPage(() => {
      window.WebSocket = class extends WebSocket {
        constructor(url: string) {
          super(url.replace("wss:", "ws:"));
        }
      } as typeof WebSocket;
    });
    await page.goto(site.shop({ head: insecure, config: { server: undefined } }));
    await site.connected();
  },

  async "no jwt"({ page, site }) {
    await page.goto(site.shop({ install: () => scriptTag({}) }));
    await page.waitForConsole("[lp-cobrowse]");
  },

  async "no config"({ page, site }) {
    await page.goto(site.shop({ install: () => '<script src="/lp-cobrowse.min.js"></script>' }));
    await page.waitForConsole("[lp-cobrowse]");
  },

  async "a second copy"({ page, site }) {
    await page.goto(site.shop({ install: (config) => scriptTag(config) + scriptTag(config) }));
    await site.connected();
  },

  async "confirm(): allowed, declined, hidden, and a frame meanwhile"({ page, site }) {
    await page.goto(site.shop({ config: { prompt: "confirm" } }));
    await site.connected();
    site.invite();
    await (await page.waitForDialog()).accept();
    await site.simulator.waitFor((entry) => entry.type === "session" && entry.step === "accepted", 10_000);
    const declined = site.invite();
    const dialog = await page.waitForDialog();
    declined.resend();
    await dialog.dismiss();
    await site.simulator.waitFor((entry) => entry.type === "session" && entry.step === "declined", 10_000);
    site.invite();
    await page.waitForDialog();
    await page.hide();
  },

  async "on each kind of device"({ page, site }) {
    await page.goto(site.shop());
    await site.connected();
    for (const device of [
      "Windows NT 10.0",
      "Macintosh",
      "iPhone; like Mac OS X; Mobile",
      "iPad; like Mac OS X; Mobile",
      "Linux; Android 16; Mobile",
      "Linux; Android 16",
      "X11; Linux",
    ]) {
      const userAgent = `Mozilla/5.0 (${device}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/147.0.0.0 Safari/537.36`;
      await page.cdp("Emulation.setUserAgentOverride", { userAgent });
      await page.evaluate(() => window.lpCobrowse!.start());
      await site.connected();
    }
  },
};

forEachEngine(
  "coverage",
  (test) => {
    let coverage: Coverage;
    let copies = 0;
    test.before(async () => {
      const { code, map } = await compile();
      assert.ok(code === (await readFile(new URL("../../dist/lp-cobrowse.min.js", import.meta.url), "utf8")), "dist/ is stale");
      coverage = new Coverage(code, map);
    });

    for (const [title, history] of Object.entries(HISTORIES)) {
      test(title, ({ browser }) =>
        visit(browser, async (visited) => {
          const { page, site } = visited;
          await coverage.start(page);
          const { shop } = site;
          // V8 does not count the blocks of a script that it has compiled before: each has an address of its own.
          site.shop = ({ install = scriptTag, ...options } = {}) =>
            shop({ ...options, install: (config) => install(config).replaceAll("/lp-cobrowse.min.js", () => `/lp-cobrowse.min.js?${++copies}`) });
          await history(visited);
          await coverage.add(page);
        }),
      );
    }

    test("every block was run", ({ browser }) => {
      if (!browser.hidesForReal) throw new NotSupportedHere("what runs in hidden tabs is left out by Chromium's headless shell");
      assert.equal(coverage.missed(), []);
    });
  },
  ["chromium"],
);
