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
import { config } from "../../src/config.ts";
import { word } from "../../src/words.ts";
import { BENCH_README, block, BLOCKS, namesOf, README, SOURCE_README } from "../support/readme.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const read = (path: string) => readFile(ROOT + path, "utf8");
const { scripts, devDependencies, config: fields } = JSON.parse(await read("package.json"));
const translations: Record<string, Record<string, string>> = JSON.parse(await read("dist/translations.json"));
const api = await read("src/api.d.ts");
const code = await read("dist/lp-cobrowse.min.js");

// In which the words are looked up.
Object.assign(globalThis, { window: globalThis });

/** What the first group of a pattern with the flag g finds. */
const allOf = (text: string, pattern: RegExp): string[] => [...text.matchAll(pattern)].map(([, found]) => found!);
const rowOf = (name: string): string => README.split("\n").find((line) => line.startsWith(`| \`${name}\``))!;

/** What stands in backquotes in the first column of the table that follows the text. */
function firstColumn(after: string, text = README): string[] {
  const table = text.slice(text.indexOf(after)).match(/^\|.*\n\|[-| ]+\|\n((?:\|.*\n)+)/m)![1]!;
  return table
    .split("\n")
    .flatMap((row) => allOf(row.split("|")[1] ?? "", /`(.*?)`/g))
    .sort();
}

test("every block has a language that some test runs", () => {
  const languages = new Set(BLOCKS.map(({ language }) => language));
  assert.equal([...languages].sort(), ["css", "html", "json", "sh", "text", "ts"]);
});

test("it is short, code included", () => {
  const words = README.split(/\s+/).filter(Boolean).length;
  assert.ok(words < 3600, `${words} words`);
});

