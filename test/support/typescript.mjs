// Lets Node 20 import this project's TypeScript: `node --import ./test/support/typescript.mjs file.ts`.
// esbuild only strips the types here; `tsc` does the checking.
import { register } from "node:module";

register("./typescript-hooks.mjs", import.meta.url);
