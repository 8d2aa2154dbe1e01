// Builds dist/, snippet.html and the numbers in README.md from src/: `node build.mjs`. The same source always gives the
// same bytes. `--base https://static.example/lp-cobrowse/{version}/` says where the script will be served from.
import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { createContext, runInContext } from "node:vm";
import { transform } from "@swc/core";
import { parse } from "acorn";
import { build } from "esbuild";
import uglify from "uglify-js";

const LIMIT = 5000;

/** Globals that are used often: as parameters of the IIFE the minifier can give them short names. */
const SHORT = ["addEventListener", "document", "setTimeout", "clearTimeout", "window", "performance"];

/**
 * Compiles src/snippet.ts to one ES5 IIFE.
 *
 * @returns {Promise<{ code: string, map: string }>} with the source map to src/, which is for the tests and is not shipped
 */
export async function compile() {
  const bundle = await build({
    entryPoints: ["src/snippet.ts"],
    absWorkingDir: import.meta.dirname,
    bundle: true,
    format: "esm",
    target: "es2017",
    tsconfigRaw: {},
    banner: { js: `(function(${SHORT}){` },
    footer: { js: `})(${SHORT})` },
    outfile: "dist/lp-cobrowse.min.js",
    sourcemap: "external",
    write: false,
  });
  const [map, code] = bundle.outputFiles.map(({ text }) => text);
  let script = { code, map };
  // Each minifier finds something that the other has left, and a second round finds a little more.
  for (let round = 0; round < 2; round++) script = uglified(await lowered(script));
  return script;
}

/** Lowered to ES5 and minified by swc. */
function lowered({ code, map }) {
  return transform(code, {
    configFile: false,
    swcrc: false,
    isModule: false,
    minify: true,
    sourceMaps: true,
    inputSourceMap: map,
    jsc: {
      target: "es5",
      parser: { syntax: "ecmascript" },
      minify: {
        compress: { passes: 3, pure_getters: true, toplevel: true, keep_fargs: false },
        mangle: { toplevel: true },
        format: { asciiOnly: true, comments: false },
      },
    },
  });
}

/** Minified by uglify-js. Not `unsafe_comps`: the source compares with NaN. */
function uglified(script) {
  const { code, map, error } = uglify.minify(script.code, {
    module: false,
    sourceMap: { content: script.map },
    compress: { passes: 10, pure_getters: true, keep_fargs: false, hoist_vars: true, hoist_funs: true },
  });
  if (error) throw error;
  return { code, map };
}

/** @returns what is wrong with the compiled script, as sentences */
export function faults(code) {
  const found = [];
  if (code.length >= LIMIT) found.push(`it has ${code.length} bytes, and must have fewer than ${LIMIT}`);
  if (/[^\0-\x7f]/.test(code)) found.push("it is not pure ASCII");
  for (const text of ["{{", "</script", "<!--"])
    if (code.toLowerCase().includes(text)) found.push(`it contains ${text}, which a tag manager or HTML takes for its own`);
  try {
    const { body } = parse(code, { ecmaVersion: 5, sourceType: "script" });
    if (body.length != 1 || body[0].type != "ExpressionStatement") found.push("it is not a single expression");
  } catch (error) {
    found.push(`it is not ES5: ${error.message}`);
  }
  for (const name of globalsAdded(code)) if (name != "lpCobrowse") found.push(`it adds the global ${name}`);
  return found;
}

/** Runs the script in a bare stand-in for a page, and tells which globals that added. */
function globalsAdded(code) {
  const context = createContext({
    addEventListener() {},
    clearTimeout() {},
    performance: {},
    setTimeout: () => 1,
    document: {
      hidden: true,
      currentScript: { dataset: { lpCobrowse: '{"account":"1","jwt":"token"}' } },
    },
  });
  runInContext("window = this", context);
  const before = new Set(Object.getOwnPropertyNames(context));
  runInContext(code, context);
  return Object.getOwnPropertyNames(context).filter((name) => !before.has(name));
}

