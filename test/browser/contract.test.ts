// What the snippet promises to the page, on the built file: its configuration, the life of an invitation, and what the
// page can see and do. Each scenario is a page, an agent, and the exact events that come of them.
import * as assert from "uvu/assert";
import type { CobrowseInvitation } from "../../src/api.d.ts";
import { AGENT, CONSUMER, type Invitation } from "../simulator/simulator.ts";
import type { Page } from "../support/browsers.ts";
import {
  ACCEPTED,
  became,
  closed,
  dataLayer,
  DECLINED,
  expectJournal,
  journal,
  lpTagEvents,
  OFFERED,
  pause,
  printed,
  reported,
  windowEvents,
} from "../support/heard.ts";
import { serveDomainService, SIMULATOR_BY_WSS } from "../support/internet.ts";
import type { ShopOptions, Site } from "../support/site.ts";
import { callInPage } from "../support/tag-managers.ts";
import { expectAnswer, forEachVisit } from "../support/visit.ts";
import { answer, gone, notAsked, openPrompt, prompts, shown, words } from "../support/visitor.ts";

declare global {
  interface Window {
    myApp: { asked: number; getJwt(): unknown };
    /** The detail of the newest cobrowseOffered. */
    offer: CobrowseInvitation;
  }
}

const CHROMIUM = { engines: ["chromium"], counted: true } as const;

/** What is asked about again is not published again. */
const ASKED_AGAIN = OFFERED.filter((line) => !line.startsWith("lpTag"));

/** Loads a shop with this config, and before the snippet the page's own script. */
const open = <A extends unknown[]>(page: Page, site: Site, config: ShopOptions["config"] = {}, script?: (...args: A) => void, ...args: A): Promise<void> =>
  page.goto(site.shop({ config, body: script ? callInPage(script, ...args) : "" }));

/** What the page's own items beside these are is its own affair. */
const pushedEvents = async (page: Page) => (await dataLayer(page))!.filter((item) => "event" in item) as { event: string; cobrowse: object }[];

/** The page keeps each invitation in window.offer, and asks by itself. */
const askByItself = () =>
  addEventListener("cobrowseOffered", (event) => {
    event.preventDefault();
    window.offer = event.detail;
  });
const forgetAccount = () => Object.assign(window.lpTag!, { site: undefined });
const tagHas = (page: Page, account: string) => page.evaluate((site) => void Object.assign(window.lpTag!, { site }), account);

/** The addresses that the page asked for or connected to, from here on. */
async function addresses(page: Page): Promise<string[]> {
  const urls: string[] = [];
  // The browser asks for the icon by itself, at any time.
  const add = (url: string) => url.endsWith("/favicon.ico") || urls.push(url);
  await page.cdp("Network.enable");
  await page.onCdp("Network.requestWillBeSent", (sent) => add((sent as { request: { url: string } }).request.url));
  await page.onCdp("Network.webSocketCreated", (created) => add((created as { url: string }).url));
  return urls;
}

