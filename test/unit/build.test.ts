// What is built: the same each time, the same as what is committed, and nothing that a page or a tag manager trips over.
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { parse } from "acorn";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { compile, faults, files } from "../../build.mjs";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const run = promisify(execFile);
const { code }: { code: string } = await compile();
const built: Record<string, string> = await files(code);
const hash = `sha384-${createHash("sha384").update(code).digest("base64")}`;

test("what is committed is what src/ builds", async () => {
  for (const [path, content] of Object.entries(built)) {
    assert.ok((await readFile(ROOT + path, "utf8")) === content, `${path} is stale: run node build.mjs and commit it`);
  }
});

test("two builds give the same bytes", async () => {
  assert.ok((await compile()).code === code);
  assert.equal(await files(code), built);
});

test("the script has no fault", () => assert.equal(faults(code), []));

/** A script that passes, with something in it. */
const script = (content: string) => `!function(a){${content}}(0)`;
const ofLength = (length: number) => script(`a="${"x".repeat(length - script('a=""').length)}"`);

test("a script is refused for each thing that breaks a page", () => {
  const refused: [string, string, RegExp][] = [
    ["5,000 bytes", ofLength(5000), /5000 bytes, and must have fewer than 5000/],
    ["a letter outside ASCII", script('a="é"'), /not pure ASCII/],
    ["a tag manager's variable", script('a="{{"'), /contains \{\{/],
    ["the end of a script", script('a="</script"'), /contains <\/script/],
    ["the end of a script in capitals", script('a="</SCRIPT"'), /contains <\/script/],
    ["the beginning of a comment", script('a="<!--"'), /contains <!--/],
    ["an arrow function", script("a=()=>1"), /not ES5/],
    ["const", script("const b=1"), /not ES5/],
    ["a template", script("a=`b`"), /not ES5/],
    ["a helper beside the function", `function _type_of(){}${script("")}`, /not a single expression/],
    ["another global", script("window.lpCobrowse={};window.helper=1"), /adds the global helper$/],
  ];
  for (const [what, bad, sentence] of refused) {
    const found: string[] = faults(bad);
    assert.ok(found.some((fault) => sentence.test(fault)), `${what}: ${found.join("; ") || "not refused"}`);
  }
});

test("4,999 bytes, and the one global, are not refused", () => {
  assert.equal(faults(ofLength(4999)), []);
  assert.equal(faults(script("window.lpCobrowse={}")), []);
});

test("the hash in every form and in the policy is the script's", () => {
  assert.match(built["snippet.html"]!, `script.integrity = "${hash}";`);
  assert.match(built["README.md"]!, `integrity="${hash}" crossorigin="anonymous"`);
  assert.match(built["dist/csp.txt"]!, `'${hash}'`);
  assert.ok(built["dist/inline.html"]!.endsWith(`<script>${code}</script>\n`));
});

test("the types are those that the source is checked against", async () => {
  assert.is(built["dist/lp-cobrowse.d.ts"], await readFile(`${ROOT}src/api.d.ts`, "utf8"));
});

test("no block to paste has anything that a tag manager replaces, and the loader is ES5", () => {
  for (const path of ["snippet.html", "dist/inline.html"]) assert.not.match(built[path]!, "{{");
  const [, loader] = built["snippet.html"]!.match(/<script>([^]*)<\/script>/)!;
  assert.not.throws(() => parse(loader!, { ecmaVersion: 5, sourceType: "script" }));
  // Where a site joins the lines, a line comment would swallow the rest.
  assert.not.match(loader!, /(?<!https:)\/\//);
});

test("the script's URL comes from one field, with the version in it; --base overrides it", async () => {
  const { version, config } = JSON.parse(await readFile(`${ROOT}package.json`, "utf8"));
  const src = (block: string) => /src = "(.*)"/.exec(block)?.[1];
  assert.is(src(built["snippet.html"]!), `${config.base.replace("{version}", version)}lp-cobrowse.min.js`);
  assert.match(src(built["snippet.html"]!)!, `@${version}/`);

  const own = await files(code, "https://static.example/js");
  assert.is(src(own["snippet.html"]), "https://static.example/js/lp-cobrowse.min.js");
  assert.match(own["README.md"], '<script src="https://static.example/js/lp-cobrowse.min.js"');
  assert.is(own["dist/inline.html"], built["dist/inline.html"]);

  const versioned = await files(code, "https://static.example/{version}/");
  assert.is(src(versioned["snippet.html"]), `https://static.example/${version}/lp-cobrowse.min.js`);
});

test("a wrong base or argument is a sentence, and nothing is written", async () => {
  for (const [args, sentence] of [
    [["--base", "static.example/js"], "must begin with https:// and not be static.example/js"],
    [["--bas", "https://static.example"], "Unknown option '--bas'"],
  ] as const) {
    const error = await run(process.execPath, ["build.mjs", ...args], { cwd: ROOT }).catch((error: { code: number; stderr: string }) => error);
    assert.is("code" in error && error.code, 1);
    assert.match(error.stderr, sentence);
    assert.not.match(error.stderr, "    at ");
  }
  assert.is(await readFile(`${ROOT}snippet.html`, "utf8"), built["snippet.html"]);
});

test("the package has what users need, and nothing else", async () => {
  const { stdout } = await run("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], { cwd: ROOT });
  const [{ files: packed }] = JSON.parse(stdout) as [{ files: { path: string }[] }];
  assert.equal(packed.map(({ path }) => path).sort(), [
    "LICENSE",
    "README.md",
    "dist/csp.txt",
    "dist/inline.html",
    "dist/lp-cobrowse.d.ts",
    "dist/lp-cobrowse.min.js",
    "package.json",
    "snippet.html",
  ]);
});

test("publint finds nothing", async () => {
  const { messages, pkg } = await publint({ pkgDir: ROOT, strict: true });
  assert.equal(messages.map((message) => formatMessage(message, pkg!)), []);
});

test.run();
