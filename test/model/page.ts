// A page in fake time: one window with its document, its clocks, its visitor, and whatever a site may do to it. While it is frozen (in
// the bfcache) nothing of it runs; what was due comes when it is thawed.
import { evaluate } from "./bundle.ts";
import { Dialog, Document, Element } from "./dom.ts";
import { PageEvent, Target, type Listener } from "./events.ts";
import { FakeSocket, type Network } from "./network.ts";

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
  readonly document: Document;
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
  /** Answers confirm(), and is told the question. */
  confirm: (question: string) => boolean = () => false;
  onPublished: (event: Published) => void = () => {};
  /** The tag tells LivePerson what was published. */
  toLivePerson: (name: string, serviceId: string) => void = () => {};
  onEvent: (event: PageEvent) => void = () => {};
  onPromptOpened: (dialog: Dialog) => void = () => {};
  onSocket: (socket: FakeSocket) => void = () => {};
  frozen = false;
  /** The element that the mouse was pressed on, until it is released. */
  #pressed: Element | undefined;
  #busyUntil = 0;
  /** The visitor's clock minus the real time, ms. */
  clockError = 0;

  readonly #target: Target;
  readonly #timers = new Map<number, NodeJS.Timeout>();
  #lastTimer = 0;
  #waiting: (() => void)[] = [];

  constructor(network: Network, options: PageOptions = {}) {
    const { config = {}, tagged = true, hidden = false, closeEventDelay = 1, deliversLate = false, random = Math.random } = options;
    this.network = network;
    this.deliversLate = deliversLate;
    const failed = (error: unknown) => {
      if (!(error instanceof SiteError)) this.errors.push(error);
    };
    this.#target = new Target(failed);
    this.document = new Document({
      failed,
      queue: (task) => void setTimeout(() => this.task(task), closeEventDelay),
      modalOpened: (dialog) => {
        if (dialog.shadowHost?.tagName === "LP-COBROWSE") this.onPromptOpened(dialog);
      },
      beforeToggle: (element) => this.#send("beforetoggle", element, { newState: "open" }),
    });
    this.document.hidden = hidden;
    const script = new Element("script", this.document);
    script.attributes.set("data-lp-cobrowse", JSON.stringify(config));
    this.document.currentScript = script;

    const page = this;
    class VisitorDate extends Date {
      constructor(value?: number) {
        super(value ?? VisitorDate.now());
      }
      static override now(): number {
        return page.now;
      }
    }
    const window: Record<string, any> = {
      document: this.document,
      navigator: { userAgent: "Mozilla/5.0 (X11; Linux x86_64) Chrome/140", onLine: true },
      location: { href: "https://shop.example/" },
      Date: VisitorDate,
      Math: Object.assign(Object.create(Math), { random }),
      URL,
      CustomEvent: PageEvent,
      Event: PageEvent,
      matchMedia: () => ({ matches: false }),
      console: { warn: (...words: unknown[]) => void this.warnings.push(words.join(" ")) },
      setTimeout: (task: (...values: unknown[]) => void, wait = 0, ...values: unknown[]) => this.#setTimeout(() => task(...values), wait),
      clearTimeout: (id: number) => {
        clearTimeout(this.#timers.get(id));
        this.#timers.delete(id);
      },
      requestAnimationFrame: (task: () => void) => this.#setTimeout(task, this.nextFrame - Date.now()),
      addEventListener: (type: string, listener: Listener) => this.#target.addEventListener(type, listener),
      removeEventListener: (type: string, listener: Listener) => this.#target.removeEventListener(type, listener),
      dispatchEvent: (event: PageEvent) => this.#dispatch(event),
      confirm: (question: string) => this.confirm(question),
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
    window.window = window;
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
      this.toLivePerson(name, event.data.serviceId);
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

  /** Its prompts that are open, whether or not something covers them. */
  get prompts(): Dialog[] {
    return this.document.topLayer.filter((element) => element.shadowHost?.tagName === "LP-COBROWSE") as Dialog[];
  }

  get hosts(): Element[] {
    return this.document.documentElement.children.filter((element) => element.tagName === "LP-COBROWSE");
  }

  /** The prompt that the visitor sees. */
  get prompt(): Dialog | undefined {
    const top = this.document.topLayer.at(-1);
    return top?.shadowHost?.tagName === "LP-COBROWSE" ? (top as Dialog) : undefined;
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
    if (clicked) this.#send("click", button);
    return clicked;
  }

  /** The visitor presses a key. */
  press(key: "Escape" | "Enter"): void {
    const { activeElement, topModal } = this.document;
    if (activeElement?.isConnected) this.#send("keydown", activeElement, { key });
    if (key === "Enter") {
      if (activeElement?.tagName === "BUTTON" && activeElement.isConnected && !activeElement.isInert) this.#send("click", activeElement);
      return;
    }
    topModal?.dispatchEvent(new PageEvent("cancel", { cancelable: true }));
    topModal?.close();
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
  #send(type: string, target: Element, init: object = {}): void {
    let stopped = false;
    const event = new PageEvent(type, {
      ...init,
      target: target.shadowHost ?? target,
      composedPath: () => target.path,
      stopPropagation: () => void (stopped = true),
    });
    this.#target.dispatchEvent(event);
    if (stopped) return;
    if (target.shadowHost?.tagName === "LP-COBROWSE") this.errors.push(new Error(`The page hears a ${type} of the prompt's.`));
    target.dispatchEvent(event);
  }

  hide(): void {
    this.document.hidden = true;
    this.#dispatch(new PageEvent("visibilitychange"));
  }

  show(): void {
    this.document.hidden = false;
    this.#dispatch(new PageEvent("visibilitychange"));
  }

  /** The visitor goes to another page, and this one into the bfcache. */
  leave(): void {
    this.#dispatch(new PageEvent("pagehide", { persisted: true }));
    if (!this.document.hidden) this.hide();
    this.frozen = true;
  }

  /** The visitor comes back by the history. What was due meanwhile may come before or after `pageshow`. */
  return(tasksFirst: boolean): void {
    this.frozen = false;
    const announce = () => {
      this.show();
      this.#dispatch(new PageEvent("pageshow", { persisted: true }));
    };
    if (!tasksFirst) announce();
    for (const task of this.#waiting.splice(0)) this.task(task);
    if (tasksFirst) announce();
  }

  fire(type: string): void {
    this.#dispatch(new PageEvent(type));
  }

  /** Everything that left the page but for its frames: where no secret may be. */
  get outputs(): string {
    const details = this.events.map(({ type, detail }) => [type, detail]);
    return JSON.stringify([this.published, details, this.dataLayer, this.warnings, this.requests, this.sockets.map(({ url }) => url)]);
  }

  #setTimeout(task: () => void, wait: number): number {
    const id = ++this.#lastTimer;
    const due = () => {
      // Cleared while it waited in a frozen page.
      if (this.#timers.delete(id)) this.task(task);
    };
    const timer = setTimeout(() => (this.frozen ? this.#waiting.push(due) : due()), wait);
    this.#timers.set(id, timer);
    return id;
  }

  #dispatch(event: PageEvent): boolean {
    if (event.type.startsWith("cobrowse")) {
      // The same detail is given another reason when the invitation ends.
      event.reasonThen = (event.detail as { reason?: string }).reason;
      this.events.push(event);
      this.onEvent(event);
    }
    return this.#target.dispatchEvent(event);
  }
}
