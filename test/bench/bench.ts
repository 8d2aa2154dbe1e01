// `npm run bench`: how the built file does beside what people would use instead, in a real Chromium. Every ratio comes from
// one run, in which both sides take turns. `npm run bench -- memory load` measures only these, and leaves README.md beside
// this file as it is, and so does a machine that is busy with other work. Ends with code 1 where a limit is missed.
import { readFile, writeFile } from "node:fs/promises";
import { cpus, loadavg, totalmem } from "node:os";
import { launch, type Browser } from "../support/browsers.ts";
import { measureBytes } from "./bytes.ts";
import { crowd } from "./crowd.ts";
import { measureEvaluation } from "./evaluation.ts";
import { measureIdle } from "./idle.ts";
import { measureInvitation } from "./invitation.ts";
import { measureLoad } from "./load.ts";
import { measureMemory } from "./memory.ts";
import { measureNotification } from "./notification.ts";
import { print, table, type Table } from "./report.ts";

const MEASURES: Record<string, (browser: Browser) => Promise<Table>> = {
  bytes: measureBytes,
  evaluation: measureEvaluation,
  notification: measureNotification,
  invitation: measureInvitation,
  memory: measureMemory,
  idle: measureIdle,
  load: measureLoad,
};

const wanted = process.argv.slice(2);
for (const name of wanted)
  if (name !== "crowd" && !MEASURES[name]) throw new Error(`There is no measure "${name}"; there are ${Object.keys(MEASURES).join(", ")}, crowd.`);
const isWanted = (name: string) => !wanted.length || wanted.includes(name);

const [load] = loadavg();
/** Other work on the machine makes both sides slow, but not evenly: such numbers are nobody's. */
const busy = load! > 2 * cpus().length;
const browser = await launch("chromium");
const [cpu] = cpus();
const machine = `${(await browser.version()).replace("/", " ")}, Node ${process.versions.node}, ${cpus().length} cores of ${cpu!.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GB, ${process.platform}`;
const date = new Date().toISOString().slice(0, 10);
console.log(`${date}, ${machine}; load average ${load!.toFixed(1)}${busy ? ": the machine is busy, and times are not to be trusted" : ""}\n`);

const tables: Table[] = [];
for (const [name, measure] of Object.entries(MEASURES)) {
  if (!isWanted(name)) continue;
  const found = await measure(browser);
  tables.push(found);
  console.log(print(found));
}
await browser.close();
if (isWanted("crowd")) console.log(`## A crowd\n${crowd()}\n`);

const limits = tables.flatMap(({ limits = [] }) => limits);
const missed = limits.filter(({ holds }) => !holds);
console.log("## The limits");
console.log(
  table(
    ["", "to reach", "measured", ""],
    limits.map(({ what, reach, measured, holds }) => [what, reach, measured, holds ? "holds" : "MISSED"]),
  ),
);
if (missed.length) process.exitCode = 1;

if (busy) console.log("\ntest/bench/README.md is left as it is, for the machine was busy.");
else if (!wanted.length) {
  const readme = new URL("README.md", import.meta.url);
  const rows = tables.flatMap(({ summary = [] }) => summary);
  const text = `\n\n${table(["", "lp-cobrowse", "beside it"], rows)}\n\nMedians of one run of \`npm run bench\` on ${date}: ${machine}.\n\n`;
  const before = await readFile(readme, "utf8");
  const after = before.replace(/(?<=<!-- bench -->)[^]*?(?=<!-- \/bench -->)/, () => text);
  if (!after.includes(text)) throw new Error("test/bench/README.md has no <!-- bench --><!-- /bench -->");
  await writeFile(readme, after);
  console.log("\ntest/bench/README.md has the new numbers.");
}
