// A page in fake time: one window with its document, its clocks, its visitor, and whatever a site may do to it. While it is frozen (in
// the bfcache) nothing of it runs; what was due comes when it is thawed.
import { evaluate } from "./bundle.ts";
import { Document, type Element } from "./dom.ts";
import { PageEvent, Target, type Listener } from "./events.ts";
import { DELAY, FakeSocket, type Network } from "./network.ts";

/** From a change to the frame that shows it, ms. */
const FRAME = 16;

/** Thrown by a site's own listeners: the browser reports it, and nothing else may come of it. */
export class SiteError extends Error {}

export interface Published {
  name: string;
  data: Record<string, any>;
}

export interface PageOptions {
  config?: Record<string, unknown>;
  /** Whether LivePerson's tag has loaded when the page starts. */
  tagged?: boolean;
  /** Whether the page starts in the background. */
  hidden?: boolean;
  /** Whether a socket that is closing still delivers what is on the way. Browsers should not. */
  deliversLate?: boolean;
  /** Milliseconds that a dialog's `close` event takes. */
  closeEventDelay?: number;
  random?: () => number;
}

export class FakePage {
  readonly window: Record<string, any>;
  readonly document = new Document(this);
  readonly network: Network;
  readonly deliversLate: boolean;
  readonly sockets: FakeSocket[] = [];
  /** Exceptions that nobody caught. */
  readonly errors: unknown[] = [];
  readonly published: Published[] = [];
  readonly events: PageEvent[] = [];
  readonly warnings: string[] = [];
  readonly dataLayer: unknown[] = [];
  readonly requests: string[] = [];
  onPublished: (event: Published) => void = () => {};
  onEvent: (event: PageEvent) => void = () => {};
  onPromptOpened: () => void = () => {};
  onSocket: (socket: FakeSocket) => void = () => {};
  /** Runs the listeners of an event of that type. */
  around: (type: string, run: () => boolean) => boolean = (_type, run) => run();
  frozen = false;
  /** The element that the mouse was pressed on, until it is released. */
  #pressed: Element | undefined;
  #busyUntil = 0;
  readonly #closeEventDelay: number;
  /** The visitor's clock minus the real time, ms. */
  clockError = 0;

  readonly #target = new Target((error) => this.failed(error));
  readonly #timers = new Map<number, NodeJS.Timeout>();
  #lastTimer = 0;
  #waiting: (() => void)[] = [];

