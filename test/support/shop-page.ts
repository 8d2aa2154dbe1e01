// What runs in the shop before the snippet: LivePerson's stub, later their own event bus, and a recorder.

/** One event on LivePerson's bus, or on `window`. Functions in it are "function", so that it survives JSON. */
export interface Recorded {
  name: string;
  data: Record<string, unknown>;
}

declare global {
  interface Window {
    /** What was published to "lpCoBrowse" on the real bus. */
    lpTagEvents: Recorded[];
    /** The cobrowse… events on window. */
    windowEvents: Recorded[];
    dataLayer?: object[];
    /** All of these in the order in which they came: "lpTag cobrowseOffered", "window cobrowseClosed expired". */
    journal: string[];
    /** What the Content-Security-Policy minded: "style-src inline". */
    violations: string[];
    /** The tag has loaded: the bus takes the place of the stub. */
    releaseTag(): void;
  }
}

export interface ShopSettings {
  account: string;
  /** Milliseconds, or "held" until releaseTag(). */
  tagDelay: number | "held";
  dataLayer: boolean;
  /** Where the tag reports what is published to it. */
  eventPath: string;
}

interface Bus {
  bind(...call: unknown[]): void;
  trigger(...call: unknown[]): void;
}

declare const Chronos: { Events: new () => Bus };

/** Sent to the page as text: it sees nothing of this file. */
export function shopPage({ account, tagDelay, dataLayer, eventPath }: ShopSettings): void {
  const plain = (data: unknown) =>
    JSON.parse(JSON.stringify(data ?? {}, (_, value: unknown) => (typeof value === "function" ? "function" : value))) as Record<string, unknown>;
  const note = (...words: unknown[]) => window.journal.push(words.filter(Boolean).join(" "));

  window.lpTagEvents = [];
  window.windowEvents = [];
  window.journal = [];
  window.violations = [];
  document.addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) => window.violations.push(`${effectiveDirective} ${blockedURI}`));

  for (const name of ["Offered", "Accepted", "Declined", "Closed", "Error"]) {
    window.addEventListener(`cobrowse${name}`, (event) => {
      const data = plain((event as CustomEvent).detail);
      window.windowEvents.push({ name: event.type, data });
      note("window", event.type, data.reason);
    });
  }

  if (dataLayer) {
    const layer: object[] = (window.dataLayer = []);
    const { push } = layer;
    layer.push = (...items: object[]) => {
      for (const item of items) if ("event" in item) note("dataLayer", item.event);
      return push.apply(layer, items);
    };
  }

  // The stub that LivePerson's own snippet leaves on a page: it queues, and has no publish.
  const bound: unknown[][] = [];
  const triggered: unknown[][] = [];
  const stub: Bus = { bind: (...call) => bound.push(call), trigger: (...call) => triggered.push(call) };
  const lpTag = { site: account, events: stub, taglets: {} };
  Object.assign(window, { lpTag });
  stub.bind("lpCoBrowse", "*", (data: unknown, { eventName }: { eventName: string }) => {
    const copy = plain(data);
    window.lpTagEvents.push({ name: eventName, data: copy });
    note("lpTag", eventName);
    void fetch(eventPath, { method: "POST", keepalive: true, body: JSON.stringify({ name: eventName, data: copy }) }).catch(() => {
      // The page is leaving, or its policy forbids it: only the agent misses it.
    });
  });

  let released = false;
  window.releaseTag = () => {
    if (released) return;
    released = true;
    const bus = new Chronos.Events();
    lpTag.taglets = { lp_monitoringSDK: { getSid: () => "monitoring-session", getVid: () => "monitoring-visitor" } };
    lpTag.events = bus;
    for (const call of bound) bus.bind(...call);
    for (const call of triggered) bus.trigger(...call);
  };
  if (tagDelay === 0) window.releaseTag();
  else if (tagDelay !== "held") setTimeout(window.releaseTag, tagDelay);
}
