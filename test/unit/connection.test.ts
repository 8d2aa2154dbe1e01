// The connection, told as histories in fake time.
import * as assert from "uvu/assert";
import { histories } from "../model/given.ts";
import type { Given } from "../model/given.ts";
import { CONSUMER } from "../simulator/simulator.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const DAY = 24 * 60 * MINUTE;
/** A refused connection is known to be one after that. */
const REFUSAL = 20;

const test = histories("connection");

/* Retrying */

test("a server that is down is tried again after a second, and up to 1 s to 128 s more", async (given) => {
  const page = given.visit({ random: () => 1 });
  given.network.faults.down = true;
  page.run();
  await given.time.pass(10 * MINUTE);
  assert.equal(
    given.gaps,
    [2, 3, 5, 9, 17, 33, 65, 129, 129, 129].map((seconds) => seconds * SECOND + REFUSAL),
  );
});

test("the waits are spread from a second to the longest", async (given) => {
  const drawn = [0.25, 0.75, 0.01, 0.5];
  let draws = 0;
  const page = given.visit({ random: () => drawn[draws++ % 4]! });
  given.network.faults.down = true;
  page.run();
  await given.time.pass(MINUTE);
  assert.equal(
    given.gaps.slice(0, 5),
    [1 + 0.25 * 1, 1 + 0.75 * 2, 1 + 0.01 * 4, 1 + 0.5 * 8, 1 + 0.25 * 16].map((seconds) => seconds * SECOND + REFUSAL),
  );
});

test("a server that accepts sockets and refuses tokens is not hammered", async (given) => {
  const page = given.visit({ random: () => 1 });
  given.network.faults.refuseToken = 4401;
  page.run();
  await given.time.pass(10 * MINUTE);
  const seconds = given.gaps.map((gap) => Math.floor(gap / SECOND));
  assert.equal(seconds, [2, 3, 5, 9, 17, 33, 65, 129, 129, 129]);
});

test("a connection that has lasted until its second clock answer makes the waits short again, an earlier end does not", async (given) => {
  const page = given.visit({ random: () => 1 });
  given.network.faults.down = true;
  page.run();
  await given.time.pass(20 * SECOND);
  given.network.faults.down = false;
  await given.time.pass(33 * SECOND);
  assert.ok(given.subscribed);
  // Five tries have failed by now: the next wait is 1 + 32 s.
  given.network.faults.drop(1013);
  await given.time.pass(32 * SECOND);
  assert.not.ok(given.subscribed);
  await given.time.pass(2 * SECOND);
  assert.ok(given.subscribed);
  await given.time.pass(31 * SECOND);
  const before = given.tries;
  given.network.faults.drop(1011);
  await given.time.pass(3 * SECOND);
  assert.equal([given.tries, given.subscribed], [before + 1, true]);
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
    const page = given.visit({ random: () => 1 });
    Object.assign(given.network.faults, faults);
    page.run();
    await given.time.pass(5 * MINUTE);
    assert.equal(
      given.gaps.map((gap) => Math.floor(gap / SECOND)),
      [2, 3, 5, 9, 17, 33, 65, 129],
    );
    assert.is(given.provider.calls, given.tries);
    assert.equal(given.reasons, [`no wss://${given.network.host}`]);
    Object.assign(given.network.faults, { throwOut: undefined, refuseInit: false, refuseSubscription: undefined });
    await given.time.pass(2 * MINUTE);
    assert.ok(given.subscribed);
  });
}

/* Telling the site */

test("a connection that has failed three times in a row is told once, with what was tried, and again only after one that has lasted", async (given) => {
  const page = await given.connected({ random: () => 1 });
  for (const told of [1, 2]) {
    await given.time.pass(31 * SECOND);
    given.network.faults.down = true;
    await given.time.pass(4 * SECOND);
    assert.is(given.reasons.length, told - 1);
    await given.time.pass(MINUTE);
    assert.equal(given.reasons, Array(told).fill(`no wss://${given.network.host}`));
    given.network.faults.down = false;
    await given.time.pass(3 * MINUTE);
    assert.ok(given.subscribed);
  }
  assert.equal(
    page.warnings,
    given.reasons.map((reason) => `[lp-cobrowse] ${reason}`),
  );
});

test("a server that is away when there is a token at last is told as any other", async (given) => {
  const page = given.visit();
  given.provider.mode = "rejects";
  given.network.faults.down = true;
  page.run();
  await given.time.pass(MINUTE);
  given.provider.mode = "good";
  await given.time.pass(MINUTE);
  assert.equal(given.reasons, [`no wss://${given.network.host}`]);
});

test("a token provider that rejects after the token was refused blames no server", async (given) => {
  await given.connected();
  given.provider.mode = "rejects";
  given.network.faults.drop(4401);
  await given.time.pass(10 * MINUTE);
  assert.equal(given.reasons, ["bad jwt 4401"]);
});

for (const config of [{ account: "56072331 " }, { server: "va msg example" }, { server: "wss://elsewhere.example" }]) {
  test(`${JSON.stringify(config)} leads nowhere, and the site is told`, async (given) => {
    given.visit({ config }).run();
    await given.time.pass(MINUTE);
    const { server = "va.msg.example" } = config;
    assert.equal(given.reasons, [`no wss://${server.replace(/^wss:../, "")}`]);
    // LivePerson rejects these, as it should.
    given.network.violations.length = 0;
  });
}

for (const server of ["va.msg.example", "va.msg.example/", "wss://va.msg.example", "wss://va.msg.example/", "wss://va.msg.example "]) {
  test(`server ${JSON.stringify(server)} is understood`, async (given) => {
    await given.connected({ config: { server } });
    assert.equal([given.tries, given.subscribed, given.reasons], [1, true, []]);
  });
}

