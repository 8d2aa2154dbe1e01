// One small API over three engines, so that one set of scenarios runs on all of them.
import type { Coverage } from "../coverage.ts";
import type { Page } from "./page.ts";

export * from "./page.ts";
export type { Dialog, Rect } from "./shared-page.ts";

export type Engine = "chromium" | "firefox" | "webkit";
export const ENGINES: readonly Engine[] = ["chromium", "firefox", "webkit"];

export interface Browser {
  readonly engine: Engine;
  /** False for Chromium's headless shell: hide() only overrides document.hidden there, and no page that was left comes back as it was. */
  readonly isWhole: boolean;
  version(): Promise<string>;
  /** A page in a window of its own, 1024 by 768, visible; what it shows is nobody's. */
  newPage(): Promise<Page>;
  /** Counts what pages that are opened from here on run of the built file, until it is called without. Chromium only. */
  count?(coverage: Coverage | undefined): Promise<void>;
  close(): Promise<void>;
}
