// Registers the same scenarios for every engine of this machine:
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
  /** One for each engine and file. */
  browser: Browser;
  /** New for each test, and closed after it. */
  page: Page;
}

const { here, missing } = await enginesHere();

export function forEachEngine(name: string, scenarios: (test: Suite<Given>, engine: Engine) => void, engines: readonly Engine[] = ENGINES): void {
  for (const { engine, reason } of missing) {
    if (engines.includes(engine)) notRun.push({ title: `[${engine}] ${name}`, reason });
  }
  for (const engine of here.filter((engine) => engines.includes(engine))) {
    const test = suite<Given>(`${name} [${engine}]`);
    test.before(async (given) => {
      given.browser = await launch(engine);
    });
    test.after(({ browser }) => browser.close());
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
