// Events as a browser has them: a listener that throws is reported to the page and stops nobody else.

export class PageEvent {
  readonly type: string;
  readonly detail: unknown;
  readonly cancelable: boolean;
  defaultPrevented = false;
  [key: string]: unknown;

  constructor(type: string, init: { detail?: unknown; cancelable?: boolean; [key: string]: unknown } = {}) {
    this.type = type;
    this.detail = init.detail;
    this.cancelable = !!init.cancelable;
    Object.assign(this, init);
  }

  preventDefault(): void {
    if (this.cancelable) this.defaultPrevented = true;
  }
}

export type Listener = (event: PageEvent) => unknown;

export class Target {
  readonly #listeners: { type: string; listener: Listener }[] = [];
  readonly #failed: (error: unknown) => void;

  constructor(failed: (error: unknown) => void) {
    this.#failed = failed;
  }

  addEventListener(type: string, listener: Listener): void {
    if (!this.#listeners.some((known) => known.type === type && known.listener === listener)) this.#listeners.push({ type, listener });
  }

  removeEventListener(type: string, listener: Listener): void {
    const index = this.#listeners.findIndex((known) => known.type === type && known.listener === listener);
    if (index >= 0) this.#listeners.splice(index, 1);
  }

  dispatchEvent(event: PageEvent): boolean {
    const handler = (this as Record<string, unknown>)[`on${event.type}`];
    const listeners = this.#listeners.filter(({ type }) => type === event.type).map(({ listener }) => listener);
    if (typeof handler === "function") listeners.unshift(handler as Listener);
    for (const listener of listeners) {
      try {
        listener.call(this, event);
      } catch (error) {
        this.#failed(error);
      }
    }
    return !event.defaultPrevented;
  }
}
