// WebKitGTK through its WebDriver. Debian's packages bring the driver and a browser to be driven, MiniBrowser.
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { NotSupportedHere, Page, type Browser, type Dialog, type Preferences } from "./api.ts";
import { collect, type Collected } from "./collector.ts";
import { inPath } from "./installed.ts";
import { end, own, removeFolder, temporaryFolder } from "./processes.ts";
import { WebDriverError, WebDriverSession } from "./webdriver.ts";

interface WebKit {
  driver: string;
  xvfb: string;
}

/** The processes behind one page. */
interface Window {
  session: WebDriverSession;
  driver: ChildProcess;
  display: ChildProcess;
  folder: string;
}

/**
 * Each page is a MiniBrowser with a driver and a display of its own. In one browser only the first window would have
 * the focus, since no window manager gives it to another, and a second tab would never be visible. Nothing is shared
 * between pages, therefore: no storage and no cookies. Starting takes most of a second, so closed pages are used again.
 */
class WebKitBrowser implements Browser {
  readonly engine = "webkit";
  readonly isWhole = true;
  readonly #installed = findWebKit();
  readonly #idle: Window[] = [];
  readonly #all = new Set<Window>();

  async version(): Promise<string> {
    throw new NotSupportedHere("WebKit's version is not asked for");
  }

