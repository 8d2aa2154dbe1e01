// Firefox through WebDriver BiDi, by puppeteer.
import { existsSync } from "node:fs";
import type { Browser as PuppeteerBrowser } from "puppeteer-core";
import type { Browser, Page, Preferences } from "./api.ts";
import { inPath } from "./installed.ts";
import { launchPuppeteer, PuppeteerBackedBrowser, PuppeteerBackedPage } from "./puppeteer.ts";

interface BidiConnection {
  send(method: string, params: object): Promise<{ result: Record<string, unknown> }>;
}

class FirefoxBrowser extends PuppeteerBackedBrowser implements Browser {
  readonly engine = "firefox";
  readonly isWhole = true;

  async newPage(): Promise<Page> {
    const kept = this.idle.pop();
    // Where another window was closed meanwhile, this one has lost the focus.
    await kept?.bringToFront();
    return new FirefoxPage(kept ?? (await this.window()), this);
  }
}

export async function launchFirefox(): Promise<Browser> {
  const browser = await launchPuppeteer({
    browser: "firefox",
    executablePath: findFirefox(),
    // Lets emulate() set preferences while the browser runs.
    args: ["--remote-allow-system-access"],
    extraPrefsFirefox: {
      // One process for all pages: each process that Firefox starts, also in advance, takes as long as a test.
      "dom.ipc.processPrelaunch.enabled": false,
      "dom.ipc.processCount": 1,
      "dom.ipc.processCount.webIsolated": 1,
      // Scrollbars that take room, whatever this system has.
      "ui.useOverlayScrollbars": 0,
    },
  });
  return new FirefoxBrowser(browser);
}

class FirefoxPage extends PuppeteerBackedPage implements Page {
  /** puppeteer's BiDi connection: there, but not in its types. */
  readonly #bidi = (this.window.browser() as PuppeteerBrowser & { connection: BidiConnection }).connection;
  readonly #context = (this.window.mainFrame() as unknown as { _id: string })._id;
  #emulates = false;

  // puppeteer's own goto() and reload() never return once the page has come back from the bfcache.
  async goto(url: string): Promise<void> {
    this.began = true;
    await this.#bidi.send("browsingContext.navigate", { context: this.#context, url, wait: "complete" });
  }

  async reload(): Promise<void> {
    await this.#bidi.send("browsingContext.reload", { context: this.#context, wait: "complete" });
  }

  /** By preferences, which all pages of the browser share. */
  async emulate({ colorScheme, forcedColors, touch }: Preferences): Promise<void> {
    this.#emulates = true;
    const preferences = {
      "layout.css.prefers-color-scheme.content-override": colorScheme === "dark" ? 0 : 1,
      // 2: the page's colours are never used, 0: they are.
      "browser.display.document_color_use": forcedColors ? 2 : 0,
      // 1: coarse, 6: fine and hovering.
      "ui.primaryPointerCapabilities": touch ? 1 : 6,
    };
    const { result } = await this.#bidi.send("browsingContext.getTree", { "moz:scope": "chrome" });
    const [browserWindow] = result.contexts as { context: string }[];
    const expression = `for (const preference of ${JSON.stringify(Object.entries(preferences))}) Services.prefs.setIntPref(...preference)`;
    await this.#bidi.send("script.evaluate", { expression, target: { context: browserWindow!.context }, awaitPromise: false });
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

  protected async clear(): Promise<void> {
    if (this.#emulates) await this.emulate({});
    await this.goto("about:blank");
  }
}

/** The Firefox to use; throws a sentence that says what to install. */
export function findFirefox(): string {
  const path = process.env.FIREFOX_PATH || inPath("firefox-esr", "firefox")[0];
  if (!path || !existsSync(path)) throw new Error("Firefox is not installed: `apt-get install firefox-esr`, or name one in FIREFOX_PATH");
  return path;
}
