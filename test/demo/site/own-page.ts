// LivePerson's tag for a page of a new user's own (the README's "Try it"): Chronos, the sharing, and the
// agent hears what the page publishes, as from the shop.
import type { PageMessage } from "../demo.ts";
import type { PageReport } from "../timeline.ts";
import { shareWith } from "./sharing.ts";
import { listen } from "./stream.ts";

declare const Chronos: { Events: new () => { bind(binding: object): void; publish(...call: unknown[]): void } };

const { origin } = new URL((document.currentScript as HTMLScriptElement).src);
const TAB = "own";
const events = new Chronos.Events();

events.bind({
  appName: "lpCoBrowse",
  eventName: "*",
  func: (data: Record<string, unknown>, { eventName }: { eventName: string }) => {
    const report: PageReport = { time: Date.now(), tab: TAB, kind: "lpTag", name: eventName, data };
    void fetch(`${origin}/demo/report`, { method: "POST", body: JSON.stringify([report]), mode: "no-cors", keepalive: true }).catch(() => {
      // The demo has ended, or the page is leaving: only the agent misses it.
    });
  },
});
Object.assign(window, { lpTag: { site: "56072331", events } });

listen<PageMessage>(`${origin}/demo/stage`, shareWith(origin, TAB));
