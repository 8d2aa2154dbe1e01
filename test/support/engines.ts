// Registers the same scenarios for every engine of this machine, or for the one that ENGINE names:
//
//     forEachEngine("prompt", (test) => {
//       test("Escape declines", async ({ page }) => {
//         await page.goto(…);
//         await page.press("Escape");
//       });
//     });
import { ENGINES, enginesHere, launch, type Browser, type Engine, type Page } from "./browsers.ts";
import { notRun } from "./not-run.ts";
import { suite, type Suite } from "./suite.ts";

export interface Given {
  /** One for each engine, for all files that this process runs. */
  browser: Browser;
  /** New for each test, and closed after it. */
  page: Page;
}

const { ENGINE } = process.env;
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

export function forEachEngine(name: string, scenarios: (test: Suite<Given>, engine: Engine) => void, engines: readonly Engine[] = ENGINES): void {
  for (const { engine, reason } of missing) {
    if (engines.includes(engine)) notRun.push({ title: `[${engine}] ${name}`, reason });
  }
  for (const engine of here.filter((engine) => engines.includes(engine) && engine === (ENGINE ?? engine))) {
    const test = suite<Given>(`${name} [${engine}]`);
    test.before(async (given) => {
      given.browser = await shared[engine].launch(engine);
    });
    shared[engine].register();
    test.after(() => shared[engine].release());
    test.before.each(async (given) => {
      given.page = await given.browser.newPage();
    });
    test.after.each(({ page }) => page.close());

    const titled: Suite<Given> = Object.assign((title: string, run: Parameters<typeof test>[1]) => test(`[${engine}] ${title}`, run), test, {
      only: (title: string, run: Parameters<typeof test>[1]) => test.only(`[${engine}] ${title}`, run),
      skip: (title: string, reason: string) => test.skip(`[${engine}] ${title}`, reason),
    });
    scenarios(titled, engine);
    test.run();
  }
}
