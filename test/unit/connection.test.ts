// The connection and its clocks, told as histories in fake time.
import * as assert from "uvu/assert";
import { histories, type Given, type VisitOptions } from "../model/given.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const DAY = 24 * 60 * MINUTE;

const test = histories("connection");

/** Each wait is as long as it can be. */
const longest = () => 1;
/** In seconds. */
const LONGEST_WAITS = [2, 3, 5, 9, 17, 33, 65, 129, 129, 129];
const UNREACHABLE = ["no wss://va.msg.example"];
const DOMAIN_SERVICE = "https://api.liveperson.net/api/account/56072331/service/asyncMessagingEnt/baseURI.json?version=1.0";

const OVER = { prompts: 0, events: ["Offered", "Closed expired"], published: ["Offered"] };
const CANCELLED = { prompts: 0, events: ["Offered", "Closed cancelled"], published: ["Offered"] };

/** A page to which LivePerson's tag, and the account with it, comes late: when the function that is returned is called. */
function runWithoutTag(given: Given, options?: VisitOptions): () => void {
  const { window } = given.visit(options);
  const { lpTag } = window;
  delete window.lpTag;
  given.page.run();
  return () => void (window.lpTag = lpTag);
}

/** A page that is first seen when the server has something to tell of the past. */
async function seenLate(given: Given, past: () => void, options: VisitOptions = {}): Promise<void> {
  const page = given.run({ hidden: true, ...options });
  past();
  page.show();
  await given.after(300, { subscribed: true });
}

/** The server shows dialogs of a conversation that nobody else knows of. */
function notify({ network }: Given, ...dialogs: object[]): void {
  const result = { convId: "other", conversationDetails: { state: "OPEN", dialogs } };
  network.faults.sendRaw(JSON.stringify({ kind: "notification", body: { changes: { type: "UPSERT", result } } }));
}

const invited = (dialogId: string, expires: number | string, more?: object) => ({
  dialogId,
  channelType: "COBROWSE",
  state: "OPEN",
  metaData: { sessionState: "INVITED", serviceId: "consumer#other", mode: "view", expires },
  ...more,
});

/* Retrying */

for (const [what, faults] of Object.entries({ "that is down": { down: true }, "that refuses each token": { refuseToken: 4401 } } as const)) {
  test(`a server ${what} is tried again after a second, and up to 1 s to 128 s more`, async (given) => {
    given.run({ random: longest, faults });
    await given.after(10 * MINUTE, { waits: LONGEST_WAITS });
  });
}

test("the waits are spread from a second to the longest", async (given) => {
  const drawn = [0.2, 0.7, 0.1, 0.5];
  let draws = 0;
  given.run({ random: () => drawn[draws++ % drawn.length]!, faults: { down: true } });
  await given.after(16 * SECOND, { waits: [1 + 0.2 * 1, 1 + 0.7 * 2, 1 + 0.1 * 4, 1 + 0.5 * 8, 1 + 0.2 * 16] });
});

test("the waits are short again once a connection has lasted until its second clock answer", async (given) => {
  given.run({ random: longest, faults: { down: true } });
  await given.time.pass(20 * SECOND);
  given.network.faults.down = false;
  await given.after(33 * SECOND, { tries: 6, subscribed: true });
  // Five have failed by now: the next wait is 1 + 32 s.
  given.network.faults.drop(1013);
  await given.after(32 * SECOND, { tries: 6, subscribed: false });
  await given.after(2 * SECOND, { tries: 7, subscribed: true });
  await given.time.pass(31 * SECOND);
  given.network.faults.drop(1011);
  await given.after(3 * SECOND, { tries: 8, subscribed: true });
});

