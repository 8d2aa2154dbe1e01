// What can happen to a page, as fast-check commands.
import fc from "fast-check";
import { AGENT } from "../simulator/conversations.ts";
import type { RequestType } from "../simulator/frames.ts";
import { CONSUMER } from "../simulator/simulator.ts";
import { MODES, type Mode } from "./provider.ts";
import type { Setting, Sleep, World } from "./world.ts";

type Command = fc.AsyncCommand<World, World>;

/** Something that happens, and the time that passes after it. */
class Step implements Command {
  readonly #name: string;
  readonly #milliseconds: number | ((world: World) => number);
  readonly #possible: (world: World) => boolean;
  readonly #happen: (world: World) => void;

  constructor(name: string, milliseconds: number | ((world: World) => number), happen: (world: World) => void, possible: (world: World) => boolean) {
    this.#name = name;
    this.#milliseconds = milliseconds;
    this.#happen = happen;
    this.#possible = possible;
  }

  check(world: World): boolean {
    return this.#possible(world);
  }

  async run(world: World): Promise<void> {
    world.rules.story.tell(`— ${this.toString()}`);
    this.#happen(world);
    await world.time.pass(typeof this.#milliseconds === "number" ? this.#milliseconds : this.#milliseconds(world));
  }

  toString(): string {
    return typeof this.#milliseconds === "number" && this.#milliseconds ? `${this.#name}, ${this.#milliseconds / 1000} s` : this.#name;
  }
}

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
const awake = ({ page }: World) => !page.frozen;
const seen = ({ page }: World) => !page.frozen && !page.document.hidden;
const invited = ({ invitations }: World) => invitations.length > 0;

/** A step with a parameter. */
function step<T>(
  parameter: fc.Arbitrary<T>,
  name: (value: T) => string,
  happen: (world: World, value: T) => void,
  possible: (world: World) => boolean = always,
  after: fc.Arbitrary<number> = shortTime,
): fc.Arbitrary<Command> {
  return fc.tuple(parameter, after).map(([value, time]) => new Step(name(value), time, (world) => happen(world, value), possible));
}

const simple = (name: string, happen: (world: World) => void, possible: (world: World) => boolean = always) =>
  step(fc.constant(undefined), () => name, happen, possible);

const one = fc.nat({ max: 3 });
/** The newest invitation for 0, and so on. */
const latest = ({ invitations }: World, back: number) => invitations[Math.max(0, invitations.length - 1 - back)]!;

const invite = step(
  fc.record({
    conversation: fc.nat({ max: 1 }),
    mode: fc.constantFrom("shared", "shared", "shared", "view", "view", "follow", "follow", "VIDEO_CALL"),
    seconds: fc.integer({ min: 15, max: 120 }),
    constant: fc.boolean(),
    expires: fc.constantFrom("field", "none"),
    agentClockOffset: fc.constantFrom(0, 0, 0, -600_000, -60_000, -4_000, 4_000, 60_000, 600_000),
    participants: fc.constantFrom<string[][]>([CONSUMER, AGENT], [AGENT, CONSUMER]),
    participantsAs: fc.constantFrom("participants", "participantsDetails"),
    updates: fc.constantFrom("bare", "short", "full"),
  }),
  ({ conversation, mode, seconds, constant, expires, agentClockOffset, participants, participantsAs, updates }) =>
    [
      `invites in conversation ${conversation} to ${mode} for ${seconds} s`,
      constant && !conversation && "by the constant id",
      expires === "none" && "without expires",
      agentClockOffset && `by a clock ${agentClockOffset / 1000} s off`,
      participants[0] === AGENT && "with the agent first",
      participantsAs === "participantsDetails" && "with participantsDetails",
      updates !== "bare" && `with ${updates} updates`,
    ]
      .filter(Boolean)
      .join(" "),
  (world, { conversation, constant, ...options }) => {
    // Servers so old that they use the constant let a consumer have one conversation only.
    const id = constant && !conversation && { dialogId: "COAPP" };
    world.invitations.push(world.conversation(conversation).invite({ ...options, ...id }));
  },
  always,
  fc.oneof(shortTime, longEnough),
);

const part = fc.constantFrom("accept" as const, "decline" as const);

/** The visitor presses where a button of the prompt is, whatever is there now, and releases later. */
class Press implements Command {
  readonly #part: "accept" | "decline";
  readonly #held: number;
  readonly #after: number;

  constructor(part: "accept" | "decline", held: number, after: number) {
    this.#part = part;
    this.#held = held;
    this.#after = after;
  }

