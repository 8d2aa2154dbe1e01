// What can happen to a page, as fast-check commands.
import fc from "fast-check";
import { AGENT, type InviteOptions } from "../simulator/conversations.ts";
import type { Faults } from "../simulator/faults.ts";
import { CONSUMER } from "../simulator/simulator.ts";
import { MODES } from "./provider.ts";
import { ANSWERS, type Answer } from "./rules.ts";
import type { Setting, Sleep, World } from "./world.ts";

type Command = fc.AsyncCommand<World, World>;
type Possible = (world: World) => boolean;
type Weighted = fc.WeightedArbitrary<Command>;

/** From the very same moment to the time that a prompt or a connection takes. */
const shortTime = fc.oneof(
  { weight: 3, arbitrary: fc.constant(0) },
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 60 }) },
  { weight: 3, arbitrary: fc.integer({ min: 60, max: 1500 }) },
  { weight: 1, arbitrary: fc.constantFrom(245, 250, 490, 499, 500, 501, 750) },
);

/** For a prompt to be shown and to be armed. */
const longEnough = fc.integer({ min: 530, max: 3000 });

const always = () => true;
const awake: Possible = ({ page }) => !page.frozen;
const left: Possible = ({ page }) => page.frozen;
const seen: Possible = ({ page }) => !page.frozen && !page.document.hidden;
const hidden: Possible = ({ page }) => !page.frozen && page.document.hidden;
const invited: Possible = ({ invitations }) => invitations.length > 0;
const untagged: Possible = ({ page }) => !page.frozen && !page.tagged;
const prompted: Possible = ({ page }) => page.prompt !== undefined;
/** A clock that is set anew would leave open what had ended by it before. */
const clockMayBeSet: Possible = ({ rules }) => !rules.mayEndUnseen;
/** An answer to GetClock from before the sleep would set the clock wrong. */
const mayFallAsleep: Possible = ({ page, rules }) => !page.frozen && !(rules.connection.clockIsOnItsWay && rules.mayEndUnseen);

/** Something that happens, with one of some values, and the time that passes after it. */
function step<const T>(
  weight: number,
  name: string,
  values: fc.Arbitrary<T> | readonly T[],
  happen: (world: World, value: T) => unknown,
  possible: Possible = always,
  after = shortTime,
): Weighted {
  const value = values instanceof fc.Arbitrary ? values : fc.constantFrom(...values);
  const arbitrary = fc.tuple(value, after).map(([value, wait]): Command => {
    const sentence = `${name} ${JSON.stringify(value) ?? ""}, ${wait / 1000} s`;
    return {
      check: possible,
      async run(world) {
        world.rules.story.tell(`— ${sentence}`);
        await happen(world, value);
        await world.time.pass(wait);
      },
      toString: () => sentence,
    };
  });
  return { weight, arbitrary };
}

/** The same without a value. */
const simple = (weight: number, name: string, happen: (world: World) => void, possible?: Possible): Weighted =>
  step(weight, name, [undefined], happen, possible);

const ONE_OF_TWO = [0, 1];
/** How many invitations before the newest. */
const back = fc.nat({ max: 3 });
const latest = ({ invitations }: World, back: number) => invitations[Math.max(0, invitations.length - 1 - back)]!;

const invitation = fc.record({
  conversation: fc.nat({ max: 1 }),
  mode: fc.constantFrom("shared", "shared", "shared", "view", "view", "follow", "follow", "VIDEO_CALL"),
  seconds: fc.integer({ min: 15, max: 120 }),
  constant: fc.boolean(),
  expires: fc.constantFrom("field", "none"),
  agentClockOffset: fc.constantFrom(0, 0, 0, -600_000, -60_000, -4_000, 4_000, 60_000, 600_000),
  participants: fc.constantFrom<string[][]>([CONSUMER, AGENT], [AGENT, CONSUMER], [AGENT]),
  participantsAs: fc.constantFrom("participants", "participantsDetails"),
  updates: fc.constantFrom("bare", "short", "full"),
});

function invite(world: World, { conversation, constant, ...options }: InviteOptions & { conversation: number; constant: boolean }): void {
  // Servers so old that they use the constant let a consumer have one conversation only.
  const id = constant && !conversation && { dialogId: "COAPP" };
  world.invitations.push(world.openConversation(conversation).invite({ ...options, ...id }));
}

