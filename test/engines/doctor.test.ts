// dist/doctor.js on pages on which no prompt appears: of everything that can be wrong, the first marked line names the cause.
import { readFile } from "node:fs/promises";
import * as assert from "uvu/assert";
import { fillInline } from "../demo/install.ts";
import { SECRETS } from "../simulator/simulator.ts";
import type { Faults } from "../simulator/faults.ts";
import type { Page } from "../support/browsers.ts";
import { became, pause } from "../support/heard.ts";
import { SIMULATOR_BY_WSS } from "../support/internet.ts";
import { divAndScript, scriptTag, type ShopOptions, type Site } from "../support/site.ts";
import type { Suite } from "../support/suite.ts";
import { callInPage } from "../support/tag-managers.ts";
import { forEachVisit, type Visit } from "../support/visit.ts";
import { answer, shown } from "../support/visitor.ts";

const dist = (name: string) => readFile(new URL(`../../dist/${name}`, import.meta.url), "utf8");
const DOCTOR = await dist("doctor.js");
const INLINE = await dist("inline.html");

/** What is thrown from here on is printed too. */
function printErrors(): void {
  const print = (what: unknown) => console.error(`[lp-cobrowse doctor] ✘ thrown: ${what}`);
  addEventListener("error", ({ message }) => print(message));
  addEventListener("unhandledrejection", ({ reason }) => print(reason));
}

/** As if it were pasted into the console: no policy of the page forbids that. */
const paste = (page: Page): Promise<void> => page.evaluate(new Function(`(${printErrors})();${DOCTOR}`) as () => void);

/** Waits until the doctor says it; some of what it says comes after seconds. */
const says = (page: Page, text: string): Promise<string> => page.waitForConsole(text, 30_000);

/** What the doctor has said, without its name before it. */
const lines = async (page: Page): Promise<string[]> =>
  (await page.consoleMessages()).flatMap((message) => /\[lp-cobrowse doctor\] ([^]*)/.exec(message)?.[1] ?? []);
const marked = async (page: Page): Promise<string[]> => (await lines(page)).filter((line) => line.startsWith("✘"));

interface Case extends ShopOptions {
  /** What is wrong with the server before the page is loaded. */
  faults?: Partial<Faults>;
  /** What the agent has done before. */
  given?: (site: Site) => void;
  /** The doctor comes only after the page was offered the invitation. */
  offered?: boolean;
  /** What happens once the doctor listens. */
  then?: (site: Site) => void;
  /** The first marked line. */
  finds: RegExp;
}

/** A token that says this of itself. */
const token = (claims: object): string => ["{}", JSON.stringify(claims), "signature"].map((part) => Buffer.from(part).toString("base64url")).join(".");

const getJwt = (code: string) => ({ head: `<script>getJwt = ${code}</script>`, config: { jwt: "window.getJwt" } });
const scriptWith = (attributes: string) => (config: object) => scriptTag(config).replace("<script ", `<script ${attributes} `);
const attribute = (text: string) => () => scriptTag({}).replace("{}", text);
const policy = (value: string) => ({ headers: { "content-security-policy": value } });
const fileElsewhere = (path: string) => (config: object) => scriptTag(config).replace("/lp-cobrowse.min.js", path);
const BARE_SCRIPT = '<script src="/lp-cobrowse.min.js"></script>';
const divAlone = (config: object) => divAndScript(config).replace(/<script.*/, "");

const waitsForConsent = scriptWith('type="text/plain"');
const ofAnotherVersion = scriptWith(`crossorigin integrity="sha384-${"A".repeat(64)}"`);
const noConnections = policy("connect-src 'none'");
const prevented = { head: callInPage(() => addEventListener("cobrowseOffered", (event) => event.preventDefault())) };
const invited = { given: (site: Site) => site.invite() };

/** The domain service asked for at this site, and sockets without a certificate. */
const domainService = callInPage(() => {
  const { fetch } = window;
  window.fetch = (url, init) => fetch(String(url).replace("https://api.liveperson.net", location.origin), init);
});
const DOMAIN_SERVICE = { config: { server: undefined }, head: SIMULATOR_BY_WSS + domainService };

