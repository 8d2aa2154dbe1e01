// Firefox through WebDriver BiDi, by puppeteer.
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import puppeteer, { type Browser as PuppeteerBrowser, type Page as PuppeteerPage } from "puppeteer-core";
import { NotSupportedHere, type Browser, type Page, type Preferences } from "./api.ts";
import { ending, own, removeFolder, temporaryFolder } from "./processes.ts";
import { PuppeteerBackedPage, VIEWPORT } from "./puppeteer-page.ts";

/** puppeteer's BiDi connection: there, but not in its types. */
interface BidiConnection {
  send(method: string, params: object): Promise<{ result: Record<string, unknown> }>;
}

export async function launchFirefox(path: string): Promise<Browser> {
  const profile = temporaryFolder();
  const browser = await puppeteer.launch({
    browser: "firefox",
    executablePath: path,
    headless: true,
    userDataDir: profile,
    env: { ...process.env, TMPDIR: profile },
    // Lets emulate() set preferences while the browser runs.
    args: ["--remote-allow-system-access"],
    // One process for all pages: each process that Firefox starts, also in advance, takes as long as a test.
    extraPrefsFirefox: { "dom.ipc.processPrelaunch.enabled": false, "dom.ipc.processCount": 1, "dom.ipc.processCount.webIsolated": 1 },
    defaultViewport: VIEWPORT,
    protocolTimeout: 60_000,
    signal: ending,
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  });
  own(browser.process()!);
  return new FirefoxBrowser(browser, profile);
}

class FirefoxBrowser implements Browser {
  readonly engine = "firefox";
  readonly hidesForReal = true;
  readonly hasBfcache = true;
  readonly #browser: PuppeteerBrowser;
  readonly #bidi: BidiConnection;
  readonly #profile: string;
  readonly #idle: PuppeteerPage[] = [];

  constructor(browser: PuppeteerBrowser, profile: string) {
    this.#browser = browser;
    this.#bidi = (browser as unknown as { connection: BidiConnection }).connection;
    this.#profile = profile;
  }

  version(): Promise<string> {
    return this.#browser.version();
  }