/* Tokens */

for (const code of [4401, 4407] as const) {
  test(`close code ${code} is told once, and the next try has a fresh token`, async (given) => {
    const page = await given.connected();
    const { calls } = given.provider;
    given.network.faults.drop(code);
    await given.time.pass(2 * SECOND);
    assert.match(given.reasons[0]!, new RegExp(`jwt.*${code}`));
    assert.equal(
      page.warnings,
      given.reasons.map((reason) => `[lp-cobrowse] ${reason}`),
    );
    assert.equal([given.reasons.length, given.provider.calls, given.tries, given.subscribed], [1, calls + 1, 2, true]);
  });
}

test("a refused InitConnection is told, and the next try has a fresh token", async (given) => {
  const page = given.visit();
  given.network.faults.refuseInit = true;
  page.run();
  await given.time.pass(100);
  assert.match(given.reasons[0]!, /jwt.*401/);
  given.network.faults.refuseInit = false;
  await given.time.pass(2 * SECOND);
  assert.equal([given.reasons.length, given.provider.calls, given.subscribed], [1, 2, true]);
});

for (const code of [1000, 1001, 1006, 1011, 1013, 4000, 4010, 4402]) {
  test(`close code ${code} is nothing that the site has to fix`, async (given) => {
    await given.connected();
    given.network.faults.drop(code);
    await given.time.pass(2 * SECOND);
    assert.equal([given.reasons, given.tries, given.subscribed], [[], 2, true]);
  });
}

for (const mode of ["missing", "throws", "rejects"] as const) {
  test(`token ${mode}: no request and no message, looked for every 5 s`, async (given) => {
    const page = given.visit({ config: { server: undefined } });
    given.provider.mode = mode;
    page.run();
    await given.time.pass(5 * MINUTE);
    assert.equal([page.requests, given.tries, page.warnings, given.reasons], [[], 0, [], []]);
    assert.is(given.provider.calls, 60);
    given.provider.mode = "good";
    await given.time.pass(6 * SECOND);
    assert.ok(given.subscribed);
  });
}

test("a visitor who signs in is connected at once by start()", async (given) => {
  const page = given.visit();
  given.provider.mode = "missing";
  page.run();
  await given.time.pass(SECOND);
  given.provider.mode = "good";
  page.window.lpCobrowse.start();
  await given.time.pass(100);
  assert.ok(given.subscribed);
});

test("a token that takes 25 s is waited for, and asked for once", async (given) => {
  const page = given.visit();
  given.provider.mode = "late";
  page.run();
  await given.time.pass(24 * SECOND);
  assert.equal([given.provider.calls, given.tries], [1, 0]);
  await given.time.pass(2 * SECOND);
  assert.equal([given.provider.calls, given.subscribed], [1, true]);
});

test("a token provider that never settles is asked again", async (given) => {
  const page = given.visit();
  given.provider.mode = "never";
  page.run();
  await given.time.pass(10 * SECOND);
  given.provider.mode = "good";
  await given.time.pass(4 * MINUTE);
  assert.ok(given.subscribed);
});

test("of two look-ups in flight only the later one's token is used", async (given) => {
  const page = given.visit();
  given.provider.mode = "late";
  page.run();
  await given.time.pass(20 * SECOND);
  page.window.lpCobrowse.start();
  await given.time.pass(24 * SECOND);
  assert.is(given.tries, 0);
  await given.time.pass(2 * SECOND);
  const [init] = page.sockets[0]!.server!.requests;
  const { jwt } = init!.headers.find((header: { jwt?: string }) => header.jwt);
  assert.equal([given.tries, jwt], [1, given.provider.latestBefore(Infinity)]);
});

test("an older look-up that ends while a newer one's connection opens does not change its token", async (given) => {
  const page = given.visit();
  given.provider.mode = "late";
  page.run();
  await given.time.pass(25 * SECOND - 5);
  given.provider.mode = "good";
  page.window.lpCobrowse.start();
  await given.time.pass(200);
  const [init] = page.sockets[0]!.server!.requests;
  const { jwt } = init!.headers.find((header: { jwt?: string }) => header.jwt);
  assert.equal([given.tries, jwt], [1, given.provider.latestBefore(Infinity)]);
});

test("what a replaced connection still delivers is ignored", async (given) => {
  const page = await given.connected({ deliversLate: true });
  given.network.openConversation().invite();
  page.window.lpCobrowse.stop();
  await given.time.pass(SECOND);
  assert.equal([given.published, page.prompts.length], [[], 0]);
});

test("a token that comes after stop() is not used", async (given) => {
  const page = given.visit();
  given.provider.mode = "late";
  page.run();
  await given.time.pass(SECOND);
  page.window.lpCobrowse.stop();
  await given.time.pass(5 * MINUTE);
  assert.equal([given.tries, given.provider.calls], [0, 1]);
});

test("no token is ever in an address, an event, the console or dataLayer", async (given) => {
  const page = await given.connected({ config: { server: undefined } });
  given.network.faults.drop(4401);
  await given.time.pass(2 * SECOND);
  given.network.openConversation().invite();
  await given.time.pass(100);
  await given.answer("accept");
  assert.equal(given.published, ["Offered", "Accepted"]);
  assert.not.match(page.outputs, /eyJ|secret/);
});

/* The account and the domain service */