for (const [name, faults] of Object.entries({
  "throws out after InitConnection": { throwOut: 1013, throwOutAfter: "InitConnection" },
  "throws out after the subscription": { throwOut: 1013, throwOutAfter: "cqm.SubscribeExConversations" },
  "throws out after the first clock answer": { throwOut: 1013, throwOutAfter: "GetClock" },
  "refuses InitConnection with 429": { refuseInit: 429 },
  "refuses InitConnection with 500": { refuseInit: 500 },
  "refuses the subscription with 400": { refuseSubscription: 400 },
  "refuses the subscription with 503": { refuseSubscription: 503 },
} as const)) {
  test(`a server that ${name} is not hammered, and the token is not blamed`, async (given) => {
    given.run({ random: longest, faults });
    await given.after(5 * MINUTE, { tries: 9, waits: LONGEST_WAITS.slice(0, 8), lookUps: 9, reasons: UNREACHABLE });
    given.network.recover();
    await given.after(2 * MINUTE, { subscribed: true });
  });
}

/* Telling the site */

test("a third failure in a row is told once, with what was tried; again after a connection that lasts", async (given) => {
  await given.connected({ random: longest });
  for (const before of [[], UNREACHABLE]) {
    await given.time.pass(31 * SECOND);
    given.network.faults.down = true;
    await given.after(4 * SECOND, { reasons: before });
    await given.after(MINUTE, { reasons: [...before, ...UNREACHABLE] });
    given.network.faults.down = false;
    await given.after(3 * MINUTE, { subscribed: true });
  }
});

test("a server that is away when there is a token at last is told as any other", async (given) => {
  given.run({ token: "rejects", faults: { down: true } });
  await given.after(MINUTE, { reasons: [] });
  given.provider.mode = "good";
  await given.after(MINUTE, { reasons: UNREACHABLE });
});

test("a token provider that rejects after the token was refused blames no server", async (given) => {
  await given.connected();
  given.provider.mode = "rejects";
  given.network.faults.drop(4401);
  await given.after(10 * MINUTE, { reasons: ["bad jwt 4401"] });
});

for (const [config, tried] of [
  [{ account: "56072331 " }, "wss://va.msg.example"],
  [{ server: "va msg example" }, "wss://va msg example"],
  [{ server: "wss://elsewhere.example" }, "wss://elsewhere.example"],
] as const) {
  test(`${JSON.stringify(config)} leads nowhere, and the site is told`, async (given) => {
    given.run({ config });
    await given.after(MINUTE, { reasons: [`no ${tried}`] });
    // LivePerson rejects these, as it should.
    given.network.violations.length = 0;
  });
}

for (const server of ["va.msg.example", "va.msg.example/", "wss://va.msg.example", "wss://va.msg.example/", "wss://va.msg.example "]) {
  test(`server ${JSON.stringify(server)} is understood`, async (given) => {
    await given.connected({ config: { server } });
    given.expect({ tries: 1, reasons: [] });
  });
}

/* Tokens */

for (const [code, faults] of [
  [401, { refuseInit: 401 }],
  [403, { refuseInit: 403 }],
  [4401, { refuseToken: 4401 }],
  [4407, { refuseToken: 4407 }],
] as const) {
  test(`a token refused with ${code} is told once, and the next try has a fresh one`, async (given) => {
    given.run({ faults });
    await given.after(100, { reasons: [`bad jwt ${code}`], lookUps: 1 });
    given.network.recover();
    await given.after(2 * SECOND, { reasons: [`bad jwt ${code}`], lookUps: 2, tries: 2, subscribed: true });
  });
}

for (const code of [1000, 1001, 1006, 1011, 1013, 4000, 4010, 4402]) {
  test(`close code ${code} is nothing that the site has to fix`, async (given) => {
    await given.connected();
    given.network.faults.drop(code);
    await given.after(2 * SECOND, { reasons: [], tries: 2, subscribed: true });
  });
}

for (const token of ["missing", "throws", "rejects"] as const) {
  test(`token ${token}: no request and no message, looked for every 5 s`, async (given) => {
    given.run({ token, config: { server: undefined } });
    await given.after(5 * MINUTE, { lookUps: 60, requested: 0, tries: 0, reasons: [] });
    given.provider.mode = "good";
    await given.after(6 * SECOND, { subscribed: true });
  });
}

