// WebKitGTK through its WebDriver. Debian's packages bring the driver and a browser to be driven, MiniBrowser.
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { delimiter, join } from "node:path";
import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { NotSupportedHere, type Browser, type Dialog, type Page, type Preferences } from "./api.ts";
import { collect, type Collected } from "./collector.ts";
import { end, own, removeFolder, temporaryFolder } from "./processes.ts";
import { SharedPage } from "./shared-page.ts";
import { WebDriverError, WebDriverSession } from "./webdriver.ts";

export interface WebKit {
  driver: string;
  miniBrowser: string;
  xvfb: string;
}

/**
 * Each page is a MiniBrowser with a driver and a display of its own. In one browser only the first window would have
 * the focus, since no window manager gives it to another, and a second tab would never be visible. Nothing is shared
 * between pages, therefore: no storage and no cookies. Starting takes most of a second, so closed pages are used again.
 */
class WebKitBrowser implements Browser {
  readonly engine = "webkit";
  readonly hidesForReal = true;
  readonly hasBfcache = true;
  readonly #installed: WebKit;
  readonly #idle: Window[] = [];
  readonly #all = new Set<Window>();

  constructor(installed: WebKit) {
    this.#installed = installed;
  }

  async version(): Promise<string> {
    const window = this.#idle[0] ?? (await this.#open({}));
    if (!this.#idle.includes(window)) this.#idle.push(window);
    return `WebKitGTK/${String(window.session.capabilities.browserVersion)}`;
  }

  async newPage(): Promise<Page> {
    const page = new WebKitPage(this.#idle.pop() ?? (await this.#open({})), {
      open: (preferences) => this.#open(preferences),
      close: (window) => this.#close(window),
      keep: (window) => this.#idle.push(window),
    });
    await page.viewport(1024, 768);
    return page;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#all].map((window) => this.#close(window)));
  }

  async #open(preferences: Preferences): Promise<Window> {
    const window = await openWindow(this.#installed, preferences);
    this.#all.add(window);
    return window;
  }

  async #close(window: Window): Promise<void> {
    this.#all.delete(window);
    await closeWindow(window);
  }
}

/** The processes behind one page. */
interface Window {
  session: WebDriverSession;
  driver: ChildProcess;
  display: ChildProcess;
  folder: string;
}

interface Windows {
  open(preferences: Preferences): Promise<Window>;
  close(window: Window): Promise<void>;
  keep(window: Window): void;
}

export async function launchWebKit(installed: WebKit): Promise<Browser> {
  return new WebKitBrowser(installed);
}

async function openWindow({ driver: driverPath, miniBrowser, xvfb }: WebKit, preferences: Preferences): Promise<Window> {
  const folder = temporaryFolder();
  const { display, name } = await startDisplay(xvfb);
  // GTK reads these once, when it starts.
  mkdirSync(join(folder, "gtk-3.0"));
  writeFileSync(join(folder, "gtk-3.0/settings.ini"), `[Settings]\ngtk-enable-animations=${!preferences.reducedMotion}\n`);
  // The toolbar must not keep the window from being as narrow as a phone.
  writeFileSync(join(folder, "gtk-3.0/gtk.css"), "button { min-width: 0; min-height: 0; margin: 0; padding: 0; border: none }");
  const port = await freePort();
  const driver = spawn(driverPath, [`--port=${port}`, "--host=127.0.0.1"], {
    detached: true,
    stdio: "ignore",
    env: { ...process.env, DISPLAY: name, NO_AT_BRIDGE: "1", TMPDIR: folder, XDG_CONFIG_HOME: folder, XDG_DATA_HOME: folder, XDG_CACHE_HOME: folder },
  });
  own(driver);
  await listening(port, driver);
  const session = await WebDriverSession.start(`http://127.0.0.1:${port}`, {
    unhandledPromptBehavior: "ignore",
    "webkitgtk:browserOptions": { binary: miniBrowser, args: ["--automation", ...(preferences.colorScheme === "dark" ? ["--dark-mode"] : [])] },
  });
  return { session, driver, display, folder };
}

async function closeWindow({ session, driver, display, folder }: Window): Promise<void> {
  await session.end().catch(() => {
    // Its browser is gone already; the group is ended below in any case.
  });
  await end(driver);
  await end(display, "SIGTERM");
  removeFolder(folder);
}

/** Where the mouse rests, since nobody moves it; the driver's clicks do not go through the display. */
const CENTRE = 1500;