test("what a stranger needs comes first, in this order", () => {
  const titles = allOf(README, /^## (.*)$/gm);
  const first = ["Do I need this?", "What happens", "Try it", "Install", "Tokens", "Before you go live", "Configuration", "Events"];
  assert.equal(titles.slice(0, first.length), first);
  assert.match(README, /^# lp-cobrowse\n\n[^]*<!-- size -->[^]*test\/gallery\/prompt\.png[^]*<!-- snippet -->[^]*## Do I need this\?/);
});

test("no example calls start() or stop() without asking whether they are there", () => {
  const calls = BLOCKS.filter(({ language }) => language !== "text").flatMap(({ code }) => code.split("\n").filter((line) => /\.(start|stop)\(\)/.test(line)));
  assert.ok(calls.length >= 2);
  for (const line of calls) assert.match(line, /if \(window\.lpCobrowse\)|lpCobrowse\?\./);
});

test("the sentences of the modes are the prompt's", () => {
  for (const mode of ["shared", "view", "follow"]) assert.is(rowOf(mode).split("|").at(-2)!.trim(), word(mode));
});

test("each translation has every word that the prompt needs, and the example is one of them", () => {
  assert.is(Object.keys(translations).length, 10);
  for (const [language, text] of Object.entries(translations)) {
    assert.equal(Object.keys(text).sort(), ["accept", "decline", "follow", "shared", "title", "view"], language);
    config.text = text;
    for (const [key, words] of Object.entries(text)) assert.is(words.trim() && word(key), words, `${language}: ${key}`);
  }
  assert.equal(JSON.parse(block("Translations json")).text, translations.de);
});

test("the field for the base is the one that the build reads", () => {
  const example = JSON.parse(block("Host the file yourself json"));
  assert.equal(Object.keys(example), ["config"]);
  assert.equal(Object.keys(example.config), Object.keys(fields));
});

test("shell blocks are commands of this package", () => {
  for (const line of namesOf("sh").flatMap((name) => block(name).trim().split("\n"))) {
    const [, script = ""] = /^npm (?:run )?(\w+)$/.exec(line) ?? [];
    assert.ok(line === "npm ci" || script in scripts || /^node build\.mjs --base https:\/\/\S+$/.test(line), `no such command: ${line}`);
  }
  for (const script of [README, SOURCE_README, BENCH_README].flatMap((text) => allOf(text, /`npm (?:run )?(\w+)[^`]*`/g)))
    assert.ok(script === "publish" || script in scripts, `no script ${script}`);
});

test("TypeScript blocks compile under strict", async () => {
  const folder = await mkdtemp(join(tmpdir(), "readme-"));
  try {
    for (const name of namesOf("ts")) await writeFile(join(folder, `${name.replace(/\W+/g, "-")}.ts`), `${block(name)}\nexport {};\n`);
    const compilerOptions = { paths: { "lp-cobrowse": [join(ROOT, "dist/lp-cobrowse.d.ts")] } };
    await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ extends: join(ROOT, "tsconfig.json"), compilerOptions, include: ["*.ts"] }));
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
  const [members] = allOf(api, /interface CobrowseConfig \{([^]*?)\n\}/g);
  assert.equal(firstColumn("## Configuration"), allOf(members!, /^ {2}(\w+)\??:/gm).sort());
});

test("the table of the events names the events, and every reason", () => {
  assert.equal(firstColumn("## Events"), allOf(api, /^ {4}(cobrowse\w+):/gm).sort());
  const [reasons] = allOf(api, /type CobrowseClosedReason =([^]*?);/g);
  for (const reason of allOf(reasons!, /\| "(\w+)"/g)) assert.match(rowOf("cobrowseClosed"), `\`${reason}\``);
});

test("the maps name every file of src, and each is no longer than a screen or two", async () => {
  const maps = { "src/": "| file | its one concern |", "src/doctor/": "| file of `doctor/` |" };
  for (const [folder, map] of Object.entries(maps)) {
    const files = (await readdir(ROOT + folder, { withFileTypes: true })).map((entry) => entry.name + (entry.isDirectory() ? "/" : ""));
    assert.equal(firstColumn(map, SOURCE_README), files.sort());
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
  for (const name of Object.keys(arrows)) imports[name] = allOf(await read(`src/${name}.ts`), /^import (?!type).*"\.\/(\w+)\.ts"/gm).sort();
  assert.equal(imports, arrows);
});

test("every development dependency has its reason", () => {
  assert.equal(firstColumn("In `test`, `simulator` is", SOURCE_README), Object.keys(devDependencies).sort());
});

test("what it quotes from the console is printed", () => {
  const quoted = allOf(README, /`\[lp-cobrowse\] (.*?)`/g);
  assert.ok(quoted.length >= 4);
  // The minified script has the parts of a sentence in its strings.
  for (const sentence of quoted)
    for (const part of sentence.replace(/(\d+|…)$/, "").split(/data-lp-cobrowse|window\.lpTag\.|(?<=^no )/))
      assert.ok(code.includes(part), `"${part}" is not in the script`);
});

/** Of the headings, as GitHub makes them. */
const anchorsOf = (text: string) => allOf(text.toLowerCase(), /^#+ (.*)$/gm).map((title) => title.replace(/[^\w -]/g, "").replace(/ /g, "-"));

test("links and pictures lead somewhere", async () => {
  const pages = { "README.md": README, "src/README.md": SOURCE_README, "test/bench/README.md": BENCH_README };
  for (const [page, text] of Object.entries(pages))
    for (const target of allOf(text.replace(/^```[^]*?^```$/gm, ""), /\]\(([^)]+)\)/g)) {
      if (target.startsWith("https://developers.liveperson.com/")) continue;
      const [path, anchor] = target.split("#");
      const file = path ? join(ROOT, dirname(page), path) : join(ROOT, page);
      assert.ok(existsSync(file), `${page}: ${target} leads nowhere`);
      if (anchor) assert.ok(anchorsOf(await readFile(file, "utf8")).includes(anchor), `${page}: ${target} leads nowhere`);
    }
});

test("the bench has its place for the numbers", () => {
  assert.match(BENCH_README, /<!-- bench -->\n\n\|[^]*\n\n<!-- \/bench -->/);
});

test.run();
