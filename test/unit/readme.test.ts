// The README says what is so: its blocks parse and compile, its tables name what there is, its links lead somewhere.
// (What it shows to a browser is run in browser/readme.test.ts.)
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { block, BLOCKS, namesOf, README, SOURCE_README } from "../support/readme.ts";

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

test("the translations are those of the gallery", async () => {
  assert.equal(JSON.parse(block("Translations json 2")), JSON.parse(await read("test/gallery/translations.json")));
});

test("the field for the base is the one that the build reads", () => {
  const example = JSON.parse(block("Install json"));
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
  for (const [, script] of README.matchAll(/`npm (?:run )?(\w+)[^`]*`/g)) assert.ok(script! in scripts, `no script ${script}`);
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

test("the map names every file of src, and each is no longer than a screen or two", async () => {
  const files = await readdir(`${ROOT}src`);
  assert.equal(firstColumn("| file | its one concern |", SOURCE_README).sort(), files.sort());
  for (const file of files.filter((file) => /(?<!\.d)\.ts$/.test(file))) assert.ok((await read(`src/${file}`)).split("\n").length <= 150, file);
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
  assert.equal(firstColumn("In `test`, `simulator` is").sort(), Object.keys(devDependencies).sort());
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

test("links and pictures lead somewhere", () => {
  const anchors = [...README.matchAll(/^#+ (.*)$/gm)].map(
    ([, title]) =>
      `#${title!
        .toLowerCase()
        .replace(/[^\w -]/g, "")
        .replace(/ /g, "-")}`,
  );
  const text = README.replace(/^```[^]*?^```$/gm, "");
  for (const [, target] of text.matchAll(/\]\(([^)]+)\)/g)) {
    assert.ok(target!.startsWith("#") ? anchors.includes(target!) : existsSync(ROOT + target), `${target} leads nowhere`);
  }
});

test.run();
