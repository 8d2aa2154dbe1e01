// A page of any engine, so that one set of scenarios runs on all of them.
import { SharedPage } from "./shared-page.ts";

export interface Preferences {
  colorScheme?: "light" | "dark";
  forcedColors?: boolean;
  /** The main pointer is a finger. */
  touch?: boolean;
}

export interface InterceptedResponse {
  status: number;
  headers?: Record<string, string>;
  body?: string;
}

/** Thrown by what an engine cannot do. A test that meets it is named as not run, with this sentence. */
export class NotSupportedHere extends Error {
  override name = "NotSupportedHere";
}

export abstract class Page extends SharedPage {
  /** Loads the address and waits for its load event. */
  abstract goto(url: string): Promise<void>;
  abstract reload(): Promise<void>;

  /** A real, trusted key press: "Escape", "Enter", "Tab", "Space", "a", "Control+a". */
  abstract press(keys: string): Promise<void>;
  /** Real, trusted key presses, one for each character. */
  abstract type(text: string): Promise<void>;
  abstract screenshot(): Promise<Buffer>;
  /** The viewport in CSS pixels; 640 by 400 at scale 2 is a 1280 by 800 window zoomed to 200 %. */
  abstract viewport(width: number, height: number, scale?: number): Promise<void>;
  /**
   * What the visitor's system prefers from now on, the defaults where nothing is said. Call it before goto(): WebKit has
   * to start anew for it. Firefox has the same for all its pages, so it is not for tests side by side.
   */
  abstract emulate(preferences: Preferences): Promise<void>;

  /** The visitor looks at something else: document.hidden becomes true, `visibilitychange` fires. */
  abstract hide(): Promise<void>;
  /** The visitor looks at this page again. */
  abstract show(): Promise<void>;

  /** Uncaught exceptions and unhandled rejections so far. */
  abstract pageErrors(): Promise<string[]>;
  abstract close(): Promise<void>;

  /** A command of the DevTools protocol. */
  async cdp<T = unknown>(_method: string, _params?: object): Promise<T> {
    throw new NotSupportedHere("only Chromium speaks the DevTools protocol");
  }

  /** An event of the DevTools protocol. */
  async onCdp(_event: string, _listener: (params: unknown) => void): Promise<void> {
    throw new NotSupportedHere("only Chromium speaks the DevTools protocol");
  }

  /** Answers requests whose address matches ("*" stands for anything) before they reach the network. */
  async intercept(_pattern: string, _respond: () => InterceptedResponse): Promise<void> {
    throw new NotSupportedHere("requests are intercepted in Chromium only");
  }
}
