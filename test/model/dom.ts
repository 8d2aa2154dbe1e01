// As much of a DOM as a prompt needs, with what platform.md says of modal dialogs, and happy-dom has nothing of: `close` events that come
// later as tasks, a top layer in which the last one is on top, and inert buttons that nobody can press.
import { PageEvent, Target } from "./events.ts";
import type { FakePage } from "./page.ts";

const SHADOW_ROOT = "#SHADOW-ROOT";

export class Element extends Target {
  readonly tagName: string;
  readonly ownerDocument: Document;
  readonly children: Element[] = [];
  /** Of a shadow root: its host. */
  parent: Element | undefined;
  part = "";
  inert = false;
  /** Whatever else is set: role, ariaLabel, dir, onclick. */
  [property: string]: unknown;

  constructor(tag: string, document: Document) {
    super((error) => document.page.failed(error));
    this.tagName = tag.toUpperCase();
    this.ownerDocument = document;
  }

  /** Itself and what it is in, across shadow roots. */
  get path(): Element[] {
    return [this, ...(this.parent?.path ?? [])];
  }

  get isConnected(): boolean {
    return this.path.includes(this.ownerDocument.documentElement);
  }

  get isInert(): boolean {
    return this.path.some(({ inert }) => inert);
  }

  /** The host of the shadow tree that it is in. */
  get shadowHost(): Element | undefined {
    return this.path.find(({ tagName }) => tagName === SHADOW_ROOT)?.parent;
  }

  get isOfPrompt(): boolean {
    return this.shadowHost?.tagName === "LP-COBROWSE";
  }

  get descendants(): Element[] {
    return this.children.flatMap((child) => [child, ...child.descendants]);
  }

  append(child: Element): void {
    child.parent = this;
    this.children.push(child);
  }

  /** Fires nothing, even if an open dialog goes with it. */
  replaceWith(): void {
    const siblings = this.parent?.children ?? [];
    siblings.splice(siblings.indexOf(this), 1);
    this.parent = undefined;
    this.ownerDocument.forgetClosed();
  }

  attachShadow(): Element {
    const root = new Element(SHADOW_ROOT, this.ownerDocument);
    root.parent = this;
    return root;
  }
}

export class Dialog extends Element {
  open = false;
  #focusBefore: Element | undefined;

  get offsetHeight(): number {
    return this.open && this.isConnected ? 200 : 0;
  }

  /** Only for `:modal`. */
  matches(): boolean {
    return this.ownerDocument.topLayer.includes(this);
  }

  partNamed(name: string): Element | undefined {
    return this.descendants.find(({ part }) => part === name);
  }

  showModal(): void {
    if (this.open || !this.isConnected) throw new Error("InvalidStateError: a dialog that is open, or in no document, cannot be shown.");
    const { ownerDocument } = this;
    if (!this.shadowHost) ownerDocument.page.send("beforetoggle", this, { newState: "open" });
    this.open = true;
    this.#focusBefore = ownerDocument.activeElement;
    ownerDocument.topLayer.push(this);
    ownerDocument.activeElement = this.descendants.find((element) => element.tagName === "BUTTON" && !element.isInert) ?? this;
    if (this.isOfPrompt) ownerDocument.page.onPromptOpened();
  }

  close(): void {
    if (!this.open) return;
    this.open = false;
    this.ownerDocument.forgetClosed();
    this.ownerDocument.activeElement = this.#focusBefore;
    this.ownerDocument.page.closes(() => this.dispatchEvent(new PageEvent("close")));
  }
}

export class Document extends Target {
  readonly page: FakePage;
  readonly documentElement = new Element("html", this);
  /** The open modal dialogs and popovers, the lowest first. */
  topLayer: Element[] = [];
  activeElement: Element | undefined;
  currentScript: Element | null = null;
  hidden = false;
  /** What a document calls the events that it knows: some of them. */
  onclick = null;
  onkeydown = null;
  onbeforetoggle = null;

  constructor(page: FakePage) {
    super((error) => page.failed(error));
    this.page = page;
  }

  createElement(tag: string): Element {
    return tag === "dialog" ? new Dialog(tag, this) : new Element(tag, this);
  }

  /** Painted above what is open already, and as inert as all the page is while a modal dialog is open. */
  showPopover(popover: Element): void {
    this.page.send("beforetoggle", popover, { newState: "open" });
    this.topLayer.push(popover);
  }

  /** The modal dialog that is on top, but for popovers. */
  get topModal(): Dialog | undefined {
    return this.topLayer.filter((element) => element instanceof Dialog).at(-1);
  }

  forgetClosed(): void {
    this.topLayer = this.topLayer.filter((element) => element.isConnected && !(element instanceof Dialog && !element.open));
  }
}
