// The README says what is so: its blocks parse and compile, its tables name what there is, its links lead somewhere.
// (What it shows to a browser is run in browser/readme.test.ts.)
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { BENCH_README, block, BLOCKS, namesOf, README, SOURCE_README } from "../support/readme.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const read = (path: string) => readFile(ROOT + path, "utf8");
const { scripts, devDependencies, config } = JSON.parse(await read("package.json"));
const api = await read("src/api.d.ts");
const code = await read("dist/lp-cobrowse.min.js");

/** What stands in backquotes in the first column of the table that follows the text. */
function firstColumn(after: string, text = README): string[] {
  const table = text.slice(text.indexOf(after)).match(/^\|.*\n\|[-| ]+\|\n((?:\|.*\n)+)/m)![1]!;
  return table.split("\n").flatMap((row) => [...(row.split("|")[1] ?? "").matchAll(/`(.*?)`/g)].map(([, name]) => name!));
}

test("every block has a language that some test runs", () => {
  const known = ["html", "css", "json", "ts", "sh", "text"];
  assert.equal(
    BLOCKS.filter(({ language }) => !known.includes(language)),
    [],
  );
});

test("JSON blocks are JSON", () => {
  for (const { name, code } of BLOCKS.filter(({ language }) => language === "json")) {
    assert.not.throws(() => JSON.parse(code), undefined, name);
  }
});

test("it is short, code included", () => {
  const words = README.split(/\s+/).filter(Boolean).length;
  assert.ok(words < 3600, `${words} words`);
});

