// Which parts of the built file pages in Chromium have run, as V8 counts its blocks. One page at a time: pages that share
// a process share the counting as well, and the first that closes ends it.
import type { Page } from "./browsers.ts";

interface Script {
  url: string;
  functions: { isBlockCoverage: boolean; ranges: { startOffset: number; endOffset: number; count: number }[] }[];
}

export class Coverage {
  readonly #code: string;
  readonly #run: Uint8Array;

  constructor(code: string) {
    this.#code = code;
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

  /** The blocks that no page has run, each as its text; brackets and semicolons alone are none. */
  missed(): { text: string; before: string }[] {
    const found: { text: string; before: string }[] = [];
    for (let at = 0, end; at < this.#code.length; at = end + 1) {
      end = this.#run.indexOf(1, at);
      if (end < 0) end = this.#code.length;
      const text = this.#code.slice(at, end);
      if (/\w/.test(text)) found.push({ text, before: this.#code.slice(Math.max(0, at - 60), at) });
    }
    return found;
  }

  /** In percent. */
  get share(): number {
    return (100 * this.#run.reduce((sum, one) => sum + one, 0)) / this.#code.length;
  }
}
