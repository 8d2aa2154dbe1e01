// As much of a DOM as a prompt needs, with what platform.md says of modal dialogs: `close` events that come later as
// tasks, a top layer whose backdrop fills the window, and inert buttons that nobody can press or focus.
import { PageEvent, Target } from "./events.ts";

/** What elements need of the page around them. */
export interface Surroundings {
  failed(error: unknown): void;
  /** Runs something later, as a task of its own. */
  queue(task: () => void): void;
  modalOpened(dialog: Dialog): void;
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

  get host(): Element | undefined {
    const root = this.path.find((element) => element instanceof ShadowRoot);
    return (root as ShadowRoot | undefined)?.host;
  }

  partNamed(name: string): Element | undefined {
    return this.descendants.find((element) => element.part === name);
  }

  showModal(): void {
    if (this.open || !this.isConnected) throw new Error("InvalidStateError: a dialog that is open, or in no document, cannot be shown.");
    this.open = true;
    const { ownerDocument } = this;
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
  /** The open modal dialogs, the lowest first. */
  topLayer: Dialog[] = [];
  activeElement: Element | null = null;
  currentScript: Element | null = null;
  hidden = false;

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

  /** Whatever the point, the topmost backdrop covers it. */
  elementFromPoint(): Element {
    const top = this.topLayer.at(-1);
    return top ? (top.host ?? top) : this.documentElement;
  }

  forgetClosed(): void {
    this.topLayer = this.topLayer.filter((dialog) => dialog.open && dialog.isConnected);
  }
}