/** Where the script is served from: `{version}` in the base becomes the package's version. */
function scriptUrl(base, version) {
  const folder = base.replaceAll("{version}", version).replace(/\/*$/, "/");
  if (!/^https?:/.test(folder)) throw new Error(`The base of the script's URL must begin with https:// and not be ${base}`);
  return new URL("lp-cobrowse.min.js", folder).href;
}

/** What most people paste. Block comments, since some sites join the lines; `{{` belongs to tag managers. */
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
  document.documentElement.appendChild(script);
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

/** With nothing hosted anywhere. */
const inline = ({ version, code }) => `\
<!-- lp-cobrowse ${version}. The div holds the config; leave the rest as it is, and its hash stays as in dist/csp.txt. -->
<div hidden data-lp-cobrowse='{
  "jwt": "window.myApp.getJwt"
}'></div>
<script>${code}</script>
`;

/** The same hash is the script's integrity, and lets it run inline. */
const policy = ({ hash }) => `\
script-src '${hash}';
connect-src https://api.liveperson.net wss://*.liveperson.net
`;

const fence = (language, text) => `\n\n\`\`\`${language}\n${text}\`\`\`\n\n`;

/** Puts each value between its comments in the text: `<!-- size -->…<!-- /size -->`. */
function fillIn(text, values) {
  for (const [name, value] of Object.entries(values)) {
    const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
    const parts = text.split(RegExp(`(?<=${begin})[^]*?(?=${end})`));
    if (parts.length < 2) throw new Error(`README.md has no ${begin}${end}`);
    text = parts.join(value);
  }
  return text;
}

/**
 * Everything that is built around the compiled script, by path. Numbers that depend on the version of a compression
 * library are rounded in README.md, so that it does not change with the machine.
 *
 * @param base where the script is served from, instead of `config.base` in package.json
 */
export async function files(code, base) {
  const read = (path) => readFile(new URL(path, import.meta.url), "utf8");
  const { version, config } = JSON.parse(await read("package.json"));
  const hash = `sha384-${createHash("sha384").update(code).digest("base64")}`;
  const facts = { version, code, hash, url: scriptUrl(base ?? config.base, version) };
  return {
    "dist/lp-cobrowse.min.js": code,
    "dist/lp-cobrowse.d.ts": await read("src/api.d.ts"),
    "dist/inline.html": inline(facts),
    "dist/csp.txt": policy(facts),
    "snippet.html": loader(facts),
    "README.md": fillIn(await read("README.md"), {
      size: `${code.length.toLocaleString("en")} bytes`,
      gzip: `${(gzipSync(code, { level: 9 }).length / 1000).toFixed(1)} kB`,
      snippet: fence("html", loader(facts)),
      "script-tag": fence("html", scriptTag(facts)),
      csp: fence("text", policy(facts)),
    }),
  };
}

async function main() {
  const { base } = parseArgs({ options: { base: { type: "string" } } }).values;
  const { code } = await compile();
  const found = faults(code);
  for (const fault of found) console.error(`lp-cobrowse.min.js: ${fault}.`);
  if (found.length) process.exit(1);
  await mkdir(new URL("dist", import.meta.url), { recursive: true });
  const built = await files(code, base);
  for (const [path, content] of Object.entries(built)) await writeFile(new URL(path, import.meta.url), content);
  const sizes = [code, gzipSync(code, { level: 9 }), brotliCompressSync(code)].map((bytes) =>
    bytes.length.toLocaleString("en"),
  );
  console.log(`dist/lp-cobrowse.min.js: ${sizes[0]} bytes, ${sizes[1]} gzip, ${sizes[2]} brotli`);
  console.log(`Content-Security-Policy (dist/csp.txt):\n${built["dist/csp.txt"].trim()}`);
}

if (process.argv[1] == import.meta.filename)
  await main().catch((error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