test("an account that comes with a late tag is found; after 10 s it is missed once", async (given) => {
  const page = given.visit();
  const { lpTag } = page.window;
  delete page.window.lpTag;
  page.run();
  await given.time.pass(9 * SECOND);
  assert.equal(given.reasons, []);
  await given.time.pass(60 * SECOND);
  assert.equal(given.reasons.length, 1);
  assert.match(given.reasons[0]!, "account");
  assert.equal(page.warnings, [`[lp-cobrowse] ${given.reasons[0]}`]);
  assert.equal([page.requests, given.tries], [[], 0]);
  page.window.lpTag = lpTag;
  await given.time.pass(6 * SECOND);
  assert.ok(given.subscribed);
});

test("an account that comes within 10 s is not missed", async (given) => {
  const page = given.visit();
  const { lpTag } = page.window;
  delete page.window.lpTag;
  page.run();
  await given.time.pass(7 * SECOND);
  page.window.lpTag = lpTag;
  await given.time.pass(4 * SECOND);
  assert.equal([given.reasons, given.subscribed], [[], true]);
});

for (const how of ["error", "nonsense", "unreachable"] as const) {
  test(`domain service ${how}: asked again until it answers`, async (given) => {
    const page = given.visit({ config: { server: undefined } });
    given.network.domainService = how;
    page.run();
    await given.time.pass(20 * SECOND);
    assert.ok(page.requests.length > 1);
    assert.equal([given.subscribed, given.reasons], [false, [`no ${page.requests[0]}`]]);
    given.network.domainService = "ok";
    await given.time.pass(MINUTE);
    assert.ok(given.subscribed);
  });
}

test("a domain service that answers late is waited for", async (given) => {
  const page = given.visit({ config: { server: undefined } });
  given.network.domainServiceDelay = 25 * SECOND;
  page.run();
  await given.time.pass(26 * SECOND);
  assert.equal([page.requests.length, given.subscribed], [1, true]);
});

test("a domain service that never answers is asked again", async (given) => {
  const page = given.visit({ config: { server: undefined } });
  given.network.domainService = "never";
  page.run();
  await given.time.pass(10 * SECOND);
  given.network.domainService = "ok";
  await given.time.pass(4 * MINUTE);
  assert.ok(given.subscribed);
});

test("looks at other tabs make nobody miss the account early", async (given) => {
  const page = given.visit();
  delete page.window.lpTag;
  page.run();
  for (let look = 0; look < 4; look++) {
    await given.time.pass(2 * SECOND);
    page.hide();
    page.show();
  }
  await given.time.pass(SECOND);
  assert.equal(given.reasons, []);
  await given.time.pass(12 * SECOND);
  assert.is(given.reasons.length, 1);
});

test("an account that was missed for long makes no wait longer", async (given) => {
  const page = given.visit({ random: () => 1 });
  const { lpTag } = page.window;
  delete page.window.lpTag;
  page.run();
  await given.time.pass(MINUTE);
  page.window.lpTag = lpTag;
  given.network.faults.down = true;
  await given.time.pass(9 * SECOND);
  assert.is(Math.floor(given.gaps[0]! / SECOND), 2);
});

/* Half-open connections */

test("GetClock every 30 s keeps the connection", async (given) => {
  await given.connected();
  // GetClock may be asked 30 s after the last question, or after its answer.
  await given.time.pass(5 * MINUTE + 5 * SECOND);
  assert.equal([given.tries, given.subscribed], [1, true]);
  const requests = given.requestsOf(0);
  assert.equal(requests.slice(0, 3).sort(), ["GetClock", "InitConnection", "cqm.SubscribeExConversations"]);
  assert.equal(requests.slice(3), Array(10).fill("GetClock"));
});

test("a connection whose network is gone is replaced when GetClock was not answered for 30 s", async (given) => {
  await given.connected();
  given.network.faults.dead = true;
  await given.time.pass(29 * SECOND);
  assert.is(given.tries, 1);
  given.network.faults.dead = false;
  await given.time.pass(33 * SECOND);
  assert.equal([given.tries, given.open, given.subscribed], [2, 1, true]);
});

test("a socket that does not open is replaced after 30 s", async (given) => {
  const page = given.visit();
  given.network.faults.stallOpening = true;
  page.run();
  await given.time.pass(29 * SECOND);
  assert.equal([given.tries, given.open], [1, 1]);
  given.network.faults.stallOpening = false;
  await given.time.pass(3 * SECOND);
  assert.equal([given.tries, given.open, given.subscribed], [2, 1, true]);
});

test("a connection whose InitConnection is not answered is replaced after 30 s", async (given) => {
  const page = given.visit();
  given.network.faults.silent = true;
  page.run();
  await given.time.pass(29 * SECOND);
  assert.equal([given.tries, given.requestsOf(0)], [1, ["InitConnection"]]);
  await given.time.pass(3 * SECOND);
  assert.is(given.tries, 2);
  given.network.faults.silent = false;
  await given.time.pass(200);
  assert.equal([given.open, given.subscribed, given.reasons], [1, true, []]);
});

/* Waking */

