// What the shop takes for LivePerson's tag: their own event bus, Chronos, put in the place of the stub, and a
// monitoring SDK. It tells the server what a page publishes to "lpCoBrowse", as the real one tells LivePerson.
import type { LpTag } from "./shop.ts";

declare const Chronos: { Events: new () => Required<LpTag["events"]> };

const { lpTag, demo } = window;
const bus = new Chronos.Events();

bus.bind({
  appName: "lpCoBrowse",
  eventName: "*",
  func: (data: object, { eventName }: { eventName: string }) => demo.report("lpTag", eventName, data),
});
lpTag.taglets = { lp_monitoringSDK: { getSid: () => "monitoring-session-7", getVid: () => "monitoring-visitor-42" } };
lpTag.events = bus;
for (const call of lpTag.queued.bind) bus.bind(...call);
for (const call of lpTag.queued.trigger) bus.trigger(...call);
