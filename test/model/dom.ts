// As much of a DOM as a prompt needs, with what platform.md says of modal dialogs: `close` events that come later as
// tasks, a top layer in which the last one is on top, and inert buttons that nobody can press or focus.
import { PageEvent, Target } from "./events.ts";

/** What elements need of the page around them. */
export interface Surroundings {
  failed(error: unknown): void;
  /** Runs something later, as a task of its own. */
  queue(task: () => void): void;
  modalOpened(dialog: Dialog): void;
  /** The page opens something in the top layer. */
  beforeToggle(element: Element): void;
}

export class Element extends Target {
  readonly tagName: string;
  readonly ownerDocument: Document;
  readonly children: Element[] = [];
  readonly attributes = new Map<string, string>();
  parentNode: Element | null = null;
  textContent = "";
  part = "";
  inert = false;
  /** Whatever else is set: role, ariaLabel, dir, onclick. */
  [property: string]: unknown;

  constructor(tag: string, document: Document) {
    super((error) => document.surroundings.failed(error));
    this.tagName = tag.toUpperCase();
    this.ownerDocument = document;
  }

  /** The attributes `data-…`, by their names in camel case. */
  get dataset(): Record<string, string> {
    const data = [...this.attributes].filter(([name]) => name.startsWith("data-"));
    return Object.fromEntries(data.map(([name, value]) => [name.slice("data-".length).replace(/-(.)/g, (_, letter: string) => letter.toUpperCase()), value]));
  }

  /** Itself and what it is in, across shadow roots. */
  get path(): Element[] {
    const parent = this instanceof ShadowRoot ? this.host : this.parentNode;
    return parent ? [this, ...parent.path] : [this];
  }

  get isConnected(): boolean {
    return this.path.includes(this.ownerDocument.documentElement);
  }

  get isInert(): boolean {
    return this.path.some((element) => element.inert);
  }

  /** The host of the shadow tree that it is in. */
  get shadowHost(): Element | undefined {
    const root = this.path.find((element) => element instanceof ShadowRoot);
    return (root as ShadowRoot | undefined)?.host;
  }

  get descendants(): Element[] {
    return this.children.flatMap((child) => [child, ...child.descendants]);
  }

  append(child: Element | string): void {
    if (typeof child === "string") {
      this.textContent += child;
      return;
    }
    child.remove();
    child.parentNode = this;
    this.children.push(child);
  }

  /** Fires nothing, even if an open dialog goes with it. */
  remove(): void {
    if (!this.parentNode) return;
    const siblings = this.parentNode.children;
    siblings.splice(siblings.indexOf(this), 1);
    this.parentNode = null;
    this.ownerDocument.forgetClosed();
  }

  replaceWith(): void {
    this.remove();
  }

  attachShadow(): ShadowRoot {
    return new ShadowRoot(this);
  }

  focus(): void {
    if (this.isConnected && !this.isInert) this.ownerDocument.activeElement = this;
  }
}

export class ShadowRoot extends Element {
  readonly host: Element;

  constructor(host: Element) {
    super("#shadow-root", host.ownerDocument);
    this.host = host;
  }
}

export class Dialog extends Element {
  open = false;
  #focusBefore: Element | null = null;

  get offsetHeight(): number {
    return this.open && this.isConnected ? 200 : 0;
  }

  /** Only for `:modal`. */
  matches(): boolean {
    return this.ownerDocument.topLayer.includes(this);
  }

  partNamed(name: string): Element | undefined {
    return this.descendants.find((element) => element.part === name);
  }

  showModal(): void {
    if (this.open || !this.isConnected) throw new Error("InvalidStateError: a dialog that is open, or in no document, cannot be shown.");
    const { ownerDocument } = this;
    if (!this.shadowHost) ownerDocument.surroundings.beforeToggle(this);
    this.open = true;
    this.#focusBefore = ownerDocument.activeElement;
    ownerDocument.topLayer.push(this);
    ownerDocument.activeElement = this.descendants.find((element) => element.tagName === "BUTTON" && !element.isInert) ?? this;
    ownerDocument.surroundings.modalOpened(this);
  }

  close(): void {
    if (!this.open) return;
    this.open = false;
    this.ownerDocument.forgetClosed();
    this.ownerDocument.activeElement = this.#focusBefore;
    this.ownerDocument.surroundings.queue(() => this.dispatchEvent(new PageEvent("close")));
  }
}

export class Document extends Target {
  readonly surroundings: Surroundings;
  readonly documentElement: Element;
  /** The open modal dialogs and popovers, the lowest first. */
  topLayer: Element[] = [];
  activeElement: Element | null = null;
  currentScript: Element | null = null;
  hidden = false;
  /** What a document calls the events that it knows: some of them. */
  onclick = null;
  onkeydown = null;
  onbeforetoggle = null;

  constructor(surroundings: Surroundings) {
    super((error) => surroundings.failed(error));
    this.surroundings = surroundings;
    this.documentElement = new Element("html", this);
  }

  get visibilityState(): string {
    return this.hidden ? "hidden" : "visible";
  }

  createElement(tag: string): Element {
    return tag === "dialog" ? new Dialog(tag, this) : new Element(tag, this);
  }

  /** The page has no other element with the attribute than the snippet's own script. */
  querySelector(): Element | null {
    return null;
  }

  /** Painted above what is open already, and as inert as all the page is while a modal dialog is open. */
  showPopover(popover: Element): void {
    this.surroundings.beforeToggle(popover);
    this.topLayer.push(popover);
  }

  /** The modal dialog that is on top, but for popovers. */
  get topModal(): Dialog | undefined {
    return this.topLayer.filter((element) => element instanceof Dialog).at(-1) as Dialog | undefined;
  }

  forgetClosed(): void {
    this.topLayer = this.topLayer.filter((element) => element.isConnected && !(element instanceof Dialog && !element.open));
  }
}
