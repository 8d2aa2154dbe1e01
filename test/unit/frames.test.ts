// Frames of every shape against the snippet: none throws, none is taken for an invitation that it is not, and none
// costs an invitation that comes with it or after it. SEED=… and RUNS=… vary them.
import fc from "fast-check";
import * as assert from "uvu/assert";
import { histories, type Given } from "../model/given.ts";
import type { Conversation } from "../simulator/simulator.ts";

const SECOND = 1000;
const test = histories("frames");
const { SEED = "20260901", RUNS = "300" } = process.env;

/** Values that have surprised readers of JSON before. */
const odd = fc.constantFrom<unknown[]>(
  null,
  true,
  0,
  -1,
  1e308,
  -1e308,
  5e-324,
  2 ** 53,
  "",
  "\0",
  "__proto__",
  "constructor",
  [],
  {},
  [[]],
  [null],
  { length: 3 },
  "CLOSED",
  "INVITED",
);
const value = fc.oneof({ weight: 3, arbitrary: odd }, { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) });

/** Where something can be wrong in a frame. */
const path = fc.constantFrom(
  ..."kind type body body.changes change change.type change.result change.result.convId details details.state details.dialogs dialog dialog.dialogId dialog.channelType dialog.state dialog.participants dialog.creationTs dialog.metaData dialog.metaData.sessionState dialog.metaData.serviceId dialog.metaData.mode dialog.metaData.expires".split(
    " ",
  ),
);

/** An otherwise good frame about another conversation, wrong in some places. */
const nearlyGood = fc.array(fc.tuple(path, value, fc.boolean()), { minLength: 1, maxLength: 3 });

function spoil(wrongs: [string, unknown, boolean][]): unknown {
  const dialog = {
    dialogId: "another",
    channelType: "COBROWSE",
    state: "OPEN",
    participants: ["consumer", "agent"],
    creationTs: Date.now(),
    metaData: { sessionState: "INVITED", serviceId: "consumer#another", mode: "view", expires: Date.now() / 1000 + 100 },
  };
  const details = { state: "OPEN", dialogs: [dialog] };
  const change = { type: "UPSERT", result: { convId: "another", conversationDetails: details } };
  const frame = { kind: "notification", type: "cqm.ExConversationChangeNotification", body: { changes: [change] } };
  const roots: Record<string, unknown> = { change, details, dialog };
  const lists: Record<string, unknown[]> = { change: frame.body.changes, dialog: details.dialogs };
  for (const [path, value, remove] of wrongs) {
    const names = path.split(".");
    const last = names.pop()!;
    if (path === "change" || path === "dialog") lists[path]!.unshift(value);
    else if (path === "details") Object.assign(change.result ?? {}, { conversationDetails: value });
    else {
      let owner: any = names[0]! in roots ? roots[names.shift()!] : frame;
      for (const name of names) owner = owner?.[name];
      if (owner === null || typeof owner !== "object") continue;
      if (remove) delete owner[last];
      else owner[last] = value;
    }
  }
  return frame;
}

const junk = fc.oneof(
  fc.string(),
  value.map((value) => JSON.stringify(value)),
  fc.array(value).map((changes) => notification(changes)),
  fc
    .record({ kind: value, type: value, reqId: fc.string({ minLength: 5 }), code: value, body: value }, { requiredKeys: [] })
    .map((frame) => JSON.stringify(frame)),
  nearlyGood.map((wrongs) => JSON.stringify(spoil(wrongs))),
);

const notification = (changes: unknown) =>
  JSON.stringify({ kind: "notification", type: "cqm.ExConversationChangeNotification", body: { subscriptionId: "1", changes } });

/** That invitation of the conversation is what the visitor is asked about. */
async function expectPrompt(given: Given, dialogId: string): Promise<void> {
  await given.time.pass(100);
  if (given.page.errors.length) throw given.page.errors[0];
  assert.ok(given.page.prompt);
  assert.is(given.page.published.filter(({ name }) => name === "cobrowseOffered").at(-1)?.data.dialogId, dialogId);
}

const properties = { seed: Number(SEED), numRuns: Number(RUNS), includeErrorInReport: true };

test("an invitation after junk is asked about", async (given) => {
  const page = await given.connected();
  const conversation = given.network.openConversation();
  await fc.assert(
    fc.asyncProperty(fc.array(junk, { minLength: 1, maxLength: 5 }), async (frames) => {
      for (const frame of frames) given.network.faults.sendRaw(frame);
      await given.time.pass(50);
      const invitation = conversation.invite({ seconds: 15 });
      await expectPrompt(given, invitation.dialogId);
      assert.is(given.tries, 1);
      invitation.cancel();
      await given.time.pass(50);
      assert.is(page.prompts.length, 0);
    }),
    properties,
  );
});

