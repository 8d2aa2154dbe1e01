// `npm start`: builds, starts the demo and prints its URL.
import { spawnSync } from "node:child_process";
import { startDemo } from "./demo.ts";
import { announce, explainListenError, readPlace } from "./port.ts";

async function main(): Promise<void> {
  const place = readPlace(process.argv.slice(2), process.env);
  const build = spawnSync(process.execPath, ["build.mjs"], { encoding: "utf8" });
  if (build.status !== 0) throw new Error(`The build failed.\n${build.stdout}${build.stderr}`);
  const demo = await startDemo(place).catch((error) => {
    throw new Error(explainListenError(error, place));
  });
  console.log(announce(demo.url, place));
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exit(1);
});
