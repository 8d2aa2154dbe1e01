// What the demo has for LivePerson's tag: their own event bus, Chronos, and a monitoring SDK. It tells the server what a page publishes to
// "lpCoBrowse", as the real one tells LivePerson. In the shop it takes the place of the stub; on a page of a new user's own (the README's
// "Try it") it is all there is, so it brings the sharing too.
import type { PageMessages } from "../demo.ts";
import { reporter } from "./report.ts";
import { listen } from "./server.ts";
import { shareWith } from "./sharing.ts";
import type { LpTag } from "./shop.ts";

declare const Chronos: { Events: new () => Required<LpTag["events"]> };

const OWN = "own";
const { origin } = new URL((document.currentScript as HTMLScriptElement).src);
const { lpTag: stub, demo } = window;
const events = new Chronos.Events();
const report = demo ? demo.report : reporter(origin, OWN);

events.bind({
  appName: "lpCoBrowse",
  eventName: "*",
  func: (data: object, { eventName }: { eventName: string }) => report("lpTag", eventName, data),
});
const taglets = { lp_monitoringSDK: { getSid: () => "monitoring-session-7", getVid: () => "monitoring-visitor-42" } };
window.lpTag = Object.assign(stub ?? { site: "56072331" }, { events, taglets });
for (const call of stub?.queued?.bind ?? []) events.bind(...call);
for (const call of stub?.queued?.trigger ?? []) events.trigger(...call);

if (!demo) listen<PageMessages>(`${origin}/demo/stage`, shareWith(origin, OWN));
