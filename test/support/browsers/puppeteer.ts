// What Chromium and Firefox have in common through puppeteer.
import puppeteer, {
  type Browser as PuppeteerBrowser,
  type Dialog as PuppeteerDialog,
  type KeyInput,
  type LaunchOptions,
  type Page as PuppeteerPage,
} from "puppeteer-core";
import { Page } from "./page.ts";
import { own, removeFolder, temporaryFolder } from "./processes.ts";
import type { Dialog } from "./shared-page.ts";

const VIEWPORT = { width: 1024, height: 768 };

/** With a profile of its own. */
export async function launchPuppeteer({ env, ...options }: LaunchOptions): Promise<PuppeteerBrowser> {
  const profile = temporaryFolder();
  const browser = await puppeteer.launch({
    headless: true,
    ...options,
    userDataDir: profile,
    env: { ...process.env, ...env, TMPDIR: profile },
    defaultViewport: VIEWPORT,
    protocolTimeout: 60_000,
  });
  const child = browser.process()!;
  own(child);
  child.once("exit", () => removeFolder(profile));
  return browser;
}

export abstract class PuppeteerBackedBrowser {
  protected readonly idle: PuppeteerPage[] = [];
  #last: Promise<unknown> = Promise.resolve();

  constructor(protected readonly browser: PuppeteerBrowser) {}

  version(): Promise<string> {
    return this.browser.version();
  }

  /** Opening one takes the browser longer than most tests take in it, so one that a test has left as it was is used again. */
  protected async window(): Promise<PuppeteerPage> {
    return this.idle.pop() ?? this.#inTurn(() => this.browser.newPage({ type: "window" }));
  }

  /** Firefox cannot open a window while another closes. */
  #inTurn<T>(step: () => Promise<T>): Promise<T> {
    const outcome = this.#last.then(step);
    this.#last = outcome.catch(() => {});
    return outcome;
  }

  /** Takes the window of a closed page; one that was altered is nobody else's. */
  async release(window: PuppeteerPage, altered: boolean): Promise<void> {
    if (altered) await this.#inTurn(() => window.close());
    else this.idle.push(window);
  }

  close(): Promise<void> {
    return this.browser.close();
  }
}

export abstract class PuppeteerBackedPage extends Page {
  readonly #console: string[] = [];
  readonly #errors: string[] = [];
  /** Where frames come in during confirm(), another may lie over the first. */
  readonly #dialogs = new Set<Dialog>();
  #resized = false;
  /** What the window says before it has gone anywhere, the page of an earlier test says. */
  protected began = false;
  /** Whether something was set that outlives a page. */
  protected altered = false;

  constructor(
    protected readonly window: PuppeteerPage,
    protected readonly browser: PuppeteerBackedBrowser,
  ) {
    super();
    window.on("console", (message) => this.began && this.#console.push(`${message.type() === "warn" ? "warning" : message.type()}: ${message.text()}`));
    window.on("pageerror", (error) => this.began && this.#errors.push(messageOf(error)));
    window.on("dialog", (dialog) => this.dialogOpened(dialog));
  }

  /** Ends what goes on in the page. */
  protected abstract clear(): Promise<void>;

  async press(keys: string): Promise<void> {
    const all = keys.split("+").map((key) => (key === "Space" ? " " : key)) as KeyInput[];
    for (const key of all) await this.window.keyboard.down(key);
    for (const key of all.reverse()) await this.window.keyboard.up(key);
  }

  async type(text: string): Promise<void> {
    await this.window.keyboard.type(text);
  }

  async mouseDown(x: number, y: number): Promise<void> {
    await this.window.mouse.move(x, y);
    await this.window.mouse.down();
  }

  async mouseUp(x: number, y: number): Promise<void> {
    await this.window.mouse.move(x, y);
    await this.window.mouse.up();
  }

  async screenshot(): Promise<Buffer> {
    return Buffer.from(await this.window.screenshot());
  }

  async viewport(width: number, height: number, scale = 1): Promise<void> {
    this.#resized = true;
    await this.window.setViewport({ width, height, deviceScaleFactor: scale });
  }

  async hide(): Promise<void> {
    await this.setHidden(true);
    // With a dialog open, the page cannot be asked.
    if (!(await this.openDialog())) await this.hidden();
  }

  async show(): Promise<void> {
    await this.setHidden(false);
    await this.seen();
  }

  protected async setHidden(hidden: boolean): Promise<void> {
    this.altered = true;
    await this.window.browser().setWindowBounds(await this.window.windowId(), { windowState: hidden ? "minimized" : "normal" });
  }

  protected async hidden(): Promise<void> {
    await this.waitFor(() => document.hidden, { message: "the page to be hidden" });
  }

  async openDialog(): Promise<Dialog | null> {
    return [...this.#dialogs].at(-1) ?? null;
  }

  async consoleMessages(): Promise<string[]> {
    return [...this.#console];
  }

  async pageErrors(): Promise<string[]> {
    return [...this.#errors];
  }

  async close(): Promise<void> {
    // A page is not closed while it waits for its visitor.
    for (const dialog of [...this.#dialogs].reverse()) await dialog.dismiss();
    try {
      // In peace: what a lost connection prints would come too late to be this test's.
      await this.evaluate(() => window.lpCobrowse?.stop());
      await this.clear();
      await this.window.mouse.reset();
      if (this.#resized) await this.window.setViewport(VIEWPORT);
      for (const event of ["console", "pageerror", "dialog"] as const) this.window.removeAllListeners(event);
      await this.browser.release(this.window, this.altered);
    } catch {
      // Not fit to be used again.
      await this.browser.release(this.window, true);
    }
  }

  protected dialogOpened(dialog: PuppeteerDialog): void {
    const answerOnce = (answer: "accept" | "dismiss") => async () => {
      this.#dialogs.delete(open);
      await dialog[answer]().catch(() => {
        // The browser was quicker: the page went away, or its tab was hidden.
      });
    };
    const open = { message: dialog.message(), accept: answerOnce("accept"), dismiss: answerOnce("dismiss") };
    this.#dialogs.add(open);
  }
}

/** Chromium says that nobody caught it, and both may put the error's name before its message. */
function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/^(Uncaught )?(\(in promise\) )?(\w*Error: )?/, "");
}
