// The product, and what people would use instead, each as the one minified script that a page would get.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { build } from "esbuild";

const require = createRequire(import.meta.url);

/** The folder of a package, whatever its `exports` let be resolved. */
function packageFolder(name: string): string {
  const folder = require.resolve.paths(name)!.map((path) => join(path, name));
  const found = folder.find((path) => {
    try {
      return require(join(path, "package.json")) as object;
    } catch {
      return false;
    }
  });
  if (!found) throw new Error(`${name} is not installed: npm ci`);
  return found;
}

const shipped = (name: string, file: string) => readFile(join(packageFolder(name), file), "utf8");

/** For a package that ships modules only. */
async function minified(entry: string, globalName: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: entry, resolveDir: dirname(import.meta.dirname) },
    bundle: true,
    minify: true,
    format: "iife",
    globalName,
    write: false,
  });
  return outputFiles[0]!.text;
}

export const PRODUCT = "lp-cobrowse";

export async function readProduct(): Promise<string> {
  return readFile(new URL("../../dist/lp-cobrowse.min.js", import.meta.url), "utf8");
}

/** The two that together do a part of the product's job: a socket that comes back, and an accessible dialog. */
export async function readRivals(): Promise<string> {
  return [await shipped("reconnecting-websocket", "dist/reconnecting-websocket-iife.min.js"), await shipped("a11y-dialog", "dist/a11y-dialog.min.js")].join(
    "\n",
  );
}

export interface Library {
  name: string;
  script: string;
  /** What it is for. */
  does: string;
}

export async function libraries(): Promise<Library[]> {
  return [
    { name: PRODUCT, does: "all of it", script: await readProduct() },
    {
      name: "reconnecting-websocket",
      does: "a socket that comes back",
      script: await shipped("reconnecting-websocket", "dist/reconnecting-websocket-iife.min.js"),
    },
    {
      name: "partysocket",
      does: "the same (its WebSocket alone, by esbuild)",
      script: await minified('export { default } from "partysocket/ws"', "PartySocket"),
    },
    { name: "a11y-dialog", does: "an accessible dialog", script: await shipped("a11y-dialog", "dist/a11y-dialog.min.js") },
    { name: "micromodal", does: "the same", script: await shipped("micromodal", "dist/micromodal.min.js") },
    { name: "chronosjs Events", does: "LivePerson's own event bus", script: await shipped("chronosjs", "dist/min/Events.js") },
  ];
}
