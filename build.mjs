// Builds dist/, snippet.html and the numbers in the two READMEs from src/: `node build.mjs`. The same source always gives the
// same bytes. `--base https://static.example/lp-cobrowse/{version}/` says where the script will be served from.
import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { SourceMap } from "node:module";
import { basename, resolve } from "node:path";
import { parseArgs } from "node:util";
import { createContext, runInContext } from "node:vm";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { transform } from "@swc/core";
import { parse } from "acorn";
import { build } from "esbuild";
import uglify from "uglify-js";
import { gtmContainer } from "./src/gtm-container.mjs";

/** Of dist/lp-cobrowse.min.js and dist/inline.html, as files. */
const LIMIT = 5000;
const INLINE_LIMIT = 5300;

/** ES2017 is what every browser with <dialog> has; ES5 what Tag Manager's compiler takes. */
export const PRODUCT = { target: "es2017", ecmaVersion: 2017 };
export const INLINE = { target: "es5", ecmaVersion: 5 };

// What each step is worth was measured on the source of 2026-11-26, by leaving it out: bytes of the ES2017 file, of the ES5 one.

/** Globals that are used often: as parameters of the IIFE the minifiers can give them short names. 150, 152. */
const SHORT = {
  addEventListener: "addEventListener",
  document: "document",
  setTimeout: "setTimeout",
  clearTimeout: "clearTimeout",
  window: "self",
};

/**
 * Compiles src/snippet.ts to one IIFE.
 *
 * @returns {Promise<{ code: string, map: string }>} with the source map to src/, which is for the tests and the ledger, and is not shipped
 */
export async function compile(kind = PRODUCT) {
  const { code, map } = await bundle();
  const short = withNumbers(code);
  const script = { code: wrapped(kind === INLINE ? short : withArrows(short)), map };
  // Each finds something that the other has left: the second round brings 35, 47, and a third nothing.
  return uglified(await swcMinified(uglified(await swcMinified(script, kind.target)), kind.target));
}

/** The modules of src/ as one, in the order in which they need each other. */
async function bundle(options) {
  const { outputFiles } = await build({
    entryPoints: ["src/snippet.ts"],
    absWorkingDir: import.meta.dirname,
    bundle: true,
    format: "esm",
    target: PRODUCT.target,
    tsconfigRaw: {},
    outfile: "dist/lp-cobrowse.js",
    sourcemap: "external",
    write: false,
    ...options,
  });
  const [map, code] = outputFiles.map(({ text }) => text);
  return { code, map };
}

/** On the first line, so that the source map stays right but for that. */
const wrapped = (code) => `((${Object.keys(SHORT)})=>{${code}})(${Object.values(SHORT)})`;

/**
 * Writes the functions at the top as arrow functions, which have fewer letters and which no minifier makes of declarations. 112, 0.
 * So they exist only once they have been run past, which is before snippet.ts starts, and have no `this`.
 */
function withArrows(code) {
  const functions = parse(code, { ecmaVersion: PRODUCT.ecmaVersion }).body.filter(
    ({ type }) => type === "FunctionDeclaration",
  );
  // From the last to the first, so that the positions of the others stay right.
  for (const { id, start, body, end } of functions.reverse()) {
    if (/\bthis\b|\barguments\b/.test(code.slice(start, end)))
      throw new Error(`${id.name} cannot be an arrow function.`);
    const parameters = code.slice(id.end, body.start);
    code = `${code.slice(0, start)}var ${id.name} = ${parameters}=> ${code.slice(body.start, end)};${code.slice(end)}`;
  }
  return code;
}

/**
 * Writes true as 1, false and null as 0. 19, 19. The browser takes them where it wants a boolean, or no event handler, and the source publishes
 * none of them and compares with none.
 */
function withNumbers(code) {
  const tokens = [];
  parse(code, { ecmaVersion: PRODUCT.ecmaVersion, onToken: tokens });
  for (const { type, start, end } of tokens.reverse())
    if (/^(true|false|null)$/.test(type.keyword))
      code = code.slice(0, start) + Number(type.keyword === "true") + code.slice(end);
  return code;
}

