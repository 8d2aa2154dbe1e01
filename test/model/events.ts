// Events as a browser has them: a listener that throws is reported to the page and stops nobody else.

export class PageEvent {
  readonly type: string;
  defaultPrevented = false;
  declare readonly detail: unknown;
  declare readonly cancelable?: boolean;
  [key: string]: unknown;

  constructor(type: string, init: object = {}) {
    this.type = type;
    Object.assign(this, init);
  }

  preventDefault(): void {
    this.defaultPrevented ||= !!this.cancelable;
  }
}

export type Listener = (event: PageEvent) => unknown;

export class Target {
  readonly #listeners = new Map<string, Set<Listener>>();
  readonly #failed: (error: unknown) => void;

  constructor(failed: (error: unknown) => void) {
    this.#failed = failed;
  }

  addEventListener(type: string, listener: Listener): void {
    if (!this.#listeners.has(type)) this.#listeners.set(type, new Set());
    this.#listeners.get(type)!.add(listener);
  }

  dispatchEvent(event: PageEvent): boolean {
    const handler = (this as Record<string, unknown>)[`on${event.type}`];
    const listeners = [handler as Listener | null | undefined, ...(this.#listeners.get(event.type) ?? [])];
    for (const listener of listeners) {
      try {
        listener?.call(this, event);
      } catch (error) {
        this.#failed(error);
      }
    }
    return !event.defaultPrevented;
  }
}
