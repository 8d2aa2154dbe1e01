// What the snippet promises to the page, on the built file: its configuration, the life of an invitation, and what the
// page can see and do. Each scenario is a page, an agent, and the exact events that come of them.
import * as assert from "uvu/assert";
import type { CobrowseInvitation } from "../../src/api.d.ts";
import { AGENT, CONSUMER, type Invitation } from "../simulator/simulator.ts";
import type { Page } from "../support/browsers.ts";
import { forEachEngine } from "../support/engines.ts";
import { serveDomainService, SIMULATOR_BY_WSS } from "../support/internet.ts";
import { gone } from "../support/prompt.ts";
import { answer, dataLayer, expectJournal, journal, lpTagEvents, releaseTag, windowEvents, type Site } from "../support/site.ts";
import { callInPage } from "../support/tag-managers.ts";
import { ACCEPTED, closed, DECLINED, expectAnswer, heard, OFFERED, pause, printed, visitAll, type Visit } from "../support/visit.ts";

declare global {
  interface Window {
    myApp: { token: unknown; asked: number; getJwt(): unknown };
    /** The detail of the newest cobrowseOffered. */
    offer: CobrowseInvitation;
  }
}

type Scenarios = Record<string, (visit: Visit) => Promise<void>>;

const ASKED_AGAIN_AFTER_START = ["dataLayer cobrowseOffered", "window cobrowseOffered"];

const shown = (page: Page, message = "the prompt") =>
  page.waitFor(() => document.querySelector("lp-cobrowse")?.shadowRoot?.querySelector("dialog[open]") && true, { message });
const words = (page: Page) =>
  page.waitFor(() => {
    const root = document.querySelector("lp-cobrowse")?.shadowRoot;
    return root && Object.fromEntries(["title", "message", "accept", "decline"].map((part) => [part, root.querySelector(`[part~=${part}]`)!.textContent]));
  });

/** The page's own script, before the snippet. */
const before = <A extends unknown[]>(fn: (...args: A) => void, ...args: A) => ({ body: callInPage(fn, ...args) });

/** An invitation that somebody ends: the prompt goes, and LivePerson's tag hears nothing. */
const withdrawn =
  (end: (site: Site, invitation: Invitation) => void) =>
  async ({ page, site }: Visit): Promise<void> => {
    await page.goto(site.shop());
    const invitation = site.invite();
    await shown(page);
    end(site, invitation);
    await gone(page);
    await expectJournal(page, [...OFFERED, ...closed("cancelled")]);
  };

/** The page keeps each invitation in window.offer, and asks by itself. */
const ownPrompt = before(() =>
  addEventListener("cobrowseOffered", (event) => {
    event.preventDefault();
    window.offer = event.detail;
  }),
);

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