/** By swc, which lowers to ES5 as well; what it compresses and mangles before uglify-js does: 374, 329. */
function swcMinified({ code, map }, target) {
  return transform(code, {
    configFile: false,
    swcrc: false,
    isModule: false,
    minify: true,
    sourceMaps: true,
    inputSourceMap: map,
    jsc: {
      target,
      parser: { syntax: "ecmascript" },
      minify: {
        compress: { passes: 3, pure_getters: true, toplevel: true, keep_fargs: false },
        mangle: { toplevel: true },
        format: { asciiOnly: true, comments: false },
      },
    },
  });
}

/** By uglify-js: 115, 162; that it leaves functions with several statements where they are, 17, 26. */
function uglified(script) {
  const { code, map, error } = uglify.minify(script.code, {
    module: false,
    sourceMap: { content: script.map },
    compress: { passes: 2, pure_getters: true, keep_fargs: false, hoist_funs: true, inline: 1 },
  });
  if (error) throw error;
  return { code, map };
}

/** For reading, debugging and review: bundled, and nothing else. */
async function readable(title, options) {
  // esbuild keeps only comments that say they are legal.
  const keepComments = {
    name: "keep comments",
    setup({ onLoad }) {
      onLoad({ filter: /\.ts$/ }, async ({ path }) => {
        const source = await readFile(path, "utf8");
        return {
          contents: source.replace(/^(\s*)\/\*\*/gm, "$1/*!*").replace(/^(\s*)\/\/ /gm, "$1//! "),
          loader: "ts",
        };
      });
    },
  };
  const { code } = await bundle({
    ...options,
    plugins: [keepComments, ...(options?.plugins ?? [])],
    format: "iife",
    legalComments: "inline",
  });
  return `// ${title}\n${code.replaceAll("/*!*", "/**").replaceAll("//! ", "// ")}`;
}

/** What src/doctor/ makes of the snippet's code: all as it is but for what asks and tells, and the network, which it watches. */
const DOCTOR = {
  target: "es2020",
  entryPoints: ["src/doctor/doctor.ts"],
  inject: ["src/doctor/fetch.ts", "src/doctor/socket.ts"],
  plugins: [
    {
      name: "watched",
      setup({ onResolve }) {
        onResolve({ filter: /^\.\/(page|prompt)\.ts$/ }, ({ path, resolveDir }) => ({
          path: resolve(resolveDir, basename(resolveDir) === "src" ? "doctor" : "", path),
        }));
      },
    },
  ],
};

/** @returns what is wrong with a compiled script, as sentences */
export function faults(code, { ecmaVersion } = PRODUCT) {
  const found = [];
  if (/[^\0-\x7f]/.test(code)) found.push("it is not pure ASCII");
  for (const text of ["{{", "</script", "<!--"])
    if (code.toLowerCase().includes(text))
      found.push(`it contains ${text}, which a tag manager or HTML takes for its own`);
  try {
    const script = parse(code, { ecmaVersion, sourceType: "script" });
    const [statement, ...others] = script.body;
    if (others.length || statement.type !== "ExpressionStatement") found.push("it is not a single expression");
    if (ecmaVersion === 5 && hasFunctionInBlock(script))
      found.push("it declares a function inside a block, which Tag Manager's compiler refuses");
  } catch (error) {
    found.push(`it is not ES${ecmaVersion}: ${error.message}`);
  }
  try {
    for (const name of globalsAdded(code)) if (name !== "lpCobrowse") found.push(`it adds the global ${name}`);
  } catch (error) {
    found.push(`it throws when it runs: ${error.message}`);
  }
  return found;
}

/** ES5 has functions only at the top of a script or of another function; parsers let them pass elsewhere. */
function hasFunctionInBlock(node, parent, grandparent) {
  if (
    node.type === "FunctionDeclaration" &&
    parent.type !== "Program" &&
    !(parent.type === "BlockStatement" && /Function/.test(grandparent.type))
  )
    return true;
  return Object.values(node)
    .flat()
    .some((child) => typeof child?.type === "string" && hasFunctionInBlock(child, node, parent));
}

