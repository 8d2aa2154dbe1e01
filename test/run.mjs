// `npm test`: type check, format, build and freshness, then every *.test.ts in processes of their own, so that nothing can hang or
// leave anything behind unseen: one for the files under unit/, one for those under browser/, and one for each engine with all files under
// engines/, for to start a browser, or a compiler, takes longer than many tests. `npm test -- prompt` runs only the files whose
// path contains "prompt". SHUFFLE=7 runs the tests in another order, which 7 stands for.
import { execFile, fork } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import "./support/typescript.mjs";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const RUN_FILES = join(ROOT, "test/support/run-files.mjs");
/** Far longer than a process takes, even on a slow and busy machine. */
const TIMEOUT = 600_000;
/** How long a process whose tests are over may take to end, with its browsers. */
const GRACE = 15_000;

const total = { passed: 0, failed: 0 };
/** Reason → titles. */
const notRun = new Map();

/** One line for a step or a test file, with its output below if something failed. */
function report(title, { passed, failed, output = "" }, started) {
  total.passed += passed;
  total.failed += failed;
  const counts = [failed && `${failed} FAILED`, (passed || !failed) && `${passed} passed`].filter(Boolean).join(", ");
  console.log(`${title.padEnd(40)} ${counts.padEnd(24)} ${((Date.now() - started) / 1000).toFixed(1).padStart(6)} s`);
  if (failed && output.trim()) console.log(`\n${output.trim().replace(/^/gm, "    ")}\n`);
}

/** A step passes if it finds nothing. */
async function step(title, find) {
  const started = Date.now();
  const found = await find().catch((error) => [error.message]);
  const failed = found.length ? 1 : 0;
  report(title, { passed: 1 - failed, failed, output: found.join("\n") }, started);
}

/** A step that is one program: it passes if that ends well. */
const program = (title, ...argv) =>
  step(
    title,
    () => new Promise((resolve) => execFile(process.execPath, argv, { cwd: ROOT }, (error, stdout, stderr) => resolve(error ? [stdout + stderr] : []))),
  );

const typeCheck = (folder) => program(`types of ${folder}`, "node_modules/typescript/bin/tsc", "-p", folder);

/** What is built and committed, by name. */
function built() {
  const files = ["snippet.html", "README.md"];
  if (existsSync(join(ROOT, "dist"))) files.push(...readdirSync(join(ROOT, "dist")).map((name) => `dist/${name}`));
  return new Map(files.filter((name) => existsSync(join(ROOT, name))).map((name) => [name, readFileSync(join(ROOT, name), "latin1")]));
}

async function buildAndCompare() {
  const before = built();
  await program("build", "build.mjs");
  await step("dist/ and snippet.html are fresh", async () => {
    const after = built();
    const stale = [...new Set([...before.keys(), ...after.keys()])].filter((name) => before.get(name) !== after.get(name));
    return stale.map((name) => `${name} is not what src/ builds. It is built now; look at it and commit it.`);
  });
}

const children = new Set();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, () => process.exit(1));
process.on("exit", () => children.forEach((child) => child.kill()));

async function run(title, files, env) {
  const started = Date.now();
  const child = fork(
    RUN_FILES,
    files.map((file) => join(ROOT, "test", file)),
    {
      cwd: ROOT,
      silent: true,
      env: { ...process.env, ...(process.stdout.isTTY && { FORCE_COLOR: "1" }), ...env },
    },
  );
  children.add(child);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => (output += data));

  const browsers = new Map();
  const folders = new Set();
  let result;
  let late;
  const endIn = (milliseconds, reason) => {
    clearTimeout(late);
    late = setTimeout(() => {
      output += `\n${reason}\n`;
      result = { ...result, broken: true };
      // One that is busy for ever hears no other signal; what it leaves behind is cleared away below.
      child.kill("SIGKILL");
    }, milliseconds);
  };
  endIn(TIMEOUT, `The tests did not end within ${TIMEOUT / 1000} s.`);
  child.on("message", (message) => {
    if (message.started) browsers.set(message.started, message.signal);
    else if (message.ended) browsers.delete(message.ended);
    else if (message.created) folders.add(message.created);
    else if (message.removed) folders.delete(message.removed);
    else {
      result = message;
      endIn(GRACE, `The tests are over, but their process did not end within ${GRACE / 1000} s: something was left open.`);
    }
  });
  const code = await new Promise((resolve) => child.once("close", resolve));
  clearTimeout(late);
  children.delete(child);
  for (const [pid, signal] of browsers) {
    try {
      process.kill(-pid, signal);
    } catch {
      // It ended with its parent.
    }
  }
  for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });

  const { passed = 0, failed = 0, skipped = 0, broken = false } = result ?? {};
  const reasons = result?.notRun ?? [];
  for (const { title, reason } of reasons) notRun.set(reason, [...(notRun.get(reason) ?? []), title]);
  let more = 0;
  const complain = (sentence) => {
    more++;
    output += `\n${sentence}\n`;
  };
  if (broken) more++;
  else if (!result) complain(`The process ended with ${code} before its tests were over.`);
  else if (!passed && !failed && !reasons.length) complain("There are no tests.");
  if (skipped) complain(`${skipped} tests were left out by test.skip() or test.only(), without a reason.`);
  report(title, { passed, failed: failed + more, output }, started);
}

const filter = process.argv[2] ?? "";
const chosen = (folder) =>
  readdirSync(join(ROOT, "test", folder))
    .filter((name) => name.endsWith(".test.ts"))
    .map((name) => `${folder}/${name}`)
    .filter((file) => file.includes(filter));

const format = () => program("format", "node_modules/prettier/bin/prettier.cjs", "--check", "--cache", ".");

if (!filter) await Promise.all([buildAndCompare(), typeCheck("."), typeCheck("test"), format()]);
const { enginesHere } = await import("./support/browsers.ts");
const { here, missing } = await enginesHere();

const EVERY_BLOCK = "every block of the built file was run";
let everyBlock;
if (!filter && here.includes("chromium")) {
  const { findChromium } = await import("./support/browsers/chromium.ts");
  const { shell } = await findChromium();
  if (shell) notRun.set("what runs in hidden tabs is left out by Chromium's headless shell", [EVERY_BLOCK]);
  else {
    const folder = mkdtempSync(join(tmpdir(), "lp-cobrowse-"));
    process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
    process.env.COVERAGE = folder;
    everyBlock = async () => (await import("./support/coverage.ts")).missed(folder);
  }
}
if (process.env.SHUFFLE) console.log(`in another order: SHUFFLE=${process.env.SHUFFLE}`);

const inEngines = chosen("engines");
const jobs = [
  ...(inEngines.length ? here.map((engine) => () => run(`engines/ in ${engine}`, inEngines, { ENGINE: engine })) : []),
  ...["browser", "unit"].filter((folder) => chosen(folder).length).map((folder) => () => run(`${folder}/`, chosen(folder))),
];
await Promise.all(jobs.map((job) => job()));
if (everyBlock) await step(EVERY_BLOCK, everyBlock);

console.log();
for (const { engine, reason } of missing) {
  console.log(`not run: ${engine} (${reason})`);
  notRun.delete(reason);
  // A machine without Chromium tests nothing that counts; the other two may be missing on a developer's.
  if (engine === "chromium" || process.env.CI === "true") total.failed++;
}
for (const [reason, titles] of notRun) for (const title of titles) console.log(`not run: ${title} (${reason})`);
if (!jobs.length) {
  total.failed++;
  console.log(`No test file has "${filter}" in its path.`);
}
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed ? 1 : 0;
