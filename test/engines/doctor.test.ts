// dist/doctor.js on pages on which no prompt appears: of everything that can be wrong, the first marked line names the cause.
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import * as assert from "uvu/assert";
import type { Page } from "../support/browsers.ts";
import { SECRETS } from "../simulator/simulator.ts";
import { forEachEngine } from "../support/engines.ts";
import { answer, divAndScript, scriptTag, type ShopOptions, type Site } from "../support/site.ts";
import { callInPage } from "../support/tag-managers.ts";
import { pause, visit, visitBroken, type Visit } from "../support/visit.ts";

const dist = (name: string) => readFile(new URL(`../../dist/${name}`, import.meta.url), "utf8");
const DOCTOR = await dist("doctor.js");
const INLINE = await dist("inline.html");

declare global {
  interface Window {
    /** What the doctor has said on this page, if it was pasted, without its name before it. */
    doctorSays: string[];
    /** Called at each line. */
    onDoctor: () => void;
  }
}

/** Runs where the doctor will, so that one page's lines are not another's in the same tab. */
function collect(): void {
  window.doctorSays = [];
  window.onDoctor = () => {};
  const add = (line: string) => {
    window.doctorSays.push(line.replace("[lp-cobrowse doctor] ", ""));
    window.onDoctor();
  };
  for (const way of ["log", "info", "warn"] as const) {
    const print = console[way];
    console[way] = (line: string) => {
      add(line);
      print.call(console, line);
    };
  }
  // What it throws is said too, and by nobody expected.
  addEventListener("error", ({ message }) => add(`✘ ${message}`));
  addEventListener("unhandledrejection", ({ reason }) => add(`✘ ${reason}`));
}

/** As if it were pasted into the console: no policy of the page forbids that. */
const paste = (page: Page): Promise<void> => page.evaluate(new Function(`(${collect})();${DOCTOR}`) as () => void);

/** Waits in the page, since many pages at once would be asked again and again for many seconds. */
const heardBy = (page: Page, text: string): Promise<void> =>
  page.evaluate(
    (text) =>
      new Promise<void>((resolve, reject) => {
        const late = setTimeout(() => reject(new Error(`The doctor does not say ${text}, but:\n${window.doctorSays.join("\n")}`)), 30_000);
        window.onDoctor = () => {
          if (!window.doctorSays.some((line) => line.includes(text))) return;
          clearTimeout(late);
          resolve();
        };
        window.onDoctor();
      }),
    text,
  );

const lines = (page: Page): Promise<string[]> => page.evaluate(() => window.doctorSays);
const marked = async (page: Page): Promise<string[]> => (await lines(page)).filter((line) => line.startsWith("✘"));

interface Case extends ShopOptions {
  /** What is broken before the page is loaded. */
  broken?: (site: Site) => void;
  /** What happens once the doctor listens. */
  then?: (visit: Visit) => unknown;
  /** The first marked line. */
  finds: RegExp;
}

/** A token that says this of itself. */
const token = (claims: object): string => ["{}", JSON.stringify(claims), "signature"].map((part) => Buffer.from(part).toString("base64url")).join(".");

const scriptWith = (attributes: string) => (config: object) => scriptTag(config).replace("<script ", `<script ${attributes} `);
const attribute = (text: string) => () => scriptTag({}).replace("{}", text);
const policy = (value: string) => ({ headers: { "content-security-policy": value } });

/** The domain service asked for at this site, and sockets without a certificate. */
const DOMAIN_SERVICE = callInPage(() => {
  const { fetch, WebSocket } = window;
  window.fetch = (url, init) => fetch(String(url).replace("https://api.liveperson.net", location.origin), init);
  window.WebSocket = class extends WebSocket {
    constructor(url: string | URL) {
      super(String(url).replace("wss:", "ws:"));
    }
  };
});
const asks = (broken: (site: Site) => void, finds: RegExp): Case => ({ config: { server: undefined }, head: DOMAIN_SERVICE, broken, finds });
const server = (broken: (site: Site) => void, finds: RegExp): Case => ({ broken, finds });