const agent = [
  step(10, "invites", invitation, invite, always, fc.oneof(shortTime, longEnough)),
  step(3, "cancels", back, (world, back) => latest(world, back).cancel(), invited),
  step(2, "accepted elsewhere", back, (world, back) => latest(world, back).acceptElsewhere(), invited),
  step(1, "closes the dialog", back, (world, back) => latest(world, back).closeDialog(), invited),
  step(4, "copies", back, (world, back) => latest(world, back).resend(), invited),
  step(1, "ends conversation", ONE_OF_TWO, ({ network }, index) => network.conversations[index]?.end()),
  step(1, "deletes conversation", ONE_OF_TWO, ({ network }, index) => network.conversations[index]?.delete()),
];

const BUTTONS = ["accept", "decline"] as const;
const DAY = 86_400_000;

/** Who comes back to a computer that slept sees what was there before, and may press it at once. */
const sleep = fc.record({
  seconds: fc.oneof(fc.integer({ min: 10, max: 130 }), fc.integer({ min: 130, max: 900 })),
  connection: fc.constantFrom("stands", "dies", "is closed"),
  wokenBy: fc.constantFrom("online", "visibilitychange", "nothing"),
  presses: fc.constantFrom(undefined, ...BUTTONS),
});

const press = fc.record({ part: fc.constantFrom(...BUTTONS), held: shortTime });

const visitor = [
  step(11, "clicks", BUTTONS, click, seen),
  step(2, "presses", press, presses, seen),
  simple(5, "presses Escape", escape, seen),
  simple(1, "presses Escape twice", (world) => [escape(world), escape(world)], seen),
  simple(1, "presses Enter", ({ page }) => page.press("Enter"), seen),
  simple(3, "looks away", ({ page }) => page.hide(), seen),
  simple(4, "looks again", ({ page }) => page.show(), hidden),
  simple(2, "leaves", ({ page }) => page.leave(), awake),
  step(3, "returns, what was due first:", fc.boolean(), ({ page }, tasksFirst) => page.return(tasksFirst), left),
  // Whatever ends by that clock has ended before it is set again.
  step(1, "sets the clock", [-DAY, -600_000, 600_000, DAY], ({ page }, jump) => (page.clockError += jump), clockMayBeSet, longEnough),
  step(3, "sleeps", sleep, sleeps, mayFallAsleep),
];

/** Answers to nothing: what else can be sent frames.test.ts makes up. */
const JUNK = ['{"kind":"resp","reqId":"nobody asked","code":500}', '{"kind":"resp","reqId":"__proto__","code":200,"body":{"currentTime":1}}'];

const has = (weight: number, ...faults: Partial<Faults>[]): Weighted =>
  step(weight, "LivePerson has", faults, ({ network }, fault) => Object.assign(network.faults, fault));

const server = [
  step(3, "drops with", [1006, 1000, 1001, 1011, 4401, 4407], ({ network }, code) => network.faults.drop(code)),
  has(2, { down: true }),
  has(1, { silent: true }),
  has(1, { dead: true }),
  has(1, { stallOpening: true }),
  has(1, { refuseInit: 401 }, { refuseInit: 403 }, { refuseInit: 429 }, { refuseInit: 500 }),
  has(1, { refuseSubscription: 429 }, { refuseSubscription: 500 }),
  has(1, { throwOut: 1013, throwOutAfter: "InitConnection" }, { throwOut: 1013, throwOutAfter: "cqm.SubscribeExConversations" }),
  has(1, { throwOut: 1013, throwOutAfter: "GetClock" }),
  has(1, { answerDelay: 300 }, { answerDelay: 3000 }, { answerDelay: 30_000 }),
  has(1, { refuseToken: 4401 }, { refuseToken: 4407 }),
  has(1, { latency: 0 }, { latency: 300 }, { latency: 3000 }, { latency: 40_000 }),
  has(1, { csds: "error" }, { csds: "nonsense" }, { csds: "never" }, { csds: "unreachable" }),
  simple(6, "the network is well", ({ network }) => network.recover()),
  step(1, "sends", JUNK, ({ network }, text) => network.faults.sendRaw(text)),
];

const site = [
  simple(2, "the tag loads", ({ page }) => page.loadTag(), untagged),
  step(2, "the token:", ["good", ...MODES], ({ provider }, mode) => (provider.mode = mode)),
  simple(2, "stop()", (world) => world.stop(), awake),
  simple(3, "start()", (world) => world.start(), awake),
  simple(1, "online", ({ page }) => page.fire("online"), awake),
  simple(1, "removes the prompt", ({ page }) => page.hosts.forEach((host) => host.replaceWith()), awake),
  simple(1, "covers the prompt", cover, awake),
  simple(1, "shows a popover", showPopover, awake),
  step(1, "is busy for ms", fc.integer({ min: 50, max: 2000 }), ({ page }, milliseconds) => page.beBusy(milliseconds)),
  step(1, "asks itself from now on:", fc.boolean(), ({ rules }, itself) => (rules.pageAsks = itself)),
  step(2, "answers by itself", fc.tuple(back, fc.constantFrom(...BUTTONS)), pageAnswers, awake),
];

