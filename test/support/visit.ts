// Suites of visits: each test has a page and a site of its own, on which nothing may go wrong unseen. Since a visitor takes time,
// several come side by side.
import * as assert from "uvu/assert";
import { forEachEngine, type EngineOptions, type Given, type Scenarios } from "./engines.ts";
import { ACCEPTED, expectJournal, OFFERED, printed } from "./heard.ts";
import { startSite, type Site } from "./site.ts";
import { answer } from "./visitor.ts";

export interface Visit extends Given {
  site: Site;
}

const SIDE_BY_SIDE = 6;

export interface VisitOptions extends EngineOptions {
  /** The pages are broken on purpose: what goes wrong on them is for the tests to say. */
  broken?: boolean;
}

export function forEachVisit(name: string, scenarios: Scenarios<Visit>, { atATime = SIDE_BY_SIDE, broken, ...options }: VisitOptions = {}): void {
  forEachEngine<Visit>(
    name,
    (test, engine) => {
      test.before.each(async (given) => {
        given.site = await startSite();
      });
      test.after.each(({ site }) => site.close());
      if (!broken)
        test.after.each(async ({ page, site }) => {
          assert.equal({ errors: await page.pageErrors(), violations: site.simulator.violations }, { errors: [], violations: [] });
        });
      scenarios(test, engine);
    },
    { atATime, ...options },
  );
}

/** The agent invites, the visitor allows, and this is all that anybody hears. */
export async function expectAnswer({ page, site }: Pick<Visit, "page" | "site">): Promise<void> {
  site.invite();
  await answer(page, "accept");
  await expectJournal(page, [...OFFERED, ...ACCEPTED]);
  assert.is(site.simulator.totals.opened, 1, "connections");
  assert.equal(await printed(page), []);
}