/** By what is wrong with a page; what takes the doctor seconds comes first, so that the others run beside it. */
const CASES: Record<string, Record<string, Case>> = {
  "its own config and token": {
    "no jwt": { install: attribute("{&quot;token&quot;: &quot;secret&quot;}"), finds: /config: .*jwt/ },
    "a path written otherwise": { config: { jwt: "Window.myApp.getJwt" }, finds: /config: jwt .*window\./ },
    "a path that leads nowhere": { config: { jwt: "window.myApp.getJwt" }, finds: /token: there is none: .*leads nowhere: there is no window\.myApp/ },
    "a visitor who is not signed in": {
      head: "<script>getJwt = () => {}</script>",
      config: { jwt: "window.getJwt" },
      finds: /token: there is none: window\.getJwt\(\) has returned nothing/,
    },
    "a token refused by the site": { head: "<script>getJwt = () => Promise.reject()</script>", config: { jwt: "window.getJwt" }, finds: /token: .*rejected/ },
    "a token in an object": {
      head: "<script>getJwt = () => ({ jwt: 'secret' })</script>",
      config: { jwt: "window.getJwt" },
      finds: /token: it is an object, not a text/,
    },
    "a token kept as JSON": {
      head: `<script>lpJwt = '"' + "${token({ exp: 4e9 })}" + '"'</script>`,
      config: { jwt: "window.lpJwt" },
      finds: /token: it has quotation marks/,
    },
    "a token that has expired": { config: { jwt: token({ exp: 1.5e9 }) }, finds: /token: .*expired/ },
    "a token for another account": { config: { jwt: token({ aud: "acc:le1", exp: 4e9 }) }, finds: /token: .*account le1.* page's account is/ },
    "no account": { head: "<script>delete lpTag.site</script>", finds: /account: there is none: window\.lpTag\.site leads nowhere/ },
    "a global in its place": {
      head: "<script>lpCobrowse = {}</script>",
      install: scriptWith('type="text/plain"'),
      finds: /snippet: something else .* a global/,
    },
    "an element in its place": {
      body: '<a id="lpCobrowse">Help</a>',
      install: scriptWith('type="text/plain"'),
      finds: /snippet: something else .* an element/,
    },
    "a script that is another page": { install: (config) => scriptTag(config).replace("/lp-cobrowse.min.js", "/shop"), finds: /snippet: .*answers 404/ },
    "an attribute that ended too early": { install: (config) => scriptTag(config).replace(/='(.*)'/, '="$1"'), finds: /config: .*single quotes/ },
    "a script whose data-* was dropped": { install: () => '<script src="/lp-cobrowse.min.js"></script>', finds: /config: the script is here.*inline\.html/ },
    "a script before its config": {
      install: (config) => `<script src="/lp-cobrowse.min.js"></script>${divAndScript(config).replace(/<script.*/, "")}`,
      finds: /snippet: .*stands before the element with its config/,
    },
    "the config without the script": {
      install: (config) => divAndScript(config).replace(/<script.*/, ""),
      finds: /snippet: .*only the element with its config/,
    },
    "no JSON": { install: attribute("{jwt: &quot;secret&quot;}"), finds: /config: data-lp-cobrowse needs JSON with jwt: .*column 2/ },
  },
  "its script": {
    "no snippet": { install: () => "", finds: /snippet: it is not on the page/ },
    "a script that is not there": {
      install: (config) => scriptTag(config).replace("/lp-cobrowse.min.js", "/lp-cobrowse-gone.js"),
      finds: /snippet: .*answers 404/,
    },
    "a script changed since": {
      install: scriptWith(`crossorigin integrity="sha384-${createHash("sha384").update("another version").digest("base64")}"`),
      finds: /snippet: .*not the one that its integrity belongs to/,
    },
    "a script forbidden by the policy": { ...policy("script-src 'unsafe-inline'"), finds: /snippet: .*Content-Security-Policy/ },
    "a loader under trusted types": {
      ...policy("require-trusted-types-for 'script'"),
      install: (config) =>
        callInPage((config) => document.head.append(Object.assign(document.createElement("script"), { src: config.src })), {
          ...config,
          src: "/lp-cobrowse.min.js",
        }),
      finds: /snippet: it is not on the page.*(require-trusted-types-for|its block has failed)/,
    },
    "an inline script forbidden by the policy": {
      ...policy("script-src 'self'"),
      install: () => INLINE.replace('{"jwt":"?"}', '{"jwt":"window.myApp.getJwt"}'),
      finds: /snippet: .*Content-Security-Policy/,
    },
    "a script that waits for consent": { install: scriptWith('type="text/plain"'), finds: /snippet: .*type is text\/plain/ },
  },
  "the domain service and the policy": {
    "an old library": {
      head: "<script>Array.prototype.toJSON = function () { return this.length === 1 ? String(this) : this }</script>",
      finds: /page: .*toJSON/,
    },
    "the domain service does not know the account": {
      config: { server: undefined, account: "le1" },
      head: DOMAIN_SERVICE,
      finds: /server: .*answers 401.*account/,
    },
    "the domain service fails": asks(({ simulator }) => (simulator.faults.csds = "error"), /server: .*answers 500/),
    "the domain service answers nonsense": asks(({ simulator }) => (simulator.faults.csds = "nonsense"), /server: .*without a server's name/),
    "the domain service is down": asks(({ simulator }) => (simulator.faults.down = true), /server: .*answers 503/),
    "a server that the policy forbids": { ...policy("connect-src 'none'"), finds: /policy: .*connect-src.* forbids ws:\/\/127/ },
    "a policy without connect-src": { ...policy("default-src 'none'; script-src 'unsafe-inline' 'self'"), finds: /policy: .*It has no connect-src: add one/ },
    "a domain service that the policy forbids": {
      ...policy("connect-src 'none'"),
      config: { server: undefined },
      finds: /policy: .*forbids https:\/\/api\.liveperson\.net/,
    },
  },
  "what does not come, and the messaging server": {
    "a token that never comes": {
      head: "<script>getJwt = () => new Promise(() => {})</script>",
      config: { jwt: "window.getJwt" },
      finds: /token: .*not settled/,
    },
    "no tag": { tagDelay: "held", finds: /tag: window\.lpTag\.events\.publish leads nowhere/ },
    "the domain service never answers": asks(({ simulator }) => (simulator.faults.csds = "never"), /server: .*not answered in 5 s/),
    "a network gone without a word": server(({ simulator }) => (simulator.faults.dead = true), /InitConnection: .*does not answer InitConnection in 5 s/),
    "a silent server": server(({ simulator }) => (simulator.faults.silent = true), /InitConnection: .*does not answer/),
    "a server that is not there": { config: { server: "ws://127.0.0.1:9" }, finds: /socket: ws:\/\/127\.0\.0\.1:9.* does not open/ },
    "an account that the server does not know": { config: { account: "le1" }, finds: /socket: .*le1.* does not open/ },
    "a server that is down": server(({ simulator }) => (simulator.faults.down = true), /socket: .*does not open/),
    "a token revoked": server(({ simulator }) => (simulator.faults.refuseToken = 4401), /InitConnection: .*4401.*token is invalid/),
    "a token that is not enough": server(({ simulator }) => (simulator.faults.refuseToken = 4407), /InitConnection: .*4407.*signed-in/),
    "InitConnection refused with 401": server(({ simulator }) => (simulator.faults.refuseInit = true), /InitConnection: .*401.*token is invalid/),
    "InitConnection refused with 429": server(({ simulator }) => (simulator.faults.refuseInit = 429), /InitConnection: .*429.*Too many/),
    "InitConnection refused with 500": server(({ simulator }) => (simulator.faults.refuseInit = 500), /InitConnection: .*500.*not the token's fault/),
    "thrown out after InitConnection": server(({ simulator }) => (simulator.faults.throwOut = 4500), /closed the connection with 4500/),
    "the subscription refused": server(({ simulator }) => (simulator.faults.refuseSubscription = 403), /conversations: cqm\.Subscribe.*403/),
  },
  "the conversation, the invitation and the prompt": {
    "no conversation": server(({ conversation }) => conversation.end(), /conversations: none is open/),
    "a conversation of another consumer": server((site) => {
      site.conversation.end();
      site.simulator.openConversation("another").invite();
    }, /conversations: none is open/),
    "a call": { broken: (site) => site.invite({ mode: "VOICE_CALL" }), finds: /invitation: VOICE_CALL.*no sentence for VOICE_CALL/ },
    "an invitation that was over": {
      broken: (site) => site.invite({ agentClockOffset: -600_000 }),
      finds: /invitation: shared, ended 8 min ago.*over/,
    },
    "a listener that prevents the prompt": {
      head: "<script>addEventListener('cobrowseOffered', (event) => event.preventDefault())</script>",
      then: ({ site }) => site.invite(),
      finds: /page: a listener on cobrowseOffered has called preventDefault/,
    },
    "a listener that has prevented the prompt": {
      head: "<script>addEventListener('cobrowseOffered', (event) => { event.preventDefault(); window.offered = true })</script>",
      broken: (site) => site.invite(),
      finds: /prompt: this page's snippet does not ask.*preventDefault/,
    },
    "a page that has called stop()": {
      body: "<script>onload = () => lpCobrowse.stop()</script>",
      broken: (site) => site.invite(),
      finds: /prompt: this page's snippet does not ask.*lpCobrowse\.start\(\)/,
    },
    "a page that removes the prompt": {
      head: "<script>new MutationObserver(() => { for (const host of document.querySelectorAll('lp-cobrowse')) host.replaceWith() }).observe(document, { childList: true, subtree: true })</script>",
      broken: (site) => site.invite(),
      finds: /prompt: the snippet asks, but nothing is seen/,
    },
    "a connection lost while it listens": {
      then: ({ site: { simulator } }) => simulator.faults.drop(1011),
      finds: /closed the connection with 1011/,
    },
  },
};

/** No engine has its own way with these: tried in one. */
const SAME_EVERYWHERE = "its own config and token";

async function diagnose({ broken, then, finds, ...shop }: Case, { page, site }: Visit): Promise<void> {
  // One is there unless it is ended.
  void site.conversation;
  broken?.(site);
  await page.goto(site.shop(shop));
  // What comes too late to be told of: the listener has to have run.
  if (/offered = true/.test(shop.head ?? "")) await page.waitFor(() => "offered" in window);
  await paste(page);
  if (then) {
    await heardBy(page, "it listens now");
    await then({ page, site });
  }
  await heardBy(page, "✘");
  const [first] = await marked(page);
  assert.match(first!, finds);
  await page.evaluate(() => window.lpCobrowseDoctor!.stop());
  // Each says what to do, and none a secret.
  assert.match(first!, /→ [A-Z].+\./);
  const all = (await lines(page)).join("\n");
  assert.not.match(all, /secret|eyJ/);
}

/** What a page could notice of a doctor: its elements, its globals, what it has heard, its storage. */
const traces = (page: Page) =>
  page.evaluate(() => ({
    html: document.documentElement.outerHTML,
    globals: Object.keys(window)
      .filter((name) => !/^doctorSays$|^onDoctor$|^lpCobrowseDoctor$/.test(name))
      .join(" "),
    journal: window.journal,
    storage: localStorage.length + sessionStorage.length + document.cookie.length,
  }));

/** What many pages do, and does not hurt the snippet. */
const WRAPPED_SOCKETS = callInPage(() => {
  const { WebSocket } = window;
  window.WebSocket = function (url: string) {
    return new WebSocket(url);
  } as unknown as typeof WebSocket;
});

forEachEngine("the doctor", (test, engine) => {
  for (const [what, cases] of Object.entries(CASES)) {
    if (what === SAME_EVERYWHERE && engine !== "chromium") continue;
    test(`names the cause of each thing that can be wrong with ${what}`, async ({ browser }) => {
      await visitBroken(browser, Object.keys(cases), (name, visit) => diagnose(cases[name]!, visit));
    });
  }

  // Firefox opens one socket after the other, whatever the port, so any other would wait for this one.
  test("names a server that never opens the socket", async ({ browser }) => {
    const stalled = server(({ simulator }) => (simulator.faults.stallOpening = true), /socket: .*does not open in 5 s/);
    await visitBroken(browser, [""], (_, visit) => diagnose(stalled, visit));
  });

  test("marks nothing where all is right, follows what comes, and leaves no trace", async ({ browser }) => {
    await visit(browser, async ({ page, site }) => {
      const { simulator } = site;
      Object.assign(simulator.faults, { notifyPrefix: "aam", singleElements: true, answerDelay: 3000 });
      await page.goto(site.shop({ head: WRAPPED_SOCKETS, config: { visitorName: "Jane Doe", text: null as unknown as undefined } }));
      site.invite();
      await page.waitFor(() => document.querySelector("lp-cobrowse"));
      const before = await traces(page);
      await paste(page);
      await heardBy(page, "it is pending, and nothing about it");
      assert.equal(await traces(page), before);
      simulator.faults.sendRaw("null");
      await page.evaluate(() => void dispatchEvent(new Event("cobrowseOffered")));
      // What was answered needs no prompt, however long LivePerson takes to learn it.
      await answer(page, "decline");
      await heardBy(page, "the visitor has declined");
      await simulator.waitFor((entry) => entry.type === "session" && entry.step === "declined");
      assert.equal(await marked(page), []);

      site.invite({ mode: "VIDEO_CALL" }).cancel();
      await heardBy(page, "no sentence for VIDEO_CALL");
      const invitation = site.invite({ mode: "follow" });
      await heardBy(page, "follow, of agent");
      invitation.cancel();
      await heardBy(page, "invitation: it has ended: cancelled");
      await heardBy(page, "page: the invitation has ended without an answer here: cancelled");
      assert.is((await marked(page)).length, 1, "marked");

      assert.is(simulator.sockets.length, 2, "connections");
      const heard = await traces(page);
      await page.evaluate(() => window.lpCobrowseDoctor!.stop());
      await simulator.waitFor((entry) => entry.type === "close");
      assert.is(simulator.sockets.length, 1, "connections");
      assert.equal(await traces(page), heard);
      assert.is(await page.evaluate(() => "lpCobrowseDoctor" in window), false);

      const said = (await lines(page)).join("\n");
      for (const secret of ["eyJ", "Jane Doe", ...Object.values(SECRETS).filter((value) => value.startsWith("secret"))]) assert.not.match(said, secret);
    });
  });

  test("waits for a page that is loading, is heard on a muted console, and begins anew when it is pasted again", async ({ browser }) => {
    await visit(browser, async ({ page, site }) => {
      site.invite();
      await page.goto(site.shop({ head: '<script>console.log = () => {}</script><script src="/doctor.js"></script>' }));
      await page.waitForConsole("prompt: it is on the page");
      await paste(page);
      await heardBy(page, "doctor: ended");
      await page.waitFor(() => "lpCobrowseDoctor" in window);
      await site.simulator.waitFor((entry) => entry.type === "close");
      await site.connected();
      assert.equal(await marked(page), []);
    });
  });

  test("says nothing after its end", async ({ browser }) => {
    await visit(browser, async ({ page, site }) => {
      await page.goto(site.shop({ head: "<script>getJwt = () => new Promise((_, reject) => { refuse = reject })</script>", config: { jwt: "window.getJwt" } }));
      await paste(page);
      await heardBy(page, "window.getJwt is a function");
      await page.evaluate(() => {
        window.lpCobrowseDoctor!.stop();
        (window as unknown as { refuse(): void }).refuse();
      });
      await pause(page, 300);
      assert.match((await lines(page)).at(-1)!, "doctor: ended");
    });
  });

  test("sends whoever pastes it into a frame to the page around", async ({ browser }) => {
    await visit(browser, async ({ page, site }) => {
      const frame = site.shop({ body: '<script>console = parent.console</script><script src="/doctor.js"></script>' });
      await page.goto(site.shop({ body: `<iframe src="${frame}"></iframe>` }));
      await page.waitForConsole("✘");
      const message = (await page.consoleMessages()).find((message) => message.includes("✘"));
      assert.match(message!, /snippet: this is a frame of a page that has the snippet.*top/);
    });
  });
});
