// `npm start`: builds, starts the demo and prints its URL.
import { spawnSync } from "node:child_process";
import { startDemo } from "./demo.ts";
import { explainListenError, readPort } from "./port.ts";

async function main(): Promise<void> {
  const port = readPort(process.argv.slice(2), process.env);
  const build = spawnSync(process.execPath, ["build.mjs"], { encoding: "utf8" });
  if (build.status !== 0) throw new Error(`The build failed.\n${build.stdout}${build.stderr}`);
  const demo = await startDemo({ port }).catch((error) => {
    throw new Error(explainListenError(error, port));
  });
  console.log(`The shop and the agent's console: ${demo.url}  (Ctrl+C ends the demo)`);
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exit(1);
});