/** So that what follows meets the moment in which the buttons begin to work. */
const aroundArming = fc.integer({ min: -10, max: 5 });
const untilArming = (world: World, offset: number) => world.time.pass(Math.max(0, world.rules.armsAt + offset - Date.now()));
const waitsForArming = step(1, "waits until the prompt takes answers, and ms", aroundArming, untilArming, prompted, fc.constant(0));

const seconds = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 10 }) },
  { weight: 2, arbitrary: fc.integer({ min: 10, max: 65 }) },
  { weight: 1, arbitrary: fc.integer({ min: 65, max: 150 }) },
);
const waits = step(1, "waits s", seconds, ({ time }, seconds) => time.pass(seconds * 1000), always, fc.constant(0));

/** Three of ten are the agent's and three the visitor's. */
const anything = [agent, agent, agent, visitor, visitor, visitor, server, site, [waits], [waitsForArming]].map((some) => fc.oneof(...some));

export const histories = (path?: string) => fc.commands(anything, { maxCommands: 40, size: "max", ...(path && { replayPath: path }) });

export const settings: fc.Arbitrary<Setting> = fc.record({
  tagged: fc.constantFrom(true, true, false),
  hidden: fc.constantFrom(false, false, false, true),
  // Where no server is configured LivePerson's domain service is asked.
  config: fc.constantFrom({}, { server: undefined }),
  faults: fc.record({ singleElements: fc.boolean(), notifyPrefix: fc.constantFrom("cqm", "aam") }),
  keepEndedDialogs: fc.boolean(),
  deliversLate: fc.boolean(),
  closeEventDelay: fc.constantFrom(0, 1, 4),
  clockOffset: fc.constantFrom(0, 600_000, -600_000, DAY, -DAY),
  seed: fc.integer(),
});

/** The visitor presses where a button of the prompt is, whatever is there now, and releases later. */
async function presses({ page, rules, time }: World, { part, held }: { part: Answer; held: number }): Promise<void> {
  // In that very millisecond it may or may not count.
  if (rules.justArming) return;
  const { prompt } = page;
  const asked = rules.pending;
  const counts = prompt !== undefined && rules.armed;
  page.mouseDown(part);
  if (held) await time.pass(held);
  if (page.frozen) return;
  // Nothing else is an answer: not what began too early, elsewhere, or on a prompt that something lay over.
  const answers = asked && counts && page.prompt === prompt && asked === rules.pending;
  if (answers) asked.said.add(ANSWERS[part]);
  const before = asked?.answers.length ?? 0;
  const clicked = page.mouseUp(part);
  rules.story.never({
    "a button that cannot be pressed": answers && !clicked,
    "a button that can be pressed too early": clicked && !counts,
    "an answer that was not published": answers && !rules.mayBeOver(asked) && asked.answers.length !== before + 1,
  });
}

function click(world: World, part: Answer): Promise<void> {
  return presses(world, { part, held: 0 });
}

function sleeps(world: World, { presses, ...sleep }: Sleep & { presses: Answer | undefined }): void {
  world.sleep(sleep);
  if (presses) void click(world, presses);
}

function escape({ page, rules }: World): void {
  rules.escapes();
  page.press("Escape");
}

/** The page opens a modal dialog of its own. */
function cover({ page: { document }, rules }: World): void {
  const dialog = document.createElement("dialog");
  document.documentElement.append(dialog);
  rules.forgetEscape();
  (dialog as unknown as HTMLDialogElement).showModal();
}

/** What lies over the prompt now is not pressed: the press goes through it. */
function showPopover({ page: { document }, rules }: World): void {
  const popover = document.createElement("aside");
  document.documentElement.append(popover);
  rules.forgetEscape();
  document.showPopover(popover);
}

/** The page answers by what it was given with some cobrowseOffered, long ago perhaps. */
function pageAnswers({ page, rules }: World, [back, answer]: [number, Answer]): void {
  const offered = page.events.filter(({ type }) => type === "cobrowseOffered");
  const detail = offered[Math.max(0, offered.length - 1 - back)]?.detail as Record<Answer, () => void> | undefined;
  if (!detail) return;
  const { pending } = rules;
  const asked = pending?.detail === detail ? pending : undefined;
  asked?.said.add(ANSWERS[answer]);
  const works = asked && !rules.mayBeOver(asked);
  detail[answer]();
  rules.story.never({ "an answer of the page that was not published": works && asked.answers.join() !== ANSWERS[answer] });
}
