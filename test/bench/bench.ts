// `npm run bench`: how the built file does beside what people would use instead, in real browsers. Every ratio comes from one
// run, in which both sides take turns. `npm run bench -- load prompt` measures only these, and leaves README.md beside this
// file as it is, and so does a machine that is busy with other work. Ends with code 1 where a limit is missed.
import { readFile, writeFile } from "node:fs/promises";
import { cpus, loadavg, totalmem } from "node:os";
import { enginesHere, launch } from "../support/browsers.ts";
import { measureIdle } from "./idle.ts";
import { measureLoad } from "./load.ts";
import { measureNotification } from "./notification.ts";
import { measurePrompt } from "./prompt.ts";
import { table, type Measure, type Row } from "./report.ts";
import { measureRoundTrips } from "./round-trips.ts";
import { measureBytes, measureEvaluation } from "./script.ts";

const MEASURES: Record<string, Measure> = {
  bytes: measureBytes,
  evaluation: measureEvaluation,
  load: measureLoad,
  "round-trips": measureRoundTrips,
  prompt: measurePrompt,
  notification: measureNotification,
  idle: measureIdle,
};

const wanted = process.argv.slice(2);
for (const name of wanted) if (!MEASURES[name]) throw new Error(`There is no measure "${name}"; there are ${Object.keys(MEASURES).join(", ")}.`);

const [load] = loadavg();
/** Other work on the machine makes both sides slow, but not evenly: such numbers are nobody's. */
const busy = load! > 2 * cpus().length;
const { here, missing } = await enginesHere();
const browsers = await Promise.all(here.map(launch));
// WebKit's driver may not tell.
const versions = await Promise.all(browsers.map((browser) => browser.version().catch(() => browser.engine)));
const machine = `${cpus().length} cores of ${cpus()[0]!.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GB, ${process.platform}`;
const circumstances = `${new Date().toISOString().slice(0, 10)}: ${[...versions, `Node/${process.versions.node}`].join(", ").replaceAll("/", " ")}; ${machine}`;
console.log(`${circumstances}; load average ${load!.toFixed(1)}${busy ? ": the machine is busy, and times are not to be trusted" : ""}`);
for (const { engine, reason } of missing) console.log(`Not measured in ${engine}: ${reason}`);

const rows: Row[] = [];
for (const [name, measure] of Object.entries(MEASURES)) {
  if (wanted.length && !wanted.includes(name)) continue;
  const began = Date.now();
  rows.push(...(await measure(browsers)));
  console.log(`${name}: ${((Date.now() - began) / 1000).toFixed(0)} s`);
}
for (const browser of browsers) await browser.close();

console.log(`\n${table(rows)}\n`);
if (rows.some(({ limit }) => limit && !limit.holds)) process.exitCode = 1;

if (busy) console.log("test/bench/README.md is left as it is, for the machine was busy.");
else if (!wanted.length) {
  const readme = new URL("README.md", import.meta.url);
  const text = `\n\n${table(rows)}\n\nOne run of \`npm run bench\` on ${circumstances}.\n\n`;
  const before = await readFile(readme, "utf8");
  const after = before.replace(/(?<=<!-- bench -->)[^]*?(?=<!-- \/bench -->)/, () => text);
  if (!after.includes(text)) throw new Error("test/bench/README.md has no <!-- bench --><!-- /bench -->");
  await writeFile(readme, after);
  console.log("test/bench/README.md has the new numbers.");
}