  async newPage(): Promise<Page> {
    const page = new WebKitPage(this.#idle.pop() ?? (await this.open()), this);
    await page.viewport(1024, 768);
    return page;
  }

  async open(dark = false): Promise<Window> {
    const window = await openWindow(this.#installed, dark);
    this.#all.add(window);
    return window;
  }

  /** Of a page that is closed, and left its window as good as new. */
  keep(window: Window): void {
    this.#idle.push(window);
  }

  async discard(window: Window): Promise<void> {
    this.#all.delete(window);
    await end(window.driver);
    await end(window.display);
    removeFolder(window.folder);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#all].map((window) => this.discard(window)));
  }
}

export const launchWebKit = async (): Promise<Browser> => new WebKitBrowser();

/** Where the mouse rests, since nobody moves it; the driver's clicks do not go through the display. */
const CENTRE = 1500;

async function openWindow({ driver: driverPath, xvfb }: WebKit, dark: boolean): Promise<Window> {
  const screen = ["-screen", "0", `${2 * CENTRE}x${2 * CENTRE}x24`, "-nolisten", "tcp"];
  const display = spawn(xvfb, ["-displayfd", "3", ...screen], { detached: true, stdio: ["ignore", "ignore", "ignore", "pipe"] });
  // SIGTERM, since a killed one leaves its lock behind.
  own(display, "SIGTERM");
  // Xvfb looks for a free display itself and writes its number into the pipe.
  const [number] = await Promise.race([once(display.stdio[3] as Readable, "data"), failure(display, "Xvfb")]);

  const folder = temporaryFolder();
  // GTK reads these once, when it starts. Scrollbars take room, and the toolbar must not keep the window from being as
  // narrow as a phone.
  mkdirSync(join(folder, "gtk-3.0"));
  writeFileSync(join(folder, "gtk-3.0/settings.ini"), "[Settings]\ngtk-overlay-scrolling=false\n");
  writeFileSync(join(folder, "gtk-3.0/gtk.css"), "button { min-width: 0; min-height: 0; margin: 0; padding: 0; border: none }");
  const port = await freePort();
  const home = { TMPDIR: folder, XDG_CONFIG_HOME: folder, XDG_DATA_HOME: folder, XDG_CACHE_HOME: folder };
  const env = { ...process.env, ...home, DISPLAY: `:${String(number).trim()}`, NO_AT_BRIDGE: "1" };
  const driver = spawn(driverPath, [`--port=${port}`, "--host=127.0.0.1"], { detached: true, stdio: "ignore", env });
  own(driver);
  await Promise.race([listening(port), failure(driver, "WebKitWebDriver")]);
  const session = await WebDriverSession.start(`http://127.0.0.1:${port}`, {
    unhandledPromptBehavior: "ignore",
    "webkitgtk:browserOptions": { args: ["--automation", ...(dark ? ["--dark-mode"] : [])] },
  });
  return { session, driver, display, folder };
}

async function failure(child: ChildProcess, name: string): Promise<never> {
  const [code] = await once(child, "exit");
  throw new Error(`${name} ended with ${code}`);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

async function listening(port: number): Promise<void> {
  const answers = () => fetch(`http://127.0.0.1:${port}/status`).catch(() => null);
  for (const deadline = Date.now() + 20_000; !(await answers())?.ok; await sleep(25)) {
    if (Date.now() > deadline) throw new Error("WebKitWebDriver does not answer");
  }
}

class WebKitPage extends Page {
  readonly #collected: Collected = { messages: [], errors: [] };
  #altered = false;
  #rect = {};

  constructor(
    private window: Window,
    private readonly browser: WebKitBrowser,
  ) {
    super();
  }

  get #session(): WebDriverSession {
    return this.window.session;
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

  override async back(): Promise<void> {
    await this.#harvest();
    await super.back();
  }

  /** Asked for by no script: one that the page takes with it into the bfcache never ends. */
  protected override address(): Promise<string> {
    return this.#session.get("url");
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
    for (const character of text) await this.press(character);
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
    const now = await this.evaluate(() => ({ width: innerWidth, height: innerHeight }));
    const window = await this.#session.get<{ width: number; height: number }>("window/rect");
    // Without a window manager the window under the mouse has the focus: its toolbar, so that nothing is hovered over.
    this.#rect = { x: CENTRE - 100, y: CENTRE - 5, width: width + window.width - now.width, height: height + window.height - now.height };
    await this.#session.post("window/rect", this.#rect);
    await this.waitFor((width, height) => innerWidth === width && innerHeight === height, { message: `a viewport of ${width} by ${height}` }, width, height);
  }

  /** GTK reads the preferences when it starts, so the page gets a new, empty browser. */
  async emulate({ colorScheme, forcedColors, touch }: Preferences): Promise<void> {
    if (forcedColors) throw new NotSupportedHere("WebKitGTK has no forced colours");
    if (touch) throw new NotSupportedHere("WebKitGTK cannot say that the main pointer is a finger");
    const { address, width, height } = await this.evaluate(() => ({ address: location.href, width: innerWidth, height: innerHeight }));
    if (address !== "about:blank") throw new Error("In WebKit, emulate() has to come before goto()");
    this.#altered = true;
    await this.browser.discard(this.window);
    this.window = await this.browser.open(colorScheme === "dark");
    await this.viewport(width, height);
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

  async close(): Promise<void> {
    if (this.#altered) return this.browser.discard(this.window);
    try {
      await (await this.openDialog())?.dismiss();
      await this.#session.post("url", { url: "about:blank" });
      await this.show();
      this.browser.keep(this.window);
    } catch {
      // Not fit to be used again.
      await this.browser.discard(this.window);
    }
  }

  async #act(source: object): Promise<void> {
    await this.#session.post("actions", { actions: [source] });
  }

  async #mouse(x: number, y: number, type: "pointerDown" | "pointerUp"): Promise<void> {
    const move = { type: "pointerMove", x: Math.round(x), y: Math.round(y), duration: 0 };
    await this.#act({ type: "pointer", id: "mouse", parameters: { pointerType: "mouse" }, actions: [move, { type, button: 0 }] });
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
const KEYS: Record<string, string> = { Tab: "\uE004", Enter: "\uE007", Shift: "\uE008", Control: "\uE009", Escape: "\uE00C", Space: " " };

/** The WebKit to use; throws a sentence that says what to install. */
export function findWebKit(): WebKit {
  const [driver] = inPath("WebKitWebDriver");
  const [xvfb] = inPath("Xvfb");
  if (driver && xvfb) return { driver, xvfb };
  const missing = [driver ? [] : "webkit2gtk-driver", xvfb ? [] : "xvfb"].flat();
  throw new Error(`WebKit cannot be driven: \`apt-get install ${missing.join(" ")}\``);
}
