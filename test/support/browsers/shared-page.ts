// What is the same in every engine once a page can be evaluated, clicked and typed into.
import { setTimeout as sleep } from "node:timers/promises";
import type { Dialog, Rect, Truthy, WaitOptions } from "./api.ts";

const POLL = 40;
const LONGEST_POLL = 250;

/** Asks again soon, but ever more rarely: to be asked costs a page, and the machine that many share, as much as many a test. */
const untilNext = (begun: number): Promise<void> => sleep(Math.min(LONGEST_POLL, POLL + (Date.now() - begun) / 10));

export abstract class SharedPage {
  /**
   * Runs an expression that gives a promise of a string, and resolves with that. It must not count as something that
   * the visitor did, which changes what browsers allow a page; puppeteer's own evaluate() does.
   */
  protected abstract run(expression: string): Promise<string>;
  abstract mouseDown(x: number, y: number): Promise<void>;
  abstract mouseUp(x: number, y: number): Promise<void>;
  abstract openDialog(): Promise<Dialog | null>;
  abstract consoleMessages(): Promise<string[]>;

  #departures = 0;

  async evaluate<T, A extends unknown[]>(fn: (...args: A) => T | Promise<T>, ...args: A): Promise<T> {
    const outcome = await this.run(`
      Promise.resolve().then(() => (${fn})(...${JSON.stringify(args)})).then(
        (value) => JSON.stringify({ value }),
        (error) => JSON.stringify({ error: String(error) }),
      )`);
    const { value, error } = JSON.parse(outcome) as { value: T; error?: string };
    if (error !== undefined) throw new Error(error);
    return value;
  }

  async waitFor<T, A extends unknown[]>(fn: (...args: A) => T | Promise<T>, options: WaitOptions = {}, ...args: A): Promise<Truthy<T>> {
    const { timeout = 20_000, message = fn.toString() } = options;
    const begun = Date.now();
    const deadline = begun + timeout;
    let last: unknown;
    for (;;) {
      // A page that is just being replaced rejects; the next one may have what is waited for. One with an open dialog
      // does not answer at all.
      const value = await Promise.race([
        this.evaluate(fn, ...args).catch((error: unknown) => {
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
      await untilNext(begun);
    }
  }

  async clickAt(x: number, y: number): Promise<void> {
    await this.mouseDown(x, y);
    await this.mouseUp(x, y);
  }

  promptPart(name: string): Promise<Rect | null> {
    return this.evaluate((part) => {
      const element = document.querySelector("lp-cobrowse")?.shadowRoot?.querySelector(`[part~="${part}"]`);
      const { x, y, width, height } = element?.getBoundingClientRect() ?? new DOMRect();
      return width && height ? { x, y, width, height } : null;
    }, name);
  }

  async clickPart(name: string): Promise<void> {
    const deadline = Date.now() + 10_000;
    let before = "";
    for (;;) {
      const rect = await this.promptPart(name);
      // Twice in the same place: it has not just been laid out for the first time, and is not sliding in.
      if (rect && JSON.stringify(rect) === before) return this.clickAt(rect.x + rect.width / 2, rect.y + rect.height / 2);
      before = JSON.stringify(rect);
      if (Date.now() > deadline) throw new Error(`Waited 10 s for the part "${name}" of the prompt to be shown; last: ${before}`);
      await sleep(POLL);
    }
  }

  /** By hand, since a page that comes from the bfcache fires no load event for the drivers to wait for. */
  async back(): Promise<void> {
    const departure = ++this.#departures;
    await this.evaluate((number) => {
      Object.defineProperty(window, "leavingForTheTest", { value: number, configurable: true });
      setTimeout(() => history.back());
    }, departure);
    await this.waitFor(
      (number) => !("leavingForTheTest" in window && window.leavingForTheTest === number) && document.readyState === "complete",
      { message: "the page before this one in the history" },
      departure,
    );
  }

  /** Waits until the page is visible; a dialog that opens as soon as it is keeps it from telling. */
  protected async seen(focused = false): Promise<void> {
    const deadline = Date.now() + 10_000;
    while (!(await this.openDialog())) {
      const answer = this.evaluate((focused) => !document.hidden && (!focused || document.hasFocus()), focused).catch(() => false);
      if (await Promise.race([answer, sleep(500)])) return;
      if (Date.now() > deadline) throw new Error("Waited 10 s for the page to be visible");
      await sleep(POLL);
    }
  }

  async waitForDialog(timeout = 10_000): Promise<Dialog> {
    const deadline = Date.now() + timeout;
    for (;;) {
      const dialog = await this.openDialog();
      if (dialog) return dialog;
      if (Date.now() > deadline) throw new Error(`Waited ${timeout / 1000} s for a native dialog`);
      await sleep(POLL);
    }
  }

  async waitForConsole(text: string, timeout = 10_000): Promise<string> {
    const begun = Date.now();
    const deadline = begun + timeout;
    for (;;) {
      const messages = await this.consoleMessages();
      const found = messages.find((message) => message.includes(text));
      if (found !== undefined) return found;
      if (Date.now() > deadline) throw new Error(`Waited ${timeout / 1000} s for "${text}" in the console; it has:\n${messages.join("\n")}`);
      await untilNext(begun);
    }
  }
}
