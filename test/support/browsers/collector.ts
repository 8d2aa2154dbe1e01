// WebKit's driver reports neither console messages nor uncaught errors, so a script in the page collects them.

export interface Collected {
  messages: string[];
  errors: string[];
}

declare global {
  interface Window {
    collectedForTheTest?: Collected;
  }
}

/** Runs in the page, as early as possible. */
export function collect(): void {
  if (window.collectedForTheTest) return;
  const collected: Collected = { messages: [], errors: [] };
  Object.defineProperty(window, "collectedForTheTest", { value: collected });
  const levels = { log: "log", info: "info", warn: "warning", error: "error", debug: "debug" } as const;
  for (const [method, level] of Object.entries(levels) as [keyof typeof levels, string][]) {
    const print = console[method];
    console[method] = (...things: unknown[]) => {
      collected.messages.push(`${level}: ${things.map(String).join(" ")}`);
      print.apply(console, things);
    };
  }
  const text = (reason: unknown) => (reason instanceof Error ? reason.message : String(reason));
  addEventListener("error", (event) => collected.errors.push(text(event.error ?? event.message)));
  addEventListener("unhandledrejection", (event) => collected.errors.push(text(event.reason)));
}

/** The same, to be put before every other script of a page. */
export const COLLECTOR = `(${collect.toString()})()`;
