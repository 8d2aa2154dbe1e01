// Random histories against the rules of test/model/rules.ts, in fake time. SEED=… and RUNS=… vary them; a history that
// failed is played again with the SEED, AT=path and REPLAY=replayPath that the failure names.
import fc from "fast-check";
import { histories, settings } from "../model/histories.ts";
import { World } from "../model/world.ts";
import { suite } from "../support/suite.ts";

const test = suite("model");
const { SEED = "20260901", RUNS = "150", AT, REPLAY } = process.env;
/** Seeds that follow each other, each a test of its own: on a busy machine all of them would take too long for one. */
const SEEDS = AT ? 1 : 5;

for (let seed = Number(SEED); seed < Number(SEED) + SEEDS; seed++) {
  test(`${RUNS} random histories from seed ${seed} break no rule`, async () => {
    await fc.assert(
      fc.asyncProperty(settings, histories(REPLAY), async (setting, commands) => {
        const world = new World(setting);
        try {
          await world.begin();
          await fc.asyncModelRun(() => ({ model: world, real: world }), commands);
          await world.heal();
        } catch (error) {
          throw new Error(`${(error as Error).message}\n${world.rules.story.lines.join("\n")}\n`, { cause: error });
        } finally {
          await world.end();
        }
      }),
      { seed, numRuns: Number(RUNS), includeErrorInReport: true, ...(AT && { path: AT }) },
    );
  });
}

test.run();
