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
import { compileBoth, faults, files, INLINE, PRODUCT, tooLong } from "../../build.mjs";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const run = promisify(execFile);
const scripts: Record<"product" | "inline", { code: string }> = await compileBoth();
const { code } = scripts.product;
const { code: inlineCode } = scripts.inline;
const built: Record<string, string> = await files(scripts);
const hashOf = (text: string) => `sha384-${createHash("sha384").update(text).digest("base64")}`;
const hash = hashOf(code);

// So two builds give the same bytes as well: this is another than the one that was committed.
test("what is committed is what src/ builds", async () => {
  for (const [path, content] of Object.entries(built)) {
    assert.ok((await readFile(ROOT + path, "utf8")) === content, `${path} is stale: run node build.mjs and commit it`);
  }
});

test("the scripts have no fault, and are short enough", () => {
  assert.is(built["dist/lp-cobrowse.min.js"], code);
  assert.equal([...faults(code), ...faults(inlineCode, INLINE), ...tooLong(built)], []);
});

test("what can be read is the same program, with its comments", () => {
  const readable = built["dist/lp-cobrowse.js"]!;
  assert.match(readable, "* The one way out of the pending invitation");
  // Every sentence that the short one says, and every name that it uses of others.
  const words = (text: string) => new Set(text.match(/\w{4,}/g));
  const there = words(readable);
  // (Its window is called self where it is handed over.)
  for (const word of words(code.replace(/,self\)/, ""))) assert.ok(there.has(word), `${word} is only in the short one`);
  assert.equal(faults(readable), []);
});

/** A script that passes, with something in it. */
const script = (content: string) => `!function(a){${content}}(0)`;