for (const event of ["online", "visibilitychange"]) {
  test(`${event}: a connection that died without a word is replaced within seconds`, async (given) => {
    const page = await given.connected();
    given.network.faults.dead = true;
    await given.time.pass(SECOND);
    given.network.faults.dead = false;
    page.fire(event);
    await given.time.pass(4900);
    assert.is(given.tries, 1);
    await given.time.pass(2 * SECOND);
    assert.equal([given.tries, given.open, given.subscribed, given.reasons], [2, 1, true, []]);
  });

  test(`${event}: a connection that stands is asked at once, and kept`, async (given) => {
    const page = await given.connected();
    for (let times = 1; times <= 3; times++) {
      page.fire(event);
      await given.time.pass(50);
      assert.is(given.requestsOf(0).length, 3 + times);
    }
    await given.time.pass(10 * MINUTE);
    assert.equal([given.tries, given.subscribed], [1, true]);
  });

  test(`${event}: one that is not answered yet is asked again, and keeps the connection by either answer's time`, async (given) => {
    const page = await given.connected();
    given.network.faults.latency = 3000;
    page.fire(event);
    await given.time.pass(2 * SECOND);
    page.fire(event);
    await given.time.pass(4 * SECOND);
    given.network.faults.latency = 0;
    await given.time.pass(2 * MINUTE);
    assert.equal([given.tries, given.subscribed], [1, true]);
  });

  test(`${event}: a connection that is still being made is sent nothing before its time`, async (given) => {
    const page = given.visit();
    given.network.faults.latency = 2000;
    page.run();
    for (let step = 0; step < 10; step++) {
      await given.time.pass(500);
      page.fire(event);
    }
    await given.time.pass(4 * SECOND);
    assert.equal([given.tries, given.subscribed], [1, true]);
    assert.equal(given.requestsOf(0).slice(0, 2), ["InitConnection", "cqm.SubscribeExConversations"]);
  });
}

/* Only while seen */

test("hidden for 30 s the page closes its connection and tries no other; seen again it connects at once", async (given) => {
  const page = await given.connected();
  page.hide();
  await given.time.pass(29 * SECOND);
  assert.is(given.open, 1);
  await given.time.pass(2 * SECOND);
  assert.is(given.open, 0);
  const { calls } = given.provider;
  await given.time.pass(20 * MINUTE);
  assert.equal([given.tries, given.provider.calls], [1, calls]);
  page.show();
  await given.time.pass(100);
  assert.equal([given.tries, given.subscribed], [2, true]);
});

test("short looks at other tabs cost no reconnect", async (given) => {
  const page = await given.connected();
  for (let look = 0; look < 10; look++) {
    page.hide();
    await given.time.pass(25 * SECOND);
    page.show();
    await given.time.pass(10 * SECOND);
  }
  assert.equal([given.tries, given.subscribed], [1, true]);
});

test("a page opened in the background connects when it is first seen", async (given) => {
  const page = given.visit({ hidden: true, config: { server: undefined } }).run();
  await given.time.pass(10 * MINUTE);
  assert.equal([page.requests, given.tries, given.provider.calls], [[], 0, 0]);
  page.show();
  await given.time.pass(100);
  assert.ok(given.subscribed);
});

test("a connection lost while hidden is not tried again until the page is seen", async (given) => {
  const page = await given.connected();
  page.hide();
  await given.time.pass(SECOND);
  given.network.faults.drop();
  await given.time.pass(20 * SECOND);
  assert.is(given.tries, 1);
  page.show();
  await given.time.pass(100);
  assert.equal([given.tries, given.subscribed], [2, true]);
});

test("an invitation that comes while the page is hidden is offered then, and asked about when the visitor looks", async (given) => {
  const page = await given.connected();
  page.hide();
  given.network.openConversation().invite();
  await given.time.pass(10 * SECOND);
  assert.equal([given.published, page.prompts.length], [["Offered"], 0]);
  page.show();
  await given.time.pass(260);
  assert.ok(page.prompt);
});

test("an invitation withdrawn while the page was hidden for long is not shown again", async (given) => {
  const page = await given.connected();
  const invitation = given.network.openConversation().invite();
  await given.time.pass(100);
  assert.ok(page.prompt);
  page.hide();
  await given.time.pass(40 * SECOND);
  assert.is(page.prompts.length, 0);
  invitation.cancel();
  let prompts = 0;
  page.onPromptOpened = () => prompts++;
  page.show();
  await given.time.pass(MINUTE);
  assert.equal([prompts, given.events], [0, ["Offered", "Closed cancelled"]]);
});

test("leaving closes the connection and the prompt, coming back brings both", async (given) => {
  const page = await given.connected();
  given.network.openConversation().invite();
  await given.time.pass(100);
  page.leave();
  assert.equal([given.open, page.prompts.length], [0, 0]);
  await given.time.pass(30 * SECOND);
  assert.is(given.tries, 1);
  page.return(false);
  await given.time.pass(100);
  assert.equal([given.tries, given.open, given.subscribed], [2, 1, true]);
  await given.time.pass(260);
  assert.ok(page.prompt);
  await given.answer("accept");
  assert.equal(given.published, ["Offered", "Accepted"]);
});

for (const first of [true, false]) {
  test(`coming back at once, the old socket's close event ${first ? "first" : "last"}, makes one connection`, async (given) => {
    const page = await given.connected();
    page.leave();
    await given.time.pass(100);
    page.return(first);
    await given.time.pass(5 * SECOND);
    assert.equal([given.tries, given.open, given.subscribed], [2, 1, true]);
  });
}

test("the first pageshow of a page makes no second connection", async (given) => {
  const page = given.visit().run();
  page.fire("pageshow");
  await given.time.pass(100);
  page.fire("pageshow");
  page.fire("visibilitychange");
  page.fire("online");
  await given.time.pass(5 * SECOND);
  assert.equal([given.tries, given.subscribed], [1, true]);
});

test("online connects at once where there is no connection", async (given) => {
  const page = given.visit({ random: () => 1 });
  given.network.faults.down = true;
  page.run();
  await given.time.pass(3 * MINUTE);
  given.network.faults.down = false;
  page.fire("online");
  await given.time.pass(100);
  assert.ok(given.subscribed);
});

test("online does not connect a page that is stopped, or hidden", async (given) => {
  const page = given.visit({ hidden: true }).run();
  page.fire("online");
  await given.time.pass(SECOND);
  page.show();
  page.window.lpCobrowse.stop();
  page.fire("online");
  await given.time.pass(MINUTE);
  assert.equal([given.open, given.subscribed], [0, false]);
});