forEachVisit(
  "the contract: configuration",
  (test) => {
    test("account: the tag's site, unless it is configured", async ({ page, site }) => {
      await open(page, site, { account: site.simulator.account }, () => Object.assign(window.lpTag!, { site: "another" }));
      await expectAnswer({ page, site });
    });

    test("account: of a tag that loads later", async ({ page, site }) => {
      await open(page, site, {}, forgetAccount);
      await pause(page);
      assert.is(site.simulator.totals.opened, 0, "connections without an account");
      await tagHas(page, site.simulator.account);
      await site.connected();
      await expectAnswer({ page, site });
    });

    test("account: none after 10 s is one warning and cobrowseError", async ({ page, site }) => {
      await open(page, site, {}, forgetAccount);
      // Not after the second look, at 5 s.
      await pause(page, 7_000);
      assert.equal(await printed(page), []);
      await page.waitForConsole("[lp-cobrowse]");
      await pause(page, 5_500);
      assert.equal(await printed(page), ["warning: [lp-cobrowse] no account"]);
      assert.equal(await journal(page), reported("no account"));
      await tagHas(page, site.simulator.account);
      await site.connected();
    });

    const TOKENS: Record<string, [path: `window.${string}`, provide: (token: string) => void]> = {
      "a path to a token": ["window.myApp.token", (token) => Object.assign(window, { myApp: { token } })],
      "a path into localStorage": ["window.localStorage.lpJwt", (token) => localStorage.setItem("lpJwt", token)],
      "a function, called with its owner as this": [
        "window.myApp.getJwt",
        (token) => {
          const getJwt = function (this: { token: string }) {
            return this.token;
          };
          Object.assign(window, { myApp: { token, getJwt } });
        },
      ],
    };
    for (const [what, [jwt, provide]] of Object.entries(TOKENS))
      test(`jwt: ${what}`, async ({ page, site }) => {
        await open(page, site, { jwt }, provide, site.simulator.issueToken());
        await expectAnswer({ page, site });
      });

    test("jwt: a function that returns a promise, for each connection anew", async ({ page, site }) => {
      const provide = (token: string) => {
        window.myApp = { asked: 0, getJwt: async () => (window.myApp.asked++, token) };
      };
      await open(page, site, { jwt: "window.myApp.getJwt" }, provide, site.simulator.issueToken());
      await expectAnswer({ page, site });
      await page.evaluate(() => window.lpCobrowse!.start());
      await site.connected();
      assert.is(await page.evaluate(() => window.myApp.asked), 2);
    });

    test("jwt: a function that throws or rejects is asked again", async ({ page, site }) => {
      const provide = (token: string) => {
        window.myApp = {
          asked: 0,
          getJwt() {
            if (++this.asked === 1) throw new Error("not now");
            return this.asked === 2 ? Promise.reject(new Error("not yet")) : token;
          },
        };
      };
      await open(page, site, { jwt: "window.myApp.getJwt" }, provide, site.simulator.issueToken());
      await page.waitFor(() => window.myApp.asked >= 3);
      await expectAnswer({ page, site });
    });

    test("jwt: none yet is no request and no message; it is looked for again, or at start()", async ({ page, site }) => {
      const urls = await addresses(page);
      await page.goto(site.shop({ config: { jwt: "window.myApp.user.token", server: undefined }, body: SIMULATOR_BY_WSS }));
      const loaded = urls.length;
      await pause(page, 5_500);
      assert.equal(urls.slice(loaded), []);
      assert.equal({ printed: await printed(page), journal: await journal(page) }, { printed: [], journal: [] });

      await serveDomainService({ page, site });
      await page.evaluate((token) => {
        Object.assign(window, { myApp: { user: { token } } });
        window.lpCobrowse!.start();
      }, site.simulator.issueToken());
      await expectAnswer({ page, site });
    });

    test("server: where the domain service says, by wss", async ({ page, site }) => {
      const { account, port } = site.simulator;
      const urls = await addresses(page);
      await serveDomainService({ page, site });
      await page.goto(site.shop({ config: { server: undefined }, body: SIMULATOR_BY_WSS }));
      await expectAnswer({ page, site });
      assert.equal(
        urls.filter((url) => url.includes("liveperson")),
        [`https://api.liveperson.net/api/account/${account}/service/asyncMessagingEnt/baseURI.json?version=1.0`],
      );
      assert.equal(await page.evaluate(() => window.socketUrls), [`wss://127.0.0.1:${port}/ws_api/account/${account}/messaging/consumer?v=3`]);
    });

    test("server: a domain service that fails is asked again", async ({ page, site }) => {
      let asked = 0;
      const headers = { "access-control-allow-origin": "*" };
      const body = JSON.stringify({ baseURI: `127.0.0.1:${site.simulator.port}` });
      await page.intercept("https://api.liveperson.net/*", () => (asked++ ? { status: 200, headers, body } : { status: 500, headers }));
      await page.goto(site.shop({ config: { server: undefined }, body: SIMULATOR_BY_WSS }));
      await expectAnswer({ page, site });
      assert.is(asked, 2);
    });

    test("server: a path", async ({ page, site }) => {
      await open(page, site, { server: "window.name" }, (origin) => (window.name = origin), site.simulator.origin);
      await expectAnswer({ page, site });
    });

    test("prompt: confirm(), by a path that leads to it", async ({ page, site }) => {
      const config = { prompt: "window.asked" as "confirm", text: { title: "Ours?", view: "All of it." } };
      await open(page, site, config, () => Object.assign(window, { asked: "confirm" }));
      site.invite({ mode: "view" });
      const question = await page.waitForDialog();
      assert.match(question.message, "All of it.");
      await question.accept();
      await expectJournal(page, [...OFFERED, ...ACCEPTED]);
      assert.is(await prompts(page), 0);
    });

    test("text: English, with one sentence for each mode", async ({ page, site }) => {
      await open(page, site);
      const sentences = new Set<string>();
      for (const mode of ["shared", "view", "follow"]) {
        const invitation = site.invite({ mode });
        const { message, ...others } = await words(page);
        assert.equal(others, { title: "Share this page?", accept: "Allow", decline: "Decline" });
        assert.match(message, /^Our agent can see .*this page until you stop\.$/);
        sentences.add(message);
        invitation.cancel();
        await gone(page);
      }
      assert.is(sentences.size, 3);
    });

    test("text: one's own words, the others in English", async ({ page, site }) => {
      const text = { title: "<b>Ours?</b>", decline: "window.ourNo", shared: "All." } as const;
      await open(page, site, { text }, () => Object.assign(window, { ourNo: "Nein" }));
      site.invite();
      assert.equal(await words(page), { title: "<b>Ours?</b>", message: "All.", accept: "Allow", decline: "Nein" });
    });

    test("visitorName, ssid, svid: their defaults, and nothing that is not configured", async ({ page, site }) => {
      await page.goto(site.shop());
      const { dialogId } = site.invite({ mode: "follow" });
      await answer(page, "decline");
      await expectJournal(page, [...OFFERED, ...DECLINED]);
      const data = {
        serviceId: site.conversation.serviceId,
        agentId: AGENT,
        visitorName: "Visitor",
        mode: "follow",
        ssid: "monitoring-session",
        svid: "monitoring-visitor",
        dialogId,
        accept: "function",
        decline: "function",
      };
      assert.equal(await lpTagEvents(page), [
        { name: "cobrowseOffered", data },
        { name: "cobrowseDeclined", data },
      ]);
      assert.equal(await windowEvents(page), await lpTagEvents(page));
      assert.equal(await pushedEvents(page), [
        { event: "cobrowseOffered", cobrowse: { mode: "follow" } },
        { event: "cobrowseDeclined", cobrowse: { mode: "follow" } },
      ]);
    });

    test("visitorName, ssid, svid, scid, cid, eid: as configured", async ({ page, site }) => {
      const ids = { ssid: "a", svid: "b", scid: "c", cid: "d", eid: "window.engagement.id" };
      const app = () => Object.assign(window, { user: { name: "Ada" }, engagement: { id: "e" } });
      await open(page, site, { visitorName: "window.user.name", ...ids }, app);
      const { dialogId } = site.invite();
      await page.waitFor(() => window.lpTagEvents.length);
      const { accept, decline, ...data } = (await lpTagEvents(page))[0]!.data;
      assert.equal(data, { serviceId: site.conversation.serviceId, agentId: AGENT, visitorName: "Ada", mode: "shared", ...ids, eid: "e", dialogId });
    });

    test("ssid and svid are never empty, and ids that lead nowhere are not sent", async ({ page, site }) => {
      const monitoring = () => Object.assign(window.lpTag!.taglets!, { lp_monitoringSDK: { getSid: () => "", getVid: () => undefined } });
      await open(page, site, { cid: "window.nobody.id", eid: "" }, monitoring);
      site.invite();
      await page.waitFor(() => window.lpTagEvents.length);
      const { ssid, svid, ...data } = (await lpTagEvents(page))[0]!.data;
      for (const [name, id] of Object.entries({ ssid, svid })) assert.ok(typeof id === "string" && id.length > 0, `${name} is ${id}`);
      assert.equal(
        Object.keys(data).filter((key) => ["scid", "cid", "eid"].includes(key)),
        [],
      );
    });

    test("nothing but the contract's keys is published, whatever else the config and objects have", async ({ page, site }) => {
      const others = { userid: "secret", hidden: "secret", Name: "secret", idToken: "secret", visitorNames: "secret", cids: "secret" };
      const extend = () => Object.assign(Object.prototype, { extra: () => "secret", Name: "secret", uid: "secret" });
      await open(page, site, { ...others, cid: "c" } as object, extend);
      site.invite();
      await answer(page, "accept");
      await expectJournal(page, [...OFFERED, ...ACCEPTED]);
      const events = [...(await lpTagEvents(page)), ...(await windowEvents(page))];
      const published = ["accept", "agentId", "cid", "decline", "dialogId", "mode", "serviceId", "ssid", "svid", "visitorName"];
      for (const { data } of events) assert.equal(Object.keys(data).sort(), published);
      const pushed = await pushedEvents(page);
      for (const item of pushed)
        assert.equal({ item: Object.keys(item), cobrowse: Object.keys(item.cobrowse) }, { item: ["event", "cobrowse"], cobrowse: ["mode"] });
      assert.not.match(JSON.stringify([events, pushed]), "secret");
    });

    test("agentId is the participant who is not the consumer, wherever in the list", async ({ page, site }) => {
      await page.goto(site.shop());
      for (const participantsAs of ["participants", "participantsDetails"] as const) {
        for (const others of [[CONSUMER, "1"], ["2", CONSUMER], ["3"]]) {
          const participants = others.map((id) => (id === CONSUMER ? id : `${participantsAs} ${id}`));
          site.invite({ participants, participantsAs });
          await shown(page);
          const agent = participants.find((id) => id !== CONSUMER);
          await page.waitFor((id) => window.windowEvents.at(-1)?.data.agentId === id, { message: `an invitation by ${agent}` }, agent);
        }
      }
    });

    test("a path is looked up at the moment of use", async ({ page, site }) => {
      await page.goto(site.shop({ config: { visitorName: "window.visitor" } }));
      await site.connected();
      for (const name of ["Ada", "Grace"]) {
        await page.evaluate((visitor) => Object.assign(window, { visitor }) && undefined, name);
        site.invite();
        await page.waitFor((name) => window.lpTagEvents.at(-1)?.data.visitorName === name, {}, name);
      }
    });
  },
  CHROMIUM,
);