  async newPage(): Promise<Page> {
    const kept = this.#idle.pop();
    // Where another window was closed meanwhile, this one has lost the focus.
    await kept?.bringToFront();
    const page = kept ?? (await this.#browser.newPage({ type: "window" }));
    return new FirefoxPage(page, this.#bidi, () => this.#idle.push(page));
  }

  async close(): Promise<void> {
    const child = this.#browser.process()!;
    const ended = new Promise((resolve) => (child.exitCode === null ? child.once("exit", resolve) : resolve(null)));
    await this.#browser.close();
    await ended;
    removeFolder(this.#profile);
  }
}

class FirefoxPage extends PuppeteerBackedPage implements Page {
  readonly engine = "firefox";
  readonly #bidi: BidiConnection;
  readonly #context: string;
  #inFront: string | undefined;
  #preferences: Preferences = {};

  constructor(page: PuppeteerPage, bidi: BidiConnection, keep: () => void) {
    super(page, keep);
    this.#bidi = bidi;
    this.#context = (page.mainFrame() as unknown as { _id: string })._id;
  }

  // puppeteer's own goto() and reload() never return once the page has come back from the bfcache.
  async goto(url: string): Promise<void> {
    await this.#bidi.send("browsingContext.navigate", { context: this.#context, url, wait: "complete" });
  }

  async reload(): Promise<void> {
    await this.#bidi.send("browsingContext.reload", { context: this.#context, wait: "complete" });
  }

  /** By preferences, which all pages of the browser share. */
  async emulate(preferences: Preferences): Promise<void> {
    this.altered = true;
    const all = (this.#preferences = { ...this.#preferences, ...preferences });
    await this.#setPreferences({
      "layout.css.prefers-color-scheme.content-override": all.colorScheme === "dark" ? 0 : 1,
      "ui.prefersReducedMotion": all.reducedMotion ? 1 : 0,
      // 2: the page's colours are never used, 0: they are.
      "browser.display.document_color_use": all.forcedColors ? 2 : 0,
      // 1: coarse, 6: fine and hovering.
      "ui.primaryPointerCapabilities": all.touch ? 1 : 6,
    });
  }

  async offline(offline: boolean): Promise<void> {
    this.altered = true;
    await this.#bidi.send("emulation.setNetworkConditions", {
      networkConditions: offline ? { type: "offline" } : null,
      contexts: [this.#context],
    });
  }

  async hide(): Promise<void> {
    this.altered = true;
    // Beside this page, in the same window.
    const { result } = await this.#bidi.send("browsingContext.create", { type: "tab", referenceContext: this.#context });
    this.#inFront = result.context as string;
    await this.#bidi.send("browsingContext.activate", { context: this.#inFront });
    // With a dialog open, the page cannot be asked.
    if (!(await this.openDialog())) await this.waitFor(() => document.hidden, { message: "the page to be hidden" });
  }

  async show(): Promise<void> {
    await this.#uncover();
    await this.seen();
  }

  protected async run(expression: string): Promise<string> {
    const target = { context: this.#context };
    const { result } = await this.#bidi.send("script.evaluate", { expression, target, awaitPromise: true });
    if (result.type === "exception") throw new Error((result.exceptionDetails as { text: string }).text);
    return (result.result as { value: string }).value;
  }

  override async press(keys: string): Promise<void> {
    // Tab may have led into the browser's own controls, and they keep the focus.
    if (/Tab/.test(keys)) this.altered = true;
    await super.press(keys);
  }

  /** Without what Firefox itself says of a lost connection: that is nobody's exception, and comes late. */
  override async pageErrors(): Promise<string[]> {
    return (await super.pageErrors()).filter((message) => !/connection to (the server at )?wss?:/.test(message));
  }

  protected clear(): Promise<void> {
    return this.goto("about:blank");
  }

  async cdp(): Promise<never> {
    throw new NotSupportedHere("Firefox does not speak the DevTools protocol");
  }

  async onCdp(): Promise<never> {
    throw new NotSupportedHere("Firefox does not speak the DevTools protocol");
  }

  async intercept(): Promise<never> {
    throw new NotSupportedHere("requests are intercepted in Chromium only");
  }

  override async close(): Promise<void> {
    if (Object.keys(this.#preferences).length) await this.emulate({ colorScheme: "light", reducedMotion: false, forcedColors: false, touch: false });
    await this.#uncover();
    await super.close();
  }

  async #uncover(): Promise<void> {
    if (this.#inFront) await this.#bidi.send("browsingContext.close", { context: this.#inFront });
    this.#inFront = undefined;
  }

  async #setPreferences(preferences: Record<string, number>): Promise<void> {
    const { result } = await this.#bidi.send("browsingContext.getTree", { "moz:scope": "chrome" });
    const [browserWindow] = result.contexts as { context: string }[];
    const expression = Object.entries(preferences)
      .map(([name, value]) => `Services.prefs.setIntPref(${JSON.stringify(name)}, ${value})`)
      .join(";");
    await this.#bidi.send("script.evaluate", { expression, target: { context: browserWindow!.context }, awaitPromise: false });
  }
}

/** The Firefox to use; throws a sentence that says what to install. */
export function findFirefox(): string {
  const { FIREFOX_PATH, PATH = "" } = process.env;
  const installed = PATH.split(delimiter).flatMap((folder) => ["firefox-esr", "firefox"].map((name) => join(folder, name)));
  const path = (FIREFOX_PATH ? [FIREFOX_PATH] : installed).find((path) => existsSync(path));
  if (!path) throw new Error("Firefox is not installed: `apt-get install firefox-esr`, or name one in FIREFOX_PATH");
  return path;
}
