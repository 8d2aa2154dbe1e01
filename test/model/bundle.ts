// The product as a function of a page, so that each history can have a fresh one of its own.
import { build } from "esbuild";
import { fileURLToPath } from "node:url";
import { runInNewContext } from "node:vm";

/** The language itself: everything else has to come from the page. */
const LANGUAGE: Set<string> = new Set(runInNewContext("Object.getOwnPropertyNames(globalThis)"));

/** SOURCE names another folder than src/: how we see that a broken product is caught. */
const source = process.env.SOURCE ?? fileURLToPath(new URL("../../src", import.meta.url));

const { outputFiles } = await build({
  entryPoints: [`${source}/snippet.ts`],
  bundle: true,
  format: "iife",
  write: false,
  tsconfigRaw: {},
});

const run = new Function("page", `with (page) {\n${outputFiles[0]!.text}\n}`) as (page: object) => void;

/** Evaluates the snippet in a page whose window has these globals; one that it lacks is a ReferenceError, as in a browser. */
export function evaluate(window: Record<string, any>): void {
  run(
    new Proxy(window, {
      has: (_, name) => name in window || (typeof name === "string" && !LANGUAGE.has(name)),
      get(_, name) {
        if (name in window || typeof name === "symbol") return window[name as string];
        throw new ReferenceError(`${name} is not defined`);
      },
    }),
  );
}