test("what a stranger needs comes first, in this order", () => {
  const titles = [...README.matchAll(/^## (.*)$/gm)].map(([, title]) => title!);
  const first = ["Do I need this?", "What happens", "Try it", "Install", "Tokens", "Before you go live", "Configuration", "Events"];
  assert.equal(titles.slice(0, first.length), first);
  const [opening] = README.split(`## ${first[0]}`) as [string];
  const places = ["# lp-cobrowse\n\n", "<!-- size -->", "test/gallery/prompt.png", "<!-- snippet -->"].map((mark) => opening.indexOf(mark));
  assert.ok(!places.includes(-1));
  assert.equal(
    places,
    [...places].sort((a, b) => a - b),
  );
});

test("no example calls start() or stop() without asking whether they are there", () => {
  const calls = BLOCKS.filter(({ language }) => language !== "text").flatMap(({ code }) => code.split("\n").filter((line) => /\.(start|stop)\(\)/.test(line)));
  assert.ok(calls.length >= 2);
  for (const line of calls) assert.match(line, /if \(window\.lpCobrowse\)|lpCobrowse\?\./);
});

test("the example of a translation is one of those that are shipped", async () => {
  const { text } = JSON.parse(block("Translations json"));
  assert.equal(text, JSON.parse(await read("dist/translations.json")).de);
});

test("every translation has every word that the prompt needs", async () => {
  const translations = JSON.parse(await read("dist/translations.json")) as Record<string, Record<string, string>>;
  assert.is(Object.keys(translations).length, 10);
  for (const [language, words] of Object.entries(translations)) {
    assert.equal(Object.keys(words).sort(), ["accept", "decline", "follow", "shared", "title", "view"], language);
    assert.ok(
      Object.values(words).every((word) => word.trim()),
      language,
    );
  }
});

test("the field for the base is the one that the build reads", () => {
  const example = JSON.parse(block("Host the file yourself json"));
  assert.equal(Object.keys(example), ["config"]);
  assert.equal(Object.keys(example.config), Object.keys(config));
});

test("shell blocks are commands of this package", () => {
  const lines = namesOf("sh").flatMap((name) => block(name).trim().split("\n"));
  for (const line of lines) {
    const [, script] = /^npm (?:run )?(\w+)$/.exec(line) ?? [];
    const known = line === "npm ci" || (script && script in scripts) || /^node build\.mjs --base https:\/\/\S+$/.test(line);
    assert.ok(known, `no such command: ${line}`);
  }
  for (const text of [README, SOURCE_README, BENCH_README]) {
    for (const [, script] of text.matchAll(/`npm (?:run )?(\w+)[^`]*`/g)) assert.ok(script === "publish" || script! in scripts, `no script ${script}`);
  }
});

test("TypeScript blocks compile under strict", async () => {
  const folder = await mkdtemp(join(tmpdir(), "readme-"));
  try {
    for (const name of namesOf("ts")) await writeFile(join(folder, `${name.replace(/\W+/g, "-")}.ts`), `${block(name)}\nexport {};\n`);
    const compilerOptions = {
      target: "ES2022",
      lib: ["ES2022", "DOM"],
      module: "ESNext",
      moduleResolution: "bundler",
      strict: true,
      noEmit: true,
      types: [],
      paths: { "lp-cobrowse": [join(ROOT, "dist/lp-cobrowse.d.ts")] },
    };
    await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions }));
    const compiler = join(ROOT, "node_modules/typescript/bin/tsc");
    const { stdout } = await promisify(execFile)(process.execPath, [compiler, "-p", folder]).catch((error: { stdout: string }) => error);
    assert.is(stdout, "");
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("the built parts are what was built", async () => {
  assert.is(block("lp-cobrowse html"), await read("snippet.html"));
  assert.is(block("Content-Security-Policy text"), await read("dist/csp.txt"));
  assert.match(README, `<!-- size -->${code.length.toLocaleString("en")} bytes<!-- /size -->`);
});

test("the table of the config names its keys", () => {
  const [, members] = /interface CobrowseConfig \{([^]*?)\n\}/.exec(api)!;
  const keys = [...members!.matchAll(/^ {2}(\w+)\??:/gm)].map(([, key]) => key!);
  assert.equal(firstColumn("## Configuration").sort(), keys.sort());
});

test("the table of the events names the events, and every reason", () => {
  const events = [...api.matchAll(/^ {4}(cobrowse\w+):/gm)].map(([, name]) => name!);
  assert.equal(firstColumn("## Events").sort(), events.sort());
  const [, reasons] = /type CobrowseClosedReason =([^]*?);/.exec(api)!;
  const row = README.split("\n").find((line) => line.startsWith("| `cobrowseClosed`"))!;
  for (const [, reason] of reasons!.matchAll(/\| "(\w+)"/g)) assert.match(row, `\`${reason}\``);
});

test("the maps name every file of src, and each is no longer than a screen or two", async () => {
  for (const [folder, map] of [
    ["src/", "| file | its one concern |"],
    ["src/doctor/", "| file of `doctor/` |"],
  ] as const) {
    const files = (await readdir(ROOT + folder, { withFileTypes: true })).map((entry) => entry.name + (entry.isDirectory() ? "/" : ""));
    assert.equal(firstColumn(map, SOURCE_README).sort(), files.sort());
    for (const file of files.filter((file) => /(?<!\.d)\.ts$/.test(file))) assert.ok((await read(folder + file)).split("\n").length <= 150, file);
  }
});

test("the arrows of src are the imports", async () => {
  const arrows: Record<string, string[]> = {};
  const [map] = SOURCE_README.match(/(?:^ {4}.*\n)+/m)!;
  for (const line of map.split(/\n|;/)) {
    const [from = "", to = ""] = line.split("→").map((names) => names.trim().replace(/ {2,}.*/, ""));
    const others = to === "nothing" ? [] : to.split(/[ ,]+/);
    for (const name of from.split(/ · |, /).filter(Boolean)) arrows[name] = [...(arrows[name] ?? []), ...others].sort();
  }
  const imports: Record<string, string[]> = {};
  for (const name of Object.keys(arrows)) {
    const source = await read(`src/${name}.ts`);
    imports[name] = [...source.matchAll(/^import (?!type).*"\.\/(\w+)\.ts"/gm)].map(([, other]) => other!).sort();
  }
  assert.equal(imports, arrows);
});

test("every development dependency has its reason", () => {
  assert.equal(firstColumn("In `test`, `simulator` is", SOURCE_README).sort(), Object.keys(devDependencies).sort());
});

test("what it quotes from the console is printed", () => {
  const quoted = [...README.matchAll(/`\[lp-cobrowse\] (.*?)`/g)].map(([, sentence]) => sentence!);
  assert.ok(quoted.length >= 4);
  for (const sentence of quoted) {
    // The minified script has the parts of a sentence in its strings.
    const parts = sentence.replace(/(\d+|…)$/, "").split(/data-lp-cobrowse|window\.lpTag\.|(?<=^no )/);
    for (const part of parts) assert.ok(code.includes(part), `"${part}" is not in the script`);
  }
});

/** Of the headings, as GitHub makes them. */
const anchorsOf = (text: string) =>
  [...text.matchAll(/^#+ (.*)$/gm)].map(([, title]) =>
    title!
      .toLowerCase()
      .replace(/[^\w -]/g, "")
      .replace(/ /g, "-"),
  );

test("links and pictures lead somewhere", async () => {
  const pages = { "README.md": README, "src/README.md": SOURCE_README, "test/bench/README.md": BENCH_README };
  for (const [page, text] of Object.entries(pages)) {
    for (const [, target] of text.replace(/^```[^]*?^```$/gm, "").matchAll(/\]\(([^)]+)\)/g)) {
      if (target!.startsWith("https://developers.liveperson.com/")) continue;
      const [path, anchor] = target!.split("#");
      const file = path ? join(ROOT, dirname(page), path) : join(ROOT, page);
      assert.ok(existsSync(file), `${page}: ${target} leads nowhere`);
      if (anchor) assert.ok(anchorsOf(await readFile(file, "utf8")).includes(anchor), `${page}: ${target} leads nowhere`);
    }
  }
});

test("the bench has its place for the numbers", () => {
  assert.match(BENCH_README, /<!-- bench -->\n\n\|[^]*\n\n<!-- \/bench -->/);
});

test.run();