/** How an invitation ends of which LivePerson's tag hears nothing more. */
const WITHDRAWN: Record<string, (site: Site, invitation: Invitation) => void> = {
  "cancelled by the agent": (_site, invitation) => invitation.cancel(),
  "its dialog closes, and its sessionState still reads INVITED": (_site, invitation) => invitation.closeDialog(),
  "its conversation ends": (site) => site.conversation.end(),
  "its conversation is deleted": (site) => site.conversation.delete(),
};

forEachVisit(
  "the contract: the life of an invitation",
  (test) => {
    for (const [title, end] of Object.entries(WITHDRAWN))
      test(title, async ({ page, site }) => {
        const invitation = await openPrompt(page, site);
        end(site, invitation);
        await gone(page);
        await expectJournal(page, [...OFFERED, ...closed("cancelled")]);
      });

    test("offered, asked about and allowed, in each mode; with the same serviceId", async ({ page, site }) => {
      await open(page, site);
      for (const mode of ["shared", "view", "follow"]) {
        site.invite({ mode });
        await answer(page, "accept");
        await became(site, "accepted");
      }
      await expectJournal(page, [...OFFERED, ...ACCEPTED, ...OFFERED, ...ACCEPTED, ...OFFERED, ...ACCEPTED]);
      const services = (await lpTagEvents(page)).map(({ data }) => data.serviceId);
      assert.is(new Set(services).size, 1);
    });

    test("another conversation's end does not matter", async ({ page, site }) => {
      const other = site.simulator.openConversation();
      await openPrompt(page, site);
      other.end();
      other.delete();
      await answer(page, "accept");
      await expectJournal(page, [...OFFERED, ...ACCEPTED]);
    });

    test("answered in another window", async ({ page, site }) => {
      const invitation = await openPrompt(page, site);
      invitation.acceptElsewhere();
      await gone(page);
      invitation.join();
      await expectJournal(page, [...OFFERED, ...closed("answered")]);
    });

    test("expired by its own field", async ({ page, site }) => {
      await open(page, site);
      // Nobody but the page tells the time.
      site.invite({ seconds: 3 }).unschedule();
      await shown(page);
      await gone(page);
      await expectJournal(page, [...OFFERED, ...closed("expired")]);
    });

    test("expired two minutes after its creation, where it has no such field", async ({ page, site }) => {
      // There before the page: what comes live lasts two minutes from then on, whenever it was created.
      site.invite({ seconds: 8, expires: "none" }).unschedule();
      await open(page, site);
      await shown(page);
      await gone(page);
      await expectJournal(page, [...OFFERED, ...closed("expired")]);
    });

    test("expired by the server's clock, a day behind", async ({ page, site }) => {
      site.simulator.faults.clockOffset = -86_400_000;
      await open(page, site);
      site.invite({ seconds: 3 }).unschedule();
      await shown(page);
      await gone(page);
      await expectJournal(page, [...OFFERED, ...closed("expired")]);
    });

    test("not expired by the visitor's clock: the server's is a day ahead", async ({ page, site }) => {
      site.simulator.faults.clockOffset = 86_400_000;
      await open(page, site);
      site.invite({ seconds: 60 });
      await answer(page, "accept");
      await expectJournal(page, [...OFFERED, ...ACCEPTED]);
    });

    test("long over when the page opens: never offered", async ({ page, site }) => {
      site.invite({ seconds: 0 }).unschedule();
      await open(page, site);
      await site.connected();
      await notAsked(page);
      await expectJournal(page, []);
    });

    test("of several that were there before the page, the one that ends last is asked about", async ({ page, site }) => {
      const invitations = [90, 60, 120, 100].map((seconds) => site.invite({ seconds, participantsAs: "participantsDetails" }));
      await open(page, site);
      await answer(page, "accept");
      await expectJournal(page, [...OFFERED, ...ACCEPTED]);
      assert.is((await lpTagEvents(page))[0]!.data.dialogId, invitations[2]!.dialogId);
    });

    test("replaced by a newer one", async ({ page, site }) => {
      const older = await openPrompt(page, site);
      const newer = site.invite({ mode: "view" });
      await page.waitFor(() => window.journal.length >= 8);
      older.cancel();
      await answer(page, "accept");
      await expectJournal(page, [...OFFERED, ...closed("replaced"), ...OFFERED, ...ACCEPTED]);
      const dialogs = (await windowEvents(page)).map(({ data }) => data.dialogId);
      assert.equal(dialogs, [older.dialogId, older.dialogId, newer.dialogId, newer.dialogId]);
    });

    test("repeated and late copies are the same invitation", async ({ page, site }) => {
      const invitation = await openPrompt(page, site);
      for (let copy = 0; copy < 3; copy++) invitation.resend();
      await answer(page, "decline");
      for (let copy = 0; copy < 3; copy++) invitation.resend();
      await notAsked(page);
      await expectJournal(page, [...OFFERED, ...DECLINED]);
    });

    test("a late copy of one that was cancelled is not offered", async ({ page, site }) => {
      const invitation = await openPrompt(page, site);
      invitation.cancel();
      await gone(page);
      invitation.resend();
      await notAsked(page);
      await expectJournal(page, [...OFFERED, ...closed("cancelled")]);
    });

    test("the same dialogId invited anew is another invitation", async ({ page, site }) => {
      await open(page, site);
      site.invite({ dialogId: "COAPP" });
      await answer(page, "decline");
      await became(site, "declined");
      site.invite({ dialogId: "COAPP", seconds: 90 });
      await shown(page);
      const third = site.invite({ dialogId: "COAPP", seconds: 100 });
      await page.waitFor(() => window.journal.length >= 14);
      third.cancel();
      await gone(page);
      await expectJournal(page, [...OFFERED, ...DECLINED, ...OFFERED, ...closed("replaced"), ...OFFERED, ...closed("cancelled")]);
    });

    test("a call is not dressed up as page sharing", async ({ page, site }) => {
      await open(page, site);
      for (const mode of ["VOICE_CALL", "VIDEO_CALL", "constructor"]) site.invite({ mode });
      await site.connected();
      await notAsked(page);
      await expectJournal(page, []);
      await expectAnswer({ page, site });
    });

    test("a call for which the site has a sentence is prompted for", async ({ page, site }) => {
      await open(page, site, { text: { VOICE_CALL: "The agent calls you." } });
      site.invite({ mode: "VOICE_CALL" });
      assert.is((await words(page)).message, "The agent calls you.");
      await answer(page, "accept");
      await expectJournal(page, [...OFFERED, ...ACCEPTED]);
      assert.is((await lpTagEvents(page))[0]!.data.mode, "VOICE_CALL");
    });

    test("waits for a tag that comes late", async ({ page, site }) => {
      await page.goto(site.shop({ tagDelay: "held" }));
      await site.connected();
      site.invite();
      await notAsked(page, 1000);
      assert.equal(await journal(page), []);
      await page.evaluate(() => window.releaseTag());
      await answer(page, "accept");
      await expectJournal(page, [...OFFERED, ...ACCEPTED]);
    });

    test("cancelled before the tag came: nobody hears of it", async ({ page, site }) => {
      await page.goto(site.shop({ tagDelay: "held" }));
      await site.connected();
      const invitation = site.invite();
      await pause(page);
      invitation.cancel();
      await pause(page);
      await page.evaluate(() => window.releaseTag());
      await notAsked(page);
      await expectJournal(page, []);
    });

    test("no tag 10 s after an invitation is a warning and cobrowseError; it is still waited for", async ({ page, site }) => {
      await page.goto(site.shop({ tagDelay: "held" }));
      await site.connected();
      site.invite();
      await pause(page, 9_000);
      assert.equal(await journal(page), []);
      const reason = "no window.lpTag.events.publish";
      await page.waitForConsole(reason);
      assert.equal(await printed(page), [`warning: [lp-cobrowse] ${reason}`]);
      await page.evaluate(() => window.releaseTag());
      await answer(page, "accept");
      await expectJournal(page, [...reported(reason), ...OFFERED, ...ACCEPTED]);
    });

    test("single elements where lists belong, and the prefix aam.", async ({ page, site }) => {
      Object.assign(site.simulator.faults, { singleElements: true, notifyPrefix: "aam" });
      const invitation = await openPrompt(page, site, {}, { participants: [AGENT] });
      invitation.cancel();
      await gone(page);
      await expectJournal(page, [...OFFERED, ...closed("cancelled")]);
      assert.is((await lpTagEvents(page))[0]!.data.agentId, AGENT);
    });

    test("frames that make no sense are survived", async ({ page, site }) => {
      await open(page, site);
      await site.simulator.waitFor((entry) => entry.type === "out" && entry.frame?.type === "GetClockResponse");
      const type = "cqm.ExConversationChangeNotification";
      const bare = { type: "UPSERT", result: { conversationDetails: { dialogs: [null, {}, { channelType: "COBROWSE" }] } } };
      const frames = [
        { kind: "notification", type },
        { kind: "notification", type: 5, body: null },
        { kind: "notification", type, body: { changes: [null, 5, "x", {}, { result: null }, { type: "DELETE" }, bare] } },
        { kind: "notification", type: "unknown.Notification", body: { changes: [] } },
        { kind: "resp", reqId: "no such request", code: 500 },
        { kind: "resp", reqId: "3", code: 200, body: {} },
      ];
      for (const text of ["", "{", "null", "5", "[]", '"text"', ...frames.map((frame) => JSON.stringify(frame))]) site.simulator.faults.sendRaw(text);
      await expectAnswer({ page, site });
    });
  },
  CHROMIUM,
);