const CONFIGURATION: Scenarios = {
  async "account: the tag's site, unless it is configured"({ page, site }) {
    await page.goto(site.shop({ config: { account: site.simulator.account }, ...before(() => Object.assign(window.lpTag, { site: "another" })) }));
    await expectAnswer({ page, site });
  },

  async "account: of a tag that loads later"({ page, site }) {
    const { account } = site.simulator;
    await page.goto(site.shop({ ...before(() => Object.assign(window.lpTag, { site: undefined })) }));
    await pause(page, 300);
    assert.is(site.simulator.totals.opened, 0);
    await page.evaluate((account) => Object.assign(window.lpTag, { site: account }) && undefined, account);
    await site.connected();
    await expectAnswer({ page, site });
  },

  async "account: none after 10 s is one warning and cobrowseError"({ page, site }) {
    const { account } = site.simulator;
    await page.goto(site.shop({ ...before(() => Object.assign(window.lpTag, { site: undefined })) }));
    // Not after the second look, at 5 s.
    await pause(page, 7_000);
    assert.equal(await printed(page), []);
    await page.waitForConsole("[lp-cobrowse]");
    await pause(page, 5_500);
    const [warning = "", ...more] = await printed(page);
    assert.match(warning, "account");
    assert.equal(more, []);
    assert.equal(await journal(page), ["dataLayer cobrowseError", `window cobrowseError ${warning.replace(/.*\] /, "")}`]);
    await page.evaluate((account) => Object.assign(window.lpTag, { site: account }) && undefined, account);
    await site.connected();
  },

  async "jwt: a path to a token"({ page, site }) {
    const token = site.simulator.issueToken();
    await page.goto(site.shop({ config: { jwt: "window.myApp.token" }, ...before((token) => Object.assign(window, { myApp: { token } }), token) }));
    await expectAnswer({ page, site });
  },

  async "jwt: a path into localStorage"({ page, site }) {
    const token = site.simulator.issueToken();
    await page.goto(site.shop({ config: { jwt: "window.localStorage.lpJwt" }, ...before((token) => localStorage.setItem("lpJwt", token), token) }));
    await expectAnswer({ page, site });
  },

  async "jwt: a function, called with its owner as this"({ page, site }) {
    const token = site.simulator.issueToken();
    const provide = (token: string) => {
      window.myApp = {
        token,
        asked: 0,
        getJwt() {
          return this.token;
        },
      };
    };
    await page.goto(site.shop({ config: { jwt: "window.myApp.getJwt" }, ...before(provide, token) }));
    await expectAnswer({ page, site });
  },

  async "jwt: a function that returns a promise, for each connection anew"({ page, site }) {
    const token = site.simulator.issueToken();
    const provide = (token: string) => {
      window.myApp = {
        token,
        asked: 0,
        async getJwt() {
          this.asked++;
          return this.token;
        },
      };
    };
    await page.goto(site.shop({ config: { jwt: "window.myApp.getJwt" }, ...before(provide, token) }));
    await expectAnswer({ page, site });
    await page.evaluate(() => window.lpCobrowse!.start());
    await site.connected();
    assert.is(await page.evaluate(() => window.myApp.asked), 2);
  },

  async "jwt: a function that throws or rejects is asked again"({ page, site }) {
    const token = site.simulator.issueToken();
    const provide = (token: string) => {
      window.myApp = {
        token,
        asked: 0,
        getJwt() {
          if (++this.asked === 1) throw new Error("not now");
          return this.asked === 2 ? Promise.reject(new Error("not yet")) : this.token;
        },
      };
    };
    await page.goto(site.shop({ config: { jwt: "window.myApp.getJwt" }, ...before(provide, token) }));
    await page.waitFor(() => window.myApp.asked >= 2, { timeout: 8000 });
    await page.waitFor(() => window.myApp.asked >= 3, { timeout: 8000 });
    await expectAnswer({ page, site });
  },

  async "jwt: none yet is no request and no message; it is looked for again, or at start()"({ page, site }) {
    const urls = await addresses(page);
    await page.goto(site.shop({ config: { jwt: "window.myApp.user.token", server: undefined }, body: SIMULATOR_BY_WSS }));
    const loaded = urls.length;
    await pause(page, 5_500);
    assert.equal(urls.slice(loaded), []);
    assert.equal([await printed(page), await journal(page)], [[], []]);

    await serveDomainService({ page, site });
    await page.evaluate((token) => {
      Object.assign(window, { myApp: { user: { token } } });
      window.lpCobrowse!.start();
    }, site.simulator.issueToken());
    await expectAnswer({ page, site });
  },

  async "server: where the domain service says, by wss"({ page, site }) {
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
  },

  async "server: a path"({ page, site }) {
    await page.goto(site.shop({ config: { server: "window.name" }, ...before((origin) => (window.name = origin), site.simulator.origin) }));
    await expectAnswer({ page, site });
  },

  async "prompt: confirm()"({ page, site }) {
    // A path that leads to "confirm".
    const config = { prompt: "window.asked" as "confirm", text: { title: "Ours?", view: "All of it." } };
    await page.goto(site.shop({ config, ...before(() => Object.assign(window, { asked: "confirm" })) }));
    site.invite({ mode: "view" });
    const question = await page.waitForDialog();
    assert.match(question.message, "All of it.");
    await question.accept();
    await expectJournal(page, [...OFFERED, ...ACCEPTED]);
    assert.is(await page.evaluate(() => document.querySelector("lp-cobrowse")), null);
  },

  async "text: English, with one sentence for each mode"({ page, site }) {
    await page.goto(site.shop());
    const sentences = new Set<string>();
    for (const mode of ["shared", "view", "follow"]) {
      const invitation = site.invite({ mode });
      const { message, ...others } = await words(page);
      assert.equal(others, { title: "Share this page?", accept: "Allow", decline: "Decline" });
      assert.match(message!, /^Our agent can see .*this page until you stop\.$/);
      sentences.add(message!);
      invitation.cancel();
      await gone(page);
    }
    assert.is(sentences.size, 3);
  },

  async "text: one's own words, the others in English"({ page, site }) {
    await page.goto(
      site.shop({
        config: { text: { title: "<b>Ours?</b>", decline: "window.ourNo", shared: "All." } },
        ...before(() => Object.assign(window, { ourNo: "Nein" })),
      }),
    );
    site.invite();
    assert.equal(await words(page), { title: "<b>Ours?</b>", message: "All.", accept: "Allow", decline: "Nein" });
  },

  async "visitorName, ssid, svid: their defaults, and nothing that is not configured"({ page, site }) {
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
    assert.equal(
      (await dataLayer(page))!.filter((item) => "event" in item),
      [
        { event: "cobrowseOffered", cobrowse: { mode: "follow" } },
        { event: "cobrowseDeclined", cobrowse: { mode: "follow" } },
      ],
    );
  },

  async "visitorName, ssid, svid, scid, cid, eid: as configured"({ page, site }) {
    const ids = { ssid: "a", svid: "b", scid: "c", cid: "d", eid: "window.engagement.id" };
    await page.goto(
      site.shop({
        config: { visitorName: "window.user.name", ...ids },
        ...before(() => Object.assign(window, { user: { name: "Ada" }, engagement: { id: "e" } })),
      }),
    );
    const { dialogId } = site.invite();
    await page.waitFor(() => window.lpTagEvents.length);
    const [offered] = await lpTagEvents(page);
    const { accept, decline, ...data } = offered!.data;
    assert.equal(data, { serviceId: site.conversation.serviceId, agentId: AGENT, visitorName: "Ada", mode: "shared", ...ids, eid: "e", dialogId });
  },

  async "ssid and svid are never empty, and ids that lead nowhere are not sent"({ page, site }) {
    await page.goto(
      site.shop({
        config: { cid: "window.nobody.id", eid: "" },
        ...before(() => Object.assign(window.lpTag.taglets!, { lp_monitoringSDK: { getSid: () => "", getVid: () => undefined } })),
      }),
    );
    site.invite();
    await page.waitFor(() => window.lpTagEvents.length);
    const { ssid, svid, ...data } = (await lpTagEvents(page))[0]!.data;
    assert.ok(typeof ssid === "string" && ssid.length > 0);
    assert.ok(typeof svid === "string" && svid.length > 0);
    assert.not.ok("scid" in data || "cid" in data || "eid" in data);
  },

  async "nothing but the contract's keys is published: not what else is configured, nor what the page adds to every object"({ page, site }) {
    const add = () => Object.assign(Object.prototype, { extra: () => "secret", Name: "secret", uid: "secret" });
    const others = { userid: "secret", hidden: "secret", Name: "secret", idToken: "secret", visitorNames: "secret", cids: "secret" };
    await page.goto(site.shop({ config: { ...others, cid: "c" } as object, ...before(add) }));
    site.invite();
    await answer(page, "accept");
    await expectJournal(page, [...OFFERED, ...ACCEPTED]);
    const published = ["accept", "agentId", "cid", "decline", "dialogId", "mode", "serviceId", "ssid", "svid", "visitorName"];
    for (const { data } of [...(await lpTagEvents(page)), ...(await windowEvents(page))]) assert.equal(Object.keys(data).sort(), published);
    const pushed = (await dataLayer(page))!.filter((item) => "event" in item) as { event: string; cobrowse: object }[];
    for (const item of pushed) assert.equal([Object.keys(item), Object.keys(item.cobrowse)], [["event", "cobrowse"], ["mode"]]);
    assert.not.match(JSON.stringify([await lpTagEvents(page), await windowEvents(page), pushed]), "secret");
  },

  async "agentId is the participant who is not the consumer, wherever in the list"({ page, site }) {
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
  },

  async "a path is looked up at the moment of use"({ page, site }) {
    await page.goto(site.shop({ config: { visitorName: "window.visitor" } }));
    await site.connected();
    for (const name of ["Ada", "Grace"]) {
      await page.evaluate((visitor) => Object.assign(window, { visitor }) && undefined, name);
      site.invite();
      await page.waitFor((name) => window.lpTagEvents.at(-1)?.data.visitorName === name, {}, name);
    }
  },
};

