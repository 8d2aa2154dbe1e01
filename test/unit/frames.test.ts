// Frames of every shape against the snippet: none throws, none is taken for an invitation that it is not, and none
// costs an invitation that comes with it or after it. SEED=… and RUNS=… vary them.
import fc from "fast-check";
import * as assert from "uvu/assert";
import { histories, type Given } from "../model/given.ts";
import { faultsOfRequest, REQUESTS } from "../simulator/schemas.ts";
import { pathsOf, spoilt } from "../simulator/spoil.ts";

const SECOND = 1000;
const test = histories("frames");
const { SEED = "20260901", RUNS = "300" } = process.env;

/** Values that have surprised readers of JSON before. */
const odd = fc.constantFrom<unknown[]>(
  ...[null, true, 0, -1, 1e308, -1e308, 5e-324, 2 ** 53, "", "\0", "__proto__", "constructor", [], {}, [[]], [null], { length: 3 }, "CLOSED", "INVITED"],
);
const value = fc.oneof({ weight: 3, arbitrary: odd }, { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) });

const notification = (changes: unknown) => ({ kind: "notification", type: "cqm.ExConversationChangeNotification", body: { subscriptionId: "1", changes } });

/** A good frame about another conversation. */
const good = () => {
  const dialog = {
    dialogId: "another",
    channelType: "COBROWSE",
    state: "OPEN",
    participants: ["consumer", "agent"],
    creationTs: Date.now(),
    metaData: { sessionState: "INVITED", serviceId: "consumer#another", mode: "view", expires: Date.now() / SECOND + 100 },
  };
  return notification([{ type: "UPSERT", result: { convId: "another", conversationDetails: { state: "OPEN", dialogs: [dialog] } } }]);
};
const wrong = fc.record({ path: fc.constantFrom(...pathsOf(good())), value: fc.option(value, { nil: undefined }) });

const junk = fc.oneof(
  fc.string(),
  value.map((value) => JSON.stringify(value)),
  fc.array(value).map((changes) => JSON.stringify(notification(changes))),
  fc
    .record({ kind: value, type: value, reqId: fc.string({ minLength: 5 }), code: value, body: value }, { requiredKeys: [] })
    .map((frame) => JSON.stringify(frame)),
  fc
    .array(wrong, { minLength: 1, maxLength: 3 })
    .map((wrongs) => JSON.stringify(wrongs.reduce((frame, { path, value }) => spoilt(frame, path, value), good()))),
);

/** That invitation of the conversation is what the visitor is asked about. */
async function expectPrompt(given: Given, dialogId: string): Promise<void> {
  await given.time.pass(100);
  if (given.page.errors.length) throw given.page.errors[0];
  const offered = given.page.published.filter(({ name }) => name === "cobrowseOffered");
  assert.equal({ prompt: given.page.prompt !== undefined, dialogId: offered.at(-1)?.data.dialogId }, { prompt: true, dialogId });
}

const properties = { seed: Number(SEED), numRuns: Number(RUNS), includeErrorInReport: true };

test("an invitation after junk is asked about", async (given) => {
  await given.connected();
  await fc.assert(
    fc.asyncProperty(fc.array(junk, { minLength: 1, maxLength: 5 }), async (frames) => {
      for (const frame of frames) given.network.faults.sendRaw(frame);
      await given.time.pass(50);
      const invitation = given.invite({ seconds: 15 });
      await expectPrompt(given, invitation.dialogId);
      invitation.cancel();
      await given.after(50, { tries: 1, prompts: 0 });
    }),
    properties,
  );
});

for (const place of ["changes", "dialogs"] as const) {
  test(`an invitation among junk ${place} is asked about`, async (given) => {
    await given.connected();
    const { conversation, network } = given;
    await given.time.pass(50);
    await fc.assert(
      fc.asyncProperty(fc.array(value, { maxLength: 4 }), fc.array(value, { maxLength: 4 }), async (before, after) => {
        // The only word of this invitation is the frame made here.
        network.faults.silent = true;
        const invitation = given.invite({ seconds: 15 });
        const change: any = structuredClone(conversation.change());
        const { conversationDetails } = change.result;
        if (place === "dialogs") conversationDetails.dialogs = [...before, ...conversationDetails.dialogs, ...after];
        given.page.sockets[0]!.deliver(JSON.stringify(notification(place === "changes" ? [...before, change, ...after] : change)));
        await expectPrompt(given, invitation.dialogId);
        given.page.click("decline");
        network.faults.silent = false;
        invitation.cancel();
        await given.after(50, { prompts: 0 });
      }),
      properties,
    );
  });
}

for (const mode of ["__proto__", "constructor", "toString", "valueOf", "VOICE_CALL", "", 7, ["shared", "view"], { shared: 1 }]) {
  test(`the mode ${JSON.stringify(mode)} is nobody's invitation to share a page`, async (given) => {
    await given.connected();
    given.invite({ mode: mode as string });
    await given.after(SECOND, { prompts: 0, published: [] });
    await expectPrompt(given, given.invite().dialogId);
  });
}

for (const dialogId of ["__proto__", "constructor", "toString"]) {
  test(`an invitation whose dialogId is ${dialogId} is asked about and answered like any other`, async (given) => {
    await given.connected();
    given.invite({ dialogId });
    await expectPrompt(given, dialogId);
    await given.answer("accept");
    given.expect({ published: ["Offered", "Accepted"] });
  });
}

test("keys such as __proto__ change nothing for others", async (given) => {
  await given.connected();
  given.network.faults.sendRaw(
    '{"kind":"notification","type":"cqm.ExConversationChangeNotification","__proto__":{"polluted":1},"body":{"changes":{"type":"UPSERT","__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"result":{"__proto__":{"polluted":1}}}}}',
  );
  await given.time.pass(50);
  assert.is(({} as { polluted?: number }).polluted, undefined);
  await expectPrompt(given, given.invite().dialogId);
});

test("lists of one may come as the element itself, all at once", async (given) => {
  await given.connected({ faults: { singleElements: true } });
  await expectPrompt(given, given.invite({ participants: ["le83624296.356285412"] }).dialogId);
});

test("a frame of 10 MB, and one that is 100,000 levels deep, are survived", async (given) => {
  await given.connected();
  const dialogs = [{ dialogId: "x".repeat(1000), channelType: "MESSAGING" }];
  const change = (convId: number) => ({ type: "UPSERT", result: { convId: `${convId}`, conversationDetails: { state: "OPEN", dialogs } } });
  given.network.faults.sendRaw(JSON.stringify(notification(Array.from({ length: 10_000 }, (_, index) => change(index)))));
  given.network.faults.sendRaw(
    `{"kind":"notification","type":"cqm.ExConversationChangeNotification","body":{"changes":${"[".repeat(100_000)}${"]".repeat(100_000)}}}`,
  );
  await given.time.pass(50);
  await expectPrompt(given, given.invite().dialogId);
});

test("the snippet sends a request of each type, as LivePerson publishes it, and nothing else", async (given) => {
  await given.connected();
  await given.time.pass(31 * SECOND);
  const sent = given.network.log.flatMap((entry) => (entry.type === "in" ? [entry.frame!] : []));
  assert.equal(
    sent.map(({ type }) => type),
    ["InitConnection", "cqm.SubscribeExConversations", "GetClock", "GetClock"],
  );
  assert.equal(sent.flatMap(faultsOfRequest), []);
  assert.equal(new Set(sent.map(({ type }) => type)), new Set(Object.keys(REQUESTS)));
});

test.run();