test("an invitation among junk changes is asked about", async (given) => {
  await given.connected();
  await among(given, (conversation, before, after) => {
    const [change] = pendingChange(conversation);
    return [...before, change, ...after];
  });
});

test("an invitation among junk dialogs is asked about", async (given) => {
  await given.connected();
  await among(given, (conversation, before, after) => {
    const [change, dialogs] = pendingChange(conversation);
    dialogs.unshift(...before);
    dialogs.push(...after);
    return change;
  });
});

/** What the server would tell now, silently invited. */
function pendingChange(conversation: Conversation): [unknown, unknown[]] {
  const change = structuredClone(conversation.change());
  return [change, change.result.conversationDetails!.dialogs];
}

async function among(given: Given, changesOf: (conversation: Conversation, before: unknown[], after: unknown[]) => unknown): Promise<void> {
  const conversation = given.network.openConversation();
  await given.time.pass(50);
  await fc.assert(
    fc.asyncProperty(fc.array(value, { maxLength: 4 }), fc.array(value, { maxLength: 4 }), async (before, after) => {
      // The only word of this invitation is the frame made here.
      given.network.faults.silent = true;
      const invitation = conversation.invite({ seconds: 15 });
      const text = notification(changesOf(conversation, before, after));
      given.page.sockets[0]!.deliver(text);
      await expectPrompt(given, invitation.dialogId);
      given.page.click("decline");
      given.network.faults.silent = false;
      invitation.cancel();
      await given.time.pass(50);
      assert.is(given.page.prompts.length, 0);
    }),
    properties,
  );
}

for (const mode of ["__proto__", "constructor", "toString", "valueOf", "VOICE_CALL", "", 7, ["shared", "view"], { shared: 1 }]) {
  test(`the mode ${JSON.stringify(mode)} is nobody's invitation to share a page`, async (given) => {
    const page = await given.connected();
    const conversation = given.network.openConversation();
    conversation.invite({ mode: mode as string });
    await given.time.pass(SECOND);
    assert.equal([page.prompts.length, given.published], [0, []]);
    await expectPrompt(given, conversation.invite().dialogId);
  });
}

for (const dialogId of ["__proto__", "constructor", "toString"]) {
  test(`an invitation whose dialogId is ${dialogId} is asked about and answered like any other`, async (given) => {
    const page = await given.connected();
    given.network.openConversation().invite({ dialogId });
    await given.time.pass(100);
    assert.ok(page.prompt);
    await given.answer("accept");
    assert.equal(given.published, ["Offered", "Accepted"]);
  });
}

test("keys such as __proto__ change nothing for others", async (given) => {
  await given.connected();
  given.network.faults.sendRaw(
    '{"kind":"notification","type":"cqm.ExConversationChangeNotification","__proto__":{"polluted":1},"body":{"changes":{"type":"UPSERT","__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"result":{"__proto__":{"polluted":1}}}}}',
  );
  await given.time.pass(50);
  assert.is(({} as { polluted?: number }).polluted, undefined);
  await expectPrompt(given, given.network.openConversation().invite().dialogId);
});

test("lists of one may come as the element itself, all at once", async (given) => {
  const page = await given.connected();
  given.network.faults.singleElements = true;
  given.network.openConversation().invite({ participants: ["le83624296.356285412"] });
  await given.time.pass(100);
  assert.ok(page.prompt);
});

test("a frame of 10 MB, and one that is 100,000 levels deep, are survived", async (given) => {
  await given.connected();
  const conversation = given.network.openConversation();
  const long = "x".repeat(1000);
  given.network.faults.sendRaw(
    notification(
      Array.from({ length: 10_000 }, (_, index) => ({
        type: "UPSERT",
        result: { convId: `${index}`, conversationDetails: { state: "OPEN", dialogs: [{ dialogId: long, channelType: "MESSAGING" }] } },
      })),
    ),
  );
  given.network.faults.sendRaw(
    `{"kind":"notification","type":"cqm.ExConversationChangeNotification","body":{"changes":${"[".repeat(100_000)}${"]".repeat(100_000)}}}`,
  );
  await given.time.pass(50);
  await expectPrompt(given, conversation.invite().dialogId);
});

test.run();