const LIFE: Scenarios = {
  async "offered to the tag, then to the page, then the visitor is asked, in each mode; allowed"({ page, site }) {
    await page.goto(site.shop());
    for (const mode of ["shared", "view", "follow"]) {
      site.invite({ mode });
      await answer(page, "accept");
      await heard(site, "accepted");
    }
    // The same serviceId each time.
    await expectJournal(
      page,
      [1, 2, 3].flatMap(() => [...OFFERED, ...ACCEPTED]),
    );
    const services = (await lpTagEvents(page)).map(({ data }) => data.serviceId);
    assert.equal(new Set(services).size, 1);
  },

  async "declined, and invited again"({ page, site }) {
    await page.goto(site.shop());
    site.invite();
    await answer(page, "decline");
    await heard(site, "declined");
    site.invite();
    await answer(page, "accept");
    await expectJournal(page, [...OFFERED, ...DECLINED, ...OFFERED, ...ACCEPTED]);
  },

  "cancelled by the agent": withdrawn((_site, invitation) => invitation.cancel()),

  "its dialog closes, and its sessionState still reads INVITED": withdrawn((_site, invitation) => invitation.closeDialog()),

  "its conversation ends": withdrawn((site) => site.conversation.end()),

  "its conversation is deleted": withdrawn((site) => site.conversation.delete()),

  async "another conversation's end does not matter"({ page, site }) {
    await page.goto(site.shop());
    const other = site.simulator.openConversation();
    site.invite();
    await shown(page);
    other.end();
    other.delete();
    await answer(page, "accept");
    await expectJournal(page, [...OFFERED, ...ACCEPTED]);
  },

  async "answered in another window"({ page, site }) {
    await page.goto(site.shop());
    const invitation = site.invite();
    await shown(page);
    invitation.acceptElsewhere();
    await gone(page);
    invitation.join();
    await expectJournal(page, [...OFFERED, ...closed("answered")]);
  },

  async "expired by its own field"({ page, site }) {
    await page.goto(site.shop());
    // Nobody but the page tells the time.
    site.invite({ seconds: 3 }).unschedule();
    await shown(page);
    await gone(page);
    await expectJournal(page, [...OFFERED, ...closed("expired")]);
  },

  async "expired two minutes after its creation, where it has no such field"({ page, site }) {
    // There before the page: what comes live lasts two minutes from then on, whenever it was created.
    site.invite({ seconds: 8, expires: "none" }).unschedule();
    await page.goto(site.shop());
    await shown(page);
    await gone(page);
    await expectJournal(page, [...OFFERED, ...closed("expired")]);
  },

  async "expired by the server's clock, a day behind"({ page, site }) {
    site.simulator.faults.clockOffset = -86_400_000;
    await page.goto(site.shop());
    site.invite({ seconds: 3 }).unschedule();
    await shown(page);
    await gone(page);
    await expectJournal(page, [...OFFERED, ...closed("expired")]);
  },

  async "not expired by the visitor's clock: the server's is a day ahead"({ page, site }) {
    site.simulator.faults.clockOffset = 86_400_000;
    await page.goto(site.shop());
    site.invite({ seconds: 60 });
    await answer(page, "accept");
    await expectJournal(page, [...OFFERED, ...ACCEPTED]);
  },

  async "long over when the page opens: never offered"({ page, site }) {
    const invitation = site.invite({ seconds: 0 });
    invitation.unschedule();
    await page.goto(site.shop());
    await site.connected();
    await pause(page, 500);
    await expectJournal(page, []);
  },

  async "replaced by a newer one"({ page, site }) {
    await page.goto(site.shop());
    const older = site.invite({ mode: "view" });
    await shown(page);
    const newer = site.invite({ mode: "shared" });
    await page.waitFor(() => window.journal.length >= 8);
    older.cancel();
    await answer(page, "accept");
    await expectJournal(page, [...OFFERED, ...closed("replaced"), ...OFFERED, ...ACCEPTED]);
    const events = await windowEvents(page);
    assert.equal(
      events.map(({ data }) => data.dialogId),
      [older.dialogId, older.dialogId, newer.dialogId, newer.dialogId],
    );
  },

  async "repeated and late copies are the same invitation"({ page, site }) {
    await page.goto(site.shop());
    const invitation = site.invite();
    await shown(page);
    for (let copy = 0; copy < 3; copy++) invitation.resend();
    await answer(page, "decline");
    for (let copy = 0; copy < 3; copy++) invitation.resend();
    await pause(page, 500);
    await expectJournal(page, [...OFFERED, ...DECLINED]);
    assert.is(await page.promptPart("dialog"), null);
  },

  async "a late copy of one that was cancelled is not offered"({ page, site }) {
    await page.goto(site.shop());
    const invitation = site.invite();
    await shown(page);
    invitation.cancel();
    await gone(page);
    invitation.resend();
    await pause(page, 500);
    await expectJournal(page, [...OFFERED, ...closed("cancelled")]);
  },

  async "the same dialogId invited anew is another invitation"({ page, site }) {
    await page.goto(site.shop());
    site.invite({ dialogId: "COAPP" });
    await answer(page, "decline");
    await heard(site, "declined");
    site.invite({ dialogId: "COAPP", seconds: 90 });
    await shown(page, "the second prompt");
    const third = site.invite({ dialogId: "COAPP", seconds: 100 });
    await page.waitFor(() => window.journal.length >= 14);
    third.cancel();
    await gone(page);
    await expectJournal(page, [...OFFERED, ...DECLINED, ...OFFERED, ...closed("replaced"), ...OFFERED, ...closed("cancelled")]);
  },

  async "a call is not dressed up as page sharing"({ page, site }) {
    await page.goto(site.shop());
    for (const mode of ["VOICE_CALL", "VIDEO_CALL", "constructor"]) site.invite({ mode });
    await pause(page, 500);
    await expectJournal(page, []);
    await expectAnswer({ page, site });
  },

  async "a call for which the site has a sentence is prompted for"({ page, site }) {
    await page.goto(site.shop({ config: { text: { VOICE_CALL: "The agent calls you." } } }));
    site.invite({ mode: "VOICE_CALL" });
    assert.is((await words(page)).message, "The agent calls you.");
    await answer(page, "accept");
    await expectJournal(page, [...OFFERED, ...ACCEPTED]);
    assert.is((await lpTagEvents(page))[0]!.data.mode, "VOICE_CALL");
  },

  async "waits for a tag that comes late"({ page, site }) {
    await page.goto(site.shop({ tagDelay: "held" }));
    await site.connected();
    site.invite();
    await pause(page, 1000);
    assert.equal([await journal(page), await page.promptPart("dialog")], [[], null]);
    await releaseTag(page);
    await answer(page, "accept");
    await expectJournal(page, [...OFFERED, ...ACCEPTED]);
  },

  async "cancelled before the tag came: nobody hears of it"({ page, site }) {
    await page.goto(site.shop({ tagDelay: "held" }));
    await site.connected();
    const invitation = site.invite();
    await pause(page, 300);
    invitation.cancel();
    await pause(page, 300);
    await releaseTag(page);
    await pause(page, 500);
    await expectJournal(page, []);
  },

  async "no tag 10 s after an invitation is a warning and cobrowseError; it is still waited for"({ page, site }) {
    await page.goto(site.shop({ tagDelay: "held" }));
    await site.connected();
    site.invite();
    await pause(page, 9_000);
    assert.equal(await journal(page), []);
    await page.waitForConsole("lpTag.events.publish");
    const [warning = "", ...more] = await printed(page);
    assert.equal(more, []);
    const error = ["dataLayer cobrowseError", `window cobrowseError ${warning.replace(/.*\] /, "")}`];
    assert.equal(await journal(page), error);
    await releaseTag(page);
    await answer(page, "accept");
    await expectJournal(page, [...error, ...OFFERED, ...ACCEPTED]);
  },

  async "reloaded while invited: offered anew, to a page that knows nothing of it"({ page, site }) {
    await page.goto(site.shop());
    site.invite();
    await shown(page);
    await page.reload();
    await answer(page, "accept");
    await expectJournal(page, [...OFFERED, ...ACCEPTED]);
  },

  async "single elements where lists belong, and the prefix aam."({ page, site }) {
    Object.assign(site.simulator.faults, { singleElements: true, notifyPrefix: "aam" });
    await page.goto(site.shop());
    const invitation = site.invite({ participants: [AGENT] });
    await shown(page);
    invitation.cancel();
    await gone(page);
    await expectJournal(page, [...OFFERED, ...closed("cancelled")]);
    assert.is((await lpTagEvents(page))[0]!.data.agentId, AGENT);
  },

  async "frames that make no sense are survived"({ page, site }) {
    await page.goto(site.shop());
    await site.connected();
    const { faults } = site.simulator;
    const type = "cqm.ExConversationChangeNotification";
    for (const frame of [
      "",
      "{",
      "null",
      "5",
      "[]",
      '"text"',
      JSON.stringify({ kind: "notification", type }),
      JSON.stringify({ kind: "notification", type: 5, body: null }),
      JSON.stringify({
        kind: "notification",
        type,
        body: {
          changes: [
            null,
            5,
            "x",
            {},
            { result: null },
            { type: "DELETE" },
            { type: "UPSERT", result: { conversationDetails: { dialogs: [null, {}, { channelType: "COBROWSE" }] } } },
          ],
        },
      }),
      JSON.stringify({ kind: "notification", type: "unknown.Notification", body: { changes: [] } }),
      JSON.stringify({ kind: "resp", reqId: "no such request", code: 500 }),
    ]) {
      faults.sendRaw(frame);
    }
    await expectAnswer({ page, site });
  },
};