/* The server's clock */

for (const [name, clockOffset] of Object.entries({
  "ten minutes ahead": 10 * MINUTE,
  "ten minutes behind": -10 * MINUTE,
  "a day ahead": DAY,
  "a day behind": -DAY,
})) {
  test(`with the server's clock ${name} an invitation is shown until it ends`, async (given) => {
    const page = await given.connected({ clockOffset });
    // Without an agent's message at its end: the page has to know by itself.
    const conversation = given.network.openConversation();
    conversation.invite({ seconds: 60 });
    await given.time.pass(100);
    given.network.faults.silent = true;
    assert.ok(page.prompt);
    await given.time.pass(25 * SECOND);
    given.network.faults.silent = false;
    await given.time.pass(33 * SECOND);
    assert.ok(page.prompt);
    given.network.faults.silent = true;
    await given.time.pass(3 * SECOND);
    assert.equal([page.prompts.length, given.events], [0, ["Offered", "Closed expired"]]);
  });
}

// To the page a computer that slept and a clock that was set forward are the same.
for (const jump of [10 * MINUTE, DAY]) {
  test(`the computer sleeps for ${jump / MINUTE} minutes while an invitation is pending: it is over, and Allow says nothing`, async (given) => {
    const page = await given.connected();
    given.network.openConversation().invite({ seconds: 60 });
    await given.time.pass(SECOND);
    page.clockError += jump;
    await given.time.pass(250);
    assert.not.ok(page.click("accept"));
    assert.equal([page.prompts.length, given.events, given.published], [0, ["Offered", "Closed expired"], ["Offered"]]);
  });

  for (const part of ["accept", "decline"]) {
    test(`after ${jump / MINUTE} minutes of sleep ${part}, pressed before anything else happens, says nothing`, async (given) => {
      const page = await given.connected();
      given.network.openConversation().invite({ seconds: 60 });
      await given.time.pass(SECOND);
      page.clockError += jump;
      assert.ok(page.click(part));
      await given.time.pass(250);
      assert.equal([page.prompts.length, given.events, given.published], [0, ["Offered", "Closed expired"], ["Offered"]]);
    });
  }
}

for (const jump of [-10 * MINUTE, -DAY]) {
  test(`the visitor sets the clock by ${jump / MINUTE} minutes while an invitation is pending: by the next answer to GetClock it is right again`, async (given) => {
    const page = await given.connected();
    given.network.openConversation().invite({ seconds: 60 });
    await given.time.pass(100);
    page.clockError += jump;
    await given.time.pass(55 * SECOND);
    assert.ok(page.prompt);
    await given.time.pass(6 * SECOND);
    assert.equal([page.prompts.length, given.events], [0, ["Offered", "Closed expired"]]);
  });
}

test("an answer to GetClock without the time leaves the time as it was", async (given) => {
  const page = await given.connected({ clockOffset: DAY });
  given.network.faults.sendRaw('{"kind":"resp","reqId":"3","code":200,"body":{}}');
  given.network.openConversation().invite({ seconds: 20 });
  await given.time.pass(SECOND);
  assert.ok(page.prompt);
  await given.time.pass(20 * SECOND);
  assert.is(page.prompts.length, 0);
});

test("an invitation without expires ends two minutes after its creation", async (given) => {
  const page = await given.connected({ clockOffset: DAY });
  given.network.openConversation().invite({ seconds: 20, expires: "none" });
  await given.time.pass(19 * SECOND);
  assert.ok(page.prompt);
  await given.time.pass(2 * SECOND);
  assert.is(page.prompts.length, 0);
});

/** A page that is first seen when the server has something to tell of the past. */
const seenLate = async (given: Given, past: () => void, options: Parameters<Given["visit"]>[0] = {}) => {
  const page = given.visit({ hidden: true, ...options }).run();
  past();
  page.show();
  await given.time.pass(300);
  return page;
};
const asked = ({ page }: Given) => page.published.map(({ data }) => data.dialogId);

for (const minutes of [-10, -3, 3, 10]) {
  for (const expires of ["field", "none"] as const) {
    const times = expires === "none" ? "no expires" : "expires";
    test(`an agent's clock that is ${minutes} minutes off (${times}): what comes live is asked about, and lasts as long as it should`, async (given) => {
      const page = await given.connected({ clockOffset: DAY });
      given.network.openConversation().invite({ expires, agentClockOffset: minutes * MINUTE });
      await given.time.pass(100);
      assert.ok(page.prompt);
      await given.time.pass(118 * SECOND);
      assert.ok(page.prompt);
      await given.time.pass(2 * SECOND);
      assert.equal([page.prompts.length, given.events], [0, ["Offered", "Closed expired"]]);
    });
  }
}

test("what came live by a slow clock is confirmed by the next connection, and answered", async (given) => {
  const page = await given.connected();
  given.network.openConversation().invite({ agentClockOffset: -5 * MINUTE });
  await given.time.pass(SECOND);
  given.network.faults.drop();
  await given.time.pass(3 * SECOND);
  assert.ok(given.subscribed);
  assert.ok(page.click("accept"));
  assert.equal(given.published, ["Offered", "Accepted"]);
});

test("what the server tells of the past is judged by its clock: what is over by that is not offered", async (given) => {
  const page = await seenLate(given, () => given.network.openConversation().invite({ agentClockOffset: -5 * MINUTE }), { clockOffset: -DAY });
  await given.time.pass(SECOND);
  assert.equal([given.events, given.published, page.prompts.length], [[], [], 0]);
});

