// What LivePerson tells of a visitor with very many conversations, beside JSON.parse of the same text, which whoever reads it has
// to do: the time that it takes, and what is left of it in the heap.
import { startSite } from "../support/site.ts";
import type { Browser } from "../support/browsers.ts";
import { configFor, heapOf, inNewPage, live, pageWith } from "./page.ts";
import { bytes, compare, timeRow, type Pair, type Row } from "./report.ts";

const CONVERSATIONS = 200;
const BLOCKS = 60;
const REPEATS = 10;
const MANY = 20_000;
/** Bytes. What V8 learns comes and goes by thousands; whatever the snippet kept of each would be more than one. */
const NO_GROWTH = MANY;

/** As LivePerson sends it: each conversation with its main dialog and a co-browsing that has ended; the first is closed meanwhile. */
function notification(convIds: string[]): string {
  const changes = convIds.map((convId) => {
    const participants = [
      { id: "72fca421-7dcd-4b03-b6ef-8b1e5a0b3d0c", role: "CONSUMER" },
      { id: "734d9867-4a2b-4d6e-9a54-6cf2c1c1c0a5", role: "ASSIGNED_AGENT" },
    ];
    const dialogs = [
      { dialogId: convId, dialogType: "MAIN", channelType: "MESSAGING", state: "OPEN", creationTs: 1477840809953 },
      { dialogId: `c${convId}`, dialogType: "OTHER", channelType: "COBROWSE", metaData: { sessionState: "CLOSED" } },
    ];
    return { type: "UPSERT", result: { convId, conversationDetails: { state: "OPEN", startTs: 1477840809953, participants, dialogs } } };
  });
  const closed = { type: "DELETE", result: { convId: convIds[0] } };
  return JSON.stringify({
    kind: "notification",
    type: "cqm.ExConversationChangeNotification",
    body: { subscriptionId: "ab12", changes: [...changes, closed] },
  });
}

/** In the page: blocks of both in turn, each of milliseconds for one notification. */
function time(text: string, blocks: number, repeats: number): Pair[] {
  const event = new MessageEvent("message", { data: text });
  const timed = (run: () => unknown) => {
    const before = performance.now();
    for (let count = 0; count < repeats; count++) run();
    return (performance.now() - before) / repeats;
  };
  const handled = () => timed(() => window.socket.onmessage!(event));
  const parsed = () => timed(() => JSON.parse(event.data) as object);
  return Array.from({ length: blocks }, (_, block) => {
    const first = block % 2 ? handled() : undefined;
    const theirs = parsed();
    return { ours: first ?? handled(), theirs };
  });
}

/** In the page: notifications that all differ, in tasks of a hundred. @param template with # in the place of a number */
async function notify(template: string, count: number, handled: boolean): Promise<void> {
  for (let index = 0; index < count; index++) {
    const event = new MessageEvent("message", { data: template.replaceAll("#", `${Math.random()}`) });
    if (handled) window.socket.onmessage!(event);
    else JSON.parse(event.data);
    if (index % 100 === 99) await new Promise((resolve) => setTimeout(resolve));
  }
}

export async function measureNotification([browser]: Browser[]): Promise<Row[]> {
  const site = await startSite();
  const address = () => pageWith(site, { config: configFor(site) });

  const cost = await inNewPage(browser!, async (page) => {
    await page.goto(address());
    await live(site);
    const text = notification(Array.from({ length: CONVERSATIONS }, (_, index) => `6b2622de-16e7-4c8c-8a3f-${String(index).padStart(12, "0")}`));
    await page.evaluate(time, text, BLOCKS / 2, REPEATS);
    return compare(await page.evaluate(time, text, BLOCKS, REPEATS));
  });

  /** Bytes, after as many to warm up. */
  const growth = (handled: boolean) =>
    inNewPage(browser!, async (page) => {
      await page.goto(address());
      await live(site);
      await page.evaluate(notify, notification(["#"]), MANY, handled);
      const before = await heapOf(page);
      await page.evaluate(notify, notification(["#"]), MANY, handled);
      return (await heapOf(page)) - before;
    });
  const [ours, parsed] = [await growth(true), await growth(false)];
  await site.close();

  return [
    timeRow(`a notification of ${CONVERSATIONS} conversations`, cost, "JSON.parse of it", 1.3),
    {
      what: `left in the heap by ${MANY.toLocaleString("en")} notifications`,
      ours: bytes(ours),
      beside: `JSON.parse of them: ${bytes(parsed)}`,
      limit: { reach: `less than ${bytes(NO_GROWTH)} more`, holds: ours - parsed < NO_GROWTH },
    },
  ];
}
