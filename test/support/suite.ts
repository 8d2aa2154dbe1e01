// uvu's suite, except that no failure is lost: uvu forgets an error thrown by a hook, with all tests that were to follow.
// Besides, a test that never ends fails, one that is left out has a name and a reason, tests that mostly wait can run side by side, and
// SHUFFLE=7 runs them in another order than they are written in.
import { suite as uvuSuite } from "uvu";
import { NotSupportedHere } from "./browsers/api.ts";
import { notRun } from "./not-run.ts";
import { shuffled } from "./random.ts";

type Run<C> = (context: C) => unknown;

interface Hook<C> {
  (hook: Run<C>): void;
  each(hook: Run<C>): void;
}

export interface Suite<C> {
  /** What an engine turns out not to support (NotSupportedHere) is named as not run, instead of failing. */
  (title: string, run: Run<C>): void;
  /** Only for the time of writing a test: `npm test` fails on it. */
  only(title: string, run: Run<C>): void;
  skip(title: string, reason: string): void;
  before: Hook<C>;
  after: Hook<C>;
  run(): void;
}

/** A test that takes longer waits for ever; the others should still run. */
const TEST_TIMEOUT = 60_000;

/** @param atATime how many tests run side by side; what before.each() gives a test is its own */
export function suite<C extends object = object>(name: string, { atATime = 1 } = {}): Suite<C> {
  const register = uvuSuite(name);
  const common = {} as C;
  const tests: { title: string; only: boolean; attempt: () => Promise<void> }[] = [];
  // after… the other way round: what was opened last is closed first.
  const hooks = { before: [] as Run<C>[], beforeEach: [] as Run<C>[], after: [] as Run<C>[], afterEach: [] as Run<C>[] };
  let ready: Promise<void> | undefined;

  const runAll = async (runs: Run<C>[], context: C) => {
    for (const run of runs) await within(TEST_TIMEOUT, run(context));
  };
  const attempt = async (title: string, run: Run<C>) => {
    const context = Object.create(common) as C;
    const failures: unknown[] = [];
    const collect = (runs: Run<C>[]) => runAll(runs, context).catch((error: unknown) => failures.push(error));
    await collect([() => (ready ??= runAll(hooks.before, common))]);
    if (!failures.length) await collect([...hooks.beforeEach, run]);
    // Each of them, whatever the others do: what is open has to be closed.
    for (const hook of hooks.afterEach) await collect([hook]);
    // What failed first is the cause of the rest.
    const [failure] = failures;
    if (failure instanceof NotSupportedHere) notRun.push({ title, reason: failure.message, started: true });
    else if (failures.length) throw failure;
  };

  const add = (title: string, run: Run<C>, only: boolean) => void tests.push({ title, only, attempt: () => attempt(title, run) });
  const test: Suite<C> = (title, run) => add(title, run, false);
  test.only = (title, run) => add(title, run, true);
  test.skip = (title, reason) => void notRun.push({ title, reason });
  test.before = Object.assign((hook: Run<C>) => void hooks.before.push(hook), { each: (hook: Run<C>) => void hooks.beforeEach.push(hook) });
  test.after = Object.assign((hook: Run<C>) => void hooks.after.unshift(hook), { each: (hook: Run<C>) => void hooks.afterEach.unshift(hook) });
  test.run = () => {
    const { SHUFFLE } = process.env;
    const ordered = SHUFFLE ? shuffled(tests, Number(SHUFFLE)) : tests;
    const chosen = tests.some(({ only }) => only) ? ordered.filter(({ only }) => only) : ordered;
    const outcomeOf = sideBySide(
      chosen.map(({ attempt }) => attempt),
      atATime,
    );
    for (const { title, only, attempt } of ordered) (only ? register.only : register)(title, () => outcomeOf(attempt));
    register.after(async () => {
      if (!ready) return;
      const begun = await ready.then(
        () => true,
        () => false,
      );
      for (const hook of hooks.after) {
        // Where before() failed, that is told already.
        await runAll([hook], common).catch((error: unknown) => begun && Promise.reject(error));
      }
    });
    register.run();
  };
  return test;
}

/** Gives the outcome of each; all begin in their order, so many at a time, as soon as the first outcome is asked for. */
function sideBySide(attempts: readonly (() => Promise<void>)[], atATime: number): (attempt: () => Promise<void>) => Promise<void> {
  const waiting: (() => void)[] = [];
  let free = atATime;
  const inTurn = async (attempt: () => Promise<void>) => {
    if (free) free--;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      await attempt();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free++;
    }
  };
  type Failure = { error: unknown } | undefined;
  let outcomes: Map<() => Promise<void>, Promise<Failure>> | undefined;
  return async (attempt) => {
    // A failure waits until it is asked for.
    const outcome = (each: () => Promise<void>) =>
      inTurn(each).then(
        () => undefined,
        (error: unknown) => ({ error }),
      );
    outcomes ??= new Map(attempts.map((each) => [each, outcome(each)]));
    const failure = await outcomes.get(attempt);
    if (failure) throw failure.error;
  };
}

async function within(milliseconds: number, run: unknown): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`It did not end in ${milliseconds / 1000} s.`)), milliseconds);
  });
  try {
    await Promise.race([run, late]);
  } finally {
    clearTimeout(timer);
  }
}
