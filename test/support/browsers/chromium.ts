// Chromium through the DevTools protocol: an installed one, or the one that npm brings.
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import puppeteer, { type Browser as PuppeteerBrowser, type CDPSession, type Dialog as PuppeteerDialog, type Page as PuppeteerPage } from "puppeteer-core";
import { NotSupportedHere, type Browser, type InterceptedRequest, type InterceptedResponse, type Page, type Preferences } from "./api.ts";
import { ending, own, removeFolder, temporaryFolder } from "./processes.ts";
import { PuppeteerBackedPage, VIEWPORT } from "./puppeteer-page.ts";

const FLAGS = [
  "--no-sandbox",
  "--no-first-run",
  "--disable-quic",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-gpu",
];

/** An executable, and what it needs in its environment. */
export interface Chromium {
  path: string;
  /** The headless shell that npm brings: it has neither tabs that can be hidden nor a bfcache. */
  shell: boolean;
  env: Record<string, string>;
}

export async function launchChromium({ path, shell, env }: Chromium): Promise<Browser> {
  const profile = temporaryFolder();
  const browser = await puppeteer.launch({
    executablePath: path,
    headless: shell ? "shell" : true,
    userDataDir: profile,
    env: { ...process.env, ...env, TMPDIR: profile },
    args: FLAGS,
    // puppeteer lets hidden tabs run at full speed and takes scrollbars away; visitors' browsers do neither.
    ignoreDefaultArgs: ["--disable-background-timer-throttling", "--hide-scrollbars"],
    defaultViewport: VIEWPORT,
    protocolTimeout: 60_000,
    signal: ending,
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  });
  own(browser.process()!);
  return new ChromiumBrowser(browser, profile, shell);
}

class ChromiumBrowser implements Browser {
  readonly engine = "chromium";
  readonly hidesForReal: boolean;
  readonly hasBfcache: boolean;
  readonly #browser: PuppeteerBrowser;
  readonly #profile: string;
  readonly #idle: Window[] = [];

  constructor(browser: PuppeteerBrowser, profile: string, shell: boolean) {
    this.#browser = browser;
    this.#profile = profile;
    this.hidesForReal = !shell;
    this.hasBfcache = !shell;
  }

  version(): Promise<string> {
    return this.#browser.version();
  }

  async newPage(): Promise<Page> {
    const window = this.#idle.pop() ?? (await this.#open());
    return new ChromiumPage(window, this.hidesForReal, () => this.#idle.push(window));
  }

  async #open(): Promise<Window> {
    const page = await this.#browser.newPage({ type: "window" });
    return { page, session: await page.createCDPSession() };
  }

  async close(): Promise<void> {
    const child = this.#browser.process()!;
    const ended = new Promise((resolve) => (child.exitCode === null ? child.once("exit", resolve) : resolve(null)));
    await this.#browser.close();
    await ended;
    removeFolder(this.#profile);
  }
}

interface Window {
  page: PuppeteerPage;
  session: CDPSession;
}

class ChromiumPage extends PuppeteerBackedPage implements Page {
  readonly engine = "chromium";
  readonly #session: CDPSession;
  readonly #hidesForReal: boolean;
  readonly #interceptors: CDPSession[] = [];
  #hidden = false;
  #preferences: Preferences = {};

  constructor({ page, session }: Window, hidesForReal: boolean, keep: () => void) {
    super(page, keep);
    this.#session = session;
    this.#hidesForReal = hidesForReal;
  }

  async goto(url: string): Promise<void> {
    await this.page.goto(url);
  }

  async reload(): Promise<void> {
    await this.page.reload();
  }

