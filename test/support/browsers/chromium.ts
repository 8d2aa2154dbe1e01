// Chromium through the DevTools protocol: an installed one, or the one that npm brings.
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Browser as PuppeteerBrowser, CDPSession, Dialog as PuppeteerDialog, Page as PuppeteerPage } from "puppeteer-core";
import type { Coverage } from "../coverage.ts";
import { NotSupportedHere, type Browser, type InterceptedResponse, type Page, type Preferences } from "./api.ts";
import { inPath } from "./installed.ts";
import { launchPuppeteer, PuppeteerBackedBrowser, PuppeteerBackedPage } from "./puppeteer.ts";

/** An executable, and what it needs in its environment. */
export interface Chromium {
  path: string;
  /** The headless shell that npm brings: it has neither tabs that can be hidden nor a bfcache. */
  shell: boolean;
  env: Record<string, string>;
}

class ChromiumBrowser extends PuppeteerBackedBrowser implements Browser {
  readonly engine = "chromium";
  readonly isWhole: boolean;
  readonly #sessions = new WeakMap<PuppeteerPage, CDPSession>();
  #coverage: Coverage | undefined;
  /** Windows that are of no more use, but stay: the first that closes would end the counting for all that share its process. */
  readonly #counted: PuppeteerPage[] = [];

  constructor(browser: PuppeteerBrowser, shell: boolean) {
    super(browser);
    this.isWhole = !shell;
  }