/** Runs the script in a bare stand-in for a page, and tells which globals that added. */
function globalsAdded(code) {
  const context = createContext({
    addEventListener() {},
    clearTimeout() {},
    setTimeout: () => 1,
    document: {
      hidden: true,
      currentScript: { dataset: { lpCobrowse: '{"account":"1","jwt":"token"}' } },
      querySelector() {},
    },
  });
  runInContext("window = self = this", context);
  const before = new Set(Object.getOwnPropertyNames(context));
  runInContext(code, context);
  return Object.getOwnPropertyNames(context).filter((name) => !before.has(name));
}

/**
 * @param {Record<string, string>} built by path
 * @returns {string[]} what is wrong with built files, as sentences
 */
export function tooLong({ "dist/lp-cobrowse.min.js": product, "dist/inline.html": inline }) {
  return Object.entries({ "lp-cobrowse.min.js": [product, LIMIT], "inline.html": [inline, INLINE_LIMIT] })
    .filter(([, [{ length }, limit]]) => length >= limit)
    .map(([name, [{ length }, limit]]) => `${name}: it has ${length} bytes, and must have fewer than ${limit}.`);
}

/** What each file of src/ costs in the compiled script: its bytes by path, the dearest first. */
export function ledger({ code, map }) {
  const source = new SourceMap(JSON.parse(map));
  const bytes = {};
  for (let at = 0; at < code.length; at++) {
    const path = source.findEntry(0, at).originalSource?.replace(/^(\.\.\/)+/, "") ?? "the function around";
    bytes[path] = (bytes[path] ?? 0) + 1;
  }
  return Object.entries(bytes).sort(([, a], [, b]) => b - a);
}