const offered = (page: Page) => page.waitFor(() => window.offer && true, { message: "cobrowseOffered" });

/** The page's clock runs a hundred times faster. */
const HURRY = callInPage(() => {
  const { setTimeout } = window;
  Object.assign(window, { setTimeout: (run: () => void, wait = 0, ...args: []) => setTimeout(run, wait / 100, ...args) });
});

const DEVICES = [
  ["Windows NT 10.0; Win64; x64", "DESKTOP", "WINDOWS"],
  ["Macintosh; Intel Mac OS X 10_15_7", "DESKTOP", "OSX"],
  ["X11; Linux x86_64", "DESKTOP", "LINUX"],
  ["iPhone; CPU iPhone OS 18_0 like Mac OS X", "MOBILE", "IOS"],
  ["iPad; CPU OS 18_0 like Mac OS X", "MOBILE", "IOS"],
  ["Linux; Android 16; Mobile", "MOBILE", "ANDROID"],
  ["Linux; Android 16", "MOBILE", "ANDROID"],
] as const;

forEachVisit(
  "the contract: what the page sees and does",
  (test) => {
    test("preventDefault() leaves the asking to the page, whose accept() counts once", async ({ page, site }) => {
      await open(page, site, {}, askByItself);
      site.invite();
      await offered(page);
      await notAsked(page, 700);
      await page.evaluate(() => {
        window.offer.accept();
        window.offer.accept();
        window.offer.decline();
      });
      await expectJournal(page, [...OFFERED, ...ACCEPTED]);
    });

    test("the page's decline() counts once", async ({ page, site }) => {
      await open(page, site, {}, askByItself);
      site.invite();
      await offered(page);
      await page.evaluate(() => {
        window.offer.decline();
        window.offer.decline();
        window.offer.accept();
      });
      await expectJournal(page, [...OFFERED, ...DECLINED]);
    });

    test("accept() in the listener itself: the visitor is not asked", async ({ page, site }) => {
      await open(page, site, {}, () => addEventListener("cobrowseOffered", ({ detail }) => detail.accept()));
      site.invite();
      await expectJournal(page, [...OFFERED, ...ACCEPTED]);
      await notAsked(page);
    });

    test("the page answers while the built-in prompt is open", async ({ page, site }) => {
      await open(page, site, {}, () => addEventListener("cobrowseOffered", ({ detail }) => void (window.offer = detail)));
      site.invite();
      await shown(page);
      await page.evaluate(() => window.offer.accept());
      await gone(page);
      await page.evaluate(() => window.offer.decline());
      await expectJournal(page, [...OFFERED, ...ACCEPTED]);
    });

    test("an old invitation's accept() does not answer a newer one", async ({ page, site }) => {
      await open(page, site, {}, askByItself);
      const invitation = site.invite();
      await offered(page);
      invitation.cancel();
      await page.waitFor(() => window.journal.length >= 5);
      await page.evaluate(() => void Object.assign(window, { older: window.offer }));
      site.invite();
      await page.waitFor(() => window.journal.length >= 8);
      await page.evaluate(() => {
        const { older } = window as unknown as { older: CobrowseInvitation };
        older.accept();
        older.decline();
      });
      await pause(page);
      await expectJournal(page, [...OFFERED, ...closed("cancelled"), ...OFFERED]);
    });

    test("without a dataLayer none is made, and the events come all the same", async ({ page, site }) => {
      const invitation = await openPrompt(page, site, { dataLayer: false });
      invitation.cancel();
      await expectJournal(
        page,
        [...OFFERED, ...closed("cancelled")].filter((line) => !line.startsWith("dataLayer")),
      );
      assert.is(await page.evaluate(() => "dataLayer" in window), false);
    });

    test("dataLayer hears the reason too", async ({ page, site }) => {
      const invitation = await openPrompt(page, site, {}, { mode: "view" });
      invitation.acceptElsewhere();
      await gone(page);
      assert.equal((await pushedEvents(page)).at(-1), { event: "cobrowseClosed", cobrowse: { mode: "view", reason: "answered" } });
    });

    test("stop() withdraws the prompt and the connection until start(), which asks again", async ({ page, site }) => {
      const { totals } = site.simulator;
      await openPrompt(page, site);
      await page.evaluate(() => window.lpCobrowse!.stop());
      await gone(page);
      await site.disconnected();
      await expectJournal(page, [...OFFERED, ...closed("stopped")]);

      // Neither what happens meanwhile nor the visitor's coming and going connects it.
      await page.evaluate(() => dispatchEvent(new Event("online")));
      await page.hide();
      await page.show();
      await pause(page, 1500);
      assert.is(totals.opened, 1);

      await page.evaluate(() => window.lpCobrowse!.start());
      await answer(page, "accept");
      await expectJournal(page, [...OFFERED, ...closed("stopped"), ...ASKED_AGAIN, ...ACCEPTED]);
      assert.equal({ opened: totals.opened, mostOpen: totals.mostOpen }, { opened: 2, mostOpen: 1 });
    });

    test("start() and stop() as often as one likes", async ({ page, site }) => {
      await open(page, site);
      await site.connected();
      await page.evaluate(() => {
        for (const method of ["start", "stop", "stop", "start", "start"] as const) window.lpCobrowse![method]();
      });
      await site.connected();
      site.invite();
      await answer(page, "accept");
      await expectJournal(page, [...OFFERED, ...ACCEPTED]);
      assert.is(site.simulator.totals.mostOpenOf[CONSUMER], 1);
    });

    test("window.lpCobrowse is the only global", async ({ page, site }) => {
      await open(page, site, {}, () => Object.assign(window, { before: Object.getOwnPropertyNames(window).concat("before") }));
      await expectAnswer({ page, site });
      const added = await page.evaluate(() => {
        const { before } = window as unknown as { before: string[] };
        return Object.getOwnPropertyNames(window).filter((name) => !before.includes(name) && !/^(\d+|puppeteer.*|__.*)$/.test(name));
      });
      assert.equal(added, ["lpCobrowse"]);
    });

    test("no token, and nothing secret of the payload, is told, printed, stored or asked for", async ({ page, site }) => {
      const { simulator } = site;
      const urls = await addresses(page);
      const token = simulator.issueToken();
      const provide = (token: string) => {
        window.myApp = { asked: 0, getJwt: () => token };
        // Everything that is told, as it is told.
        const told: string[] = Object.assign(window, { told: [] as string[] }).told;
        for (const name of ["Offered", "Accepted", "Declined", "Closed", "Error"]) {
          addEventListener(`cobrowse${name}`, ({ detail }: Event & { detail?: object }) => told.push(JSON.stringify(detail)));
        }
      };
      await open(page, site, { jwt: "window.myApp.getJwt" }, provide, token);
      site.invite();
      await answer(page, "accept");
      await became(site, "accepted");
      site.invite().cancel();
      await page.waitFor(() => window.journal.at(-1) === "window cobrowseClosed cancelled");
      simulator.revokeTokens(4401);
      simulator.faults.drop(4401);
      await page.waitForConsole("[lp-cobrowse]");
      await page.evaluate(() => window.lpCobrowse!.stop());

      const told = await page.evaluate(() =>
        JSON.stringify([
          (window as unknown as { told: string[] }).told,
          window.lpTagEvents,
          window.dataLayer,
          document.documentElement.outerHTML.replace(/<script>[^]*?<\/script>/g, ""),
        ]),
      );
      const everything = [told, ...(await page.consoleMessages()), ...urls].join("\n");
      assert.match(everything, "cobrowseClosed");
      assert.not.match(everything, token);
      assert.not.match(everything, /secret/);
      assert.is(await page.evaluate(() => localStorage.length + sessionStorage.length + document.cookie.length), 0, "what is stored");
    });

    /** A new connection for each token, the last of them again and again. */
    const provideInTurn = (...tokens: string[]) => {
      window.myApp = { asked: 0, getJwt: () => tokens[Math.min(window.myApp.asked++, tokens.length - 1)] };
    };

    test("a refused token is reported, and a fresh one is used", async ({ page, site }) => {
      await open(page, site, { jwt: "window.myApp.getJwt" }, provideInTurn, "never issued", site.simulator.issueToken());
      await page.waitForConsole("4401");
      await site.connected();
      assert.equal(await printed(page), ["warning: [lp-cobrowse] bad jwt 4401"]);
      assert.equal(await journal(page), reported("bad jwt 4401"));
    });

    test("a connection that LivePerson ends because of its token is made anew with another", async ({ page, site }) => {
      await open(page, site, { jwt: "window.myApp.getJwt" }, provideInTurn, site.simulator.issueToken(), site.simulator.issueToken());
      await site.connected();
      site.simulator.faults.drop(4407);
      await site.connected();
      assert.equal(await journal(page), reported("bad jwt 4407"));
      const tokens = site.simulator.log.flatMap((entry) => (entry.type === "in" && entry.frame?.type === "InitConnection" ? [entry.frame.headers[1].jwt] : []));
      assert.is(new Set(tokens).size, 2);
    });

    test("an InitConnection that is refused is reported", async ({ page, site }) => {
      site.simulator.faults.refuseInit = true;
      await open(page, site);
      await page.waitForConsole("401");
      assert.equal(await journal(page), reported("bad jwt 401"));
    });

    test("a server that is away is named after three tries, once; then it is tried rarely", async ({ page, site }) => {
      site.simulator.faults.down = true;
      await page.goto(site.shop({ head: HURRY }));
      for (let time = 0; time < 10; time++) await site.simulator.waitFor(({ type }) => type === "refused", 20_000);
      assert.equal(await journal(page), reported(`no ${site.simulator.origin}`));
    });

    for (const [device, deviceFamily, os] of DEVICES)
      test(`announced to LivePerson as ${deviceFamily} and ${os}: ${device}`, async ({ page, site }) => {
        const userAgent = `Mozilla/5.0 (${device}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/147.0.0.0 Safari/537.36`;
        await page.cdp("Emulation.setUserAgentOverride", { userAgent });
        await open(page, site);
        await site.connected();
        const { type, ...announced } = site.simulator.sockets[0]!.requests[0]!.headers[0];
        assert.equal(announced, { features: ["CO_BROWSE"], deviceFamily, os });
      });
  },
  CHROMIUM,
);