/** What breaks a page. */
const BREAKS: Record<string, [bad: string, fault: RegExp]> = {
  "a letter outside ASCII": [script('a="é"'), /not pure ASCII/],
  "a tag manager's variable": [script('a="{{"'), /contains \{\{/],
  "the end of a script": [script('a="</script"'), /contains <\/script/],
  "the end of a script in capitals": [script('a="</SCRIPT"'), /contains <\/script/],
  "the beginning of a comment": [script('a="<!--"'), /contains <!--/],
  "a spread object": [script("a={...a}"), /not ES2017/],
  "a catch without its error": [script("try{a()}catch{}"), /not ES2017/],
  "a helper beside the function": [`function _type_of(){}${script("")}`, /not a single expression/],
  "a function that runs before it is there": [script("var b=()=>c();b();var c=()=>1"), /throws when it runs: c is not a function/],
  "another global": [script("window.lpCobrowse={};window.helper=1"), /adds the global helper$/m],
};
/** What Tag Manager's compiler does not take. */
const BREAKS_INLINE: typeof BREAKS = {
  "an arrow function": [script("a=()=>1"), /not ES5/],
  const: [script("const b=1"), /not ES5/],
  "a template": [script("a=`b`"), /not ES5/],
  "a function in a block": [script("if(a){function b(){}}"), /declares a function inside a block/],
  "a function after if": [script("if(a)function b(){}"), /declares a function inside a block/],
};
for (const [name, form, cases] of [
  ["the script", PRODUCT, BREAKS],
  ["inline.html", INLINE, BREAKS_INLINE],
] as const) {
  for (const [what, [bad, fault]] of Object.entries(cases)) test(`${name} is refused with ${what}`, () => assert.match(faults(bad, form).join("\n"), fault));
}

test("neither the one global nor a function in a function of inline.html is refused", () => {
  assert.equal(faults(script("window.lpCobrowse={}")), []);
  assert.equal(faults(script("function b(){function c(){}}"), INLINE), []);
});

test("5,000 bytes, and 5,300 of inline.html, are refused; one less is not", () => {
  const ofLength = (script: number, inline: number) => tooLong({ "dist/lp-cobrowse.min.js": "x".repeat(script), "dist/inline.html": "x".repeat(inline) });
  assert.equal(ofLength(4999, 5299), []);
  assert.equal(ofLength(5000, 5300), [
    "lp-cobrowse.min.js: it has 5000 bytes, and must have fewer than 5000.",
    "inline.html: it has 5300 bytes, and must have fewer than 5300.",
  ]);
});

test("the hash in every form and in the policy is the script's", () => {
  assert.match(built["snippet.html"]!, `script.integrity = "${hash}";`);
  assert.match(built["README.md"]!, `integrity="${hash}" crossorigin="anonymous"`);
  assert.match(built["dist/csp.txt"]!, `'${hash}' '${hashOf(inlineCode)}'`);
  assert.ok(built["dist/inline.html"]!.endsWith(`<script>${inlineCode}</script>`));
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
  // WordPress makes paragraphs of blank lines, and entities of ampersands.
  assert.not.match(built["snippet.html"]!, /\n\s*\n|&/);
});

test("the policy is one line, as a header's value has to be", () => {
  assert.match(built["dist/csp.txt"]!, /^script-src [^;\n]+; connect-src [^;\n]+\n$/);
});

test("the script's URL comes from one field, with the version in it; --base overrides it", async () => {
  const { version, config } = JSON.parse(await readFile(`${ROOT}package.json`, "utf8"));
  const src = (block: string) => /src = "(.*)"/.exec(block)?.[1];
  assert.is(src(built["snippet.html"]!), `${config.base.replace("{version}", version)}lp-cobrowse.min.js`);
  assert.match(src(built["snippet.html"]!)!, `@${version}/`);

  const own = await files(scripts, "https://static.example/js");
  assert.is(src(own["snippet.html"]), "https://static.example/js/lp-cobrowse.min.js");
  assert.match(own["README.md"], '<script src="https://static.example/js/lp-cobrowse.min.js"');
  assert.is(own["dist/inline.html"], built["dist/inline.html"]);

  const versioned = await files(scripts, "https://static.example/{version}/");
  assert.is(src(versioned["snippet.html"]), `https://static.example/${version}/lp-cobrowse.min.js`);
});

for (const [what, args, sentence] of [
  ["base", ["--base", "static.example/js"], "must begin with https:// and not be static.example/js"],
  ["argument", ["--bas", "https://static.example"], "Unknown option '--bas'"],
] as const) {
  test(`a wrong ${what} is a sentence, and nothing is written`, async () => {
    const error = await run(process.execPath, ["build.mjs", ...args], { cwd: ROOT }).catch((error: { code: number; stderr: string }) => error);
    assert.is("code" in error && error.code, 1);
    assert.match(error.stderr, sentence);
    assert.not.match(error.stderr, "    at ");
    assert.is(await readFile(`${ROOT}snippet.html`, "utf8"), built["snippet.html"]);
  });
}

test("the package has what users need, and nothing else", async () => {
  const { stdout } = await run("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], { cwd: ROOT });
  const [{ files: packed }] = JSON.parse(stdout) as [{ files: { path: string }[] }];
  assert.equal(packed.map(({ path }) => path).sort(), [
    "LICENSE",
    "README.md",
    "dist/csp.txt",
    "dist/doctor.js",
    "dist/gtm-container.json",
    "dist/inline.html",
    "dist/lp-cobrowse.d.ts",
    "dist/lp-cobrowse.js",
    "dist/lp-cobrowse.min.js",
    "dist/translations.json",
    "package.json",
    "snippet.html",
  ]);
});

test("releasing builds, stages what is built, and tests before it publishes", async () => {
  const { scripts, ...others } = JSON.parse(await readFile(`${ROOT}package.json`, "utf8"));
  const [build, add] = scripts.version.split(" && ");
  assert.is(build, scripts.build);
  const staged: string[] = add.replace("git add ", "").split(" ");
  const left = Object.keys(built).filter((path) => !staged.some((name) => path === name || path.startsWith(`${name}/`)));
  assert.equal(left, []);
  assert.is(scripts.prepublishOnly, "npm test");
  // Until they are known; a comment in the README says so.
  for (const field of ["repository", "homepage", "bugs"]) {
    assert.not.ok(field in others, `"${field}" is known now: take it out of the comment under "Releasing", and this test with it`);
    assert.match(built["README.md"]!, `"${field}"`);
  }
});

test("publint finds nothing", async () => {
  const { messages, pkg } = await publint({ pkgDir: ROOT, strict: true });
  const sentences = messages.map((message) => formatMessage(message, pkg!));
  assert.equal(sentences, []);
});

test.run();