/** Where the script is served from: `{version}` in the base becomes the package's version. */
function scriptUrl(base, version) {
  const folder = base.replaceAll("{version}", version).replace(/\/*$/, "/");
  if (!/^https?:/.test(folder))
    throw new Error(`The base of the script's URL must begin with https:// and not be ${base}`);
  return new URL("lp-cobrowse.min.js", folder).href;
}

/**
 * What most people paste. Block comments, since some sites join the lines; no blank line and no `&`, of which WordPress makes paragraphs and
 * entities; `{{` belongs to tag managers. The end of <head> is where React, when it hydrates a whole document, puts up with what it does not know.
 */
const loader = ({ version, url, hash }) => `\
<!-- lp-cobrowse ${version} -->
<script>
(function () {
  /* "jwt": the visitor's LivePerson token, or where the page keeps it or gets it from. All keys are in the README. */
  var config = {
    "jwt": "window.myApp.getJwt"
  };
  /* Fired a second time, by a tag manager for instance, this does nothing. */
  if (window.lpCobrowse) return;
  var script = document.createElement("script");
  script.src = "${url}";
  script.integrity = "${hash}";
  script.crossOrigin = "anonymous";
  script.setAttribute("data-lp-cobrowse", JSON.stringify(config));
  document.head.appendChild(script);
})();
</script>
`;

/** For a page whose HTML one writes oneself. */
const scriptTag = ({ url, hash }) => `\
<script src="${url}"
  integrity="${hash}" crossorigin="anonymous"
  data-lp-cobrowse='{
    "jwt": "window.myApp.getJwt"
  }'></script>
`;

/** With nothing hosted anywhere: the div is to hold the config. As short as can be, for the script's sake. */
const inline = ({ inlineCode }) => `<div hidden data-lp-cobrowse='{"jwt":"?"}'></div><script>${inlineCode}</script>`;

/** One line, to be a header's value. The first hash is the file's integrity; the second lets inline.html run. */
const policy = ({ hash, inlineHash }) => `\
script-src '${hash}' '${inlineHash}'; connect-src https://api.liveperson.net wss://*.liveperson.net
`;

const fence = (language, text) => `\n\n\`\`\`${language}\n${text}\`\`\`\n\n`;

const table = (rows) =>
  `\n\n| file | bytes |\n|---|---:|\n${rows.map(([path, bytes]) => `| ${path.replace("src/", "")} | ${bytes} |`).join("\n")}\n\n`;

/** Puts each value between its comments in the text: `<!-- size -->…<!-- /size -->`. */
function fillIn(text, values) {
  for (const [name, value] of Object.entries(values)) {
    const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
    const parts = text.split(RegExp(`(?<=${begin})[^]*?(?=${end})`));
    if (parts.length < 2) throw new Error(`There is no ${begin}${end}`);
    text = parts.join(value);
  }
  return text;
}

/** Both scripts; throws what is wrong with them, as sentences. */
export async function compileBoth() {
  const [product, inline] = await Promise.all([compile(PRODUCT), compile(INLINE)]);
  const found = [
    ...faults(product.code, PRODUCT).map((fault) => `lp-cobrowse.min.js: ${fault}.`),
    ...faults(inline.code, INLINE).map((fault) => `inline.html: ${fault}.`),
  ];
  if (found.length) throw new Error(found.join("\n"));
  return { product, inline };
}

/**
 * Everything that is built around the two scripts, by path. Numbers that depend on the version of a compression library are rounded in README.md, so
 * that it does not change with the machine.
 *
 * @param base where the script is served from, instead of `config.base` in package.json
 */
export async function files({ product, inline: { code: inlineCode } }, base) {
  const read = (path) => readFile(new URL(path, import.meta.url), "utf8");
  const { version, config } = JSON.parse(await read("package.json"));
  const { code } = product;
  const hashOf = (text) => `sha384-${createHash("sha384").update(text).digest("base64")}`;
  const facts = {
    version,
    inlineCode,
    hash: hashOf(code),
    inlineHash: hashOf(inlineCode),
    url: scriptUrl(base ?? config.base, version),
  };
  return {
    "dist/lp-cobrowse.min.js": code,
    "dist/lp-cobrowse.js": await readable(`lp-cobrowse ${version}, before it is minified.`),
    "dist/doctor.js": await readable(
      `lp-cobrowse ${version}: to paste into the console of a page on which no prompt appears.`,
      DOCTOR,
    ),
    "dist/lp-cobrowse.d.ts": await read("src/api.d.ts"),
    "dist/inline.html": inline(facts),
    "dist/csp.txt": policy(facts),
    "dist/gtm-container.json": gtmContainer(inline(facts).replace('"?"', '"window.myApp.getJwt"'), version),
    "dist/translations.json": await read("src/translations.json"),
    "snippet.html": loader(facts),
    "README.md": fillIn(await read("README.md"), {
      size: `${code.length.toLocaleString("en")} bytes`,
      gzip: `${(gzipSync(code, { level: 9 }).length / 1000).toFixed(1)} kB`,
      snippet: fence("html", loader(facts)),
      "script-tag": fence("html", scriptTag(facts)),
      csp: fence("text", policy(facts)),
    }),
    "src/README.md": fillIn(await read("src/README.md"), { ledger: table(ledger(product)) }),
  };
}

async function main() {
  const { base } = parseArgs({ options: { base: { type: "string" } } }).values;
  // What is wrong with it is told at once.
  if (base) scriptUrl(base, "");
  const built = await files(await compileBoth(), base);
  const found = tooLong(built);
  if (found.length) throw new Error(found.join("\n"));
  await mkdir(new URL("dist", import.meta.url), { recursive: true });
  for (const [path, content] of Object.entries(built)) await writeFile(new URL(path, import.meta.url), content);
  const sizes = (text) =>
    [text, gzipSync(text, { level: 9 }), brotliCompressSync(text)].map(({ length }) => length.toLocaleString("en"));
  for (const path of ["dist/lp-cobrowse.min.js", "dist/inline.html"]) {
    const [raw, gzip, brotli] = sizes(built[path]);
    console.log(`${path}: ${raw} bytes, ${gzip} gzip, ${brotli} brotli`);
  }
  console.log(`Content-Security-Policy (dist/csp.txt):\n${built["dist/csp.txt"].trim()}`);
}

if (process.argv[1] == import.meta.filename)
  await main().catch((error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