  async newPage(): Promise<Page> {
    const window = await this.window();
    const session = this.#sessions.get(window) ?? (await window.createCDPSession());
    this.#sessions.set(window, session);
    await this.#coverage?.start(session);
    return new ChromiumPage(window, this, session, this.#coverage);
  }

  async count(coverage: Coverage | undefined): Promise<void> {
    this.#coverage = coverage;
    for (const window of [...this.#counted.splice(0), ...this.idle.splice(0)]) await window.close();
  }

  override async release(window: PuppeteerPage, altered: boolean): Promise<void> {
    if (altered && this.#coverage) this.#counted.push(window);
    else await super.release(window, altered);
  }
}

export async function launchChromium(): Promise<Browser> {
  const { path, shell, env } = await findChromium();
  const browser = await launchPuppeteer({
    executablePath: path,
    headless: shell ? "shell" : true,
    env,
    args: ["--no-sandbox", "--disable-quic", "--disable-component-update", "--disable-gpu"],
    // puppeteer lets hidden tabs run at full speed and takes scrollbars away; visitors' browsers do neither.
    ignoreDefaultArgs: ["--disable-background-timer-throttling", "--hide-scrollbars"],
  });
  return new ChromiumBrowser(browser, shell);
}

class ChromiumPage extends PuppeteerBackedPage implements Page {
  readonly #interceptors: CDPSession[] = [];
  #hidden = false;

  constructor(
    window: PuppeteerPage,
    protected override readonly browser: ChromiumBrowser,
    private readonly session: CDPSession,
    private readonly coverage: Coverage | undefined,
  ) {
    super(window, browser);
  }

  async goto(url: string): Promise<void> {
    this.began = true;
    await this.window.goto(url);
  }

  async reload(): Promise<void> {
    await this.window.reload();
  }

  async emulate({ colorScheme = "light", forcedColors = false, touch = false }: Preferences): Promise<void> {
    await this.cdp("Emulation.setEmulatedMedia", {
      features: [
        { name: "prefers-color-scheme", value: colorScheme },
        { name: "forced-colors", value: forcedColors ? "active" : "none" },
      ],
    });
    await this.cdp("Emulation.setTouchEmulationEnabled", { enabled: touch, maxTouchPoints: 1 });
  }

  override async hide(): Promise<void> {
    const dialog = await this.openDialog();
    if (!this.browser.isWhole && dialog) throw new NotSupportedHere("Chromium's headless shell cannot hide a page with an open dialog");
    await super.hide();
    if (!dialog) return;
    // A Chromium that no DevTools watch ends confirm() with false in that case; this one waits for the DevTools, and the
    // page has to learn that it is hidden before its confirm() returns.
    await sleep(300);
    await dialog.dismiss();
    await this.hidden();
  }

  protected override async setHidden(hidden: boolean): Promise<void> {
    this.#hidden = hidden;
    if (this.browser.isWhole) return super.setHidden(hidden);
    this.altered = true;
    await this.evaluate((hidden) => {
      Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
      Object.defineProperty(document, "visibilityState", { value: hidden ? "hidden" : "visible", configurable: true });
      document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
    }, hidden);
  }

  protected override dialogOpened(dialog: PuppeteerDialog): void {
    // As above: a hidden tab's confirm() is false at once, and nobody is asked.
    if (this.#hidden) void dialog.dismiss();
    else super.dialogOpened(dialog);
  }

  protected async run(expression: string): Promise<string> {
    const { result, exceptionDetails } = await this.session.send("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value as string;
  }

  override cdp<T = unknown>(method: string, params: object = {}): Promise<T> {
    this.altered = true;
    return (this.session.send as (method: string, params: object) => Promise<T>).call(this.session, method, params);
  }

  override async onCdp(event: string, listener: (params: unknown) => void): Promise<void> {
    this.altered = true;
    this.session.on(event, listener);
  }

  override async intercept(pattern: string, respond: () => InterceptedResponse): Promise<void> {
    // A session of its own: each session has one set of patterns.
    const session = await this.window.createCDPSession();
    this.#interceptors.push(session);
    session.on("Fetch.requestPaused", ({ requestId }) => {
      const { status, headers = {}, body = "" } = respond();
      const responseHeaders = Object.entries(headers).map(([name, value]) => ({ name, value }));
      void session.send("Fetch.fulfillRequest", { requestId, responseCode: status, responseHeaders, body: Buffer.from(body).toString("base64") });
    });
    await session.send("Fetch.enable", { patterns: [{ urlPattern: pattern }] });
  }

  protected async clear(): Promise<void> {
    // Not about:blank, for which Chromium starts a new process; the next test's page takes this one's.
    await this.evaluate(() => window.stop());
    for (const session of this.#interceptors) await session.detach();
    await this.coverage?.add(this.session);
  }
}

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];
const MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";

/** The Chromium to use; throws a sentence that says what to install. */
export async function findChromium(): Promise<Chromium> {
  const { CHROME_PATH } = process.env;
  for (const path of CHROME_PATH ? [CHROME_PATH] : [...inPath(...NAMES), MAC]) {
    const candidate = { path, shell: /headless[-_]shell/.test(path), env: {} };
    if (await starts(candidate)) return candidate;
  }
  if (CHROME_PATH) throw new Error(`CHROME_PATH names ${CHROME_PATH}, which does not start; name a Chromium or Chrome that does, or unset it.`);
  if (process.platform === "linux" && process.arch === "x64") {
    for (const candidate of await unpackBundled()) if (await starts(candidate)) return candidate;
  }
  throw new Error("No Chromium starts on this machine: install one, for example with `apt-get install chromium`, or name one in CHROME_PATH.");
}

function starts({ path, env }: Chromium): Promise<boolean> {
  return promisify(execFile)(path, ["--version", "--no-sandbox"], { env: { ...process.env, ...env }, timeout: 20_000 }).then(
    () => true,
    () => false,
  );
}

/**
 * @sparticuz/chromium holds a compressed headless shell. It would be unpacked into the machine's /tmp, for everyone;
 * here it goes into node_modules/.cache, whole or not at all. Where the system lacks the libraries that it needs (a
 * bare container), those of Amazon Linux that come with it are the second candidate.
 */
async function unpackBundled(): Promise<Chromium[]> {
  const { devDependencies } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { devDependencies: Record<string, string> };
  const folder = join(ROOT, "node_modules/.cache", `chromium-${devDependencies["@sparticuz/chromium"]}`);
  if (!existsSync(folder)) {
    const unfinished = `${folder}.${process.pid}`;
    mkdirSync(unfinished, { recursive: true });
    try {
      // It looks at the environment while it is imported, hence a process of its own.
      const script = 'await (await import("@sparticuz/chromium")).default.executablePath()';
      const env = { ...process.env, TMPDIR: unfinished, AWS_EXECUTION_ENV: "AWS_Lambda_nodejs20.x" };
      await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", script], { env, cwd: ROOT });
      // Another process may have been quicker.
      if (!existsSync(folder)) renameSync(unfinished, folder);
    } finally {
      rmSync(unfinished, { recursive: true, force: true });
    }
  }
  const bundled = { path: join(folder, "chromium"), shell: true };
  const fonts: Record<string, string> = existsSync("/etc/fonts/fonts.conf") ? {} : { FONTCONFIG_PATH: join(folder, "fonts") };
  return [
    { ...bundled, env: fonts },
    { ...bundled, env: { ...fonts, LD_LIBRARY_PATH: join(folder, "al2023/lib") } },
  ];
}
