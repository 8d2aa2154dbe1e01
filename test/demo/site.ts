// The demo's pages: HTML and CSS as they are, TypeScript bundled for the browser, and the built snippet.
import { build } from "esbuild";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, extname } from "node:path";
import { pathToFileURL } from "node:url";
import { fillSnippet, rebase } from "./install.ts";
import type { Stage } from "./stage.ts";

/** Undefined where there is no such page. */
type Serve = (path: string, stage: Stage, address: URL) => Promise<{ type: string; content: string | Buffer }> | undefined;

const TYPES: Record<string, string> = { ".css": "text/css", ".js": "text/javascript", ".json": "application/json" };
const HERE = new URL("./site/", import.meta.url);
const ROOT = new URL("../../", import.meta.url);
const CHRONOS = pathToFileURL(createRequire(import.meta.url).resolve("chronosjs/dist/min/Events.js"));
const FILES: Record<string, URL> = {
  "/": new URL("console.html", HERE),
  "/configurator": new URL("configurator.html", HERE),
  "/shop": new URL("shop.html", HERE),
  "/chronos.js": CHRONOS,
};
for (const name of ["common", "console", "shop", "configurator", "preview"]) FILES[`/site/${name}.css`] = new URL(`${name}.css`, HERE);
for (const path of [
  "snippet.html",
  ...["lp-cobrowse.min.js", "inline.html", "gtm-container.json", "translations.json", "doctor.js"].map((name) => `dist/${name}`),
])
  FILES[`/${path}`] = new URL(path, ROOT);

let bundled: Promise<Record<string, string>> | undefined;

/** Bundled once for all demos of this process. */
export async function loadSite(): Promise<Serve> {
  const scripts = await (bundled ??= bundle(["console", "shop", "tag", "configurator", "preview"]));
  return (path, stage, address) => {
    if (!(path in scripts) && !(path in FILES)) return undefined;
    const content = path === "/shop" ? fillShop(stage, address) : Promise.resolve(scripts[path] ?? readFile(FILES[path]!));
    return content.then((content) => ({ type: TYPES[extname(path)] ?? "text/html", content }));
  };
}

async function fillShop({ prompt, tag, tagDelay, simulator, slept, signedIn }: Stage, { host }: URL): Promise<string> {
  const config = {
    jwt: "window.shop.getJwt",
    server: `ws://${host}`,
    visitorName: "window.shop.visitor.name",
    ...(prompt === "confirm" && { prompt }),
  };
  const values: Record<string, unknown> = {
    account: simulator.account,
    tag: tag === "held" ? tag : tagDelay,
    slept,
    signedIn,
    snippet: rebase(fillSnippet(await readFile(FILES["/snippet.html"]!, "utf8"), config), "/dist"),
  };
  const shop = await readFile(FILES["/shop"]!, "utf8");
  return shop.replace(/{{(\w+)}}/g, (_, name: string) => String(values[name]));
}

async function bundle(names: string[]): Promise<Record<string, string>> {
  const { outputFiles } = await build({
    entryPoints: names.map((name) => new URL(`${name}.ts`, HERE).pathname),
    outdir: "/site",
    bundle: true,
    format: "iife",
    target: "es2022",
    write: false,
  });
  const scripts = Object.fromEntries(outputFiles.map(({ path, text }) => [`/site/${basename(path)}`, text]));
  // LivePerson's tag is one script that brings its event bus.
  return { ...scripts, "/tag.js": `${await readFile(CHRONOS, "utf8")}\n${scripts["/site/tag.js"]}` };
}
