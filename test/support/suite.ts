// uvu's suite, except that no failure is lost: uvu forgets an error thrown by a hook, with all tests that were to follow.
// Besides, a test that never ends fails, and one that is left out has a name and a reason.
import { suite as uvuSuite } from "uvu";
import { NotSupportedHere } from "./browsers/api.ts";
import { notRun } from "./not-run.ts";

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

export function suite<C extends object = object>(name: string): Suite<C> {
  const register = uvuSuite(name);
  const context = {} as C;
  // after… the other way round: what was opened last is closed first.
  const hooks = { before: [] as Run<C>[], beforeEach: [] as Run<C>[], after: [] as Run<C>[], afterEach: [] as Run<C>[] };
  let ready: Promise<void> | undefined;

  const runAll = async (runs: Run<C>[]) => {
    for (const run of runs) await within(TEST_TIMEOUT, run(context));
  };
  const handler = (title: string, run: Run<C>) => async () => {
    const failures: unknown[] = [];
    const attempt = (runs: Run<C>[]) => runAll(runs).catch((error: unknown) => failures.push(error));
    await attempt([() => (ready ??= runAll(hooks.before))]);
    if (!failures.length) await attempt([...hooks.beforeEach, run]);
    // Each of them, whatever the others do: what is open has to be closed.
    for (const hook of hooks.afterEach) await attempt([hook]);
    // What failed first is the cause of the rest.
    const [failure] = failures;
    if (failure instanceof NotSupportedHere) notRun.push({ title, reason: failure.message, started: true });
    else if (failures.length) throw failure;
  };

  const test: Suite<C> = (title, run) => register(title, handler(title, run));
  test.only = (title, run) => register.only(title, handler(title, run));
  test.skip = (title, reason) => void notRun.push({ title, reason });
  test.before = Object.assign((hook: Run<C>) => void hooks.before.push(hook), { each: (hook: Run<C>) => void hooks.beforeEach.push(hook) });
  test.after = Object.assign((hook: Run<C>) => void hooks.after.unshift(hook), { each: (hook: Run<C>) => void hooks.afterEach.unshift(hook) });
  test.run = () => {
    register.after(async () => {
      if (!ready) return;
      const begun = await ready.then(
        () => true,
        () => false,
      );
      for (const hook of hooks.after) {
        // Where before() failed, that is told already.
        await runAll([hook]).catch((error: unknown) => begun && Promise.reject(error));
      }
    });
    register.run();
  };
  return test;
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