test("a token that takes 25 s is waited for, and asked for once", async (given) => {
  given.run({ token: "late" });
  await given.after(24 * SECOND, { lookUps: 1, tries: 0 });
  await given.after(2 * SECOND, { lookUps: 1, subscribed: true });
});

test("a token provider that never settles is asked again", async (given) => {
  given.run({ token: "never" });
  await given.time.pass(10 * SECOND);
  given.provider.mode = "good";
  await given.after(4 * MINUTE, { subscribed: true });
});

/* The account and the domain service */

test("an account that comes with a late tag is found; after 10 s it is missed once", async (given) => {
  const tagLoads = runWithoutTag(given);
  await given.after(9 * SECOND, { reasons: [] });
  await given.after(60 * SECOND, { reasons: ["no account"], tries: 0 });
  tagLoads();
  await given.after(6 * SECOND, { subscribed: true });
});

test("an account that comes within 10 s is not missed", async (given) => {
  const tagLoads = runWithoutTag(given);
  await given.time.pass(7 * SECOND);
  tagLoads();
  await given.after(4 * SECOND, { reasons: [], subscribed: true });
});

test("looks at other tabs make nobody miss the account early", async (given) => {
  runWithoutTag(given);
  for (let look = 0; look < 4; look++) {
    await given.time.pass(2 * SECOND);
    given.page.hide();
    given.page.show();
  }
  await given.after(SECOND, { reasons: [] });
  await given.after(12 * SECOND, { reasons: ["no account"] });
});

test("an account that was missed for long makes no wait longer", async (given) => {
  const tagLoads = runWithoutTag(given, { random: longest, faults: { down: true } });
  await given.time.pass(MINUTE);
  tagLoads();
  await given.after(9 * SECOND, { waits: [2, 3] });
});

for (const csds of ["error", "nonsense", "unreachable"] as const) {
  test(`domain service ${csds}: asked again until it answers, and the site is told`, async (given) => {
    given.run({ config: { server: undefined }, faults: { csds } });
    await given.after(20 * SECOND, { requested: 5, subscribed: false, reasons: [`no ${DOMAIN_SERVICE}`] });
    given.network.recover();
    await given.after(MINUTE, { subscribed: true });
  });
}

test("a domain service that never answers is asked again", async (given) => {
  given.run({ config: { server: undefined }, faults: { csds: "never" } });
  await given.after(10 * SECOND, { requested: 1 });
  given.network.recover();
  await given.after(4 * MINUTE, { subscribed: true });
});

test("a domain service that answers late is waited for", async (given) => {
  const page = given.visit({ config: { server: undefined } });
  given.network.domainServiceDelay = 25 * SECOND;
  page.run();
  await given.after(26 * SECOND, { requested: 1, subscribed: true });
});

/* Half-open connections */

test("GetClock every 30 s keeps the connection", async (given) => {
  await given.connected();
  // It may be asked 30 s after the last question, or after its answer.
  await given.after(5 * MINUTE + 5 * SECOND, { tries: 1, subscribed: true });
  const [first, ...requests] = given.requestsOf(0);
  assert.is(first, "InitConnection");
  assert.equal(requests.sort(), [...Array(11).fill("GetClock"), "cqm.SubscribeExConversations"]);
});

test("a connection whose network is gone is replaced when GetClock was not answered for 30 s", async (given) => {
  await given.connected();
  given.network.faults.dead = true;
  await given.after(29 * SECOND, { tries: 1 });
  given.network.faults.dead = false;
  await given.after(33 * SECOND, { tries: 2, open: 1, subscribed: true });
});

test("a socket that does not open is replaced after 30 s", async (given) => {
  given.run({ faults: { stallOpening: true } });
  await given.after(29 * SECOND, { tries: 1, open: 1 });
  given.network.faults.stallOpening = false;
  await given.after(3 * SECOND, { tries: 2, open: 1, subscribed: true });
});

