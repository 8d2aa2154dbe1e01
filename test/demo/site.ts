// The demo's pages: HTML and CSS as they are, TypeScript bundled for the browser, and the built snippet.
import { build } from "esbuild";
import { readFile } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { createRequire } from "node:module";
import { basename, extname } from "node:path";
import type { Stage } from "./actions.ts";
import { fillSnippet, rebase } from "./install.ts";

export interface Site {
  /** Answers if there is such a page, else returns undefined. */
  serve(path: string, res: ServerResponse, stage: Stage, address: URL): Promise<void> | undefined;
}

const TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json; charset=utf-8",
};

const BUILT = ["dist/lp-cobrowse.min.js", "dist/inline.html", "dist/gtm-container.json", "dist/translations.json", "dist/doctor.js", "snippet.html"];
const HERE = new URL("./site/", import.meta.url);
const ROOT = new URL("../../", import.meta.url);
const CHRONOS = createRequire(import.meta.url).resolve("chronosjs/dist/min/Events.js");

let scripts: Record<string, string> | undefined;

/** Bundled once for all demos of this process. */
export async function loadSite(): Promise<Site> {
  return serveSite((scripts ??= await loadScripts()));
}

async function loadScripts(): Promise<Record<string, string>> {
  const bundled = await bundle(["console", "shop", "tag", "configurator", "preview", "own-page"]);
  return { ...bundled, "/tag.js": `${await readFile(CHRONOS, "utf8")}\n${bundled["/site/own-page.js"]}` };
}

function serveSite(scripts: Record<string, string>): Site {
  const files: Record<string, URL | string> = {
    "/": new URL("console.html", HERE),
    "/configurator": new URL("configurator.html", HERE),
    ...Object.fromEntries(["common", "console", "shop", "configurator", "preview"].map((name) => [`/site/${name}.css`, new URL(`${name}.css`, HERE)])),
    "/chronos.js": CHRONOS,
    ...Object.fromEntries(BUILT.map((path) => [`/${path}`, new URL(path, ROOT)])),
  };

  async function page(path: string, { settings, simulator, tagDelay, slept, signedIn }: Stage, { host }: URL): Promise<string | Buffer | undefined> {
    if (path === "/shop") {
      const shop = await readFile(new URL("shop.html", HERE), "utf8");
      const snippet = await readFile(new URL("snippet.html", ROOT), "utf8");
      const config = {
        jwt: "window.shop.getJwt",
        server: `ws://${host}`,
        visitorName: "window.shop.visitor.name",
        ...(settings.prompt === "confirm" && { prompt: "confirm" }),
      };
      return shop
        .replace("{{tag}}", settings.tag === "held" ? "held" : String(tagDelay))
        .replace("{{account}}", simulator.account)
        .replace("{{slept}}", String(slept))
        .replace("{{signedIn}}", String(signedIn))
        .replace("{{snippet}}", () => rebase(fillSnippet(snippet, config), "/dist"));
    }
    return scripts[path] ?? readFile(files[path]!);
  }

  return {
    serve(path, res, stage, address) {
      if (path !== "/shop" && !(path in scripts) && !(path in files)) return undefined;
      return page(path, stage, address).then((content) => {
        const type = TYPES[extname(path)] ?? TYPES[".html"];
        res.writeHead(200, { "content-type": type, "cache-control": "no-store", "access-control-allow-origin": "*" }).end(content);
      });
    },
  };
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
  return Object.fromEntries(outputFiles.map(({ path, text }) => [`/site/${basename(path)}`, text]));
}