  check(world: World): boolean {
    return seen(world);
  }

  async run(world: World): Promise<void> {
    const { page, rules, time } = world;
    rules.story.tell(`— ${this.toString()}`);
    // In that very millisecond it may or may not count.
    if (rules.justArming) return;
    const { prompt } = page;
    // Nothing else is an answer: not what began too early, elsewhere, or on a prompt that something lay over.
    const counts = prompt !== undefined && rules.armed;
    const asked = rules.pending;
    page.mouseDown(this.#part);
    await time.pass(this.#held);
    if (counts && page.prompt === prompt && asked === rules.pending) asked?.said.add(this.#part === "accept" ? "cobrowseAccepted" : "cobrowseDeclined");
    if (!page.frozen) page.mouseUp(this.#part);
    await time.pass(this.#after);
  }

  toString(): string {
    return `presses ${this.#part} for ${this.#held} ms, ${this.#after / 1000} s`;
  }
}

/** Who comes back to a computer that slept sees what was there before, and may press it at once. */
const sleep: fc.Arbitrary<Sleep & { presses: "accept" | "decline" | undefined }> = fc.record({
  seconds: fc.oneof(fc.integer({ min: 10, max: 130 }), fc.integer({ min: 130, max: 900 })),
  connection: fc.constantFrom("stands", "dies", "is closed"),
  wokenBy: fc.constantFrom("online", "visibilitychange", "nothing"),
  presses: fc.constantFrom(undefined, "accept", "decline"),
});

const visitor = [
  { weight: 6, arbitrary: simple("says yes", (world) => answer(world, "accept"), seen) },
  { weight: 5, arbitrary: simple("says no", (world) => answer(world, "decline"), seen) },
  { weight: 5, arbitrary: simple("presses Escape", escape, seen) },
  { weight: 1, arbitrary: simple("presses Escape twice", (world) => [escape(world), escape(world)], seen) },
  { weight: 1, arbitrary: simple("presses Enter", ({ page }) => page.press("Enter"), seen) },
  { weight: 3, arbitrary: simple("looks away", (world) => world.hide(), seen) },
  {
    weight: 4,
    arbitrary: simple(
      "looks again",
      (world) => world.show(),
      ({ page }) => !page.frozen && page.document.hidden,
    ),
  },
  { weight: 2, arbitrary: simple("leaves", (world) => world.leave(), awake) },
  {
    weight: 3,
    arbitrary: step(
      fc.boolean(),
      (tasksFirst) => `returns${tasksFirst ? ", what was due first" : ""}`,
      (world, tasksFirst) => world.return(tasksFirst),
      ({ page }) => page.frozen,
    ),
  },
  {
    weight: 1,
    arbitrary: step(
      fc.constantFrom(-86_400_000, -600_000, 600_000, 86_400_000),
      (jump) => `sets the clock ${jump / 1000} s`,
      ({ page }, jump) => void (page.clockError += jump),
      ({ rules }) => !rules.mayEndUnseen,
      // Whatever ends by that clock has ended before it is set again.
      fc.integer({ min: 300, max: 1500 }),
    ),
  },
  {
    weight: 3,
    arbitrary: step(
      sleep,
      ({ seconds, connection, wokenBy, presses }) =>
        `sleeps ${seconds} s, while the connection ${connection}, woken by ${wokenBy}${presses ? `, and presses ${presses}` : ""}`,
      (world, { presses, ...sleep }) => {
        world.sleep(sleep);
        if (presses) answer(world, presses);
      },
      // An answer to GetClock from before the sleep would set the clock wrong.
      ({ page, rules }) => !page.frozen && !(rules.connection.clockIsOnItsWay && rules.mayEndUnseen),
    ),
  },
  { weight: 2, arbitrary: fc.tuple(part, shortTime, shortTime).map(([part, held, after]) => new Press(part, held, after)) },
];

const agent = [
  { weight: 10, arbitrary: invite },
  {
    weight: 3,
    arbitrary: step(
      one,
      (back) => `cancels ${back}`,
      (world, back) => latest(world, back).cancel(),
      invited,
    ),
  },
  {
    weight: 2,
    arbitrary: step(
      one,
      (back) => `accepted elsewhere ${back}`,
      (world, back) => latest(world, back).acceptElsewhere(),
      invited,
    ),
  },
  {
    weight: 1,
    arbitrary: step(
      one,
      (back) => `closes the dialog ${back}`,
      (world, back) => latest(world, back).closeDialog(),
      invited,
    ),
  },
  {
    weight: 4,
    arbitrary: step(
      one,
      (back) => `copies ${back}`,
      (world, back) => latest(world, back).resend(),
      invited,
    ),
  },
  {
    weight: 1,
    arbitrary: step(
      fc.nat({ max: 1 }),
      (index) => `ends conversation ${index}`,
      (world, index) => world.network.conversations[index]?.end(),
    ),
  },
  {
    weight: 1,
    arbitrary: step(
      fc.nat({ max: 1 }),
      (index) => `deletes conversation ${index}`,
      (world, index) => world.network.conversations[index]?.delete(),
    ),
  },
];

const JUNK = [
  "junk",
  "null",
  "[]",
  '{"kind":"notification","type":"cqm.ExConversationChangeNotification"}',
  '{"kind":"notification","type":"cqm.ExConversationChangeNotification","body":{"changes":[null,7,{"type":"UPSERT"},{"type":"UPSERT","result":{"convId":"x","conversationDetails":{"dialogs":[null,{"channelType":"COBROWSE"}]}}}]}}',
  '{"kind":"resp","reqId":"nobody asked","code":500}',
  '{"kind":"resp","reqId":"__proto__","code":200,"body":{"currentTime":1}}',
];

const server = [
  {
    weight: 3,
    arbitrary: step(
      fc.constantFrom(1006, 1000, 1001, 1011, 4401, 4407),
      (code) => `drops with ${code}`,
      ({ network }, code) => network.faults.drop(code),
    ),
  },
  { weight: 2, arbitrary: simple("outage", ({ network }) => void (network.faults.down = true)) },
  { weight: 1, arbitrary: simple("silence", ({ network }) => void (network.faults.silent = true)) },
  { weight: 1, arbitrary: simple("the network is dead", ({ network }) => void (network.faults.dead = true)) },
  { weight: 1, arbitrary: simple("sockets do not open", ({ network }) => void (network.faults.stallOpening = true)) },
  {
    weight: 1,
    arbitrary: step(
      fc.constantFrom(401, 403, 429, 500),
      (code) => `refuses InitConnection with ${code}`,
      ({ network }, code) => void (network.faults.refuseInit = code),
    ),
  },
  {
    weight: 1,
    arbitrary: step(
      fc.constantFrom(429, 500),
      (code) => `refuses subscriptions with ${code}`,
      ({ network }, code) => void (network.faults.refuseSubscription = code),
    ),
  },
  {
    weight: 2,
    arbitrary: step(
      fc.constantFrom<RequestType[]>("InitConnection", "cqm.SubscribeExConversations", "GetClock", "GetClock"),
      (type) => `throws out after ${type}`,
      ({ network }, throwOutAfter) => void Object.assign(network.faults, { throwOut: 1013, throwOutAfter }),
    ),
  },
  {
    weight: 1,
    arbitrary: step(
      fc.constantFrom(300, 3000, 30_000),
      (answerDelay) => `hears of answers after ${answerDelay} ms`,
      ({ network }, answerDelay) => void (network.faults.answerDelay = answerDelay),
    ),
  },
  {
    weight: 1,
    arbitrary: step(
      fc.constantFrom<(4401 | 4407)[]>(4401, 4407),
      (code) => `refuses tokens with ${code}`,
      ({ network }, code) => void (network.faults.refuseToken = code),
    ),
  },
  {
    weight: 1,
    arbitrary: step(
      fc.constantFrom(0, 300, 3000, 40_000),
      (latency) => `answers after ${latency} ms`,
      ({ network }, latency) => void (network.faults.latency = latency),
    ),
  },
  {
    weight: 1,
    arbitrary: step(
      fc.constantFrom<World["network"]["domainService"][]>("error", "nonsense", "never", "unreachable"),
      (how) => `domain service: ${how}`,
      ({ network }, how) => void (network.domainService = how),
    ),
  },
  {
    weight: 6,
    arbitrary: simple("the network is well", ({ network }) => network.recover()),
  },
  {
    weight: 1,
    arbitrary: step(
      fc.constantFrom(...JUNK),
      (text) => `junk ${text.slice(0, 30)}`,
      ({ network }, text) => network.faults.sendRaw(text),
    ),
  },
];

const site = [
  {
    weight: 2,
    arbitrary: simple(
      "the tag loads",
      ({ page }) => page.loadTag(),
      (world) => awake(world) && !world.page.tagged,
    ),
  },
  {
    weight: 2,
    arbitrary: step(
      fc.constantFrom<Mode[]>("good", ...MODES),
      (mode) => `token: ${mode}`,
      ({ provider }, mode) => void (provider.mode = mode),
    ),
  },
  { weight: 2, arbitrary: simple("stop()", (world) => world.stop(), awake) },
  { weight: 3, arbitrary: simple("start()", (world) => world.start(), awake) },
  { weight: 1, arbitrary: simple("online", (world) => world.online(), awake) },
  { weight: 1, arbitrary: simple("removes the prompt", ({ page }) => page.hosts.forEach((host) => host.remove()), awake) },
  { weight: 1, arbitrary: simple("covers the prompt", cover, awake) },
  { weight: 1, arbitrary: simple("shows a popover", showPopover, awake) },
  {
    weight: 1,
    arbitrary: step(
      fc.integer({ min: 50, max: 2000 }),
      (milliseconds) => `is busy for ${milliseconds} ms`,
      ({ page }, milliseconds) => page.beBusy(milliseconds),
    ),
  },
  {
    weight: 1,
    arbitrary: step(
      fc.boolean(),
      (itself) => (itself ? "asks itself from now on" : "lets the snippet ask"),
      ({ rules }, itself) => void (rules.pageAsks = itself),
    ),
  },
  {
    weight: 2,
    arbitrary: step(
      fc.tuple(one, fc.constantFrom("accept" as const, "decline" as const)),
      ([back, answer]) => `calls ${answer}() of ${back}`,
      pageAnswers,
      awake,
    ),
  },
];

/** So that what follows meets the moment in which the buttons begin to work. */
const untilArming = fc.integer({ min: -10, max: 5 }).map(
  (offset): Command =>
    new Step(
      `waits until ${500 + offset} ms after the prompt was painted`,
      ({ rules }) => Math.max(0, rules.armsAt + offset - Date.now()),
      () => {},
      ({ page }) => page.prompt !== undefined,
    ),
);

const waiting = fc
  .oneof(
    { weight: 3, arbitrary: fc.integer({ min: 1, max: 10 }) },
    { weight: 2, arbitrary: fc.integer({ min: 10, max: 65 }) },
    { weight: 1, arbitrary: fc.integer({ min: 65, max: 150 }) },
  )
  .map((seconds): Command => new Step("waits", seconds * 1000, () => {}, always));

export const histories = (path?: string) =>
  fc.commands(
    [
      fc.oneof(...agent),
      fc.oneof(...agent),
      fc.oneof(...agent),
      fc.oneof(...visitor),
      fc.oneof(...visitor),
      fc.oneof(...visitor),
      fc.oneof(...server),
      fc.oneof(...site),
      waiting,
      untilArming,
    ],
    {
      maxCommands: 40,
      size: "max",
      ...(path && { replayPath: path }),
    },
  );

export const settings: fc.Arbitrary<Setting> = fc.record({
  tagged: fc.constantFrom(true, true, false),
  hidden: fc.constantFrom(false, false, false, true),
  domainService: fc.boolean(),
  keepEndedDialogs: fc.boolean(),
  singleElements: fc.boolean(),
  aam: fc.boolean(),
  deliversLate: fc.boolean(),
  closeEventDelay: fc.constantFrom(0, 1, 4),
  clockOffset: fc.constantFrom(0, 600_000, -600_000, 86_400_000, -86_400_000),
  seed: fc.integer(),
});

/** The visitor presses a button of the prompt, or tries to. */
function answer({ page, rules }: World, part: "accept" | "decline"): void {
  const name = part === "accept" ? "cobrowseAccepted" : "cobrowseDeclined";
  const asked = rules.pending;
  if (!page.prompt || !asked || rules.justArming) return;
  const { armed } = rules;
  if (armed) asked.said.add(name);
  const before = asked.answers.length;
  if (page.click(part) !== armed) rules.story.broken(armed ? "a button that cannot be pressed" : "a button that can be pressed too early");
  if (armed && !rules.mayBeOver(asked) && asked.answers.length !== before + 1) rules.story.broken("an answer that was not published");
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
function pageAnswers({ page, rules }: World, [back, answer]: [number, "accept" | "decline"]): void {
  const offered = page.events.filter(({ type }) => type === "cobrowseOffered");
  const detail = offered[Math.max(0, offered.length - 1 - back)]?.detail as Record<string, () => void> | undefined;
  if (!detail) return;
  const { pending } = rules;
  const name = answer === "accept" ? "cobrowseAccepted" : "cobrowseDeclined";
  if (pending?.detail === detail) pending.said.add(name);
  const works = pending?.detail === detail && !rules.mayBeOver(pending);
  detail[answer]!();
  if (works && pending.answers.join() !== name) rules.story.broken("an answer of the page that was not published");
}