  constructor(network: Network, options: PageOptions = {}) {
    const { config = {}, tagged = true, hidden = false, closeEventDelay = 1, deliversLate = false, random = Math.random } = options;
    this.network = network;
    this.deliversLate = deliversLate;
    this.#closeEventDelay = closeEventDelay;
    this.document.hidden = hidden;
    const script = this.document.createElement("script");
    this.document.currentScript = Object.assign(script, { dataset: { lpCobrowse: JSON.stringify(config) } });

    const page = this;
    const window: Record<string, any> = {
      document: this.document,
      navigator: { userAgent: "Mozilla/5.0 (X11; Linux x86_64) Chrome/140" },
      Date: { now: () => this.now },
      Math: Object.assign(Object.create(Math), { random }),
      URL,
      CustomEvent: PageEvent,
      console: { warn: (...words: unknown[]) => void this.warnings.push(words.join(" ")) },
      setTimeout: (task: (...values: unknown[]) => void, wait = 0, ...values: unknown[]) => this.#setTimeout(() => task(...values), wait),
      clearTimeout: (id: number) => {
        clearTimeout(this.#timers.get(id));
        this.#timers.delete(id);
      },
      requestAnimationFrame: (task: () => void) => this.#setTimeout(task, this.nextFrame - Date.now()),
      addEventListener: (type: string, listener: Listener) => this.#target.addEventListener(type, listener),
      dispatchEvent: (event: PageEvent) => this.#dispatch(event),
      WebSocket: class extends FakeSocket {
        constructor(url: string) {
          super(url, page);
          page.sockets.push(this);
          page.onSocket(this);
        }
      },
      fetch: (url: string) => {
        this.requests.push(String(url));
        return new Promise((resolve, reject) =>
          network.fetch(String(url), (answer) => this.task(() => (answer ? resolve(answer) : reject(new TypeError("Failed to fetch"))))),
        );
      },
      dataLayer: this.dataLayer,
      // The tag's stub: it queues what is bound or triggered, and cannot publish.
      lpTag: { site: network.account, events: { bind() {}, trigger() {} } },
    };
    window.window = window.globalThis = window;
    this.window = window;
    if (tagged) this.loadTag();
  }

  run(): this {
    evaluate(this.window);
    this.document.currentScript = null;
    return this;
  }

  loadTag(): void {
    this.window.lpTag.events.publish = (app: string, name: string, data: Record<string, any>) => {
      if (app !== "lpCoBrowse") throw new Error(`Published to ${app}.`);
      const event = { name, data: { ...data } };
      this.published.push(event);
      this.onPublished(event);
      // The tag tells LivePerson.
      setTimeout(() => this.network.lpTagEvent(name, event.data), 5 * DELAY);
    };
  }

  get tagged(): boolean {
    return "publish" in this.window.lpTag.events;
  }

  /** Runs a task of the browser's in the page: now, or when it is thawed. */
  task(run: () => void): void {
    if (this.frozen) this.#waiting.push(run);
    else
      try {
        run();
      } catch (error) {
        this.errors.push(error);
      }
  }

  /** What a listener threw. */
  failed(error: unknown): void {
    if (!(error instanceof SiteError)) this.errors.push(error);
  }

  /** Tells later that a dialog has closed. */
  closes(tell: () => void): void {
    setTimeout(() => this.task(tell), this.#closeEventDelay);
  }

  /** Its prompts that are open, whether or not something covers them. */
  get prompts(): Element[] {
    return this.document.topLayer.filter(({ isOfPrompt }) => isOfPrompt);
  }

  get hosts(): Element[] {
    return this.document.documentElement.children.filter((element) => element.tagName === "LP-COBROWSE");
  }

  /** The prompt that the visitor sees. */
  get prompt(): Element | undefined {
    const top = this.document.topLayer.at(-1);
    return top?.isOfPrompt ? top : undefined;
  }

  /** The button that a press at its place hits: under a popover too. Not one that is inert, or lies under a modal of the page. */
  #buttonAt(part: string): Element | undefined {
    const { topModal } = this.document;
    const button = topModal?.shadowHost && topModal.partNamed(part);
    return button?.isInert ? undefined : button;
  }

  /** The visitor clicks a button of the prompt. False where there is none to click. */
  click(part: string): boolean {
    this.mouseDown(part);
    return this.mouseUp(part);
  }

  mouseDown(part: string): void {
    this.#pressed = this.#buttonAt(part);
  }

  /** A click is what begins and ends on the same element. */
  mouseUp(part: string): boolean {
    const button = this.#buttonAt(part);
    const clicked = button !== undefined && button === this.#pressed;
    this.#pressed = undefined;
    if (clicked) this.send("click", button);
    return clicked;
  }

  /** The visitor presses a key. */
  press(key: "Escape" | "Enter"): void {
    const { activeElement, topModal } = this.document;
    if (activeElement?.isConnected) this.send("keydown", activeElement, { key });
    if (key === "Escape") topModal?.close();
    else if (activeElement?.tagName === "BUTTON" && activeElement.isConnected && !activeElement.isInert) this.send("click", activeElement);
  }

  /** Nothing is painted for so long: the next frame comes late. */
  beBusy(milliseconds: number): void {
    this.#busyUntil = Date.now() + milliseconds;
  }

  /** When what is shown now will be painted. */
  get nextFrame(): number {
    return Math.max(Date.now(), this.#busyUntil) + FRAME;
  }

  /** What the visitor's clock says. */
  get now(): number {
    return Date.now() + this.clockError;
  }

  /** An event on its way down: the window's listeners hear it first, and those of the page hear what they do not stop. */
  send(type: string, target: Element, init: object = {}): void {
    let stopped = false;
    const event = new PageEvent(type, {
      ...init,
      target: target.shadowHost ?? target,
      composedPath: () => target.path,
      stopPropagation: () => void (stopped = true),
    });
    this.#target.dispatchEvent(event);
    if (stopped) return;
    if (target.isOfPrompt) this.errors.push(new Error(`The page hears a ${type} of the prompt's.`));
    target.dispatchEvent(event);
  }

  fire(type: string): void {
    this.#dispatch(new PageEvent(type));
  }

  hide(): void {
    this.document.hidden = true;
    this.fire("visibilitychange");
  }

  show(): void {
    this.document.hidden = false;
    this.fire("visibilitychange");
  }

  /** The visitor goes to another page, and this one into the bfcache. */
  leave(): void {
    this.fire("pagehide");
    if (!this.document.hidden) this.hide();
    this.frozen = true;
  }

  /** The visitor comes back by the history. What was due meanwhile may come before or after that. */
  return(tasksFirst: boolean): void {
    this.frozen = false;
    if (!tasksFirst) this.show();
    for (const task of this.#waiting.splice(0)) this.task(task);
    if (tasksFirst) this.show();
    this.fire("pageshow");
  }

  /** Everything that left the page but for its frames: where no secret may be. */
  get outputs(): string {
    const details = this.events.map(({ type, detail }) => [type, detail]);
    return JSON.stringify([this.published, details, this.dataLayer, this.warnings, this.requests, this.sockets.map(({ url }) => url)]);
  }

  #setTimeout(task: () => void, wait: number): number {
    const id = ++this.#lastTimer;
    // It may be cleared while it waits in a frozen page.
    const due = () => void (this.#timers.delete(id) && task());
    this.#timers.set(
      id,
      setTimeout(() => this.task(due), wait),
    );
    return id;
  }

  #dispatch(event: PageEvent): boolean {
    if (event.type.startsWith("cobrowse")) {
      // The same detail is given another reason when the invitation ends.
      event.reasonThen = (event.detail as { reason?: string }).reason;
      this.events.push(event);
      this.onEvent(event);
    }
    return this.around(event.type, () => this.#target.dispatchEvent(event));
  }
}
