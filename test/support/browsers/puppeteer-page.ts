// What Chromium and Firefox have in common through puppeteer.
import type { ConsoleMessage, Dialog as PuppeteerDialog, KeyInput, Page as PuppeteerPage } from "puppeteer-core";
import type { Dialog } from "./api.ts";
import { SharedPage } from "./shared-page.ts";

export const VIEWPORT = { width: 1024, height: 768 };

/**
 * Opening a window takes the browser longer than most tests take in it, so one that a test has left as it was is used
 * again.
 */
export abstract class PuppeteerBackedPage extends SharedPage {
  protected readonly page: PuppeteerPage;
  readonly #console: string[] = [];
  readonly #errors: string[] = [];
  readonly #keep: () => void;
  #answer: ((message: string) => boolean | "leave open") | undefined;
  #dialog: Dialog | null = null;
  #resized = false;
  /** Whether something was set that outlives a page, so that nobody else may have its window. */
  protected altered = false;

  /** @param keep called when this page is closed and its window is as good as new */
  constructor(page: PuppeteerPage, keep: () => void) {
    super();
    this.page = page;
    this.#keep = keep;
    page.on("console", this.#heard);
    page.on("pageerror", this.#failed);
    page.on("dialog", this.#asked);
  }

  #heard = (message: ConsoleMessage) => void this.#console.push(`${message.type() === "warn" ? "warning" : message.type()}: ${message.text()}`);
  #failed = (error: unknown) => void this.#errors.push(messageOf(error));
  #asked = (dialog: PuppeteerDialog) => this.dialogOpened(dialog);

  /** Ends what goes on in the page. */
  protected abstract clear(): Promise<void>;

  async press(keys: string): Promise<void> {
    const all = keys.split("+").map((key) => (key === "Space" ? " " : key)) as KeyInput[];
    for (const key of all) await this.page.keyboard.down(key);
    for (const key of all.reverse()) await this.page.keyboard.up(key);
  }

  async type(text: string): Promise<void> {
    await this.page.keyboard.type(text);
  }

  async mouseDown(x: number, y: number): Promise<void> {
    await this.page.mouse.move(x, y);
    await this.page.mouse.down();
  }

  async mouseUp(x: number, y: number): Promise<void> {
    await this.page.mouse.move(x, y);
    await this.page.mouse.up();
  }

  async screenshot(): Promise<Buffer> {
    return Buffer.from(await this.page.screenshot());
  }

  async viewport(width: number, height: number, scale = 1): Promise<void> {
    this.#resized = true;
    await this.page.setViewport({ width, height, deviceScaleFactor: scale });
  }

  answerDialogs(answer: (message: string) => boolean | "leave open"): void {
    this.#answer = answer;
  }

  async openDialog(): Promise<Dialog | null> {
    return this.#dialog;
  }

  async consoleMessages(): Promise<string[]> {
    return [...this.#console];
  }

  async pageErrors(): Promise<string[]> {
    return [...this.#errors];
  }

  async close(): Promise<void> {
    // A page is not closed while it waits for its visitor.
    await this.#dialog?.dismiss();
    if (this.altered) return this.page.close();
    try {
      await this.page.mouse.reset();
      // In peace: what a lost connection prints would come too late to be this test's.
      await this.evaluate(() => window.lpCobrowse?.stop());
      await this.clear();
      if (this.#resized) await this.page.setViewport(VIEWPORT);
      this.page.off("console", this.#heard);
      this.page.off("pageerror", this.#failed);
      this.page.off("dialog", this.#asked);
      this.#keep();
    } catch {
      // Not fit to be used again.
      await this.page.close();
    }
  }

  protected dialogOpened(dialog: PuppeteerDialog): void {
    const answerOnce = (accept: boolean) => async () => {
      this.#dialog = null;
      await (accept ? dialog.accept() : dialog.dismiss()).catch(() => {
        // The browser was quicker: the page went away, or its tab was hidden.
      });
    };
    this.#dialog = { message: dialog.message(), accept: answerOnce(true), dismiss: answerOnce(false) };
    const answer = this.#answer?.(dialog.message());
    if (answer === true) void this.#dialog.accept();
    if (answer === false) void this.#dialog.dismiss();
  }
}

/** Chromium says that nobody caught it, and both may put the error's name before its message. */
function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/^(Uncaught )?(\(in promise\) )?(\w*Error: )?/, "");
}