test("a connection whose InitConnection is not answered is replaced after 30 s", async (given) => {
  given.run({ faults: { silent: true } });
  await given.after(29 * SECOND, { tries: 1 });
  assert.equal(given.requestsOf(0), ["InitConnection"]);
  await given.after(3 * SECOND, { tries: 2 });
  given.network.faults.silent = false;
  await given.after(200, { open: 1, subscribed: true, reasons: [] });
});

/* Waking */

for (const event of ["online", "visibilitychange"]) {
  test(`${event}: a connection that died without a word is replaced within seconds`, async (given) => {
    const page = await given.connected();
    given.network.faults.dead = true;
    await given.time.pass(SECOND);
    given.network.faults.dead = false;
    page.fire(event);
    await given.after(4900, { tries: 1 });
    await given.after(2 * SECOND, { tries: 2, open: 1, subscribed: true, reasons: [] });
  });

  test(`${event}: a connection that stands is asked at once, and kept`, async (given) => {
    const page = await given.connected();
    for (let times = 1; times <= 3; times++) {
      page.fire(event);
      await given.time.pass(50);
      assert.is(given.requestsOf(0).length, 3 + times);
    }
    await given.after(10 * MINUTE, { tries: 1, subscribed: true });
  });
}

/* Only while seen */

test("hidden for 30 s the page closes its connection and tries no other; seen again it connects at once", async (given) => {
  const page = await given.connected();
  page.hide();
  await given.after(29 * SECOND, { open: 1 });
  await given.after(2 * SECOND, { open: 0 });
  await given.after(20 * MINUTE, { tries: 1, lookUps: 1 });
  page.show();
  await given.after(100, { tries: 2, subscribed: true });
});

test("a connection lost while hidden is not tried again until the page is seen", async (given) => {
  const page = await given.connected();
  page.hide();
  given.network.faults.drop();
  await given.after(20 * SECOND, { tries: 1 });
  page.show();
  await given.after(100, { tries: 2, subscribed: true });
});

test("an invitation to a hidden page is offered at once, and asked about when the visitor looks", async (given) => {
  const page = await given.connected();
  page.hide();
  given.invite();
  await given.after(10 * SECOND, { published: ["Offered"], prompts: 0 });
  page.show();
  await given.after(260, { prompts: 1 });
});

test("online does not connect a page that is hidden, or stopped", async (given) => {
  const page = given.run({ hidden: true });
  page.fire("online");
  await given.after(SECOND, { tries: 0 });
  page.show();
  page.window.lpCobrowse.stop();
  page.fire("online");
  await given.after(MINUTE, { open: 0, subscribed: false });
});

/* The server's clock */

for (const [name, clockOffset] of Object.entries({
  "ten minutes ahead": 10 * MINUTE,
  "ten minutes behind": -10 * MINUTE,
  "a day ahead": DAY,
  "a day behind": -DAY,
})) {
  test(`with the server's clock ${name} an invitation is shown until it ends`, async (given) => {
    await given.connected({ clockOffset });
    given.invite({ seconds: 60 });
    // Without an agent's message at its end: the page has to know by itself.
    await given.after(100, { prompts: 1 });
    given.network.faults.silent = true;
    await given.time.pass(25 * SECOND);
    given.network.faults.silent = false;
    await given.after(33 * SECOND, { prompts: 1 });
    given.network.faults.silent = true;
    await given.after(3 * SECOND, OVER);
  });
}

// To the page a computer that slept and a clock that was set forward are the same.
for (const minutes of [10, 24 * 60]) {
  for (const [part, wait] of [
    ["accept", 250],
    ["accept", 0],
    ["decline", 0],
  ] as const) {
    const when = wait ? "after a tick" : "at once";
    test(`after ${minutes} minutes of sleep a pending invitation is over: ${part} ${when} says nothing`, async (given) => {
      const page = await given.connected();
      given.invite({ seconds: 60 });
      await given.after(SECOND, { prompts: 1 });
      page.clockError += minutes * MINUTE;
      await given.time.pass(wait);
      assert.is(page.click(part), wait === 0);
      await given.after(250, OVER);
    });
  }
}