/** Its own config and token: no engine has its own way with these. */
const CONFIGS: Record<string, Case> = {
  "no jwt": { install: attribute("{&quot;token&quot;: &quot;secret&quot;}"), finds: /config: .*jwt/ },
  "no JSON": { install: attribute("{jwt: &quot;secret&quot;}"), finds: /config: data-lp-cobrowse needs JSON with jwt: .*column 2/ },
  "a path written otherwise": { config: { jwt: "Window.myApp.getJwt" }, finds: /config: jwt .*window\./ },
  "a path that leads nowhere": { config: { jwt: "window.myApp.getJwt" }, finds: /token: there is none: .*leads nowhere: there is no window\.myApp/ },
  "a visitor who is not signed in": { ...getJwt("() => {}"), finds: /token: there is none: window\.getJwt\(\) has returned nothing/ },
  "a token refused by the site": { ...getJwt("() => Promise.reject()"), finds: /token: .*rejected/ },
  "a token in an object": { ...getJwt("() => ({ jwt: 'secret' })"), finds: /token: it is an object, not a text/ },
  "a token kept as JSON": { ...getJwt(`'"${token({ exp: 4e9 })}"'`), finds: /token: it has quotation marks/ },
  "a token that has expired": { config: { jwt: token({ exp: 1.5e9 }) }, finds: /token: .*expired/ },
  "a token for another account": { config: { jwt: token({ aud: "acc:le1", exp: 4e9 }) }, finds: /token: .*account le1.* page's account is/ },
  "no account": { head: "<script>delete lpTag.site</script>", finds: /account: there is none: window\.lpTag\.site leads nowhere/ },
  "a global in its place": { head: "<script>lpCobrowse = {}</script>", install: waitsForConsent, finds: /snippet: something else .* a global/ },
  "an element in its place": { body: '<a id="lpCobrowse">Help</a>', install: waitsForConsent, finds: /snippet: something else .* an element/ },
  "a script that is another page": { install: fileElsewhere("/page/1"), finds: /snippet: .*sends text\/html.* in place of JavaScript/ },
  "an attribute that ended too early": { install: (config) => scriptTag(config).replace(/='(.*)'/, '="$1"'), finds: /config: .*single quotes/ },
  "a script whose data-* was dropped": { install: () => BARE_SCRIPT, finds: /config: the script is here.*inline\.html/ },
  "a script before its config": { install: (config) => BARE_SCRIPT + divAlone(config), finds: /snippet: .*stands before the element with its config/ },
  "the config without the script": { install: divAlone, finds: /snippet: .*only the element with its config/ },
};

/** What takes the doctor seconds comes first, so that the others run beside it. */
const CASES: Record<string, Case> = {
  // What does not come.
  "a token that never comes": { ...getJwt("() => new Promise(() => {})"), finds: /token: .*not settled/ },
  "no tag": { tagDelay: "held", finds: /tag: window\.lpTag\.events\.publish leads nowhere/ },
  "the domain service never answers": { ...DOMAIN_SERVICE, faults: { csds: "never" }, finds: /server: .*not answered in 5 s/ },
  "a network gone without a word": { faults: { dead: true }, finds: /InitConnection: .*does not answer InitConnection in 5 s/ },
  "a silent server": { faults: { silent: true }, finds: /InitConnection: .*does not answer/ },

  // Its script.
  "no snippet": { install: () => "", finds: /snippet: it is not on the page/ },
  "a script that is not there": { install: fileElsewhere("/lp-cobrowse-gone.js"), finds: /snippet: .*answers 404/ },
  "a script changed since": { install: ofAnotherVersion, finds: /snippet: .*not the one that its integrity belongs to/ },
  "a script forbidden by the policy": { ...policy("script-src 'unsafe-inline'"), finds: /snippet: .*Content-Security-Policy/ },
  "a loader under trusted types": {
    ...policy("require-trusted-types-for 'script'"),
    install: () => callInPage(() => document.head.append(Object.assign(document.createElement("script"), { src: "/lp-cobrowse.min.js" }))),
    finds: /snippet: it is not on the page.*(require-trusted-types-for|its block has failed)/,
  },
  "an inline script forbidden by the policy": {
    ...policy("script-src 'self'"),
    install: (config) => fillInline(INLINE, config),
    finds: /snippet: .*Content-Security-Policy/,
  },
  "a script that waits for consent": { install: waitsForConsent, finds: /snippet: .*type is text\/plain/ },

  // The domain service and the policy.
  "an old library": { head: "<script>Array.prototype.toJSON = function () { return this[0] === 1 ? String(this) : this }</script>", finds: /page: .*toJSON/ },
  "an account unknown to the domain service": { ...DOMAIN_SERVICE, config: { server: undefined, account: "le1" }, finds: /server: .*answers 401.*account/ },
  "the domain service fails": { ...DOMAIN_SERVICE, faults: { csds: "error" }, finds: /server: .*answers 500/ },
  "the domain service answers nonsense": { ...DOMAIN_SERVICE, faults: { csds: "nonsense" }, finds: /server: .*without a server's name/ },
  "the domain service is down": { ...DOMAIN_SERVICE, faults: { down: true }, finds: /server: .*answers 503/ },
  "a server that the policy forbids": { ...noConnections, finds: /policy: .*connect-src.* forbids ws:\/\/127/ },
  "a policy without connect-src": { ...policy("default-src 'none'; script-src 'unsafe-inline' 'self'"), finds: /policy: .*It has no connect-src: add one/ },
  "a domain service that the policy forbids": { ...noConnections, config: { server: undefined }, finds: /policy: .*forbids https:\/\/api\.liveperson\.net/ },

  // The messaging server.
  "a server that is not there": { config: { server: "ws://127.0.0.1:9" }, finds: /socket: ws:\/\/127\.0\.0\.1:9.* does not open/ },
  "an account that the server does not know": { config: { account: "le1" }, finds: /socket: .*le1.* does not open/ },
  "a server that is down": { faults: { down: true }, finds: /socket: .*does not open/ },
  "a token revoked": { faults: { refuseToken: 4401 }, finds: /InitConnection: .*4401.*token is invalid/ },
  "a token that is not enough": { faults: { refuseToken: 4407 }, finds: /InitConnection: .*4407.*signed-in/ },
  "InitConnection refused with 401": { faults: { refuseInit: 401 }, finds: /InitConnection: .*401.*token is invalid/ },
  "InitConnection refused with 429": { faults: { refuseInit: 429 }, finds: /InitConnection: .*429.*Too many/ },
  "InitConnection refused with 500": { faults: { refuseInit: 500 }, finds: /InitConnection: .*500.*not the token's fault/ },
  "thrown out after InitConnection": { faults: { throwOut: 4500 }, finds: /closed the connection with 4500/ },
  "the subscription refused": { faults: { refuseSubscription: 403 }, finds: /conversations: cqm\.Subscribe.*403/ },
  "a connection lost while it listens": { then: ({ simulator }) => simulator.faults.drop(1011), finds: /closed the connection with 1011/ },

  // The conversation, the invitation and the prompt.
  "no conversation": { given: ({ conversation }) => conversation.end(), finds: /conversations: none is open/ },
  "a conversation of another consumer": {
    given({ conversation, simulator }) {
      conversation.end();
      simulator.openConversation("another").invite();
    },
    finds: /conversations: none is open/,
  },
  "a call": { given: (site) => site.invite({ mode: "VOICE_CALL" }), finds: /invitation: VOICE_CALL.*no sentence for VOICE_CALL/ },
  "an invitation that was over": { given: (site) => site.invite({ agentClockOffset: -600_000 }), finds: /invitation: shared, ended 8 min ago.*over/ },
  "a listener that prevents the prompt": { ...prevented, then: invited.given, finds: /page: a listener on cobrowseOffered has called preventDefault/ },
  "a listener that has prevented it": { ...prevented, ...invited, offered: true, finds: /prompt: this page's snippet does not ask.*preventDefault/ },
  "a page that has called stop()": {
    body: "<script>onload = () => lpCobrowse.stop()</script>",
    ...invited,
    finds: /prompt: this page's snippet does not ask.*lpCobrowse\.start\(\)/,
  },
  "a page that removes the prompt": {
    head: callInPage(() =>
      new MutationObserver(() => document.querySelector("lp-cobrowse")?.replaceWith()).observe(document, { childList: true, subtree: true }),
    ),
    ...invited,
    finds: /prompt: the snippet asks, but nothing is seen/,
  },
};

async function diagnose({ faults, given, offered, then, finds, ...shop }: Case, { page, site }: Visit): Promise<void> {
  // One is there unless it is ended.
  void site.conversation;
  Object.assign(site.simulator.faults, faults);
  given?.(site);
  await page.goto(site.shop(shop));
  if (offered) await page.waitFor(() => window.journal.includes("window cobrowseOffered"));
  await paste(page);
  if (then) {
    await says(page, "it listens now");
    then(site);
  }
  await says(page, "✘");
  const [first] = await marked(page);
  // So that a failure tells the line.
  assert.ok(finds.test(first!), first);
  await page.evaluate(() => window.lpCobrowseDoctor!.stop());
  // Each says what to do, and none a secret.
  assert.match(first!, /→ [A-Z].+\./);
  assert.not.match((await lines(page)).join("\n"), /secret|eyJ|thrown:/);
}

/** What a page could notice of a doctor: its elements, its globals, what it has heard, its storage. */
const traces = (page: Page) =>
  page.evaluate(() => ({
    html: document.documentElement.outerHTML,
    globals: Object.keys(window).filter((name) => name !== "lpCobrowseDoctor"),
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

const findings = (cases: Record<string, Case>) => (test: Suite<Visit>) => {
  for (const [what, broken] of Object.entries(cases)) test(`the doctor names the cause: ${what}`, (visit) => diagnose(broken, visit));
};
forEachVisit("the doctor's findings", findings(CASES), { broken: true });
forEachVisit("the doctor's findings in a config", findings(CONFIGS), { broken: true, engines: ["chromium"] });

forEachVisit(
  "the doctor",
  (test) => {
    // Firefox opens one socket after the other, whatever the port, so any other would wait for this one.
    test("the doctor names the cause: a server that never opens the socket", (visit) =>
      diagnose({ faults: { stallOpening: true }, finds: /socket: .*does not open in 5 s/ }, visit));

    test("marks nothing where all is right, follows what comes, and leaves no trace", async ({ page, site }) => {
      const { simulator } = site;
      Object.assign(simulator.faults, { notifyPrefix: "aam", singleElements: true, answerDelay: 3000 });
      await page.goto(site.shop({ head: WRAPPED_SOCKETS, config: { visitorName: "Jane Doe", text: null as unknown as undefined } }));
      site.invite();
      await shown(page);
      const before = await traces(page);
      await paste(page);
      await says(page, "it is pending, and nothing about it");
      assert.equal(await traces(page), before);
      simulator.faults.sendRaw("null");
      await page.evaluate(() => void dispatchEvent(new Event("cobrowseOffered")));
      // What was answered needs no prompt, however long LivePerson takes to learn it.
      await answer(page, "decline");
      await says(page, "the visitor has declined");
      await became(site, "declined");
      assert.equal(await marked(page), []);

      site.invite({ mode: "VIDEO_CALL" }).cancel();
      await says(page, "no sentence for VIDEO_CALL");
      const invitation = site.invite({ mode: "follow" });
      await says(page, "follow, of agent");
      invitation.cancel();
      await says(page, "invitation: it has ended: cancelled");
      await says(page, "page: the invitation has ended without an answer here: cancelled");
      assert.is((await marked(page)).length, 1, "marked");

      assert.is(simulator.sockets.length, 2, "connections");
      const heard = await traces(page);
      await page.evaluate(() => window.lpCobrowseDoctor!.stop());
      await site.disconnected();
      assert.is(simulator.sockets.length, 1, "connections");
      assert.equal(await traces(page), heard);
      assert.is(await page.evaluate(() => "lpCobrowseDoctor" in window), false);

      const said = (await lines(page)).join("\n");
      for (const secret of ["eyJ", "Jane Doe", ...Object.values(SECRETS).filter((value) => value.startsWith("secret"))]) assert.not.match(said, secret);
    });

    test("waits for a page that loads, is heard on a muted console, begins anew when pasted again", async ({ page, site }) => {
      site.invite();
      await page.goto(site.shop({ head: '<script>console.log = () => {}</script><script src="/doctor.js"></script>' }));
      await says(page, "prompt: it is on the page");
      await paste(page);
      await says(page, "doctor: ended");
      await page.waitFor(() => "lpCobrowseDoctor" in window);
      await site.disconnected();
      await site.connected();
      assert.equal(await marked(page), []);
    });

    test("says nothing after its end", async ({ page, site }) => {
      await page.goto(site.shop(getJwt("() => new Promise((_, reject) => { refuse = reject })")));
      await paste(page);
      await says(page, "window.getJwt is a function");
      await page.evaluate(() => {
        window.lpCobrowseDoctor!.stop();
        (window as unknown as { refuse(): void }).refuse();
      });
      await pause(page, 300);
      assert.match((await lines(page)).at(-1)!, "doctor: ended");
    });

    test("sends whoever pastes it into a frame to the page around", async ({ page, site }) => {
      const frame = site.shop({ body: '<script>console = parent.console</script><script src="/doctor.js"></script>' });
      await page.goto(site.shop({ body: `<iframe src="${frame}"></iframe>` }));
      assert.match(await says(page, "✘"), /snippet: this is a frame of a page that has the snippet.*top/);
    });
  },
  { atATime: 1 },
);