for (const order of ["first", "last"]) {
  test(`a dead invitation that is told ${order} in what was before displaces no live one, though it is called INVITED`, async (given) => {
    const page = await seenLate(given, () => {
      const dead = () => given.network.openConversation().invite({ agentClockOffset: -60 * MINUTE });
      if (order === "first") dead();
      given.network.openConversation().invite({ dialogId: "live" });
      if (order === "last") dead();
    });
    assert.ok(page.prompt);
    assert.equal([asked(given), given.events], [["live"], ["Offered"]]);
  });

  test(`of two that were there before, the one that ends last is asked about, told ${order}`, async (given) => {
    const page = await seenLate(given, () => {
      const seconds = order === "first" ? [100, 50] : [50, 100];
      for (const each of seconds) given.network.openConversation().invite({ seconds: each, dialogId: `${each} s` });
    });
    assert.ok(page.prompt);
    assert.equal([asked(given), given.events], [["100 s"], ["Offered"]]);
  });
}

test("a dead invitation in what a later connection tells displaces no pending one", async (given) => {
  const page = await given.connected();
  given.network.openConversation().invite({ dialogId: "live" });
  await given.time.pass(SECOND);
  const { prompt } = page;
  await outage(given, () => given.network.openConversation().invite({ agentClockOffset: -60 * MINUTE }));
  assert.is(page.prompt, prompt);
  assert.equal(given.events, ["Offered"]);
});

test("a newer invitation replaces an older one, though it ends earlier", async (given) => {
  const page = await given.connected();
  given.network.openConversation().invite({ dialogId: "older" });
  await given.time.pass(SECOND);
  given.network.openConversation().invite({ dialogId: "newer", seconds: 30, agentClockOffset: -MINUTE });
  await given.time.pass(SECOND);
  assert.ok(page.prompt);
  assert.equal(
    [asked(given), given.events],
    [
      ["older", "newer"],
      ["Offered", "Closed replaced", "Offered"],
    ],
  );
});

for (const seen of ["live", "in what was before"] as const) {
  test(`a late copy of an invitation that was seen ${seen}, and is over, does not take the place of a pending one`, async (given) => {
    const invite = () => given.network.openConversation().invite({ seconds: 15, agentClockOffset: seen === "live" ? 0 : -MINUTE });
    let old!: ReturnType<typeof invite>;
    const page = seen === "live" ? await given.connected() : await seenLate(given, () => void (old = invite()));
    if (seen === "live") old = invite();
    await given.time.pass(20 * SECOND);
    given.network.openConversation().invite({ dialogId: "newer" });
    await given.time.pass(100);
    const { prompt } = page;
    old.resend();
    await given.time.pass(SECOND);
    assert.ok(prompt);
    assert.is(page.prompt, prompt);
    assert.equal(given.events.slice(-1), ["Offered"]);
  });
}

for (const call of ["stop", "start"] as const) {
  test(`${call}(), called when the first clock answer withdraws what an outage took, leaves nothing that counts as live`, async (given) => {
    const page = await given.connected({ keepEndedDialogs: false });
    const invitation = given.network.openConversation().invite({ dialogId: "first" });
    await given.time.pass(SECOND);
    page.window.addEventListener("cobrowseClosed", () => page.window.lpCobrowse[call]());
    await outage(given, () => {
      invitation.cancel();
      given.network.openConversation().invite({ dialogId: "dead", agentClockOffset: -60 * MINUTE });
    });
    for (const event of ["online", "visibilitychange"]) page.fire(event);
    await given.time.pass(MINUTE);
    assert.equal([asked(given), given.events, page.prompts.length], [["first"], ["Offered", "Closed cancelled"], 0]);
    assert.is(given.subscribed, call === "start");
  });
}

test("what expired while the connection was lost is over, also if it is told again", async (given) => {
  const page = await given.connected({ keepEndedDialogs: false });
  const invitation = given.network.openConversation().invite({ seconds: 15 });
  await given.time.pass(SECOND);
  given.network.faults.down = true;
  await given.time.pass(20 * SECOND);
  given.network.faults.down = false;
  await given.time.pass(20 * SECOND);
  assert.ok(given.subscribed);
  invitation.resend();
  await given.time.pass(SECOND);
  assert.equal([page.prompts.length, given.events], [0, ["Offered", "Closed expired"]]);
});

test("times that come as strings are times", async (given) => {
  const page = await given.connected();
  const dialog = (seconds: number) => ({
    dialogId: "one",
    channelType: "COBROWSE",
    state: "OPEN",
    creationTs: String(Date.now() - 10 * MINUTE),
    metaData: { sessionState: "INVITED", serviceId: "consumer#other", mode: "view", expires: String((Date.now() - 10 * MINUTE) / SECOND + seconds) },
  });
  const result = { convId: "other", conversationDetails: { state: "OPEN", dialogs: dialog(60) } };
  given.network.faults.sendRaw(JSON.stringify({ kind: "notification", body: { changes: { type: "UPSERT", result } } }));
  await given.time.pass(58 * SECOND);
  assert.ok(page.prompt);
  await given.time.pass(3 * SECOND);
  assert.equal([page.prompts.length, given.events], [0, ["Offered", "Closed expired"]]);
});