for (const minutes of [-10, -24 * 60]) {
  test(`a visitor's clock set by ${minutes} minutes is right again by the next answer to GetClock`, async (given) => {
    const page = await given.connected();
    given.invite({ seconds: 60 });
    await given.time.pass(100);
    page.clockError += minutes * MINUTE;
    await given.after(55 * SECOND, { prompts: 1 });
    await given.after(6 * SECOND, OVER);
  });
}

test("an answer to GetClock without the time leaves the time as it was", async (given) => {
  await given.connected({ clockOffset: DAY });
  given.network.faults.sendRaw('{"kind":"resp","reqId":"3","code":200,"body":{}}');
  given.invite({ seconds: 20 });
  await given.after(SECOND, { prompts: 1 });
  await given.after(20 * SECOND, OVER);
});

test("an invitation without expires ends two minutes after its creation", async (given) => {
  // Nobody but the page tells the time.
  await seenLate(given, () => given.invite({ seconds: 20, expires: "none" }).unschedule(), { clockOffset: DAY });
  await given.after(19 * SECOND, { prompts: 1 });
  await given.after(2 * SECOND, OVER);
});

for (const minutes of [-10, -3, 3, 10]) {
  for (const expires of ["field", "none"] as const) {
    const form = expires === "none" ? "without" : "with";
    test(`an agent's clock ${minutes} minutes off, ${form} expires: what comes live lasts as long as it should`, async (given) => {
      await given.connected({ clockOffset: DAY });
      given.invite({ expires, agentClockOffset: minutes * MINUTE });
      await given.after(100, { prompts: 1 });
      await given.after(118 * SECOND, { prompts: 1 });
      await given.after(2 * SECOND, OVER);
    });
  }
}

for (const order of ["first", "last"]) {
  test(`a dead invitation told ${order} of the past displaces no live one, though it is called INVITED`, async (given) => {
    await seenLate(given, () => {
      const dead = () => given.inviteElsewhere({ agentClockOffset: -60 * MINUTE });
      if (order === "first") dead();
      given.invite({ dialogId: "live" });
      if (order === "last") dead();
    });
    given.expect({ prompts: 1, asked: ["live"], events: ["Offered"] });
  });

  test(`of two told of the past the one that ends last is asked about, told ${order}`, async (given) => {
    await seenLate(given, () => {
      for (const seconds of order === "first" ? [100, 50] : [50, 100]) given.inviteElsewhere({ seconds, dialogId: `${seconds} s` });
    });
    given.expect({ prompts: 1, asked: ["100 s"], events: ["Offered"] });
  });
}

test("a pending prompt stays through an outage, and a dead invitation told after it displaces it not", async (given) => {
  const page = await given.connected();
  given.invite({ dialogId: "live" });
  await given.time.pass(SECOND);
  const { prompt } = page;
  await given.outage(() => {
    assert.is(page.prompt, prompt);
    given.inviteElsewhere({ agentClockOffset: -60 * MINUTE });
  });
  assert.is(page.prompt, prompt);
  given.expect({ prompts: 1, events: ["Offered"] });
});

for (const seen of ["live", "of the past"]) {
  test(`a late copy of an invitation told ${seen}, and over, does not take the place of a pending one`, async (given) => {
    const invite = () => given.inviteElsewhere({ seconds: 15, agentClockOffset: seen === "live" ? 0 : -MINUTE });
    let old!: ReturnType<typeof invite>;
    await seenLate(given, () => void (seen === "live" || (old = invite())));
    if (seen === "live") old = invite();
    await given.time.pass(20 * SECOND);
    given.invite({ dialogId: "newer" });
    await given.after(100, { prompts: 1 });
    const { prompt } = given.page;
    old.resend();
    await given.after(SECOND, { prompts: 1 });
    assert.is(given.page.prompt, prompt);
    assert.is(given.state.asked.at(-1), "newer");
  });
}

