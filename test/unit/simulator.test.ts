import { connect } from "node:net";
import * as assert from "uvu/assert";
import { WebSocket } from "ws";
import { parseFrame } from "../simulator/frames.ts";
import { LivePerson } from "../simulator/liveperson.ts";
import { ANSWERS, faultsOfFrame, NOTIFICATIONS } from "../simulator/schemas.ts";
import {
  AGENT,
  CONSUMER,
  LP_TAG_EVENT_PATH,
  startSimulator,
  type Conversation,
  type Frame,
  type InviteOptions,
  type LogEntry,
  type SessionStep,
  type Simulator,
  type SimulatorOptions,
} from "../simulator/simulator.ts";
import { pathsOf, spoilt } from "../simulator/spoil.ts";
import { suite } from "../support/suite.ts";

/** A consumer's client that does only what a test tells it. */
class Client {
  readonly opened: Promise<boolean>;
  readonly closed: Promise<number>;
  readonly frames: Frame[] = [];
  #socket: WebSocket;
  #lastId = 0;
  #waiting: (() => void)[] = [];

  constructor(simulator: Simulator, path = `/ws_api/account/${simulator.account}/messaging/consumer?v=3`) {
    this.#socket = new WebSocket(simulator.origin + path);
    this.#socket.on("message", (data) => {
      this.frames.push(parseFrame(data.toString()) ?? {});
      for (const wake of this.#waiting.splice(0)) wake();
    });
    this.opened = new Promise((resolve) => this.#socket.on("open", () => resolve(true)).on("error", () => resolve(false)));
    this.closed = new Promise((resolve) => this.#socket.on("close", resolve));
  }

  send(frame: unknown): void {
    this.#socket.send(typeof frame === "string" ? frame : JSON.stringify(frame));
  }

  /** Takes the next frame that the predicate likes. */
  async next(predicate: (frame: Frame) => boolean): Promise<Frame> {
    for (;;) {
      const index = this.frames.findIndex(predicate);
      if (index >= 0) return this.frames.splice(index, 1)[0]!;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** Sends a request and returns its answer. */
  async ask(type: string, rest: object = {}): Promise<Frame> {
    await this.opened;
    const id = String(++this.#lastId);
    this.send({ kind: "req", id, type, ...rest });
    return this.next(({ reqId }) => reqId === id);
  }

  init(jwt: string, features = ["CO_BROWSE"]): Promise<Frame> {
    return this.ask("InitConnection", { headers: initHeaders(jwt, { features }) });
  }

  subscribe(convState: string[] = ["OPEN"]): Promise<Frame> {
    return this.ask("cqm.SubscribeExConversations", { body: { convState } });
  }

  /** All notifications that the server has sent by now. */
  async notifications(): Promise<Frame[]> {
    await this.ask("GetClock");
    return this.frames.splice(0).filter(({ kind }) => kind === "notification");
  }

  /** The same in words: of each change its type and the conversation's state, of each co-browse dialog its own. */
  async told(): Promise<string[]> {
    return (await this.notifications()).map(({ body }) => body.changes.map(inWords).join("; "));
  }

  close(): void {
    this.#socket.terminate();
  }
}

const initHeaders = (jwt: string, client: object = {}): object[] => [
  { type: ".ams.headers.ClientProperties", deviceFamily: "DESKTOP", os: "LINUX", features: ["CO_BROWSE"], ...client },
  { type: ".ams.headers.ConsumerAuthentication", jwt },
];

async function initialised(simulator: Simulator, consumerId?: string, features?: string[]): Promise<Client> {
  const client = new Client(simulator);
  assert.is((await client.init(simulator.issueToken(consumerId), features)).code, 200);
  return client;
}

async function subscribed(simulator: Simulator, consumerId?: string, features?: string[]): Promise<Client> {
  const client = await initialised(simulator, consumerId, features);
  assert.is((await client.subscribe()).code, 200);
  return client;
}

const cobrowse = (change: any): any[] => change.result.conversationDetails.dialogs.filter((dialog: any) => dialog.channelType === "COBROWSE");

function inWords(change: any): string {
  const { conversationDetails } = change.result;
  if (!conversationDetails) return change.type;
  const dialogs = cobrowse(change).map(({ state, metaData }) => `, ${metaData.sessionState}${state ? ` in ${state}` : ""}`);
  return `${change.type} ${conversationDetails.state}${dialogs.join("")}`;
}

/** The first co-browse dialog of the last notification. */
const lastDialog = async (client: Client) => cobrowse((await client.notifications()).at(-1)!.body.changes[0])[0];

const sessionSteps = (simulator: Simulator) => simulator.log.flatMap((entry) => (entry.type === "session" ? [entry.step] : []));
const isStep = (step: SessionStep) => (entry: LogEntry) => entry.type === "session" && entry.step === step;
const isRequest = (type: string) => (entry: LogEntry) => entry.type === "in" && entry.frame?.type === type;

const DETAILS = "/body/changes/0/result must have required property 'conversationDetails'";
const EXPIRES = "/body/changes/0/result/conversationDetails/dialogs/1/metaData must have required property 'expires'";
const PARTICIPANTS = "/body/changes/0/result/conversationDetails/dialogs/1 must have required property 'participants'";
const PREFIX = "/type must be equal to constant";
const SINGLE = "/body/changes must be array";
/** How the simulator's frames differ on purpose from what is published. */
const DEVIATIONS: Record<string, string> = {
  [DETAILS]: "a DELETE has the conversation's id alone, as in a real client",
  [EXPIRES]: "expires: none, as the text says that an invitation ends after two minutes",
  [PARTICIPANTS]: "participantsAs: participantsDetails, as in a real client",
  [PREFIX]: "the fault notifyPrefix, as in the message builder's own example",
  [SINGLE]: "the fault singleElements, as the protocol's overview allows",
  "/reqId": "an answer to a request whose id is none",
  "must have required property 'reqId'": "an answer to what has no id",
};

/** What is wrong with the frames sent since then, by their schemas. */
function faultsOfSent(simulator: Simulator, since = 0): string[] {
  const faults = simulator.log.slice(since).flatMap((entry) => (entry.type === "out" && entry.frame ? faultsOfFrame(entry.frame) : []));
  return [...new Set(faults)].sort();
}

/** Tests with a simulator each, which sends nothing but what is published, or differs from it on purpose. */
function scenario(name: string, options: SimulatorOptions = {}) {
  const test = suite<{ simulator: Simulator }>(`simulator: ${name}`);
  test.before.each(async (context) => {
    context.simulator = await startSimulator(options);
  });
  test.after.each(({ simulator }) => simulator.close());
  test.after.each(({ simulator }) => {
    const undeclared = faultsOfSent(simulator).filter((fault) => !Object.keys(DEVIATIONS).some((start) => fault.startsWith(start)));
    assert.equal(undeclared, []);
  });
  return test;
}

const published = scenario("what LivePerson publishes");

/** Every step of a conversation, and how it comes about. */
const STEPS: Record<SessionStep, (conversation: Conversation, options: InviteOptions) => unknown> = {
  "conversation opened": () => {},
  invited: (conversation, options) => conversation.invite(options),
  copied: (conversation, options) => conversation.invite(options).resend(),
  cancelled: (conversation, options) => conversation.invite(options).cancel(),
  expired: (conversation, options) => conversation.invite({ ...options, seconds: 0 }),
  accepted: (conversation, options) => conversation.invite(options).accept(),
  "accepted elsewhere": (conversation, options) => conversation.invite(options).acceptElsewhere(),
  joined: (conversation, options) => accepted(conversation, options).join(),
  ended: (conversation, options) => accepted(conversation, options).cancel(),
  stopped: (conversation, options) => accepted(conversation, options).stop(),
  declined: (conversation, options) => conversation.invite(options).decline(),
  "dialog closed": (conversation, options) => conversation.invite(options).closeDialog(),
  "conversation ended": (conversation, options) => (conversation.invite(options), conversation.end()),
  "conversation deleted": (conversation) => conversation.delete(),
};

function accepted(conversation: Conversation, options: InviteOptions) {
  const invitation = conversation.invite(options);
  invitation.accept();
  return invitation;
}

/** Every option of an invitation, its values, and how frames with them differ from what is published. */
const OPTIONS: { [Option in keyof InviteOptions]-?: [value: InviteOptions[Option], ...deviations: string[]][] } = {
  mode: [["shared"], ["view"], ["follow"], ["VOICE_CALL"], ["VIDEO_CALL"]],
  seconds: [[0.2]],
  dialogId: [["COAPP"]],
  expires: [["field"], ["none", EXPIRES]],
  participants: [[[AGENT]]],
  participantsAs: [["participants"], ["participantsDetails", PARTICIPANTS]],
  updates: [["bare"], ["short"], ["full"]],
  agentClockOffset: [[-180_000]],
};

for (const [option, values] of Object.entries(OPTIONS)) {
  for (const [value, ...deviations] of values) {
    published(`is sent at every step of an invitation whose ${option} is ${value}`, async ({ simulator }) => {
      await subscribed(simulator);
      for (const [step, take] of Object.entries(STEPS)) {
        take(simulator.openConversation(), { [option]: value });
        if (step === "expired") await simulator.waitFor(isStep(step));
        assert.is(sessionSteps(simulator).at(-1), step);
      }
      assert.equal(faultsOfSent(simulator), [DETAILS, ...deviations].sort());
    });
  }
}

published("is sent in snapshots of what has ended", async ({ simulator }) => {
  const conversation = simulator.openConversation();
  for (const updates of ["bare", "short", "full"] as const) conversation.invite({ updates }).cancel();
  simulator.openConversation().end();
  await (await initialised(simulator)).subscribe(["OPEN", "CLOSE"]);
  assert.equal(faultsOfSent(simulator), []);
});

published("is left by the faults notifyPrefix and singleElements, and by nothing else", async ({ simulator }) => {
  const client = await subscribed(simulator);
  const conversation = simulator.openConversation();
  for (const [fault, deviation] of [
    [{ notifyPrefix: "aam" }, PREFIX],
    [{ notifyPrefix: "cqm", singleElements: true }, SINGLE],
  ] as const) {
    await client.ask("GetClock");
    const since = simulator.log.length;
    Object.assign(simulator.faults, fault);
    conversation.invite();
    assert.equal(faultsOfSent(simulator, since), [deviation]);
  }
  const { type, body } = (await client.notifications()).at(-1)!;
  assert.equal({ type, change: body.changes.type }, { type: "cqm.ExConversationChangeNotification", change: "UPSERT" });
});

published.run();

const opening = scenario("opening");

opening("begins with the domain service, which says where the account's UMS is, to any origin", async ({ simulator }) => {
  const url = `${simulator.httpOrigin}/api/account/${simulator.account}/service/asyncMessagingEnt/baseURI.json?version=1.0`;
  const response = await fetch(url);
  assert.is(response.headers.get("access-control-allow-origin"), "*");
  assert.equal(await response.json(), { service: "asyncMessagingEnt", account: "56072331", baseURI: `127.0.0.1:${simulator.port}` });
  assert.is((await fetch(url.replace("?version=1.0", ""))).status, 400);
  assert.is((await fetch(url.replace("asyncMessagingEnt", "another"))).status, 404);
  assert.is((await fetch(url.replace("56072331", "1"))).status, 401);
  assert.is(simulator.violations.length, 3);
  simulator.faults.csds = "unreachable";
  assert.is(await fetch(url).catch(({ name }) => name), "TypeError");
});

for (const path of ["/ws_api/account/56072331/messaging/consumer?v=2", "/ws_api/account/1/messaging/consumer?v=3", "/"]) {
  opening(`refuses ${path}`, async ({ simulator }) => {
    assert.not(await new Client(simulator, path).opened);
    assert.equal(simulator.violations, [`No such socket: ${path}`]);
    assert.is(simulator.totals.refused, 1);
  });
}

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

const requests = scenario("requests");

requests("are answered, and the conversations come after the subscription's answer, even if there is none", async ({ simulator }) => {
  const client = await subscribed(simulator);
  const { code, body } = await client.ask("GetClock");
  assert.is(code, 200);
  assert.ok(Math.abs(body.currentTime - simulator.now()) < 60_000);
  const sent = simulator.log.flatMap((entry) => (entry.type === "out" ? [entry.frame!] : []));
  assert.equal(
    sent.map(({ type }) => type),
    [".ReqBody$StringResp", "cqm.SubscribeExConversationsResponse", "cqm.ExConversationChangeNotification", "GetClockResponse"],
  );
  assert.is(sent[2]!.body.subscriptionId, sent[1]!.body.subscriptionId);
  assert.equal(sent[2]!.body.changes, []);
  const { consumerId, initialised, subscribed: isSubscribed } = simulator.sockets[0]!;
  assert.equal({ consumerId, initialised, isSubscribed }, { consumerId: CONSUMER, initialised: true, isSubscribed: true });
  assert.equal(simulator.violations, []);
});

requests("are rejected before InitConnection is answered, even in the same packet, and so is a second one", async ({ simulator }) => {
  const client = new Client(simulator);
  assert.is((await client.ask("GetClock")).code, 400);
  const init = client.init(simulator.issueToken());
  assert.is((await client.ask("GetClock")).code, 400);
  assert.is((await init).code, 200);
  assert.is((await client.ask("GetClock")).code, 200);
  assert.is((await client.init(simulator.issueToken())).code, 400);
  assert.is(simulator.violations.length, 3);
});

const GET_CLOCK = { kind: "req", id: "x", type: "GetClock" };
const SUBSCRIBE = { kind: "req", id: "x", type: "cqm.SubscribeExConversations" };
const init = (headers?: object[]) => ({ kind: "req", id: "x", type: "InitConnection", headers });
const WRONG_REQUESTS: Record<string, [request: unknown, fault: RegExp]> = {
  "no kind": [{ ...GET_CLOCK, kind: undefined }, /required property 'kind'/],
  "another kind": [{ ...GET_CLOCK, kind: "request" }, /\/kind must be equal/],
  "an empty id": [{ ...GET_CLOCK, id: "" }, /\/id .*fewer than 1/],
  "65 characters of id": [{ ...GET_CLOCK, id: "x".repeat(65) }, /\/id .*more than 64/],
  "a number as id": [{ ...GET_CLOCK, id: 7 }, /\/id must be string/],
  "a repeated id": [{ ...GET_CLOCK, id: "1" }, /"1" was used before/],
  "an unknown type": [{ ...GET_CLOCK, type: "ms.PublishEvent" }, /no schema for the type "ms.PublishEvent"/],
  "no type": [{ ...GET_CLOCK, type: undefined }, /no schema for the type undefined/],
  "no convState": [{ ...SUBSCRIBE, body: {} }, /\/body .*'convState'/],
  "an empty convState": [{ ...SUBSCRIBE, body: { convState: [] } }, /\/body\/convState .*fewer than 1/],
  "an unknown convState": [{ ...SUBSCRIBE, body: { convState: ["open"] } }, /\/body\/convState\/0 .*OPEN, CLOSE/],
  "a list": [[], /must be a JSON object/],
  "no JSON": ["hello", /must be a JSON object/],
  "no headers": [init(), /required property 'headers'/],
  "no client properties": [init(initHeaders("x").slice(1)), /\/headers must contain/],
  "no authentication": [init(initHeaders("x").slice(0, 1)), /\/headers must contain/],
  "an unknown header": [init([...initHeaders("x"), { type: "x" }]), /\/headers\/2\/type/],
  "an empty jwt": [init(initHeaders("")), /\/headers\/1\/jwt .*fewer than 1/],
  "2,049 characters of jwt": [init(initHeaders("x".repeat(2049))), /\/headers\/1\/jwt .*more than 2048/],
  "a made-up deviceFamily": [init(initHeaders("x", { deviceFamily: "PHONE" })), /\/headers\/0\/deviceFamily .*DESKTOP, TABLET, MOBILE, OTHER/],
  "no os": [init(initHeaders("x", { os: undefined })), /\/headers\/0 .*'os'/],
  "features of a wrong type": [init(initHeaders("x", { features: [1] })), /\/headers\/0\/features\/0/],
};

for (const [name, [request, fault]] of Object.entries(WRONG_REQUESTS)) {
  requests(`rejects ${name}`, async ({ simulator }) => {
    const client = await subscribed(simulator);
    client.send(request);
    const { body } = await client.next(({ code }) => code === 400);
    assert.is(simulator.violations.length, 1);
    assert.match(simulator.violations[0]!, fault);
    assert.ok(simulator.violations[0]!.startsWith(body));
  });
}

requests("may have a long id, a single state, a device and a system not listed, and unknown fields", async ({ simulator }) => {
  const client = new Client(simulator);
  const headers = initHeaders(simulator.issueToken(), { deviceFamily: "OTHER", os: "OTHER", more: 1 });
  assert.is((await client.ask("InitConnection", { headers })).code, 200);
  const id = "x".repeat(64);
  client.send({ ...SUBSCRIBE, id, body: { convState: "OPEN", pageSize: 5 }, more: 1 });
  assert.is((await client.next(({ reqId }) => reqId === id)).code, 200);
  assert.equal(simulator.violations, []);
});

requests("with unknown and revoked tokens are refused by closing, and new tokens are good", async ({ simulator }) => {
  const old = simulator.issueToken();
  simulator.revokeTokens(4407);
  for (const [token, code] of [
    ["not.a.token", 4401],
    [new LivePerson().issueToken(), 4401],
    [old, 4407],
  ] as const) {
    const client = new Client(simulator);
    void client.init(token);
    assert.is(await client.closed, code);
  }
  await subscribed(simulator);
  assert.equal(simulator.violations, []);
});

requests.run();

const impatient = scenario("patience", { idleTimeout: 150, initTimeout: 50 });

impatient("closes a connection that sends nothing", async ({ simulator }) => {
  assert.is(await (await subscribed(simulator)).closed, 1001);
  assert.equal(simulator.violations, []);
});

impatient("closes a connection without InitConnection", async ({ simulator }) => {
  assert.is(await new Client(simulator).closed, 1008);
  assert.equal(simulator.violations, ["No InitConnection within 50 ms."]);
});

impatient.run();

const invitations = scenario("invitations");

invitations("look like LivePerson's", async ({ simulator }) => {
  const client = await subscribed(simulator);
  const conversation = simulator.openConversation();
  const { dialogId, expiresAt } = conversation.invite({ mode: "view" });
  const { result } = (await client.notifications()).at(-1)!.body.changes[0];
  const { convId } = conversation;
  assert.is(result.convId, convId);
  const [main, { metaData, creationTs, metaDataLastUpdateTs, ...dialog }] = result.conversationDetails.dialogs;
  const consumer = { id: CONSUMER, role: "CONSUMER", state: "ACTIVE" };
  const { dialogType, participantsDetails } = main;
  assert.equal({ id: main.dialogId, dialogType, consumer: participantsDetails[0] }, { id: convId, dialogType: "MAIN", consumer });
  assert.equal(dialog, { dialogId, participants: [CONSUMER, AGENT], dialogType: "OTHER", channelType: "COBROWSE", state: "OPEN" });
  assert.is(creationTs, expiresAt - 120_000);
  assert.ok(metaDataLastUpdateTs >= creationTs);
  const { serviceId, mode, expires, sessionState, notificationKey, token } = metaData;
  assert.equal(
    { serviceId, dialogId: metaData.dialogId, mode, expires, sessionState, notificationKey },
    { serviceId: `${CONSUMER}#${convId}`, dialogId, mode: "view", expires: expiresAt / 1000, sessionState: "INVITED", notificationKey: "invited" },
  );
  assert.match(token, "secret");
  assert.ok(simulator.log.some((entry) => entry.type === "out" && /"expires":\d\.\d+E9,/.test(entry.text)));
});

invitations("say of each dialog when it changed, and of the notification when it was sent", async ({ simulator }) => {
  const HOUR = 3_600_000;
  const begun = simulator.now();
  const invitation = simulator.openConversation().invite({ seconds: 10_000 });
  simulator.faults.clockOffset = HOUR;
  const client = await subscribed(simulator);
  invitation.accept();
  const hours = (time: number) => Math.floor((time - begun) / HOUR);
  const told = (await client.notifications()).map(({ body }) => {
    const [main, dialog] = body.changes[0].result.conversationDetails.dialogs;
    return { sent: hours(body.sentTs), main: hours(main.metaDataLastUpdateTs), dialog: hours(dialog.metaDataLastUpdateTs) };
  });
  assert.equal(told, [
    { sent: 1, main: 0, dialog: 0 },
    { sent: 1, main: 0, dialog: 1 },
  ]);
});

/** What is told of an invitation that is accepted and cancelled, and of one that is accepted and whose dialog closes. */
const UPDATES = {
  bare: ["INVITED in OPEN", "ACCEPTED in OPEN", "CLOSED", "ACCEPTED in CLOSE"],
  short: ["INVITED in OPEN", "ACCEPTED", "CLOSED", "ACCEPTED in CLOSE"],
  full: ["INVITED in OPEN", "ACCEPTED in OPEN", "CLOSED in CLOSE", "ACCEPTED in CLOSE"],
};

for (const [updates, [invited, yes, closed, dialogClosed]] of Object.entries(UPDATES)) {
  invitations(`have ${updates} updates`, async ({ simulator }) => {
    const client = await subscribed(simulator);
    const options = { dialogId: "COAPP", mode: "follow", updates: updates as "bare" };
    const invitation = accepted(simulator.openConversation(), options);
    invitation.cancel();
    invitation.cancel();
    accepted(simulator.openConversation(), options).closeDialog();
    const notifications = await client.notifications();
    const told = notifications.flatMap(({ body }) => body.changes.map(inWords));
    const dialogs = ["", `, ${invited}`, `, ${yes}`, `, ${closed}`, "", `, ${invited}`, `, ${yes}`, `, ${dialogClosed}`];
    assert.equal(
      told,
      dialogs.map((dialog) => `UPSERT OPEN${dialog}`),
    );
    const { serviceId } = cobrowse(notifications[4]!.body.changes[0])[0].metaData;
    assert.is(serviceId, updates === "full" ? invitation.serviceId : undefined);
  });
}

for (const options of [{ expires: "field" }, { expires: "none" }, { expires: "field", agentClockOffset: -180_000 }] as const) {
  invitations(`end at their time, and tell it by the agent's clock: ${JSON.stringify(options)}`, async ({ simulator }) => {
    const client = await subscribed(simulator);
    const invitation = simulator.openConversation().invite({ seconds: 0.2, ...options });
    await simulator.waitFor(isStep("expired"));
    assert.ok(simulator.now() >= invitation.expiresAt);
    const [invited, closed] = (await client.notifications()).slice(-2).map(({ body }) => body.changes[0]);
    assert.is(inWords(closed), "UPSERT OPEN, CLOSED");
    const [{ metaData, creationTs }] = cobrowse(invited);
    const { agentClockOffset = 0 } = options as InviteOptions;
    assert.is("expires" in metaData, options.expires === "field");
    assert.is(Math.round((metaData.expires ?? creationTs / 1000 + 120) * 1000), invitation.expiresAt + agentClockOffset);
    if (metaData.expires) assert.is(Math.round(metaData.expires * 1000 - creationTs), 200);
  });
}

invitations("end by the server's clock, also when it jumps", async ({ simulator }) => {
  simulator.openConversation().invite();
  simulator.faults.clockOffset = 600_000;
  await simulator.waitFor(isStep("expired"));
});

invitations("are told to each of the consumer's connections with CO_BROWSE, and to no one else", async ({ simulator }) => {
  const clients = {
    tab: await subscribed(simulator),
    otherTab: await subscribed(simulator),
    withoutFeature: await subscribed(simulator, CONSUMER, []),
    stranger: await subscribed(simulator, "somebody-else"),
  };
  simulator.openConversation().invite();
  const told: Record<string, string[]> = {};
  for (const [name, client] of Object.entries(clients)) told[name] = (await client.told()).slice(1);
  const both = ["UPSERT OPEN", "UPSERT OPEN, INVITED in OPEN"];
  assert.equal(told, { tab: both, otherTab: both, withoutFeature: ["UPSERT OPEN", "UPSERT OPEN"], stranger: [] });
  assert.equal(simulator.totals, { opened: 4, refused: 0, mostOpen: 4, mostOpenOf: { [CONSUMER]: 3, "somebody-else": 1 } });
});

const postLpTagEvent = (simulator: Simulator, event: unknown) =>
  fetch(simulator.httpOrigin + LP_TAG_EVENT_PATH, { method: "POST", body: JSON.stringify(event) });

invitations("are answered by the page's lpTag events", async ({ simulator }) => {
  const conversation = simulator.openConversation();
  const { serviceId } = conversation;
  const [first, second, third] = [conversation.invite(), conversation.invite(), conversation.invite()];
  for (const [name, data] of [
    ["cobrowseOffered", { serviceId }],
    ["cobrowseAccepted", { serviceId, dialogId: first.dialogId }],
    ["cobrowseDeclined", { serviceId }],
    ["cobrowseAccepted", { serviceId: "unknown" }],
  ] as const) {
    assert.is((await postLpTagEvent(simulator, { name, data })).status, 200);
  }
  assert.equal({ first: first.state, second: second.state, third: third.state }, { first: "ACCEPTED", second: "INVITED", third: "CLOSED" });
  assert.equal(
    simulator.log.flatMap((entry) => (entry.type === "lpTag" ? [`${entry.name} ${entry.known}`] : [])),
    ["cobrowseOffered true", "cobrowseAccepted true", "cobrowseDeclined true", "cobrowseAccepted false"],
  );
  assert.is((await postLpTagEvent(simulator, null)).status, 400);
});

invitations("are pending until an answer has made its way, and not answered if they have ended by then", async ({ simulator }) => {
  const conversation = simulator.openConversation();
  simulator.faults.answerDelay = 10;
  const { serviceId } = conversation;
  const first = conversation.invite();
  simulator.lpTagEvent("cobrowseAccepted", { serviceId });
  first.cancel();
  const second = conversation.invite();
  simulator.lpTagEvent("cobrowseDeclined", { serviceId, dialogId: first.dialogId });
  simulator.lpTagEvent("cobrowseAccepted", { serviceId, dialogId: second.dialogId });
  assert.is(second.state, "INVITED");
  await simulator.waitFor(isStep("accepted"));
  assert.equal(sessionSteps(simulator), ["conversation opened", "invited", "cancelled", "invited", "accepted"]);
});

invitations("come anew with the same dialogId, and as copies word for word, late ones too", async ({ simulator }) => {
  const client = await subscribed(simulator);
  const conversation = simulator.openConversation();
  const invitation = conversation.invite({ dialogId: "COAPP" });
  const original = await lastDialog(client);
  invitation.cancel();
  invitation.resend();
  assert.equal(await lastDialog(client), original);
  conversation.invite({ dialogId: "COAPP", seconds: 60 });
  assert.equal(await client.told(), ["UPSERT OPEN, INVITED in OPEN"]);
});

invitations("end with their conversation, which leaves subscriptions to open ones as a DELETE", async ({ simulator }) => {
  const [client, archive] = [await subscribed(simulator), await initialised(simulator)];
  await archive.subscribe(["OPEN", "CLOSE"]);
  const conversation = simulator.openConversation();
  const invitation = conversation.invite();
  conversation.end();
  conversation.end();
  assert.equal((await client.told()).slice(1), ["UPSERT OPEN", "UPSERT OPEN, INVITED in OPEN", "UPSERT CLOSE, INVITED in OPEN", "DELETE"]);
  invitation.cancel();
  assert.equal(await client.told(), []);
  assert.equal((await archive.told()).slice(-2), ["UPSERT CLOSE, INVITED in OPEN", "UPSERT CLOSE, CLOSED"]);
  assert.throws(() => conversation.invite(), /has ended/);
  assert.equal(await (await subscribed(simulator)).told(), [""]);
});

invitations("end with a conversation that is deleted, without a word before", async ({ simulator }) => {
  const client = await subscribed(simulator);
  const conversation = simulator.openConversation();
  conversation.delete();
  conversation.delete();
  assert.equal(await client.told(), ["", "UPSERT OPEN", "DELETE"]);
  assert.equal(await (await subscribed(simulator)).told(), [""]);
});

invitations("are in a snapshot: what is pending, and what has ended as CLOSED", async ({ simulator }) => {
  const conversation = simulator.openConversation();
  conversation.invite().cancel();
  conversation.invite();
  assert.equal(await (await subscribed(simulator)).told(), ["UPSERT OPEN, CLOSED, INVITED in OPEN"]);
});

invitations.run();

const forgetful = scenario("ended dialogs not kept", { keepEndedDialogs: false });

forgetful("an ended dialog is told once", async ({ simulator }) => {
  const client = await subscribed(simulator);
  const conversation = simulator.openConversation();
  conversation.invite().cancel();
  conversation.invite();
  assert.equal(await client.told(), ["", "UPSERT OPEN", "UPSERT OPEN, INVITED in OPEN", "UPSERT OPEN, CLOSED", "UPSERT OPEN, INVITED in OPEN"]);
});

forgetful.run();

const faults = scenario("faults");

for (const code of [1000, 1001, 1006, 1011, 4401, 4407]) {
  faults(`drops one connection, and then all, with ${code}`, async ({ simulator }) => {
    const [first, second] = [await subscribed(simulator), await subscribed(simulator)];
    simulator.faults.drop(code, simulator.sockets[0]);
    assert.is(await first.closed, code);
    assert.equal(await second.told(), [""]);
    simulator.faults.drop(code);
    assert.is(await second.closed, code);
    const closings = simulator.log.flatMap((entry) => (entry.type === "close" ? [`${entry.code} by the ${entry.by}`] : []));
    assert.equal(closings, [`${code} by the server`, `${code} by the server`]);
    assert.equal(simulator.sockets, []);
  });
}

faults("silence holds back everything, and loses nothing", async ({ simulator }) => {
  const client = await subscribed(simulator);
  simulator.faults.silent = true;
  simulator.openConversation().invite();
  const late = new Client(simulator);
  const answer = late.init(simulator.issueToken());
  await simulator.waitFor(isRequest("cqm.SubscribeExConversations"));
  await simulator.waitFor(isRequest("InitConnection"));
  const said = simulator.log.filter(({ type }) => type === "out").length;
  assert.is(said, 3);
  simulator.faults.silent = false;
  assert.is((await answer).code, 200);
  assert.equal(await client.told(), ["", "UPSERT OPEN", "UPSERT OPEN, INVITED in OPEN"]);
});

faults("a dead connection does not even close", async ({ simulator }) => {
  const client = await subscribed(simulator);
  await client.told();
  simulator.faults.dead = true;
  simulator.faults.dead = false;
  client.send(GET_CLOCK);
  simulator.openConversation().invite();
  await subscribed(simulator);
  assert.equal(client.frames, []);
  assert.is(simulator.sockets.length, 2);
  assert.is(simulator.totals.mostOpen, 1);
});

faults.run();

const lenient = scenario("other clients", { lenient: true });

/** A messaging window of the site's own says nothing of itself. */
async function sitesOwnWindow(simulator: Simulator): Promise<Client> {
  const client = new Client(simulator);
  assert.is((await client.ask("InitConnection", { headers: initHeaders(simulator.issueToken()).slice(1) })).code, 200);
  return client;
}

const message = (dialogId: string, text: string) => ({ body: { dialogId, event: { type: "ContentEvent", contentType: "text/plain", message: text } } });
const isMessages = ({ type }: Frame) => type === "ms.MessagingEventNotification";

lenient("the site's own window starts a conversation and writes; the snippet beside it hears of the invitation", async ({ simulator }) => {
  const [snippet, own] = [await subscribed(simulator), await sitesOwnWindow(simulator)];
  const { conversationId } = (await own.ask("cm.ConsumerRequestConversation")).body;
  await own.ask("ms.SubscribeMessagingEvents", { body: { dialogId: conversationId, fromSeq: 0 } });
  assert.equal((await own.next(isMessages)).body.changes, []);
  const { code, body } = await own.ask("ms.PublishEvent", message(conversationId, "The kiln is cold."));
  assert.equal({ code, body }, { code: 200, body: { sequence: 0 } });
  const [change] = (await own.next(isMessages)).body.changes;
  const { serverTimestamp, originatorMetadata, ...told } = change;
  const { event } = message(conversationId, "The kiln is cold.").body;
  assert.equal(told, { sequence: 0, originatorId: CONSUMER, dialogId: conversationId, conversationId, event });

  simulator.conversations.find(({ convId }) => convId === conversationId)!.invite({ mode: "view" });
  assert.equal(await snippet.told(), ["", "UPSERT OPEN", "UPSERT OPEN, INVITED in OPEN"]);
  assert.equal(simulator.violations, []);
  assertSchemasCanFail(simulator);
});

/** What a frame may have that no schema knows, and what it may lack: names with those of their owners. */
const FREE = {
  unknown:
    "body.dialogId changes.conversationId changes.originatorMetadata " +
    "metaData.channel metaData.host metaData.permissions metaData.role metaData.token metaData.uid originatorMetadata.id originatorMetadata.role",
  optional:
    "body.sentTs body.sequence conversationDetails.dialogs conversationDetails.stage metaData.dialogId metaData.notificationKey participantsDetails.state",
};
const WRONG_VALUES: [path: string, value: unknown][] = [
  ["body", "x".repeat(129)],
  ["body.sequence", -1],
  ["body.conversationId", ""],
  ["body.currentTime", 1513813587],
  ["body.changes.0.type", "UPDATE"],
  ["body.changes.0.result.conversationDetails.state", "CLOSED"],
  ["body.changes.0.result.conversationDetails.startTs", 1477840809953.5],
  ["body.changes.0.result.conversationDetails.participants.0.role", "VISITOR"],
  ["body.changes.0.result.conversationDetails.dialogs.0.channelType", "CHAT"],
  ["body.changes.0.result.conversationDetails.dialogs.0.participantsDetails.0.state", "AWAY"],
  ["body.changes.0.result.conversationDetails.dialogs.1.dialogType", "SIDE"],
  ["body.changes.0.result.conversationDetails.dialogs.1.metaData.sessionState", "PENDING"],
  ["body.changes.0.result.conversationDetails.dialogs.1.metaData.mode", "COBROWSE"],
  ["body.changes.0.result.conversationDetails.dialogs.1.metaData.expires", 1502893131855],
];

/** One frame of each type was sent, and is not as published any more with anything else in the place of any field, or without it. */
function assertSchemasCanFail(simulator: Simulator): void {
  const samples = new Map(simulator.log.flatMap((entry) => (entry.type === "out" ? [[entry.frame!.type!, entry.frame!]] : [])));
  assert.equal([...samples.keys()].sort(), [...Object.keys(ANSWERS), ...Object.keys(NOTIFICATIONS)].sort());
  const unnoticed = { unknown: new Set<string>(), optional: new Set<string>() };
  for (const frame of samples.values()) {
    assert.equal(faultsOfFrame(frame), []);
    for (const path of pathsOf(frame)) {
      const name = path
        .filter((part) => !/^\d+$/.test(part))
        .slice(-2)
        .join(".");
      if (!faultsOfFrame(spoilt(frame, path, null)).length) unnoticed.unknown.add(name);
      else if (!/\d/.test(path.at(-1)!) && !faultsOfFrame(spoilt(frame, path, undefined)).length) unnoticed.optional.add(name);
    }
  }
  const words = (names: Set<string>) => [...names].sort().join(" ");
  assert.equal({ unknown: words(unnoticed.unknown), optional: words(unnoticed.optional) }, FREE);
  for (const [path, value] of WRONG_VALUES) {
    const parts = path.split(".");
    const sample = [...samples.values()].find((frame) => parts.reduce((owner: any, part) => owner?.[part], frame) !== undefined)!;
    assert.is(faultsOfFrame(spoilt(sample, parts, value)).length, 1, `${path}: ${value}`);
  }
}

lenient("messages that were published before are sent from the sequence asked for", async ({ simulator }) => {
  const own = await sitesOwnWindow(simulator);
  const { conversationId } = (await own.ask("cm.ConsumerRequestConversation")).body;
  for (const text of ["one", "two", "three"]) await own.ask("ms.PublishEvent", message(conversationId, text));
  await own.ask("ms.SubscribeMessagingEvents", { body: { dialogId: conversationId, fromSeq: 1 } });
  const { changes } = (await own.next(isMessages)).body;
  assert.equal(
    changes.map(({ sequence, event }: any) => `${sequence} ${event.message}`),
    ["1 two", "2 three"],
  );
});

for (const [as, conversationField] of Object.entries({
  "a single field": { field: "ConversationStateField", conversationState: "CLOSE" },
  "a list": [{ field: "Stage", conversationState: "CLOSE" }],
})) {
  lenient(`the consumer closes the conversation, as ${as}`, async ({ simulator }) => {
    const [snippet, own] = [await subscribed(simulator), await sitesOwnWindow(simulator)];
    const { conversationId } = (await own.ask("cm.ConsumerRequestConversation")).body;
    const update = (field: unknown) => own.ask("cm.UpdateConversationField", { body: { conversationId, conversationField: field } });
    assert.is((await update({ field: "ConversationStateField", conversationState: "LOCKED" })).code, 200);
    assert.is(simulator.conversations[0]!.state, "OPEN");
    assert.is((await update(conversationField)).code, 200);
    assert.equal(await snippet.told(), ["", "UPSERT OPEN", "UPSERT CLOSE", "DELETE"]);
    assert.is((await own.ask("ms.PublishEvent", message(conversationId, "Too late."))).code, 400);
  });
}

for (const [body, count] of [
  [{ convState: ["OPEN", "LOCKED"] }, 1],
  [{ convState: ["OPEN", "LOCKED", "CLOSE"] }, 2],
  [{ maxLastUpdatedTime: 1, agentIds: [""] }, 2],
  [undefined, 2],
] as const) {
  lenient(`a subscription may ask for ${JSON.stringify(body)}`, async ({ simulator }) => {
    simulator.openConversation().end();
    const { convId } = simulator.openConversation();
    const own = await sitesOwnWindow(simulator);
    await own.ask("cqm.SubscribeExConversations", { body });
    const [{ changes }] = (await own.notifications()).map((frame) => frame.body);
    assert.equal({ conversations: changes.length, last: changes.at(-1).result.convId }, { conversations: count, last: convId });
  });
}

lenient("ids may be numbers and repeat, and what nobody here knows is answered with 400: no violation", async ({ simulator }) => {
  const own = await sitesOwnWindow(simulator);
  for (const type of ["GetClock", "GetClock"]) {
    own.send({ kind: "req", id: 1, type });
    assert.is((await own.next(({ reqId }) => reqId === "1")).code, 200);
  }
  assert.is((await own.ask("userprofile.SetUserProfile", { body: {} })).code, 400);
  assert.is((await own.ask("ms.PublishEvent", { body: { dialogId: "nobody's", event: {} } })).code, 400);
  assert.equal(simulator.violations, []);
});

lenient("what is no request at all, has no token, or comes too early is still a violation", async ({ simulator }) => {
  const own = new Client(simulator);
  await own.opened;
  for (const frame of ["hello", { kind: "req", type: "GetClock" }, { kind: "req", id: "x" }]) own.send(frame);
  await own.ask("cm.ConsumerRequestConversation");
  assert.is((await own.ask("InitConnection", { headers: [] })).code, 400);
  assert.is(simulator.violations.length, 5);
});

lenient.run();

const history = scenario("history");

history("waitFor reads forward only, side by side from the same place", async ({ simulator }) => {
  const client = await subscribed(simulator);
  await Promise.all([simulator.waitFor(isRequest("cqm.SubscribeExConversations")), simulator.waitFor(isRequest("InitConnection"))]);
  const inVain = (type: string) => simulator.waitFor(isRequest(type), 20).catch((error: Error) => error.message);
  assert.match((await inVain("InitConnection")) as string, "in vain");
  await client.ask("GetClock");
  simulator.skip();
  assert.match((await inVain("GetClock")) as string, "in vain");
});

history("a listener hears every entry until it is taken away", async ({ simulator }) => {
  const heard: string[] = [];
  const off = simulator.on(({ type }) => void heard.push(type));
  const client = await subscribed(simulator);
  await client.told();
  off();
  client.close();
  await simulator.waitFor(({ type }) => type === "close");
  assert.equal(heard, ["open", "in", "out", "in", "out", "out", "in", "out"]);
});

history.run();
