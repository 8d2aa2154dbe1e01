// What is the same in every engine once a page can be evaluated and clicked.
import { setTimeout as sleep } from "node:timers/promises";
import { findPrompt, type Prompt } from "./prompt-in-page.ts";

export type Truthy<T> = Exclude<T, null | undefined | false | 0 | "">;

export interface WaitOptions {
  /** Milliseconds; 20,000 unless told. */
  timeout?: number;
  /** What is waited for, to complete the sentence "Waited 10 s for …". */
  message?: string;
}

export type Rect = Pick<DOMRect, "x" | "y" | "width" | "height">;

export interface Dialog {
  readonly message: string;
  accept(): Promise<void>;
  dismiss(): Promise<void>;
}

const POLL = 150;
const LONGEST_POLL = 300;

export abstract class SharedPage {
  /**
   * Runs an expression that gives a promise of a string, and resolves with that. It must not count as something that
   * the visitor did, which changes what browsers allow a page; puppeteer's own evaluate() does.
   */
  protected abstract run(expression: string): Promise<string>;

  /** Moves the mouse there, in CSS pixels of the viewport, and presses its button. */
  abstract mouseDown(x: number, y: number): Promise<void>;
  /** Moves the mouse there and releases its button. */
  abstract mouseUp(x: number, y: number): Promise<void>;

  /** The native dialog that is open now. */
  abstract openDialog(): Promise<Dialog | null>;
  /** What the pages of this tab printed so far: "warning: [lp-cobrowse] …". */
  abstract consoleMessages(): Promise<string[]>;

  /**
   * Runs a function in the page, waits for its promise and returns its value, which has to survive JSON. The function
   * is sent as text, so it sees nothing of the test but its arguments. It does not count as something that the visitor
   * did. It must not open a dialog itself: put the confirm() into a timer. While a dialog is open this waits.
   */
  async evaluate<T, A extends unknown[]>(fn: (...args: A) => T | Promise<T>, ...args: A): Promise<T> {
    return this.#call(`(${fn})(...${JSON.stringify(args)})`);
  }

  /** The same with the prompt as the function's first argument. Rejects while there is no prompt. */
  async inPrompt<T, A extends unknown[]>(look: (prompt: Prompt, ...args: A) => T, ...args: A): Promise<T> {
    const missing = `throw new Error("There is no prompt.")`;
    return this.#call(`((prompt) => { if (!prompt) ${missing}; return (${look})(prompt, ...${JSON.stringify(args)}) })((${findPrompt})())`);
  }

  /** Asks again and again until the function returns something truthy, and returns that. Survives navigations. */
  async waitFor<T, A extends unknown[]>(fn: (...args: A) => T | Promise<T>, options: WaitOptions = {}, ...args: A): Promise<Truthy<T>> {
    return this.until(() => this.evaluate(fn, ...args), { message: fn.toString(), ...options });
  }

  async waitForPrompt<T, A extends unknown[]>(look: (prompt: Prompt, ...args: A) => T, options: WaitOptions = {}, ...args: A): Promise<Truthy<T>> {
    return this.until(() => this.inPrompt(look, ...args), { message: look.toString(), ...options });
  }

  protected address(): Promise<string> {
    return this.evaluate(() => location.href);
  }

  /** A real, trusted click of the mouse, in CSS pixels of the viewport. */
  async clickAt(x: number, y: number): Promise<void> {
    await this.mouseDown(x, y);
    await this.mouseUp(x, y);
  }

  /** Where the ::part of <lp-cobrowse> is drawn; null while it is not. */
  promptPart(name: string): Promise<Rect | null> {
    const rect = this.inPrompt(({ part }, name) => {
      const { x, y, width, height } = part(name).getBoundingClientRect();
      return width && height ? { x, y, width, height } : null;
    }, name);
    return rect.catch((error: Error) => {
      if (/There is no prompt|has no part/.test(error.message)) return null;
      throw error;
    });
  }

  /** Waits until the part is drawn and lies still, then clicks in its middle. */
  async clickPart(name: string): Promise<void> {
    let before = "";
    const still = async () => {
      const rect = await this.promptPart(name);
      const now = JSON.stringify(rect);
      // Twice in the same place: it has not just been laid out for the first time, and is not sliding in.
      return now === before ? rect : void (before = now);
    };
    const { x, y, width, height } = await this.until(still, { timeout: 10_000, message: `the part "${name}" of the prompt to be shown` });
    await this.clickAt(x + width / 2, y + height / 2);
  }

  /**
   * One step back in the history, and waits until that page, which has another address, is there. By hand, since a page
   * that comes from the bfcache fires no load event for the drivers to wait for.
   */
  async back(): Promise<void> {
    const before = await this.address();
    await this.evaluate(() => void setTimeout(() => history.back()));
    await this.until(async () => (await this.address()) !== before, { message: "the page before this one in the history" });
    await this.waitFor(() => document.readyState === "complete", { message: "the page to be there" });
  }

  /** The native dialog that is open, as soon as there is one. */
  waitForDialog(timeout = 10_000): Promise<Dialog> {
    return this.until(() => this.openDialog(), { timeout, message: "a native dialog" });
  }

  /** Waits for a console message that contains the text, and returns the message. */
  waitForConsole(text: string, timeout = 10_000): Promise<string> {
    const find = async () => (await this.consoleMessages()).find((message) => message.includes(text));
    return this.until(find, { timeout, message: `"${text}" in the console` });
  }

  /** Waits until the page is visible; a dialog that opens as soon as it is keeps it from telling. */
  protected async seen(focused = false): Promise<void> {
    const isSeen = () => this.evaluate((focused) => !document.hidden && (!focused || document.hasFocus()), focused).catch(() => false);
    const look = async () => (await this.openDialog()) ?? (await Promise.race([isSeen(), sleep(500)]));
    await this.until(look, { timeout: 10_000, message: "the page to be visible" });
  }

  protected async until<T>(ask: () => Promise<T>, { timeout = 20_000, message }: WaitOptions): Promise<Truthy<T>> {
    const begun = Date.now();
    const deadline = begun + timeout;
    let last: unknown;
    for (;;) {
      // A page that is just being replaced rejects; the next one may have what is waited for. One with an open dialog
      // does not answer at all.
      const value = await Promise.race([
        ask().catch((error: unknown) => {
          last = error;
          return undefined;
        }),
        sleep(deadline - Date.now(), undefined, { ref: false }),
      ]);
      if (value) return value as Truthy<T>;
      if (value !== undefined) last = value;
      if (Date.now() > deadline) {
        const printed = (await this.consoleMessages().catch(() => [])).map((line) => `\n  console ${line}`).join("");
        throw new Error(`Waited ${timeout / 1000} s for ${message}; last: ${String(last)}${printed}`);
      }
      // Ever more rarely: to be asked costs a page, and the machine that many share, as much as many a test.
      await sleep(Math.min(LONGEST_POLL, POLL + (Date.now() - begun) / 10));
    }
  }

  async #call<T>(call: string): Promise<T> {
    const outcome = await this.run(`
      Promise.resolve().then(() => ${call}).then(
        (value) => JSON.stringify({ value }),
        (error) => JSON.stringify({ error: String(error) }),
      )`);
    const { value, error } = JSON.parse(outcome) as { value: T; error?: string };
    if (error !== undefined) throw new Error(error);
    return value;
  }
}
