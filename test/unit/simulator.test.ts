import { connect } from "node:net";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { WebSocket } from "ws";
import { parseFrame } from "../simulator/frames.ts";
import { AGENT, CONSUMER, startSimulator, type Frame, type LogEntry, type Simulator, type SimulatorOptions } from "../simulator/simulator.ts";

/** A consumer's client that does only what a test tells it. */
class Client {
  readonly frames: Frame[] = [];
  readonly opened: Promise<void>;
  readonly closed: Promise<{ code: number; reason: string }>;
  /** What followed the answer to its subscription, where `subscribed()` made it. */
  snapshot: Frame = {};
  #socket: WebSocket;
  #id = 0;
  #waiting: (() => void)[] = [];

  constructor(simulator: Simulator, path = `/ws_api/account/${simulator.account}/messaging/consumer?v=3`) {
    this.#socket = new WebSocket(simulator.origin + path);
    this.#socket.on("message", (data) => {
      this.frames.push(parseFrame(data.toString()) ?? {});
      for (const wake of this.#waiting.splice(0)) wake();
    });
    this.opened = new Promise((resolve, reject) => this.#socket.on("open", resolve).on("error", reject));
    this.opened.catch(() => {});
    this.closed = new Promise((resolve) => this.#socket.on("close", (code, reason) => resolve({ code, reason: reason.toString() })));
  }

  send(frame: unknown): void {
    this.#socket.send(typeof frame === "string" ? frame : JSON.stringify(frame));
  }

  /** Sends a request and returns its answer. */
  async ask(type: string, rest: object = {}): Promise<Frame> {
    const id = String(++this.#id);
    this.send({ kind: "req", id, type, ...rest });
    return this.next((frame) => frame.reqId === id);
  }

  async next(predicate: (frame: Frame) => boolean): Promise<Frame> {
    for (;;) {
      const found = this.frames.find(predicate);
      if (found) return found;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** The next notification, taken from the queue. */
  async notification(): Promise<Frame> {
    const frame = await this.next(({ kind }) => kind === "notification");
    this.frames.splice(this.frames.indexOf(frame), 1);
    return frame;
  }

  get notifications(): Frame[] {
    return this.frames.filter(({ kind }) => kind === "notification");
  }

  init(jwt: string, features = ["CO_BROWSE"]): Promise<Frame> {
    return this.ask("InitConnection", { headers: initHeaders(jwt, { features }) });
  }

  subscribe(): Promise<Frame> {
    return this.ask("cqm.SubscribeExConversations", { body: { convState: ["OPEN"] } });
  }

  close(): void {
    this.#socket.terminate();
  }
}

function initHeaders(jwt: string, client: object = {}): object[] {
  return [
    { type: ".ams.headers.ClientProperties", deviceFamily: "DESKTOP", os: "LINUX", features: ["CO_BROWSE"], ...client },
    { type: ".ams.headers.ConsumerAuthentication", jwt },
  ];
}

async function subscribed(simulator: Simulator, consumerId?: string): Promise<Client> {
  const client = new Client(simulator);
  await client.opened;
  assert.is((await client.init(simulator.issueToken(consumerId))).code, 200);
  assert.is((await client.subscribe()).code, 200);
  client.snapshot = await client.notification();
  return client;
}

/** The COBROWSE dialogs of a notification. */
function cobrowse(frame: Frame): any[] {
  return frame.body.changes[0].result.conversationDetails.dialogs.filter((dialog: any) => dialog.channelType === "COBROWSE");
}

const sessionState = (frame: Frame) => cobrowse(frame)[0].metaData.sessionState;
const isClose = (entry: LogEntry) => entry.type === "close";

function scenario(name: string, options: SimulatorOptions = {}) {
  const test = suite<{ simulator: Simulator }>(name);
  test.before.each(async (context) => {
    context.simulator = await startSimulator(options);
  });
  test.after.each(({ simulator }) => simulator.close());
  return test;
}

const domain = scenario("simulator: domain service");

domain("says where the account's UMS is, to any origin", async ({ simulator }) => {
  const url = `${simulator.httpOrigin}/api/account/${simulator.account}/service/asyncMessagingEnt/baseURI.json?version=1.0`;
  const response = await fetch(url);
  assert.is(response.headers.get("access-control-allow-origin"), "*");
  assert.equal(await response.json(), { service: "asyncMessagingEnt", account: "56072331", baseURI: `127.0.0.1:${simulator.port}` });
  simulator.faults.csdsBaseURI = "elsewhere.example";
  assert.is(((await (await fetch(url)).json()) as Frame & { baseURI: string }).baseURI, "elsewhere.example");
  assert.is((await fetch(url.replace("?version=1.0", ""))).status, 400);
  assert.is((await fetch(url.replace("asyncMessagingEnt", "another"))).status, 404);
  assert.is((await fetch(url.replace("56072331", "1"))).status, 401);
  simulator.faults.csds = "error";
  assert.is((await fetch(url)).status, 500);
  simulator.faults.csds = "nonsense";
  assert.not.match(await (await fetch(url)).text(), /baseURI"/);
  simulator.faults.csds = "ok";
  simulator.faults.down = true;
  assert.is((await fetch(url)).status, 503);
});

domain("never answers when told so", async ({ simulator }) => {
  simulator.faults.csds = "never";
  const gaveUp = new AbortController();
  const request = fetch(`${simulator.httpOrigin}/api/account/1/service/x/baseURI.json`, { signal: gaveUp.signal }).catch(() => "aborted");
  await simulator.waitFor((entry) => entry.type === "http" && entry.status === 0);
  gaveUp.abort();
  assert.is(await request, "aborted");
});

domain.run();

const opening = scenario("simulator: opening");

for (const path of [
  "/ws_api/account/56072331/messaging/consumer",
  "/ws_api/account/56072331/messaging/consumer?v=2",
  "/ws_api/account/1/messaging/consumer?v=3",
  "/",
]) {
  opening(`refuses ${path}`, async ({ simulator }) => {
    await assertRefused(new Client(simulator, path));
    assert.is(simulator.violations.length, 1);
    assert.is(simulator.totals.refused, 1);
  });
}

opening("refuses while down, and breaks what was open", async ({ simulator }) => {
  const client = await subscribed(simulator);
  simulator.faults.down = true;
  assert.is((await client.closed).code, 1006);
  await assertRefused(new Client(simulator));
  simulator.faults.down = false;
  await subscribed(simulator);
  assert.equal(simulator.violations, []);
});

opening("stalls: TCP connects and no answer comes", async ({ simulator }) => {
  simulator.faults.stallOpening = true;
  const client = new Client(simulator);
  await simulator.waitFor((entry) => entry.type === "refused" && entry.reason === "stalled");
  assert.is(simulator.sockets.length, 0);
  client.close();
});

opening("survives a peer that is no WebSocket client", async ({ simulator }) => {
  const peer = connect(simulator.port, "127.0.0.1");
  peer.write("GET /ws_api/account/56072331/messaging/consumer?v=3 HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n");
  await new Promise((resolve) => peer.once("data", resolve));
  peer.destroy();
  await subscribed(simulator);
});

opening.run();

async function assertRefused(client: Client): Promise<void> {
  const opened = await client.opened.then(
    () => true,
    () => false,
  );
  assert.not(opened);
}

const requests = scenario("simulator: requests");

requests("InitConnection, GetClock, subscription", async ({ simulator }) => {
  const client = await subscribed(simulator);
  const clock = await client.ask("GetClock");
  assert.is(clock.code, 200);
  assert.ok(Math.abs(clock.body.currentTime - Date.now()) < 1000);
  const [socket] = simulator.sockets;
  assert.is(socket!.consumerId, CONSUMER);
  assert.ok(socket!.initialised && socket!.subscribed);
  assert.equal(
    socket!.requests.map(({ type }) => type),
    ["InitConnection", "cqm.SubscribeExConversations", "GetClock"],
  );
  assert.equal(simulator.violations, []);
});

requests("the subscription's answer comes before the conversations, and those come even if there is none", async ({ simulator }) => {
  const client = new Client(simulator);
  await client.opened;
  await client.init(simulator.issueToken());
  const { body } = await client.subscribe();
  const { body: snapshot } = await client.notification();
  assert.is(snapshot.subscriptionId, body.subscriptionId);
  assert.equal(snapshot.changes, []);
  const told = simulator.log.flatMap((entry) => (entry.type === "out" ? [entry.frame?.kind] : []));
  assert.equal(told, ["resp", "resp", "notification"]);
});

requests("takes a device and a system that are none of those listed", async ({ simulator }) => {
  const client = new Client(simulator);
  await client.opened;
  const headers = initHeaders(simulator.issueToken(), { deviceFamily: "OTHER", os: "OTHER" });
  assert.is((await client.ask("InitConnection", { headers })).code, 200);
  assert.equal(simulator.violations, []);
});

requests("rejects what comes before the answer to InitConnection, even in the same packet", async ({ simulator }) => {
  const client = new Client(simulator);
  await client.opened;
  assert.is((await client.ask("GetClock")).code, 400);
  const init = client.init(simulator.issueToken());
  const clock = client.ask("GetClock");
  assert.is((await clock).code, 400);
  assert.is((await init).code, 200);
  assert.is((await client.ask("GetClock")).code, 200);
  assert.is((await client.init(simulator.issueToken())).code, 400);
  assert.is(simulator.violations.length, 3);
});

const wrong: [string, unknown][] = [
  ["no kind", { id: "x", type: "GetClock" }],
  ["another kind", { kind: "request", id: "x", type: "GetClock" }],
  ["a number as id", { kind: "req", id: 7, type: "GetClock" }],
  ["an empty id", { kind: "req", id: "", type: "GetClock" }],
  ["65 characters of id", { kind: "req", id: "x".repeat(65), type: "GetClock" }],
  ["a repeated id", { kind: "req", id: "1", type: "GetClock" }],
  ["an unknown type", { kind: "req", id: "x", type: "ms.PublishEvent" }],
  ["no type", { kind: "req", id: "x" }],
  ["no convState", { kind: "req", id: "x", type: "cqm.SubscribeExConversations", body: {} }],
  ["an unknown convState", { kind: "req", id: "x", type: "cqm.SubscribeExConversations", body: { convState: ["open"] } }],
  ["a list", []],
  ["no JSON", "hello"],
];

for (const [name, frame] of wrong) {
  requests(`rejects ${name}`, async ({ simulator }) => {
    const client = await subscribed(simulator);
    client.send(frame);
    const { body } = await client.next(({ code }) => code === 400);
    assert.equal(simulator.violations, [body]);
  });
}

requests("takes 64 characters of id, a single state and unknown fields", async ({ simulator }) => {
  const client = await subscribed(simulator);
  const id = "x".repeat(64);
  client.send({ kind: "req", id, type: "cqm.SubscribeExConversations", body: { convState: "OPEN", pageSize: 5 }, more: 1 });
  assert.is((await client.next(({ reqId }) => reqId === id)).code, 200);
});

for (const [name, headers] of Object.entries({
  "no headers": undefined,
  "no client properties": initHeaders("x").slice(1),
  "no authentication": initHeaders("x").slice(0, 1),
  "an empty jwt": initHeaders(""),
  "2,049 characters of jwt": initHeaders("x".repeat(2049)),
  "a made-up deviceFamily": initHeaders("x", { deviceFamily: "PHONE" }),
  "no os": initHeaders("x", { os: undefined }),
  "features of a wrong type": initHeaders("x", { features: [1] }),
})) {
  requests(`rejects InitConnection with ${name}`, async ({ simulator }) => {
    const client = new Client(simulator);
    await client.opened;
    assert.is((await client.ask("InitConnection", { headers })).code, 400);
    assert.is(simulator.violations.length, 1);
  });
}

requests("refuses unknown and revoked tokens with a close code, and new ones are good", async ({ simulator }) => {
  const old = simulator.issueToken();
  const stranger = new Client(simulator);
  await stranger.opened;
  void stranger.init("not.a.token");
  assert.is((await stranger.closed).code, 4401);
  simulator.revokeTokens(4407);
  const late = new Client(simulator);
  await late.opened;
  void late.init(old);
  assert.is((await late.closed).code, 4407);
  await subscribed(simulator);
  assert.equal(simulator.violations, []);
});

requests.run();

const impatient = scenario("simulator: patience", { idleTimeout: 150, initTimeout: 50 });

impatient("closes a connection that sends nothing", async ({ simulator }) => {
  const client = await subscribed(simulator);
  assert.is((await client.closed).code, 1001);
  assert.equal(simulator.violations, []);
});

impatient("closes a connection without InitConnection", async ({ simulator }) => {
  const client = new Client(simulator);
  assert.is((await client.closed).code, 1008);
  assert.is(simulator.violations.length, 1);
});

impatient.run();

const invitations = scenario("simulator: invitations");

invitations("look like LivePerson's", async ({ simulator }) => {
  const client = await subscribed(simulator);
  const conversation = simulator.openConversation();
  assert.equal(cobrowse(await client.notification()), []);
  const invitation = conversation.invite({ mode: "view" });
  const frame = await client.notification();
  assert.is(frame.type, "cqm.ExConversationChangeNotification");
  assert.is(frame.body.changes[0].type, "UPSERT");
  assert.ok(Math.abs(frame.body.sentTs - Date.now()) < 10_000);
  const { convId, conversationDetails } = frame.body.changes[0].result;
  assert.is(convId, conversation.convId);
  assert.equal([conversationDetails.state, conversationDetails.stage], ["OPEN", "OPEN"]);
  const [main] = conversationDetails.dialogs;
  assert.equal([main.dialogId, main.dialogType, main.channelType, main.state], [convId, "MAIN", "MESSAGING", "OPEN"]);
  assert.equal(
    main.participantsDetails.map(({ role, state }: any) => [role, state]),
    [
      ["CONSUMER", "ACTIVE"],
      ["ASSIGNED_AGENT", "ACTIVE"],
    ],
  );
  assert.is(main.participantsDetails[0].id, CONSUMER);
  const [dialog] = cobrowse(frame);
  assert.equal(dialog.participants, [CONSUMER, AGENT]);
  assert.not("participantsDetails" in dialog);
  assert.is(dialog.metaData.serviceId, `${CONSUMER}#${convId}`);
  assert.is(dialog.metaData.dialogId, invitation.dialogId);
  assert.type(dialog.metaData.notificationKey, "string");
  assert.is(dialog.metaData.mode, "view");
  assert.is(dialog.metaData.expires, invitation.expiresAt / 1000);
  assert.is(dialog.metaData.sessionState, "INVITED");
  assert.match(dialog.metaData.token, "secret");
  assert.is(Math.round((invitation.expiresAt - dialog.creationTs) / 1000), 120);
  const sent = await simulator.waitFor((entry) => entry.type === "out" && entry.text.includes("COBROWSE"));
  assert.match((sent as any).text, /"expires":\d\.\d+E9,/);
});

invitations("each dialog says when it changed, and the notification when it was sent", async ({ simulator }) => {
  const HOUR = 3_600_000;
  const begun = simulator.now();
  const invitation = simulator.openConversation().invite({ seconds: 10_000 });
  simulator.faults.clockOffset = HOUR;
  const changedAt = ({ body }: Frame) => body.changes[0].result.conversationDetails.dialogs.map((dialog: any) => dialog.metaDataLastUpdateTs - begun < HOUR);
  const client = await subscribed(simulator);
  assert.ok(client.snapshot.body.sentTs - begun >= HOUR);
  assert.equal(changedAt(client.snapshot), [true, true]);
  invitation.accept();
  assert.equal(changedAt(await client.notification()), [true, false]);
});

invitations("have participantsDetails in place of participants on demand", async ({ simulator }) => {
  const client = await subscribed(simulator);
  simulator.openConversation().invite({ participantsAs: "participantsDetails" });
  await client.notification();
  const [dialog] = cobrowse(await client.notification());
  assert.not("participants" in dialog);
  assert.equal(dialog.participantsDetails, [
    { id: CONSUMER, role: "CONSUMER" },
    { id: AGENT, role: "ASSIGNED_AGENT" },
  ]);
});

invitations("short updates carry no more than ids, mode and sessionState", async ({ simulator }) => {
  const client = await subscribed(simulator);
  const invitation = simulator.openConversation().invite({ mode: "follow", updates: "short" });
  await client.notification();
  const { notificationKey } = cobrowse(await client.notification())[0].metaData;
  const { dialogId } = invitation;
  for (const sessionState of ["ACCEPTED", "CLOSED"]) {
    if (sessionState === "ACCEPTED") invitation.accept();
    else invitation.cancel();
    assert.equal(cobrowse(await client.notification()), [
      { dialogId, dialogType: "OTHER", channelType: "COBROWSE", metaData: { sessionState, dialogId, mode: "follow", notificationKey } },
    ]);
  }
});

invitations("full updates carry everything, and a dialog that is CLOSED has the state CLOSE", async ({ simulator }) => {
  const client = await subscribed(simulator);
  const invitation = simulator.openConversation().invite({ updates: "full" });
  invitation.accept();
  invitation.cancel();
  await client.notification();
  const seen = [];
  for (let count = 0; count < 3; count++) {
    const [{ state, metaData }] = cobrowse(await client.notification());
    seen.push([metaData.sessionState, state, metaData.serviceId]);
  }
  assert.equal(
    seen,
    ["INVITED OPEN", "ACCEPTED OPEN", "CLOSED CLOSE"].map((states) => [...states.split(" "), invitation.serviceId]),
  );
});

invitations("a dialog that closes says so, also where updates are short", async ({ simulator }) => {
  const client = await subscribed(simulator);
  const invitation = simulator.openConversation().invite({ updates: "short" });
  invitation.accept();
  invitation.closeDialog();
  for (let count = 0; count < 3; count++) await client.notification();
  const [{ state, metaData }] = cobrowse(await client.notification());
  assert.equal([state, metaData.sessionState], ["CLOSE", "ACCEPTED"]);
});

invitations("are dated by the agent's clock, and end after their time all the same", async ({ simulator }) => {
  const client = await subscribed(simulator);
  const THREE_MINUTES = 180_000;
  const invitation = simulator.openConversation().invite({ seconds: 0.2, agentClockOffset: -THREE_MINUTES });
  await client.notification();
  const [{ creationTs, metaData }] = cobrowse(await client.notification());
  assert.is(Math.round(metaData.expires * 1000 - invitation.expiresAt), -THREE_MINUTES);
  assert.is(Math.round(metaData.expires * 1000 - creationTs), 200);
  await simulator.waitFor((entry) => entry.type === "session" && entry.step === "expired");
  assert.ok(simulator.now() >= invitation.expiresAt);
});

invitations("that were accepted end by either side, and the log says whose doing it was", ({ simulator }) => {
  const conversation = simulator.openConversation();
  const [here, elsewhere] = [conversation.invite(), conversation.invite()];
  here.stop();
  here.accept();
  here.stop();
  elsewhere.acceptElsewhere();
  elsewhere.cancel();
  const steps = simulator.log.flatMap((entry) => (entry.type === "session" && entry.dialogId ? [entry.step] : []));
  assert.equal(steps, ["invited", "invited", "accepted", "stopped", "accepted elsewhere", "ended"]);
});

invitations("are cancelled in the bare form, with the same dialogId", async ({ simulator }) => {
  const client = await subscribed(simulator);
  const invitation = simulator.openConversation().invite();
  invitation.cancel();
  invitation.cancel();
  await simulator.waitFor((entry) => entry.type === "session" && entry.step === "cancelled");
  await client.notification();
  assert.is(sessionState(await client.notification()), "INVITED");
  assert.equal(cobrowse(await client.notification()), [
    { dialogId: invitation.dialogId, dialogType: "OTHER", channelType: "COBROWSE", metaData: { sessionState: "CLOSED" } },
  ]);
  await client.ask("GetClock");
  assert.equal(client.notifications, []);
});

for (const expires of ["field", "none"] as const) {
  invitations(`end at their time, expires: ${expires}`, async ({ simulator }) => {
    const client = await subscribed(simulator);
    const invitation = simulator.openConversation().invite({ seconds: 0.2, expires });
    await client.notification();
    const [dialog] = cobrowse(await client.notification());
    assert.is(dialog.metaData.expires ?? dialog.creationTs / 1000 + 120, invitation.expiresAt / 1000);
    assert.is("expires" in dialog.metaData, expires === "field");
    assert.is(sessionState(await client.notification()), "CLOSED");
    assert.ok(simulator.now() >= invitation.expiresAt);
    assert.ok(await simulator.waitFor((entry) => entry.type === "session" && entry.step === "expired"));
  });
}

invitations("end by the server's clock, also when it jumps", async ({ simulator }) => {
  const client = await subscribed(simulator);
  simulator.openConversation().invite();
  simulator.faults.clockOffset = 600_000;
  assert.ok((await client.ask("GetClock")).body.currentTime - Date.now() > 590_000);
  await simulator.waitFor((entry) => entry.type === "session" && entry.step === "expired");
});

invitations("are told to each of the consumer's connections and to no one else", async ({ simulator }) => {
  const [tab, otherTab, stranger] = [await subscribed(simulator), await subscribed(simulator), await subscribed(simulator, "somebody-else")];
  simulator.openConversation().invite();
  for (const client of [tab, otherTab]) {
    await client.notification();
    assert.is(sessionState(await client.notification()), "INVITED");
  }
  await stranger.ask("GetClock");
  assert.equal(stranger.notifications, []);
  assert.equal(simulator.totals, { opened: 3, refused: 0, mostOpen: 3, mostOpenOf: { [CONSUMER]: 2, "somebody-else": 1 } });
});

invitations("are not told to a client without the feature CO_BROWSE", async ({ simulator }) => {
  simulator.openConversation().invite();
  const client = new Client(simulator);
  await client.opened;
  await client.init(simulator.issueToken(), []);
  await client.subscribe();
  assert.equal(cobrowse(await client.notification()), []);
});

invitations("are answered by the page's lpTag events", async ({ simulator }) => {
  const client = await subscribed(simulator);
  const conversation = simulator.openConversation();
  const first = conversation.invite();
  const { serviceId } = first;
  simulator.lpTagEvent("cobrowseOffered", { serviceId });
  assert.is(first.state, "INVITED");
  await postLpTagEvent(simulator, "cobrowseAccepted", { serviceId });
  assert.is(first.state, "ACCEPTED");
  first.join();
  first.cancel();
  const second = conversation.invite();
  await postLpTagEvent(simulator, "cobrowseDeclined", { serviceId });
  assert.is(second.state, "CLOSED");
  simulator.lpTagEvent("cobrowseAccepted", { serviceId: "unknown" });
  const told = [];
  for (let count = 0; count < 7; count++) told.push(await client.notification());
  assert.equal(
    told.map((frame) =>
      cobrowse(frame)
        .map((dialog) => dialog.metaData.sessionState)
        .join(),
    ),
    ["", "INVITED", "ACCEPTED", "ACCEPTED", "CLOSED", "CLOSED,INVITED", "CLOSED,CLOSED"],
  );
  assert.equal(
    simulator.log.flatMap((entry) => (entry.type === "lpTag" ? [[entry.name, entry.known]] : [])),
    [
      ["cobrowseOffered", true],
      ["cobrowseAccepted", true],
      ["cobrowseDeclined", true],
      ["cobrowseAccepted", false],
    ],
  );
});

invitations("an answer takes its time to reach the dialog: until then a page that loads sees INVITED", async ({ simulator }) => {
  const invitation = simulator.openConversation().invite();
  simulator.faults.answerDelay = 600_000;
  simulator.lpTagEvent("cobrowseAccepted", { serviceId: invitation.serviceId });
  assert.is(sessionState((await subscribed(simulator)).snapshot), "INVITED");
});

invitations("an answer that is on its way when the invitation ends changes nothing", async ({ simulator }) => {
  const conversation = simulator.openConversation();
  simulator.faults.answerDelay = 10;
  const first = conversation.invite();
  simulator.lpTagEvent("cobrowseAccepted", { serviceId: conversation.serviceId });
  first.cancel();
  const second = conversation.invite();
  simulator.lpTagEvent("cobrowseDeclined", { serviceId: conversation.serviceId });
  assert.is(second.state, "INVITED");
  await simulator.waitFor((entry) => entry.type === "session" && entry.step === "declined");
  assert.equal(
    simulator.log.flatMap((entry) => (entry.type === "session" ? [entry.step] : [])),
    ["conversation opened", "invited", "cancelled", "invited", "declined"],
  );
});

function postLpTagEvent(simulator: Simulator, name: string, data: object): Promise<Response> {
  return fetch(`${simulator.httpOrigin}/simulator/lp-tag-event`, { method: "POST", body: JSON.stringify({ name, data }) });
}

invitations("junk posted as an lpTag event is answered 400", async ({ simulator }) => {
  const response = await fetch(`${simulator.httpOrigin}/simulator/lp-tag-event`, { method: "POST", body: "null" });
  assert.is(response.status, 400);
});

invitations("the same dialogId can be invited anew", async ({ simulator }) => {
  const client = await subscribed(simulator);
  const conversation = simulator.openConversation();
  conversation.invite({ dialogId: "COAPP" }).cancel();
  conversation.invite({ dialogId: "COAPP", seconds: 60 });
  for (const expected of ["", "INVITED", "CLOSED", "INVITED"]) {
    assert.is(
      cobrowse(await client.notification())
        .map((dialog) => dialog.metaData.sessionState)
        .join(),
      expected,
    );
  }
});

invitations("copies come word for word, late ones too", async ({ simulator }) => {
  const client = await subscribed(simulator);
  const invitation = simulator.openConversation().invite();
  await client.notification();
  const [original] = cobrowse(await client.notification());
  invitation.cancel();
  await client.notification();
  invitation.resend();
  assert.equal(cobrowse(await client.notification()), [original]);
});

invitations("end with their dialog or conversation", async ({ simulator }) => {
  const client = await subscribed(simulator);
  const conversation = simulator.openConversation();
  conversation.invite().closeDialog();
  conversation.invite();
  conversation.end();
  conversation.end();
  const told = [];
  for (let count = 0; count < 5; count++) told.push((await client.notification()).body.changes[0]);
  const [, , closing, , ended] = told;
  assert.equal([dialogOf(closing).state, dialogOf(closing).metaData.sessionState], ["CLOSE", "INVITED"]);
  const { state, stage, dialogs } = ended.result.conversationDetails;
  assert.equal([state, stage, dialogs[0].state], ["CLOSE", "CLOSE", "CLOSE"]);
  assert.throws(() => conversation.invite(), /has ended/);
  assert.equal((await subscribed(simulator)).snapshot.body.changes, []);
});

invitations("a conversation that closes leaves the subscriptions to open ones as a DELETE, and is heard of no more", async ({ simulator }) => {
  const client = await subscribed(simulator);
  const archive = await subscribed(simulator);
  await archive.ask("cqm.SubscribeExConversations", { body: { convState: ["OPEN", "CLOSE"] } });
  const { subscriptionId } = (await archive.notification()).body;
  const conversation = simulator.openConversation();
  const invitation = conversation.invite();
  conversation.end();
  invitation.cancel();
  await Promise.all([client.ask("GetClock"), archive.ask("GetClock")]);
  const told = (frames: Frame[]) => frames.map(({ body: { changes } }) => [changes[0].type, changes[0].result.conversationDetails?.state].join(" "));
  assert.equal(told(client.notifications), ["UPSERT OPEN", "UPSERT OPEN", "UPSERT CLOSE", "DELETE "]);
  assert.equal(client.notifications.at(-1)!.body.changes, [{ type: "DELETE", result: { convId: conversation.convId } }]);
  const both = archive.notifications.filter(({ body }) => body.subscriptionId === subscriptionId);
  assert.equal(told(both), ["UPSERT OPEN", "UPSERT OPEN", "UPSERT CLOSE", "UPSERT CLOSE"]);
});

invitations("a conversation that is deleted goes without a word before", async ({ simulator }) => {
  const client = await subscribed(simulator);
  const conversation = simulator.openConversation();
  conversation.delete();
  conversation.delete();
  await client.ask("GetClock");
  assert.equal(
    client.notifications.map(({ body }) => body.changes[0].type),
    ["UPSERT", "DELETE"],
  );
  assert.equal((await subscribed(simulator)).snapshot.body.changes, []);
});

const dialogOf = (change: any) => change.result.conversationDetails.dialogs.at(-1);

invitations("a snapshot shows what is pending, and what has ended as CLOSED", async ({ simulator }) => {
  const conversation = simulator.openConversation();
  conversation.invite().cancel();
  conversation.invite();
  const client = await subscribed(simulator);
  assert.equal(
    cobrowse(client.snapshot).map((dialog) => dialog.metaData.sessionState),
    ["CLOSED", "INVITED"],
  );
});

invitations.run();

const forgetful = scenario("simulator: ended dialogs not kept", { keepEndedDialogs: false });

forgetful("an ended dialog is told once", async ({ simulator }) => {
  const client = await subscribed(simulator);
  const conversation = simulator.openConversation();
  conversation.invite().cancel();
  conversation.invite();
  const told = [];
  for (let count = 0; count < 4; count++) told.push(await client.notification());
  assert.equal(
    told.map((frame) =>
      cobrowse(frame)
        .map((dialog) => dialog.metaData.sessionState)
        .join(),
    ),
    ["", "INVITED", "CLOSED", "INVITED"],
  );
});

forgetful.run();

const faults = scenario("simulator: faults");

for (const code of [1000, 1001, 1006, 1011, 4401, 4407]) {
  faults(`drops with ${code}`, async ({ simulator }) => {
    const client = await subscribed(simulator);
    simulator.faults.drop(code);
    assert.is((await client.closed).code, code);
    const closed = await simulator.waitFor(isClose);
    assert.is(closed.type === "close" && closed.by, "server");
    assert.equal(simulator.sockets, []);
  });
}

faults("drops one connection of several", async ({ simulator }) => {
  const [first, second] = [await subscribed(simulator), await subscribed(simulator)];
  simulator.faults.drop(1011, simulator.sockets[0]);
  assert.is((await first.closed).code, 1011);
  assert.is((await second.ask("GetClock")).code, 200);
});

faults("refuses good tokens on demand", async ({ simulator }) => {
  simulator.faults.refuseToken = 4407;
  const refused = new Client(simulator);
  await refused.opened;
  void refused.init(simulator.issueToken());
  assert.is((await refused.closed).code, 4407);
});

for (const refusal of [true, 403, 429, 500, 503] as const) {
  faults(`refuses InitConnection: ${refusal}`, async ({ simulator }) => {
    simulator.faults.refuseInit = refusal;
    const denied = new Client(simulator);
    await denied.opened;
    assert.is((await denied.init(simulator.issueToken())).code, refusal === true ? 401 : refusal);
    assert.not(simulator.sockets[0]!.initialised);
    simulator.faults.refuseInit = false;
    await subscribed(simulator);
    assert.equal(simulator.violations, []);
  });
}

faults("refuses the subscription, and answers the rest", async ({ simulator }) => {
  simulator.faults.refuseSubscription = 429;
  const client = new Client(simulator);
  await client.opened;
  await client.init(simulator.issueToken());
  assert.is((await client.subscribe()).code, 429);
  simulator.openConversation();
  assert.is((await client.ask("GetClock")).code, 200);
  assert.equal(client.notifications, []);
  assert.not(simulator.sockets[0]!.subscribed);
});

for (const moment of ["InitConnection", "cqm.SubscribeExConversations", "GetClock"] as const) {
  faults(`lets in and throws out after ${moment}`, async ({ simulator }) => {
    Object.assign(simulator.faults, { throwOut: 1013, throwOutAfter: moment });
    const client = new Client(simulator);
    await client.opened;
    assert.is((await client.init(simulator.issueToken())).code, 200);
    if (moment !== "InitConnection") assert.is((await client.subscribe()).code, 200);
    if (moment === "GetClock") assert.is((await client.ask("GetClock")).code, 200);
    assert.is((await client.closed).code, 1013);
    assert.equal(simulator.violations, []);
  });
}

faults("silence holds back everything, and loses nothing", async ({ simulator }) => {
  const client = await subscribed(simulator);
  const conversation = simulator.openConversation();
  await client.notification();
  simulator.faults.silent = true;
  conversation.invite();
  const clock = client.ask("GetClock");
  await simulator.waitFor((entry) => entry.type === "in" && entry.frame?.type === "GetClock");
  const late = new Client(simulator);
  await late.opened;
  void late.init(simulator.issueToken());
  await simulator.waitFor((entry) => entry.type === "in" && entry.frame?.type === "InitConnection");
  assert.equal(late.frames, []);
  assert.equal(client.notifications, []);
  simulator.faults.silent = false;
  assert.is((await clock).code, 200);
  assert.is(sessionState(await client.notification()), "INVITED");
});

faults("a dead connection does not even close", async ({ simulator }) => {
  const client = await subscribed(simulator);
  simulator.faults.dead = true;
  simulator.faults.dead = false;
  client.send({ kind: "req", id: "clock", type: "GetClock" });
  simulator.openConversation().invite();
  await subscribed(simulator);
  assert.equal(client.notifications, []);
  assert.is(simulator.sockets.length, 2);
  assert.is(simulator.totals.mostOpen, 1);
});

faults("answers late", async ({ simulator }) => {
  const client = await subscribed(simulator);
  simulator.faults.latency = 100;
  const begin = performance.now();
  await client.ask("GetClock");
  assert.ok(performance.now() - begin > 95);
});

faults("sends malformed frames, the other prefix and single elements", async ({ simulator }) => {
  const client = await subscribed(simulator);
  simulator.faults.sendRaw('{"kind":');
  await simulator.waitFor((entry) => entry.type === "out" && entry.text === '{"kind":' && entry.frame === undefined);
  simulator.faults.notifyPrefix = "aam";
  simulator.faults.singleElements = true;
  simulator.openConversation();
  const { type, body } = await client.notification();
  assert.is(type, "aam.ExConversationChangeNotification");
  assert.is(body.changes.result.conversationDetails.dialogs.channelType, "MESSAGING");
});

faults.run();

const lenient = scenario("simulator: other clients", { lenient: true });

/** A messaging window of the site's own: numbers its requests, says nothing of itself, and wants more than the snippet. */
class SitesOwnWindow {
  readonly client: Client;
  #id = 0;

  constructor(simulator: Simulator) {
    this.client = new Client(simulator);
  }

  ask(type: string, rest: object = {}): Promise<Frame> {
    const id = ++this.#id;
    this.client.send({ kind: "req", id, type, ...rest });
    return this.client.next(({ reqId }) => reqId === String(id));
  }

  async init(jwt: string, ...headers: object[]): Promise<Frame> {
    await this.client.opened;
    return this.ask("InitConnection", { headers: [{ type: ".ams.headers.ConsumerAuthentication", jwt }, ...headers] });
  }

  next(type: string): Promise<Frame> {
    return this.client.next((frame) => frame.type === type);
  }
}

lenient("a window of the site's own starts a conversation and writes in it; beside it the snippet hears of the invitation", async ({ simulator }) => {
  const snippet = await subscribed(simulator);
  const own = new SitesOwnWindow(simulator);
  assert.is((await own.init(simulator.issueToken())).code, 200);
  const started = await own.ask("cm.ConsumerRequestConversation");
  assert.is(started.type, "cm.RequestConversationResponse");
  const { conversationId } = started.body;
  assert.is((await own.ask("ms.SubscribeMessagingEvents", { body: { dialogId: conversationId, fromSeq: 0 } })).code, 200);
  assert.equal((await own.next("ms.MessagingEventNotification")).body.changes, []);
  own.client.frames.length = 0;
  const event = { type: "ContentEvent", contentType: "text/plain", message: "The kiln is cold." };
  const published = await own.ask("ms.PublishEvent", { body: { dialogId: conversationId, event } });
  assert.equal([published.code, published.body], [200, { sequence: 0 }]);
  const [change] = (await own.next("ms.MessagingEventNotification")).body.changes;
  assert.equal([change.sequence, change.originatorId, change.dialogId, change.event], [0, CONSUMER, conversationId, event]);

  const [conversation] = simulator.conversations;
  assert.is(conversation!.convId, conversationId);
  conversation!.invite({ mode: "view" });
  await snippet.notification();
  const frame = await snippet.notification();
  assert.equal([frame.body.changes[0].result.convId, sessionState(frame)], [conversationId, "INVITED"]);
  assert.equal(
    snippet.frames.filter(({ type }) => type === "ms.MessagingEventNotification"),
    [],
  );
  assert.equal(simulator.violations, []);
});

lenient("messages published before the subscription are told from the sequence that it names", async ({ simulator }) => {
  const own = new SitesOwnWindow(simulator);
  await own.init(simulator.issueToken());
  const { conversationId: dialogId } = (await own.ask("cm.ConsumerRequestConversation")).body;
  for (const message of ["one", "two", "three"]) {
    await own.ask("ms.PublishEvent", { body: { dialogId, event: { type: "ContentEvent", contentType: "text/plain", message } } });
  }
  await own.ask("ms.SubscribeMessagingEvents", { body: { dialogId, fromSeq: 1 } });
  const { changes } = (await own.next("ms.MessagingEventNotification")).body;
  assert.equal(
    changes.map(({ sequence, event }: any) => [sequence, event.message]),
    [
      [1, "two"],
      [2, "three"],
    ],
  );
});

lenient("the features of the connection that starts a conversation are stored with it", async ({ simulator }) => {
  const silent = new SitesOwnWindow(simulator);
  await silent.init(simulator.issueToken());
  await silent.ask("cm.ConsumerRequestConversation");
  const outspoken = new SitesOwnWindow(simulator);
  await outspoken.init(simulator.issueToken(), { type: ".ams.headers.ClientProperties", features: ["CO_BROWSE", "RICH_CONTENT"] });
  await outspoken.ask("cm.ConsumerRequestConversation");
  assert.equal(
    simulator.conversations.map(({ features }) => features),
    [[], ["CO_BROWSE", "RICH_CONTENT"]],
  );
});

for (const [as, conversationField] of Object.entries({
  "a single field": { field: "ConversationStateField", conversationState: "CLOSE" },
  "a list": [{ field: "Stage", conversationState: "CLOSE" }],
})) {
  lenient(`the consumer closes the conversation, as ${as}`, async ({ simulator }) => {
    const snippet = await subscribed(simulator);
    const own = new SitesOwnWindow(simulator);
    await own.init(simulator.issueToken());
    const { conversationId } = (await own.ask("cm.ConsumerRequestConversation")).body;
    const lock = { conversationId, conversationField: { field: "ConversationStateField", conversationState: "LOCKED" } };
    assert.is((await own.ask("cm.UpdateConversationField", { body: lock })).code, 200);
    assert.is(simulator.conversations[0]!.state, "OPEN");
    assert.is((await own.ask("cm.UpdateConversationField", { body: { conversationId, conversationField } })).code, 200);
    assert.is(simulator.conversations[0]!.state, "CLOSE");
    await snippet.notification();
    assert.is((await snippet.notification()).body.changes[0].result.conversationDetails.state, "CLOSE");
    const late = { dialogId: conversationId, event: { type: "ContentEvent", contentType: "text/plain", message: "Too late." } };
    assert.is((await own.ask("ms.PublishEvent", { body: late })).code, 400);
  });
}

lenient("subscriptions may ask by other fields and for other states", async ({ simulator }) => {
  simulator.openConversation().end();
  const { convId } = simulator.openConversation();
  const own = new SitesOwnWindow(simulator);
  await own.init(simulator.issueToken());
  const asked: [object | undefined, number][] = [
    [{ convState: ["OPEN", "LOCKED"] }, 1],
    [{ convState: ["OPEN", "LOCKED", "CLOSE"] }, 2],
    [{ maxLastUpdatedTime: 1, agentIds: [""] }, 2],
    [undefined, 2],
  ];
  for (const [body, count] of asked) {
    const { subscriptionId } = (await own.ask("cqm.SubscribeExConversations", { body })).body;
    const { changes } = (await own.client.next((frame) => frame.kind === "notification" && frame.body.subscriptionId === subscriptionId)).body;
    assert.is(changes.length, count);
    assert.is(changes.at(-1).result.convId, convId);
  }
});

lenient("ids may repeat, and what nobody here knows is answered with 400: no violation", async ({ simulator }) => {
  const own = new SitesOwnWindow(simulator);
  await own.init(simulator.issueToken());
  own.client.frames.length = 0;
  for (const type of ["GetClock", "GetClock"]) {
    own.client.send({ kind: "req", id: 1, type });
    assert.is((await own.client.next(({ reqId }) => reqId === "1")).code, 200);
    own.client.frames.length = 0;
  }
  assert.is((await own.ask("userprofile.SetUserProfile", { body: {} })).code, 400);
  assert.is((await own.ask("ms.PublishEvent", { body: { dialogId: "nobody's", event: {} } })).code, 400);
  assert.equal(simulator.violations, []);
});

lenient("what is no request at all, has no token, or comes too early is still a violation", async ({ simulator }) => {
  const own = new SitesOwnWindow(simulator);
  await own.client.opened;
  own.client.send("hello");
  own.client.send({ kind: "req", type: "GetClock" });
  own.client.send({ kind: "req", id: 7 });
  await own.ask("cm.ConsumerRequestConversation");
  assert.is((await own.ask("InitConnection", { headers: [] })).code, 400);
  assert.is(simulator.violations.length, 5);
});

lenient.run();

const history = scenario("simulator: history");

history("waitFor reads forward only, side by side from the same place", async ({ simulator }) => {
  const client = await subscribed(simulator);
  const inbound = (type: string) => (entry: LogEntry) => entry.type === "in" && entry.frame?.type === type;
  await Promise.all([simulator.waitFor(inbound("cqm.SubscribeExConversations")), simulator.waitFor(inbound("InitConnection"))]);
  const missed = await simulator.waitFor(inbound("InitConnection"), 20).catch((error: Error) => error.message);
  assert.match(missed as string, "in vain");
  await client.ask("GetClock");
  simulator.skip();
  assert.instance(await simulator.waitFor(inbound("GetClock"), 20).catch((error: Error) => error), Error);
});

history("two simulators do not know each other", async ({ simulator }) => {
  const other = await startSimulator();
  try {
    const client = new Client(other);
    await client.opened;
    void client.init(simulator.issueToken());
    assert.is((await client.closed).code, 4401);
  } finally {
    await other.close();
  }
});

history("a listener hears every entry until it is taken away", async ({ simulator }) => {
  const heard: string[] = [];
  const off = simulator.on(({ type }) => heard.push(type));
  const client = await subscribed(simulator);
  off();
  client.close();
  await simulator.waitFor(isClose);
  assert.equal(heard, ["open", "in", "out", "in", "out", "out"]);
});

history.run();
