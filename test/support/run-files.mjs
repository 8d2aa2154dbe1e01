// Test files in a process of their own, started by run.mjs, which it tells what came of the tests.
import { pathToFileURL } from "node:url";
import "./typescript.mjs";

process.setSourceMapsEnabled(true);

// uvu prints its counts but does not return them. So its queue, which its own command line fills as well, is wrapped.
const queue = [[null]];
Object.assign(globalThis, { UVU_DEFER: 1, UVU_INDEX: 0, UVU_QUEUE: queue });
const { exec } = await import("uvu");
const { shuffled } = await import("./random.ts");
const { SHUFFLE } = process.env;
const files = process.argv.slice(2);
for (const file of SHUFFLE ? shuffled(files, Number(SHUFFLE)) : files) await import(pathToFileURL(file).href);
const { notRun } = await import("./not-run.ts");

const result = { passed: 0, failed: 0, skipped: 0, notRun };
queue[0] = queue[0].map(
  (runSuite) =>
    runSuite &&
    (async () => {
      const outcome = await runSuite();
      const [errors, passed, skipped, total] = outcome;
      result.passed += passed;
      result.failed += total - passed;
      result.skipped += skipped;
      if (errors === true && passed < total) console.log("A hook threw; test/support/suite.ts, instead of uvu's suite, tells what.");
      return outcome;
    }),
);
const orphaned = () => process.exit(1);
process.once("disconnect", orphaned);
await exec();
process.off("disconnect", orphaned);
result.passed -= notRun.filter(({ started }) => started).length;
process.send(result, () => process.disconnect());
