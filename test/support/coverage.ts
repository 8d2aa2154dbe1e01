// What pages in Chromium have run of the built file, as V8 counts its blocks. Each process that counts leaves what it has found in the
// folder that COVERAGE names; run.mjs looks at all of it in the end.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { SourceMap, type SourceMapping } from "node:module";
import { join } from "node:path";
import type { CDPSession } from "puppeteer-core";
import { compile } from "../../build.mjs";

const BUILT = readFileSync(new URL("../../dist/lp-cobrowse.min.js", import.meta.url), "latin1");

export class Coverage {
  /** For each character of the built file whether it was run. */
  readonly #run = new Uint8Array(BUILT.length);

  /** From here on what the page runs is counted, and for others whose pages share its process. */
  async start(session: CDPSession): Promise<void> {
    await session.send("Profiler.enable");
    await session.send("Profiler.startPreciseCoverage", { callCount: true, detailed: true, allowTriggeredUpdates: false });
  }

  /** Adds what was run since then, or since the last time. */
  async add(session: CDPSession): Promise<void> {
    const { result } = await session.send("Profiler.takePreciseCoverage");
    for (const { functions } of result.filter(({ url }) => url.includes("/lp-cobrowse.min.js"))) {
      const counts = new Float64Array(BUILT.length);
      // Functions and blocks come from the outer to the inner. Where V8 has not counted blocks, as it may not where it has compiled
      // the script before, a function that was begun is not known to have run.
      const ranges = functions
        .flatMap(({ isBlockCoverage, ranges }) => ranges.map((range) => ({ ...range, count: isBlockCoverage ? range.count : 0 })))
        .sort((a, b) => a.startOffset - b.startOffset || b.endOffset - a.endOffset);
      for (const { startOffset, endOffset, count } of ranges) counts.fill(count, startOffset, endOffset);
      counts.forEach((count, at) => count > 0 && (this.#run[at] = 1));
    }
  }

  save(folder: string, name: string): void {
    writeFileSync(join(folder, name), this.#run);
  }
}

/** The blocks that no page has run: where in src/, and the text; brackets and semicolons alone are none. */
export async function missed(folder: string): Promise<string[]> {
  const { code, map } = await compile();
  if (code !== BUILT) throw new Error("dist/ is not what src/ builds.");
  const origins = new SourceMap(JSON.parse(map));
  const runs = readdirSync(folder).map((name) => readFileSync(join(folder, name)));
  if (!runs.length) throw new Error("Nothing was counted.");
  const wasRun = Uint8Array.from(code, (_, at) => Number(runs.some((run) => run[at])));
  const found: string[] = [];
  for (let at = 0, end; at < code.length; at = end + 1) {
    end = wasRun.indexOf(1, at);
    if (end < 0) end = code.length;
    const text = code.slice(at, end);
    const { originalSource = "", originalLine = NaN } = origins.findEntry(0, at + Math.max(0, text.search(/\w/))) as Partial<SourceMapping>;
    if (/\w/.test(text)) found.push(`${originalSource.replace("../", "")}:${originalLine + 1} ${text}`);
  }
  return found;
}