const PAGE: Scenarios = {
  async "preventDefault() leaves the asking to the page, whose accept() counts once"({ page, site }) {
    await page.goto(site.shop(ownPrompt));
    site.invite();
    await page.waitFor(() => window.offer && true);
    await pause(page, 700);
    assert.is(await page.promptPart("dialog"), null);
    await page.evaluate(() => {
      const { accept, decline } = window.offer;
      accept();
      accept();
      decline();
    });
    await expectJournal(page, [...OFFERED, ...ACCEPTED]);
  },

  async "the page's decline() counts once"({ page, site }) {
    await page.goto(site.shop(ownPrompt));
    site.invite();
    await page.waitFor(() => window.offer && true);
    await page.evaluate(() => {
      window.offer.decline();
      window.offer.decline();
      window.offer.accept();
    });
    await expectJournal(page, [...OFFERED, ...DECLINED]);
  },

  async "accept() in the listener itself: the visitor is not asked"({ page, site }) {
    await page.goto(site.shop(before(() => addEventListener("cobrowseOffered", (event) => event.detail.accept()))));
    site.invite();
    await expectJournal(page, [...OFFERED, ...ACCEPTED]);
    await pause(page, 500);
    assert.is(await page.promptPart("dialog"), null);
  },

  async "the page answers while the built-in prompt is open"({ page, site }) {
    await page.goto(site.shop(before(() => addEventListener("cobrowseOffered", (event) => void (window.offer = event.detail)))));
    site.invite();
    await shown(page);
    await page.evaluate(() => window.offer.accept());
    await gone(page);
    await page.evaluate(() => window.offer.decline());
    await expectJournal(page, [...OFFERED, ...ACCEPTED]);
  },

  async "an old invitation's accept() does not answer a newer one"({ page, site }) {
    await page.goto(site.shop(ownPrompt));
    const invitation = site.invite();
    await page.waitFor(() => window.offer && true);
    invitation.cancel();
    await page.waitFor(() => window.journal.length >= 5);
    await page.evaluate(() => Object.assign(window, { older: window.offer }) && undefined);
    site.invite();
    await page.waitFor(() => window.journal.length >= 8);
    await page.evaluate(() => {
      const { older } = window as unknown as { older: CobrowseInvitation };
      older.accept();
      older.decline();
    });
    await pause(page, 300);
    await expectJournal(page, [...OFFERED, ...closed("cancelled"), ...OFFERED]);
  },

  async "without a dataLayer none is made, and the events come all the same"({ page, site }) {
    await page.goto(site.shop({ dataLayer: false }));
    const invitation = site.invite();
    await shown(page);
    invitation.cancel();
    await expectJournal(
      page,
      [...OFFERED, ...closed("cancelled")].filter((line) => !line.startsWith("dataLayer")),
    );
    assert.is(await page.evaluate(() => "dataLayer" in window), false);
  },

  async "dataLayer hears the reason too"({ page, site }) {
    await page.goto(site.shop());
    const invitation = site.invite({ mode: "view" });
    await shown(page);
    invitation.acceptElsewhere();
    await gone(page);
    assert.equal((await dataLayer(page))!.at(-1), { event: "cobrowseClosed", cobrowse: { mode: "view", reason: "answered" } });
  },

  async "stop() withdraws the prompt and closes the connection until start(), which asks again"({ page, site }) {
    const { simulator } = site;
    await page.goto(site.shop());
    site.invite();
    await shown(page);
    await page.evaluate(() => window.lpCobrowse!.stop());
    await gone(page);
    await simulator.waitFor((entry) => entry.type === "close" && entry.by === "client");
    await expectJournal(page, [...OFFERED, ...closed("stopped")]);

    // Neither what happens meanwhile nor the visitor's coming and going connects it.
    await page.evaluate(() => dispatchEvent(new Event("online")));
    await page.hide();
    await page.show();
    await pause(page, 1500);
    assert.is(simulator.totals.opened, 1);

    await page.evaluate(() => window.lpCobrowse!.start());
    await answer(page, "accept");
    await expectJournal(page, [...OFFERED, ...closed("stopped"), ...ASKED_AGAIN_AFTER_START, ...ACCEPTED]);
    assert.is(simulator.totals.opened, 2);
    assert.is(simulator.totals.mostOpen, 1);
  },

  async "start() and stop() as often as one likes"({ page, site }) {
    await page.goto(site.shop());
    await site.connected();
    await page.evaluate(() => {
      for (const method of ["start", "stop", "stop", "start", "start"] as const) window.lpCobrowse![method]();
    });
    await site.connected();
    site.invite();
    await answer(page, "accept");
    await expectJournal(page, [...OFFERED, ...ACCEPTED]);
    assert.is(site.simulator.totals.mostOpenOf[CONSUMER], 1);
  },

  async "window.lpCobrowse is the only global"({ page, site }) {
    await page.goto(site.shop(before(() => Object.assign(window, { before: Object.getOwnPropertyNames(window).concat("before") }))));
    await expectAnswer({ page, site });
    const added = await page.evaluate(() => {
      const { before } = window as unknown as { before: string[] };
      return Object.getOwnPropertyNames(window).filter((name) => !before.includes(name) && !/^(\d+|puppeteer.*|__.*)$/.test(name));
    });
    assert.equal(added, ["lpCobrowse"]);
  },

  async "no token, and nothing secret of the payload, in the console, events, dataLayer, storage or an address"({ page, site }) {
    const { simulator } = site;
    const urls = await addresses(page);
    const token = simulator.issueToken();
    const provide = (token: string) => {
      window.myApp = { token, asked: 0, getJwt: () => token };
      // Everything that is told, as it is told.
      const told: string[] = Object.assign(window, { told: [] as string[] }).told;
      for (const name of ["Offered", "Accepted", "Declined", "Closed", "Error"]) {
        addEventListener(`cobrowse${name}`, ({ detail }: Event & { detail?: object }) => told.push(JSON.stringify(detail)));
      }
    };
    await page.goto(site.shop({ config: { jwt: "window.myApp.getJwt" }, ...before(provide, token) }));
    site.invite();
    await answer(page, "accept");
    await heard(site, "accepted");
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
        { ...localStorage },
        { ...sessionStorage },
        document.cookie,
        document.documentElement.outerHTML.replace(/<script>[^]*?<\/script>/g, ""),
      ]),
    );
    const everything = [told, ...(await page.consoleMessages()), ...urls].join("\n");
    assert.match(everything, "cobrowseClosed");
    assert.not.match(everything, token);
    assert.not.match(everything, /secret/);
    assert.equal(await page.evaluate(() => localStorage.length + sessionStorage.length + document.cookie.length), 0);
  },

  async "a refused token is reported, and a fresh one is used"({ page, site }) {
    const { simulator } = site;
    const provide = (...tokens: string[]) => {
      window.myApp = { token: "", asked: 0, getJwt: () => tokens[Math.min(window.myApp.asked++, tokens.length - 1)] };
    };
    await page.goto(site.shop({ config: { jwt: "window.myApp.getJwt" }, ...before(provide, "never issued", simulator.issueToken()) }));
    await page.waitForConsole("4401");
    await site.connected();
    const [warning = "", ...more] = await printed(page);
    assert.equal(more, []);
    assert.match(warning, "jwt");
    assert.equal(await journal(page), ["dataLayer cobrowseError", `window cobrowseError ${warning.replace(/.*\] /, "")}`]);
  },
};

forEachEngine(
  "the contract",
  (test) => {
    for (const [title, scenarios] of Object.entries({ Configuration: CONFIGURATION, "The life of an invitation": LIFE, "What the page sees and does": PAGE })) {
      const names = Object.keys(scenarios);
      // A test for each dozen, side by side since each waits most of its time, and few enough to end in time.
      for (let from = 0; from < names.length; from += 12) {
        const some = names.slice(from, from + 12);
        test(`${title}: ${some.join(" | ")}`, ({ browser }) => visitAll(browser, some, (name, visit) => scenarios[name]!(visit)));
      }
    }
  },
  ["chromium"],
);