test("an invitation without the time of its creation is judged by its end", async (given) => {
  const page = await given.connected();
  const result = (dialogId: string, seconds: number) => ({
    convId: dialogId,
    conversationDetails: {
      state: "OPEN",
      dialogs: {
        dialogId,
        channelType: "COBROWSE",
        state: "OPEN",
        metaData: { sessionState: "INVITED", serviceId: "consumer#other", mode: "view", expires: Date.now() / SECOND + seconds },
      },
    },
  });
  for (const [dialogId, seconds] of [
    ["over", -60],
    ["pending", 20],
  ] as const)
    given.network.faults.sendRaw(JSON.stringify({ kind: "notification", body: { changes: { type: "UPSERT", result: result(dialogId, seconds) } } }));
  await given.time.pass(SECOND);
  assert.equal(asked(given), ["pending"]);
  assert.ok(page.prompt);
  await given.time.pass(20 * SECOND);
  assert.equal([page.prompts.length, given.events], [0, ["Offered", "Closed expired"]]);
});

/* What is published */

for (const participantsAs of ["participants", "participantsDetails"] as const) {
  for (const participants of [[CONSUMER, "agent"], ["agent", CONSUMER], ["agent"]]) {
    test(`the agent is found in ${participantsAs} of ${participants.length === 2 ? `two, as the ${participants[0] === "agent" ? "first" : "second"}` : "one"}`, async (given) => {
      const page = await given.connected();
      given.network.faults.singleElements = true;
      given.network.openConversation().invite({ participants, participantsAs });
      await given.time.pass(100);
      assert.equal(
        page.published.map(({ data }) => data.agentId),
        ["agent"],
      );
    });
  }
}

test("a tag that throws loses neither the event on the page nor the one in dataLayer", async (given) => {
  const page = await given.connected();
  page.window.lpTag.events.publish = () => {
    throw new Error("the tag's own error");
  };
  given.network.openConversation().invite();
  await given.time.pass(SECOND);
  assert.ok(page.click("accept"));
  assert.equal(given.events, ["Offered", "Accepted"]);
  assert.equal(
    page.dataLayer.map((item) => (item as { event: string }).event),
    ["cobrowseOffered", "cobrowseAccepted"],
  );
});

test("a dataLayer that throws loses nothing else", async (given) => {
  const page = await given.connected();
  page.window.dataLayer.push = () => {
    throw new Error("the site's own error");
  };
  given.network.openConversation().invite();
  await given.time.pass(SECOND);
  assert.ok(page.click("accept"));
  assert.equal(
    [given.events, given.published],
    [
      ["Offered", "Accepted"],
      ["Offered", "Accepted"],
    ],
  );
});

test("many quick notifications are not ten seconds without the tag", async (given) => {
  const page = await given.connected({ tagged: false });
  const conversation = given.network.openConversation();
  conversation.invite();
  for (let count = 0; count < 100; count++) {
    await given.time.pass(20);
    conversation.publish();
  }
  assert.equal(given.reasons, []);
  await given.time.pass(11 * SECOND);
  assert.equal(given.reasons, ["no window.lpTag.events.publish"]);
  page.loadTag();
  await given.time.pass(300);
  assert.ok(page.prompt);
});

test("short invitations, one after the other, are not ten seconds without the tag", async (given) => {
  await given.connected({ tagged: false });
  for (let count = 0; count < 6; count++) {
    const invitation = given.network.openConversation().invite();
    await given.time.pass(4 * SECOND);
    invitation.cancel();
    await given.time.pass(SECOND);
  }
  assert.equal(given.reasons, []);
});

test("a tag that is there is not missed while the connection is not live", async (given) => {
  const page = given.visit();
  given.network.faults.throwOut = 1013;
  given.network.faults.throwOutAfter = "cqm.SubscribeExConversations";
  given.network.openConversation().invite();
  page.run();
  await given.time.pass(MINUTE);
  assert.not.ok(given.reasons.some((reason) => /publish/.test(reason)));
});

test("one that was cancelled in an outage does not stand in the way of the next, though that ends earlier", async (given) => {
  const page = await given.connected();
  const conversation = given.network.openConversation();
  const first = conversation.invite();
  await given.time.pass(SECOND);
  await outage(given, () => {
    first.cancel();
    conversation.invite({ seconds: 60, dialogId: "next" });
  });
  assert.ok(page.prompt);
  assert.is(asked(given).at(-1), "next");
});

test("an exception while the prompt is shown ends nothing: the next tick shows it", async (given) => {
  const page = await given.connected();
  const { createElement } = page.document;
  let thrown = 0;
  page.document.createElement = (tag: string) => {
    if (thrown++ < 3) throw new Error("the page's own error");
    return createElement.call(page.document, tag);
  };
  given.network.openConversation().invite({ seconds: 30 });
  await given.time.pass(2 * SECOND);
  assert.ok(page.prompt);
  // What a timer throws the page hears of.
  assert.ok(page.errors.length < 3);
  page.errors.length = 0;
  await given.time.pass(30 * SECOND);
  assert.equal([page.prompts.length, given.events], [0, ["Offered", "Closed expired"]]);
});

test("in a frame of a page that has the snippet nothing happens", async (given) => {
  const page = given.visit();
  page.window.parent = { lpCobrowse: {} };
  page.run();
  await given.time.pass(MINUTE);
  assert.equal([given.tries, given.provider.calls, page.window.lpCobrowse, page.warnings], [0, 0, undefined, []]);
});

test("in a frame whose parent may not be asked, or has none, it works", async (given) => {
  const page = given.visit();
  Object.defineProperty(page.window, "parent", {
    get() {
      throw new Error("SecurityError");
    },
  });
  page.run();
  await given.time.pass(SECOND);
  assert.ok(given.subscribed);
});