  async emulate(preferences: Preferences): Promise<void> {
    const all = (this.#preferences = { ...this.#preferences, ...preferences });
    await this.cdp("Emulation.setEmulatedMedia", {
      features: [
        { name: "prefers-color-scheme", value: all.colorScheme ?? "light" },
        { name: "prefers-reduced-motion", value: all.reducedMotion ? "reduce" : "no-preference" },
        { name: "forced-colors", value: all.forcedColors ? "active" : "none" },
      ],
    });
    await this.cdp("Emulation.setTouchEmulationEnabled", { enabled: all.touch === true, maxTouchPoints: 1 });
  }

  async offline(offline: boolean): Promise<void> {
    this.altered = true;
    await this.page.setOfflineMode(offline);
  }

  async hide(): Promise<void> {
    if (!this.#hidesForReal && (await this.openDialog())) throw new NotSupportedHere("Chromium's headless shell cannot hide a page with an open dialog");
    this.#hidden = true;
    if (this.#hidesForReal) await this.#setWindowState("minimized");
    else await this.#pretend(true);
    // A Chromium that no DevTools watch ends confirm() with false in that case; this one waits for the DevTools, and the
    // page has to learn that it is hidden before its confirm() returns.
    const dialog = await this.openDialog();
    if (dialog) await sleep(300).then(() => dialog.dismiss());
    await this.waitFor(() => document.hidden, { message: "the page to be hidden" });
  }

  async show(): Promise<void> {
    this.#hidden = false;
    if (this.#hidesForReal) await this.#setWindowState("normal");
    else await this.#pretend(false);
    await this.seen();
  }

  protected async run(expression: string): Promise<string> {
    const { result, exceptionDetails } = await this.#session.send("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value as string;
  }

  cdp<T = unknown>(method: string, params: object = {}): Promise<T> {
    this.altered = true;
    return (this.#session.send as (method: string, params: object) => Promise<T>).call(this.#session, method, params);
  }

  async onCdp(event: string, listener: (params: unknown) => void): Promise<void> {
    this.altered = true;
    this.#session.on(event, listener);
  }

  async intercept(pattern: string, respond: (request: InterceptedRequest) => InterceptedResponse): Promise<void> {
    // A session of its own: each session has one set of patterns.
    const session = await this.page.createCDPSession();
    this.#interceptors.push(session);
    session.on("Fetch.requestPaused", ({ requestId, request }) => {
      const { status, headers = {}, body = "" } = respond(request);
      const responseHeaders = Object.entries(headers).map(([name, value]) => ({ name, value }));
      void session.send("Fetch.fulfillRequest", { requestId, responseCode: status, responseHeaders, body: Buffer.from(body).toString("base64") });
    });
    await session.send("Fetch.enable", { patterns: [{ urlPattern: pattern }] });
  }

  protected async clear(): Promise<void> {
    // Not about:blank, for which Chromium starts a new process; the next test's page takes this one's.
    await this.evaluate(() => window.stop());
    for (const session of this.#interceptors) await session.detach();
  }

  protected override dialogOpened(dialog: PuppeteerDialog): void {
    // As above: a hidden tab's confirm() is false at once, and nobody is asked.
    if (this.#hidden) void dialog.dismiss();
    else super.dialogOpened(dialog);
  }

  async #setWindowState(windowState: "minimized" | "normal"): Promise<void> {
    const { windowId } = await this.cdp<{ windowId: number }>("Browser.getWindowForTarget");
    await this.cdp("Browser.setWindowBounds", { windowId, bounds: { windowState } });
  }

  async #pretend(hidden: boolean): Promise<void> {
    await this.evaluate((hidden) => {
      Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
      Object.defineProperty(document, "visibilityState", { value: hidden ? "hidden" : "visible", configurable: true });
      document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
    }, hidden);
  }
}

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];
const MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";

/** The Chromium to use; throws a sentence that says what to install. */
export async function findChromium(): Promise<Chromium> {
  const { CHROME_PATH, PATH = "" } = process.env;
  const installed = PATH.split(delimiter).flatMap((folder) => NAMES.map((name) => join(folder, name)));
  const candidates: Chromium[] = [];
  for (const path of CHROME_PATH ? [CHROME_PATH] : [...installed, MAC]) {
    if (existsSync(path)) candidates.push({ path, shell: /headless[-_]shell/.test(path), env: {} });
  }
  for (const candidate of candidates) if (await starts(candidate)) return candidate;
  if (!CHROME_PATH && process.platform === "linux" && process.arch === "x64") {
    for (const candidate of await unpackBundled()) if (await starts(candidate)) return candidate;
  }
  throw new Error(
    CHROME_PATH
      ? `CHROME_PATH names ${CHROME_PATH}, which does not start; name a Chromium or Chrome that does, or unset it.`
      : "No Chromium starts on this machine: install one, for example with `apt-get install chromium`, or name one in CHROME_PATH.",
  );
}

async function starts({ path, env }: Chromium): Promise<boolean> {
  try {
    await promisify(execFile)(path, ["--version", "--no-sandbox"], { env: { ...process.env, ...env }, timeout: 20_000 });
    return true;
  } catch {
    return false;
  }
}

/**
 * @sparticuz/chromium holds a compressed headless shell. It would be unpacked into the machine's /tmp, for everyone;
 * here it goes into node_modules/.cache, whole or not at all. Where the system lacks the libraries that it needs (a
 * bare container), those of Amazon Linux that come with it are the second candidate.
 */
async function unpackBundled(): Promise<Chromium[]> {
  const packageFolder = join(dirname(createRequire(import.meta.url).resolve("@sparticuz/chromium")), "../..");
  const { version } = JSON.parse(readFileSync(join(packageFolder, "package.json"), "utf8")) as { version: string };
  const cache = fileURLToPath(new URL("../../../node_modules/.cache/", import.meta.url));
  const folder = join(cache, `chromium-${version}`);
  if (!existsSync(folder)) {
    const unfinished = `${folder}.${process.pid}`;
    mkdirSync(unfinished, { recursive: true });
    try {
      // It looks at the environment while it is imported, hence a process of its own.
      const script = 'await (await import("@sparticuz/chromium")).default.executablePath()';
      const env = { ...process.env, TMPDIR: unfinished, AWS_EXECUTION_ENV: "AWS_Lambda_nodejs20.x" };
      await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", script], { env, cwd: packageFolder });
      // Another process may have been quicker.
      if (!existsSync(folder)) renameSync(unfinished, folder);
    } finally {
      rmSync(unfinished, { recursive: true, force: true });
    }
  }
  const path = join(folder, "chromium");
  const libraries = join(folder, "al2023/lib");
  const fonts: Record<string, string> = existsSync("/etc/fonts/fonts.conf") ? {} : { FONTCONFIG_PATH: join(folder, "fonts") };
  return [
    { path, shell: true, env: fonts },
    { path, shell: true, env: { ...fonts, LD_LIBRARY_PATH: libraries } },
  ];
}
