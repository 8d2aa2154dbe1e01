// Which parts of the built file pages in Chromium have run, as V8 counts its blocks. One page at a time: pages that share
// a process share the counting as well, and the first that closes ends it.
import { SourceMap, type SourceMapping } from "node:module";
import type { Page } from "./browsers.ts";

interface Script {
  url: string;
  functions: { isBlockCoverage: boolean; ranges: { startOffset: number; endOffset: number; count: number }[] }[];
}

export class Coverage {
  readonly #code: string;
  readonly #map: SourceMap;
  readonly #run: Uint8Array;

  /** @param map the source map of the code, as JSON */
  constructor(code: string, map: string) {
    this.#code = code;
    this.#map = new SourceMap(JSON.parse(map));
    this.#run = new Uint8Array(code.length);
  }

  /** From here on the page's blocks are counted. */
  async start(page: Page): Promise<void> {
    await page.cdp("Profiler.enable");
    await page.cdp("Profiler.startPreciseCoverage", { callCount: true, detailed: true, allowTriggeredUpdates: false });
  }

  /** Adds what the page has run of the snippet since then. */
  async add(page: Page): Promise<void> {
    const { result } = await page.cdp<{ result: Script[] }>("Profiler.takePreciseCoverage");
    for (const { functions } of result.filter(({ url }) => url.includes("/lp-cobrowse.min.js"))) {
      const counts = new Float64Array(this.#code.length);
      // Functions and blocks come from the outer to the inner.
      // Where V8 has not counted blocks, as it may not where it has compiled the script before, a function that was begun
      // is not known to have run.
      const ranges = functions
        .flatMap(({ isBlockCoverage, ranges }) => ranges.map((range) => ({ ...range, count: isBlockCoverage ? range.count : 0 })))
        .sort((a, b) => a.startOffset - b.startOffset || b.endOffset - a.endOffset);
      for (const { startOffset, endOffset, count } of ranges) counts.fill(count, startOffset, endOffset);
      counts.forEach((count, at) => count > 0 && (this.#run[at] = 1));
    }
  }

  /** The blocks that no page has run: where in src/, and the text; brackets and semicolons alone are none. */
  missed(): string[] {
    const found: string[] = [];
    for (let at = 0, end; at < this.#code.length; at = end + 1) {
      end = this.#run.indexOf(1, at);
      if (end < 0) end = this.#code.length;
      const text = this.#code.slice(at, end);
      const { originalSource = "", originalLine = NaN } = this.#map.findEntry(0, at + Math.max(0, text.search(/\w/))) as Partial<SourceMapping>;
      if (/\w/.test(text)) found.push(`${originalSource.replace("../", "")}:${originalLine + 1} ${text}`);
    }
    return found;
  }
}