test("what expired while the connection was lost is over, also if it is told again", async (given) => {
  await given.connected({ keepEndedDialogs: false });
  const invitation = given.invite({ seconds: 15 });
  await given.time.pass(SECOND);
  given.network.faults.down = true;
  await given.time.pass(20 * SECOND);
  given.network.faults.down = false;
  await given.after(20 * SECOND, { subscribed: true });
  invitation.resend();
  await given.after(SECOND, OVER);
});

test("times that come as strings are times", async (given) => {
  await given.connected();
  const creationTs = Date.now() - 10 * MINUTE;
  notify(given, invited("one", String(creationTs / SECOND + 60), { creationTs: String(creationTs) }));
  await given.after(58 * SECOND, { prompts: 1 });
  await given.after(3 * SECOND, OVER);
});

test("an invitation without the time of its creation is judged by its end", async (given) => {
  await given.connected();
  const now = Date.now() / SECOND;
  notify(given, invited("over", now - 60), invited("pending", now + 20));
  await given.after(SECOND, { prompts: 1, asked: ["pending"] });
  await given.after(20 * SECOND, OVER);
});

/* The tag, and other code of the site */

for (const broken of ["published", "dataLayer"] as const) {
  test(`what throws when it is told loses nothing else: ${broken}`, async (given) => {
    const { window } = await given.connected();
    const throws = () => {
      throw new Error("the site's own error");
    };
    if (broken === "published") window.lpTag.events.publish = throws;
    else window.dataLayer.push = throws;
    given.invite();
    await given.after(100, { prompts: 1 });
    await given.answer("accept");
    const told = ["Offered", "Accepted"];
    given.expect({ events: told, published: told, dataLayer: told, [broken]: [] });
  });
}

test("many quick notifications are not ten seconds without the tag", async (given) => {
  const page = await given.connected({ tagged: false });
  given.invite();
  for (let count = 0; count < 100; count++) {
    await given.time.pass(20);
    given.conversation.publish();
  }
  given.expect({ reasons: [] });
  await given.after(11 * SECOND, { reasons: ["no window.lpTag.events.publish"] });
  page.loadTag();
  await given.after(300, { prompts: 1 });
});

test("short invitations, one after the other, are not ten seconds without the tag", async (given) => {
  await given.connected({ tagged: false });
  for (let count = 0; count < 6; count++) {
    const invitation = given.invite();
    await given.time.pass(4 * SECOND);
    invitation.cancel();
    await given.time.pass(SECOND);
  }
  given.expect({ reasons: [] });
});

test("an exception while the prompt is shown ends nothing: the next tick shows it", async (given) => {
  const { document, errors } = await given.connected();
  const { createElement } = document;
  let thrown = 0;
  document.createElement = (tag: string) => {
    if (thrown++ < 3) throw new Error("the page's own error");
    return createElement.call(document, tag);
  };
  given.invite({ seconds: 30 });
  await given.after(2 * SECOND, { prompts: 1 });
  // What a timer throws the page hears of.
  assert.ok(errors.length < 3);
  errors.length = 0;
  await given.after(30 * SECOND, OVER);
});

test("in a frame of a page that has the snippet nothing happens", async (given) => {
  const page = given.visit();
  page.window.parent = { lpCobrowse: {} };
  page.run();
  await given.after(MINUTE, { tries: 0, lookUps: 0, reasons: [] });
  assert.is(page.window.lpCobrowse, undefined);
});

test("in a frame whose parent may not be asked it works", async (given) => {
  const page = given.visit();
  Object.defineProperty(page.window, "parent", {
    get() {
      throw new Error("SecurityError");
    },
  });
  page.run();
  await given.after(SECOND, { subscribed: true });
});

/* Outages */

