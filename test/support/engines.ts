// Registers the same scenarios for every engine of this machine, or for the one that ENGINE names:
//
//     forEachEngine("prompt", (test) => {
//       test("Escape declines", async ({ page }) => {
//         await page.goto(…);
//         await page.press("Escape");
//       });
//     });
import { Coverage } from "./coverage.ts";
import { ENGINES, enginesHere, launch, type Browser, type Engine, type Page } from "./browsers.ts";
import { listen, type Agent } from "./heard.ts";
import { notRun } from "./not-run.ts";
import { startSite, type Site } from "./site.ts";
import { suite, type Suite } from "./suite.ts";

export interface Given {
  /** One for each engine, for all files that this process runs. */
  browser: Browser;
  /** New for each test, and closed after it. */
  page: Page;
}

const { ENGINE, COVERAGE } = process.env;
const { here, missing } = await enginesHere();

/** Starting a browser takes longer than most tests: the first suite that needs it does, and the last one closes it. */
class Shared {
  #users = 0;
  #browser: Promise<Browser> | undefined;

  register(): void {
    this.#users++;
  }

  launch(engine: Engine): Promise<Browser> {
    return (this.#browser ??= launch(engine));
  }

  async release(): Promise<void> {
    if (--this.#users === 0) await (await this.#browser)?.close();
  }
}

const shared = { chromium: new Shared(), firefox: new Shared(), webkit: new Shared() };

export type Scenarios<G> = (test: Suite<G>, engine: Engine) => void;

export interface EngineOptions {
  engines?: readonly Engine[];
  /** How many tests run side by side: 1 unless told. */
  atATime?: number | ((engine: Engine) => number);
  /** Whether what these tests run of the built file in Chromium counts, where COVERAGE asks for it. */
  counted?: boolean;
}

export function forEachEngine<G extends Given = Given>(name: string, scenarios: Scenarios<G>, options: EngineOptions = {}): void {
  const { engines = ENGINES, atATime = 1, counted = false } = options;
  for (const { engine, reason } of missing) {
    if (engines.includes(engine)) notRun.push({ title: `[${engine}] ${name}`, reason });
  }
  for (const engine of here.filter((engine) => engines.includes(engine) && engine === (ENGINE ?? engine))) {
    const test = suite<G>(`${name} [${engine}]`, { atATime: typeof atATime === "number" ? atATime : atATime(engine) });
    test.before(async (given) => {
      given.browser = await shared[engine].launch(engine);
    });
    shared[engine].register();
    test.after(() => shared[engine].release());
    if (counted && COVERAGE) {
      const coverage = new Coverage();
      test.before(({ browser }) => browser.count?.(coverage));
      test.after(async ({ browser }) => {
        await browser.count?.(undefined);
        coverage.save(COVERAGE, `${name} in ${engine}`);
      });
    }
    test.before.each(async (given) => {
      given.page = await given.browser.newPage();
    });
    test.after.each(({ page }) => page.close());

    const titled: Suite<G> = Object.assign((title: string, run: Parameters<typeof test>[1]) => test(`[${engine}] ${title}`, run), test, {
      only: (title: string, run: Parameters<typeof test>[1]) => test.only(`[${engine}] ${title}`, run),
      skip: (title: string, reason: string) => test.skip(`[${engine}] ${title}`, reason),
    });
    scenarios(titled, engine);
    test.run();
  }
}

/** Where tests share a site, which does not know which is which. */
export interface GivenSite extends Given {
  site: Site;
  /** What the agent is told during this test. */
  agent: Agent;
}

/** The same with one site for all: what a test leaves pending is cancelled, for it would come up in the next one's page as well. */
export function onOneSite(name: string, scenarios: Scenarios<GivenSite>, options?: EngineOptions): void {
  forEachEngine<GivenSite>(
    name,
    (test, engine) => {
      test.before(async (given) => {
        given.site = await startSite();
      });
      test.before.each((given) => {
        given.agent = listen(given.site);
      });
      test.after.each(({ site }) => site.conversation.invitations.forEach((invitation) => invitation.cancel()));
      test.after(({ site }) => site.close());
      scenarios(test, engine);
    },
    options,
  );
}

/** Several scenarios, one after another, which share what is slow to set up; a failure says in which it was. */
export async function inTurn<T>(scenarios: Iterable<readonly [name: string, scenario: T]>, run: (scenario: T, name: string) => Promise<void>): Promise<void> {
  for (const [name, scenario] of scenarios) {
    try {
      await run(scenario, name);
    } catch (error) {
      throw Object.assign(error as Error, { message: `${name}: ${(error as Error).message}` });
    }
  }
}

/** All of a list in Chromium; in the others, for the sake of time, those of which they are known to think differently. */
export const listFor = <T>(engine: Engine, all: Record<string, T>, elsewhere: string[]): [string, T][] =>
  Object.entries(all).filter(([name]) => engine === "chromium" || elsewhere.includes(name));
