// One small API over three engines, so that one set of scenarios runs on all of them.

export type Engine = "chromium" | "firefox" | "webkit";
export const ENGINES: readonly Engine[] = ["chromium", "firefox", "webkit"];

export interface Browser {
  readonly engine: Engine;
  /** True where hide() does what a visitor does; false where it only overrides document.hidden in the page. */
  readonly hidesForReal: boolean;
  /** Whether a page that was left can come back as it was, `pageshow` saying `persisted`. */
  readonly hasBfcache: boolean;
  version(): Promise<string>;
  /** A page in a window of its own, 1024 by 768, visible; what it shows is nobody's. */
  newPage(): Promise<Page>;
  close(): Promise<void>;
}

export interface Page {
  readonly engine: Engine;
  /** Loads the address and waits for its load event. */
  goto(url: string): Promise<void>;
  reload(): Promise<void>;
  /** One step back in the history, and waits until that page is there. */
  back(): Promise<void>;

  /**
   * Runs a function in the page, waits for its promise and returns its value, which has to survive JSON. The function
   * is sent as text, so it sees nothing of the test but its arguments. It does not count as something that the visitor
   * did. It must not open a dialog itself: put the confirm() into a timer. While a dialog is open this waits.
   */
  evaluate<T, A extends unknown[]>(fn: (...args: A) => T | Promise<T>, ...args: A): Promise<T>;
  /** Asks again and again until the function returns something truthy, and returns that. Survives navigations. */
  waitFor<T, A extends unknown[]>(fn: (...args: A) => T | Promise<T>, options?: WaitOptions, ...args: A): Promise<Truthy<T>>;

  /** A real, trusted key press: "Escape", "Enter", "Tab", "Space", "ArrowLeft", "a", "Shift+Tab". */
  press(key: string): Promise<void>;
  /** Real, trusted key presses, one for each character. */
  type(text: string): Promise<void>;
  /** A real, trusted click of the mouse, in CSS pixels of the viewport. */
  clickAt(x: number, y: number): Promise<void>;
  /** Moves the mouse there and presses its button. */
  mouseDown(x: number, y: number): Promise<void>;
  /** Moves the mouse there and releases its button. */
  mouseUp(x: number, y: number): Promise<void>;

  /** Where the ::part of <lp-cobrowse> is drawn; null while it is not. */
  promptPart(name: string): Promise<Rect | null>;
  /** Waits until the part is drawn and lies still, then clicks in its middle. */
  clickPart(name: string): Promise<void>;

  screenshot(): Promise<Buffer>;
  /** The viewport in CSS pixels; 640 by 400 at scale 2 is a 1280 by 800 window zoomed to 200 %. */
  viewport(width: number, height: number, scale?: number): Promise<void>;
  /** What the visitor's system prefers. Call it before goto(): WebKit has to start anew for it. */
  emulate(preferences: Preferences): Promise<void>;
  /** The network goes (and `offline` fires) or comes back. */
  offline(offline: boolean): Promise<void>;

  /** The visitor looks at something else: document.hidden becomes true, `visibilitychange` fires. */
  hide(): Promise<void>;
  /** The visitor looks at this page again. */
  show(): Promise<void>;

  /** Answers every native dialog from now on: true accepts, false dismisses. Without it dialogs stay open. */
  answerDialogs(answer: (message: string) => boolean | "leave open"): void;
  /** The native dialog that is open, as soon as there is one. */
  waitForDialog(timeout?: number): Promise<Dialog>;
  /** The native dialog that is open now. */
  openDialog(): Promise<Dialog | null>;

  /** What the pages of this tab printed so far: "warning: [lp-cobrowse] …". */
  consoleMessages(): Promise<string[]>;
  /** Waits for a console message that contains the text, and returns the message. */
  waitForConsole(text: string, timeout?: number): Promise<string>;
  /** Uncaught exceptions and unhandled rejections so far. */
  pageErrors(): Promise<string[]>;

  /** A command of the DevTools protocol. Chromium only. */
  cdp<T = unknown>(method: string, params?: object): Promise<T>;
  /** An event of the DevTools protocol. Chromium only. */
  onCdp(event: string, listener: (params: unknown) => void): Promise<void>;
  /** Answers requests whose address matches ("*" stands for anything) before they reach the network. Chromium only. */
  intercept(pattern: string, respond: (request: InterceptedRequest) => InterceptedResponse): Promise<void>;

  close(): Promise<void>;
}

export type Truthy<T> = Exclude<T, null | undefined | false | 0 | "">;

export interface WaitOptions {
  /** Milliseconds; 20,000 unless told. */
  timeout?: number;
  /** What is waited for, to complete the sentence "Waited 10 s for …". */
  message?: string;
}

export interface Rect {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Preferences {
  colorScheme?: "light" | "dark";
  reducedMotion?: boolean;
  forcedColors?: boolean;
  /** The main pointer is a finger. */
  touch?: boolean;
}

export interface Dialog {
  readonly message: string;
  accept(): Promise<void>;
  dismiss(): Promise<void>;
}

export interface InterceptedRequest {
  url: string;
  method: string;
  headers: Record<string, string>;
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