for (const [what, reason, happen, keepEndedDialogs] of [
  ["cancelled", "cancelled", ({ invitations: [invitation] }) => invitation!.cancel(), true],
  ["cancelled, and not told of any more,", "cancelled", ({ invitations: [invitation] }) => invitation!.cancel(), false],
  ["accepted elsewhere", "answered", ({ invitations: [invitation] }) => invitation!.acceptElsewhere(), true],
  ["closed as a dialog", "cancelled", ({ invitations: [invitation] }) => invitation!.closeDialog(), true],
  ["ended with its conversation", "cancelled", (conversation) => conversation.end(), true],
  ["deleted with its conversation", "cancelled", (conversation) => conversation.delete(), true],
] as [string, string, (conversation: Given["conversation"]) => void, boolean][]) {
  test(`an invitation ${what} during an outage is over after it`, async (given) => {
    await given.connected({ keepEndedDialogs });
    given.invite();
    await given.after(100, { prompts: 1 });
    await given.outage(() => happen(given.conversation));
    given.expect({ prompts: 0, events: ["Offered", `Closed ${reason}`], published: ["Offered"] });
  });
}

test("an invitation that a server tells of late after an outage is asked about again, and published once", async (given) => {
  await given.connected({ keepEndedDialogs: false });
  const invitation = given.invite();
  await given.time.pass(100);
  await given.outage(() => invitation.cancel());
  given.expect(CANCELLED);
  invitation.resend();
  await given.after(100, { prompts: 1 });
  await given.answer("accept");
  given.expect({ published: ["Offered", "Accepted"], events: ["Offered", "Closed cancelled", "Offered", "Accepted"] });
});

test("a dialog of another channel is no invitation, whatever its sessionState", async (given) => {
  await given.connected();
  notify(given, { ...invited("one", Date.now() / SECOND + 60), channelType: "MESSAGING" });
  await given.after(SECOND, { prompts: 0, events: [], published: [] });
});

test("what a connection brings that was given up, and has not closed yet, is not read", async (given) => {
  const { sockets, window } = await given.connected({ deliversLate: true });
  const [givenUp] = sockets;
  window.lpCobrowse.stop();
  window.lpCobrowse.start();
  const result = { convId: "other", conversationDetails: { state: "OPEN", dialogs: [invited("one", Date.now() / SECOND + 60)] } };
  givenUp!.deliver(JSON.stringify({ kind: "notification", body: { changes: { type: "UPSERT", result } } }));
  await given.after(SECOND, { subscribed: true, prompts: 0, events: [], published: [] });
});

/* stop() and start() */

test("stop() withdraws the prompt; start() asks again, and publishes nothing again", async (given) => {
  const { window } = await given.connected();
  given.invite();
  await given.after(100, { prompts: 1 });
  window.lpCobrowse.stop();
  given.expect({ prompts: 0, open: 0, events: ["Offered", "Closed stopped"] });
  window.lpCobrowse.start();
  await given.after(200, { prompts: 1, published: ["Offered"], events: ["Offered", "Closed stopped", "Offered"] });
});

test("stop() holds when a listener calls it while a frame is read that brings more", async (given) => {
  const { window } = await given.connected();
  window.addEventListener("cobrowseClosed", () => window.lpCobrowse.stop());
  given.invite();
  await given.time.pass(SECOND);
  // Each replaces the one before.
  const end = Date.now() / SECOND + 60;
  notify(given, invited("one", end), invited("two", end));
  await given.after(10 * SECOND, { events: ["Offered", "Closed replaced"], prompts: 0, open: 0 });
});

for (const call of ["stop", "start"] as const) {
  test(`${call}(), called when the first clock answer ends what an outage took, leaves nothing live`, async (given) => {
    const page = await given.connected({ keepEndedDialogs: false });
    const invitation = given.invite({ dialogId: "first" });
    await given.time.pass(SECOND);
    page.window.addEventListener("cobrowseClosed", () => page.window.lpCobrowse[call]());
    await given.outage(() => {
      invitation.cancel();
      given.inviteElsewhere({ dialogId: "dead", agentClockOffset: -60 * MINUTE });
    });
    for (const event of ["online", "visibilitychange"]) page.fire(event);
    await given.after(MINUTE, { ...CANCELLED, asked: ["first"], subscribed: call === "start" });
  });
}

test.run();