test("stop() holds when it is called by a listener, while a frame is read that brings more", async (given) => {
  const page = await given.connected();
  page.window.addEventListener("cobrowseClosed", () => page.window.lpCobrowse.stop());
  given.network.openConversation().invite();
  await given.time.pass(SECOND);
  // Each replaces the one before.
  const dialog = (dialogId: string) => ({
    dialogId,
    channelType: "COBROWSE",
    state: "OPEN",
    metaData: { sessionState: "INVITED", serviceId: "consumer#other", mode: "view", expires: Date.now() / SECOND + 60 },
  });
  const result = { convId: "other", conversationDetails: { state: "OPEN", dialogs: [dialog("one"), dialog("two")] } };
  given.network.faults.sendRaw(JSON.stringify({ kind: "notification", body: { changes: [{ type: "UPSERT", result }] } }));
  await given.time.pass(10 * SECOND);
  assert.equal(given.events, ["Offered", "Closed replaced"]);
  assert.is(page.prompts.length, 0);
  assert.is(given.open, 0);
});

/* Outages */

const outage = async ({ network, time }: Given, during: () => void) => {
  network.faults.down = true;
  await time.pass(2 * SECOND);
  during();
  await time.pass(SECOND);
  network.faults.down = false;
  await time.pass(10 * SECOND);
};

test("an invitation made while the connection was down is shown right after it", async (given) => {
  const page = await given.connected();
  await outage(given, () => given.network.openConversation().invite());
  assert.ok(page.prompt);
  assert.equal(given.published, ["Offered"]);
});

test("a pending prompt stays through an outage, and is not repeated", async (given) => {
  const page = await given.connected();
  given.network.openConversation().invite();
  await given.time.pass(100);
  const { prompt } = page;
  await outage(given, () => assert.is(page.prompt, prompt));
  assert.is(page.prompt, prompt);
  assert.equal(given.published, ["Offered"]);
});

for (const [name, reason] of Object.entries({ cancel: "cancelled", acceptElsewhere: "answered", closeDialog: "cancelled" } as const)) {
  test(`after an outage in which the agent or another window did ${name}(), the prompt is gone`, async (given) => {
    const page = await given.connected();
    const invitation = given.network.openConversation().invite();
    await given.time.pass(100);
    assert.ok(page.prompt);
    await outage(given, () => invitation[name as "cancel"]());
    assert.equal([page.prompts.length, given.events, given.published], [0, ["Offered", `Closed ${reason}`], ["Offered"]]);
  });
}

for (const what of ["end", "delete"] as const) {
  test(`a conversation that had its ${what} during an outage is not told of any more: its prompt goes`, async (given) => {
    const page = await given.connected();
    const conversation = given.network.openConversation();
    conversation.invite();
    await given.time.pass(100);
    await outage(given, () => conversation[what]());
    assert.equal([page.prompts.length, given.events], [0, ["Offered", "Closed cancelled"]]);
  });
}

test("an invitation that was cancelled during an outage, by a server that does not keep ended dialogs, is over", async (given) => {
  const page = await given.connected({ keepEndedDialogs: false });
  const invitation = given.network.openConversation().invite();
  await given.time.pass(100);
  await outage(given, () => invitation.cancel());
  assert.equal([page.prompts.length, given.events, given.published], [0, ["Offered", "Closed cancelled"], ["Offered"]]);
});

test("an invitation that a server tells of late after an outage is asked about again, and published once", async (given) => {
  const page = await given.connected({ keepEndedDialogs: false });
  const invitation = given.network.openConversation().invite();
  await given.time.pass(100);
  await outage(given, () => invitation.cancel());
  assert.is(page.prompts.length, 0);
  invitation.resend();
  await given.time.pass(100);
  assert.ok(page.prompt);
  await given.answer("accept");
  assert.equal(
    [given.published, given.events],
    [
      ["Offered", "Accepted"],
      ["Offered", "Closed cancelled", "Offered", "Accepted"],
    ],
  );
});

test("a yes given while the connection is down reaches lpTag", async (given) => {
  const page = await given.connected();
  given.network.openConversation().invite();
  await given.time.pass(100);
  given.network.faults.down = true;
  await given.time.pass(SECOND);
  assert.is(given.open, 0);
  assert.ok(page.click("accept"));
  assert.equal(given.published, ["Offered", "Accepted"]);
  given.network.faults.down = false;
  await given.time.pass(10 * SECOND);
  assert.equal([given.published, page.prompts.length], [["Offered", "Accepted"], 0]);
});

/* stop() and start() */

test("stop() closes the connection and withdraws the prompt; start() asks again, and publishes nothing again", async (given) => {
  const page = await given.connected();
  given.network.openConversation().invite();
  await given.time.pass(100);
  page.window.lpCobrowse.stop();
  assert.equal([given.open, page.prompts.length, given.events], [0, 0, ["Offered", "Closed stopped"]]);
  await given.time.pass(10 * SECOND);
  assert.is(given.tries, 1);
  page.window.lpCobrowse.start();
  await given.time.pass(200);
  assert.ok(page.prompt);
  await given.answer("accept");
  assert.equal(
    [given.published, given.events],
    [
      ["Offered", "Accepted"],
      ["Offered", "Closed stopped", "Offered", "Accepted"],
    ],
  );
});

test("start() replaces the connection by one with a fresh token", async (given) => {
  const page = await given.connected();
  const { calls } = given.provider;
  page.window.lpCobrowse.start();
  await given.time.pass(200);
  assert.equal([given.tries, given.open, given.provider.calls, given.subscribed], [2, 1, calls + 1, true]);
});

test("a stopped invitation that a newer one has replaced meanwhile is closed once", async (given) => {
  const page = await given.connected();
  const conversation = given.network.openConversation();
  conversation.invite();
  await given.time.pass(100);
  page.window.lpCobrowse.stop();
  conversation.invite();
  page.window.lpCobrowse.start();
  await given.time.pass(500);
  assert.equal(given.events, ["Offered", "Closed stopped", "Offered"]);
});

test.run();