/** Xvfb looks for a free display itself and writes its number into the pipe. */
async function startDisplay(xvfb: string): Promise<{ display: ChildProcess; name: string }> {
  const args = ["-displayfd", "3", "-screen", "0", `${2 * CENTRE}x${2 * CENTRE}x24`, "-nolisten", "tcp"];
  const display = spawn(xvfb, args, { detached: true, stdio: ["ignore", "ignore", "ignore", "pipe"] });
  // SIGTERM, since a killed one leaves its lock behind.
  own(display, "SIGTERM");
  const pipe = display.stdio[3] as Readable;
  const number = await new Promise<string>((resolve, reject) => {
    pipe.once("data", (data) => resolve(String(data).trim()));
    display.once("exit", (code) => reject(new Error(`Xvfb ended with ${code}`)));
  });
  return { display, name: `:${number}` };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function listening(port: number, driver: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 400; tries++) {
    if (driver.exitCode !== null) throw new Error(`WebKitWebDriver ended with ${driver.exitCode}`);
    const answer = await fetch(`http://127.0.0.1:${port}/status`).catch(() => null);
    if (answer?.ok) return;
    await sleep(25);
  }
  throw new Error("WebKitWebDriver does not answer");
}

class WebKitPage extends SharedPage implements Page {
  readonly engine = "webkit";
  readonly #windows: Windows;
  readonly #collected: Collected = { messages: [], errors: [] };
  #window: Window;
  #preferences: Preferences = {};
  #rect = {};
  #answering: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(window: Window, windows: Windows) {
    super();
    this.#window = window;
    this.#windows = windows;
  }

  get #session(): WebDriverSession {
    return this.#window.session;
  }

  async goto(url: string): Promise<void> {
    await this.#harvest();
    await this.#session.post("url", { url });
    // For pages that do not carry the collector themselves: better late than never.
    await this.evaluate(collect);
  }

  async reload(): Promise<void> {
    await this.#harvest();
    await this.#session.post("refresh");
    await this.evaluate(collect);
  }

  /** The address is asked for by no script: one that the page takes with it into the bfcache never ends. */
  override async back(): Promise<void> {
    await this.#harvest();
    const address = () => this.#session.get<string>("url");
    const before = await address();
    await this.evaluate(() => void setTimeout(() => history.back()));
    for (const deadline = Date.now() + 20_000; (await address()) === before; await sleep(25))
      if (Date.now() > deadline) throw new Error("Waited 20 s for the page before this one in the history");
    await this.waitFor(() => document.readyState === "complete", { message: "the page to be there" });
  }

  protected async run(expression: string): Promise<string> {
    // While a dialog is open the driver refuses to run anything, where the others wait.
    while (await this.openDialog()) await sleep(25);
    return this.#session.post<string>("execute/async", { script: `(${expression}).then(arguments[0])`, args: [] });
  }

  async press(keys: string): Promise<void> {
    const all = keys.split("+").map((key) => KEYS[key] ?? key);
    const down = all.map((value) => ({ type: "keyDown", value }));
    const up = all.reverse().map((value) => ({ type: "keyUp", value }));
    await this.#act({ type: "key", id: "keyboard", actions: [...down, ...up] });
  }

  async type(text: string): Promise<void> {
    const actions = [...text].flatMap((value) => [
      { type: "keyDown", value },
      { type: "keyUp", value },
    ]);
    await this.#act({ type: "key", id: "keyboard", actions });
  }

  mouseDown(x: number, y: number): Promise<void> {
    return this.#mouse(x, y, "pointerDown");
  }

  mouseUp(x: number, y: number): Promise<void> {
    return this.#mouse(x, y, "pointerUp");
  }

  async screenshot(): Promise<Buffer> {
    return Buffer.from(await this.#session.get<string>("screenshot"), "base64");
  }

  async viewport(width: number, height: number, scale = 1): Promise<void> {
    if (scale !== 1) throw new NotSupportedHere("WebKitGTK has no device scale to set");
    // What is set is the window, with its toolbar.
    const now = await this.evaluate(() => [innerWidth, innerHeight] as const);
    const rect = await this.#session.get<{ width: number; height: number }>("window/rect");
    this.#rect = {
      // Without a window manager the window under the mouse has the focus: its toolbar, so that nothing is hovered over.
      x: CENTRE - 100,
      y: CENTRE - 5,
      width: width + rect.width - now[0],
      height: height + rect.height - now[1],
    };
    await this.#session.post("window/rect", this.#rect);
    await this.waitFor((width, height) => innerWidth === width && innerHeight === height, { message: `a viewport of ${width} by ${height}` }, width, height);
  }

  /** GTK reads the preferences when it starts, so the page gets a new, empty browser. */
  async emulate(preferences: Preferences): Promise<void> {
    if (preferences.forcedColors) throw new NotSupportedHere("WebKitGTK has no forced colours");
    if (preferences.touch) throw new NotSupportedHere("WebKitGTK cannot say that the main pointer is a finger");
    if (await this.evaluate(() => location.href !== "about:blank")) throw new Error("In WebKit, emulate() has to come before goto()");
    const [width, height] = await this.evaluate(() => [innerWidth, innerHeight] as const);
    this.#preferences = { ...this.#preferences, ...preferences };
    await this.#windows.close(this.#window);
    this.#window = await this.#windows.open(this.#preferences);
    await this.viewport(width, height);
  }

  async offline(): Promise<never> {
    throw new NotSupportedHere("WebKit's driver cannot take the network away");
  }

  async hide(): Promise<void> {
    if (await this.openDialog()) throw new NotSupportedHere("WebKit's driver cannot hide a page with an open dialog");
    await this.#session.post("window/minimize");
    await this.waitFor(() => document.hidden, { message: "the page to be hidden" });
  }

  async show(): Promise<void> {
    // Minimizing forgets where the window was. Under the mouse it has the focus again.
    await this.#session.post("window/rect", this.#rect);
    await this.seen(true);
  }

  answerDialogs(answer: (message: string) => boolean | "leave open"): void {
    clearTimeout(this.#answering);
    const look = async () => {
      const dialog = await this.openDialog().catch(() => null);
      const answered = dialog && answer(dialog.message);
      if (answered === true) await dialog?.accept();
      if (answered === false) await dialog?.dismiss();
      if (!this.#closed) this.#answering = setTimeout(look, 25);
    };
    this.#answering = setTimeout(look);
  }

  async openDialog(): Promise<Dialog | null> {
    const unlessGone = (error: unknown) => {
      if (error instanceof WebDriverError && error.code === "no such alert") return null;
      throw error;
    };
    const message = await this.#session.get<string>("alert/text").catch(unlessGone);
    if (message === null) return null;
    return {
      message,
      accept: async () => void (await this.#session.post("alert/accept").catch(unlessGone)),
      dismiss: async () => void (await this.#session.post("alert/dismiss").catch(unlessGone)),
    };
  }

  async consoleMessages(): Promise<string[]> {
    await this.#harvest();
    return [...this.#collected.messages];
  }

  async pageErrors(): Promise<string[]> {
    await this.#harvest();
    return [...this.#collected.errors];
  }

  async cdp(): Promise<never> {
    throw new NotSupportedHere("WebKit does not speak the DevTools protocol");
  }

  async onCdp(): Promise<never> {
    throw new NotSupportedHere("WebKit does not speak the DevTools protocol");
  }

  async intercept(): Promise<never> {
    throw new NotSupportedHere("requests are intercepted in Chromium only");
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#answering);
    if (Object.keys(this.#preferences).length) return this.#windows.close(this.#window);
    try {
      await (await this.openDialog())?.dismiss();
      await this.#session.post("url", { url: "about:blank" });
      await this.show();
      this.#windows.keep(this.#window);
    } catch {
      // Not fit to be used again.
      await this.#windows.close(this.#window);
    }
  }

  async #act(source: object): Promise<void> {
    await this.#session.post("actions", { actions: [source] });
  }

  async #mouse(x: number, y: number, what: "pointerDown" | "pointerUp"): Promise<void> {
    const move = { type: "pointerMove", x: Math.round(x), y: Math.round(y), duration: 0 };
    await this.#act({ type: "pointer", id: "mouse", parameters: { pointerType: "mouse" }, actions: [move, { type: what, button: 0 }] });
  }

  /** Brings home what the page collected, before it goes away. */
  async #harvest(): Promise<void> {
    if (await this.openDialog()) return;
    const { messages, errors } = await this.evaluate(() => {
      const { messages = [], errors = [] } = window.collectedForTheTest ?? {};
      return { messages: messages.splice(0), errors: errors.splice(0) };
    });
    this.#collected.messages.push(...messages);
    this.#collected.errors.push(...errors);
  }
}

/** Keys without a character, as WebDriver numbers them. */
const KEYS: Record<string, string> = {
  Backspace: "\uE003",
  Tab: "\uE004",
  Enter: "\uE007",
  Shift: "\uE008",
  Control: "\uE009",
  Alt: "\uE00A",
  Escape: "\uE00C",
  Space: " ",
  PageUp: "\uE00E",
  PageDown: "\uE00F",
  End: "\uE010",
  Home: "\uE011",
  ArrowLeft: "\uE012",
  ArrowUp: "\uE013",
  ArrowRight: "\uE014",
  ArrowDown: "\uE015",
  Delete: "\uE017",
};

/** The WebKit to use; throws a sentence that says what to install. */
export function findWebKit(): WebKit {
  const inPath = (name: string) =>
    (process.env.PATH ?? "")
      .split(delimiter)
      .map((folder) => join(folder, name))
      .find((path) => existsSync(path));
  const driver = inPath("WebKitWebDriver");
  // /usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser
  const miniBrowser = foldersIn("/usr/lib")
    .flatMap((folder) => [folder, ...foldersIn(folder)])
    .filter((folder) => /webkit2?gtk-[\d.]+$/.test(folder))
    .map((folder) => join(folder, "MiniBrowser"))
    .find((path) => existsSync(path));
  const xvfb = inPath("Xvfb");
  const missing = [!driver || !miniBrowser ? "webkit2gtk-driver" : "", !xvfb ? "xvfb" : ""].filter(Boolean);
  if (!driver || !miniBrowser || !xvfb) throw new Error(`WebKit cannot be driven: \`apt-get install ${missing.join(" ")}\``);
  return { driver, miniBrowser, xvfb };
}

function foldersIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [join(folder, entry.name)] : [])) : [];
}
