// One notification, handled by the product, beside JSON.parse of the same text, which anything that reads it has to do.
import { startSite } from "../support/site.ts";
import type { Browser } from "../support/browsers.ts";
import { connectedPage } from "./page.ts";
import { median, ms, times, type Table } from "./report.ts";

const SIZES = [1, 10, 100, 200, 1000];
const BLOCKS = 40;
const COLD_PAGES = 9;

/** A notification as LivePerson sends it: each conversation with its main dialog and, if told, a co-browsing that has ended. */
function notification(conversations: number, ended: boolean): string {
  const changes = Array.from({ length: conversations }, (_, index) => {
    const convId = `6b2622de-16e7-4c8c-8a3f-${String(index).padStart(12, "0")}`;
    const main = { dialogId: convId, dialogType: "MAIN", channelType: "MESSAGING", state: "OPEN", creationTs: 1477840809953 };
    const closed = { dialogId: `c26b9d3b-${index}`, dialogType: "OTHER", channelType: "COBROWSE", metaData: { sessionState: "CLOSED" } };
    return {
      type: "UPSERT",
      result: {
        convId,
        conversationDetails: {
          state: "OPEN",
          startTs: 1477840809953,
          participants: [
            { id: "72fca421-7dcd-4b03-b6ef-8b1e5a0b3d0c", role: "CONSUMER" },
            { id: "734d9867-4a2b-4d6e-9a54-6cf2c1c1c0a5", role: "ASSIGNED_AGENT" },
          ],
          dialogs: ended ? [main, closed] : [main],
        },
      },
    };
  });
  return JSON.stringify({ kind: "notification", type: "cqm.ExConversationChangeNotification", body: { subscriptionId: "ab12", changes } });
}

/** In the page: blocks of both in turn, so that noise hits both. */
function compare(text: string, blocks: number, repeats: number): { handler: number; parse: number }[] {
  const socket = window.sockets.at(-1)!;
  const event = new MessageEvent("message", { data: text });
  const handle = () => socket.onmessage!(event);
  const parse = () => JSON.parse(event.data) as object;
  const time = (run: () => unknown) => {
    const before = performance.now();
    for (let count = 0; count < repeats; count++) run();
    return (performance.now() - before) / repeats;
  };
  return Array.from({ length: blocks }, (_, block) => {
    const first = block % 2 ? handle : parse;
    const one = time(first);
    const other = time(first === handle ? parse : handle);
    return first === handle ? { handler: one, parse: other } : { handler: other, parse: one };
  });
}

export async function measureNotification(browser: Browser): Promise<Table> {
  const site = await startSite();
  const rows: string[][] = [];
  const ratios: Record<string, number> = {};

  const page = await connectedPage(browser, site);
  for (const [size, ended] of [...SIZES.map((size) => [size, false] as const), [200, true] as const]) {
    const text = notification(size, ended);
    const repeats = Math.max(1, Math.ceil(2000 / size));
    await page.evaluate(compare, text, 20, repeats);
    const found = await page.evaluate(compare, text, BLOCKS, repeats);
    const name = `${size}${ended ? ", each with an ended co-browsing" : ""}`;
    const ratio = (ratios[name] = median(found.map(({ handler, parse }) => handler / parse)));
    rows.push([
      name,
      `${(text.length / 1000).toFixed(1)} kB`,
      ms(median(found.map(({ handler }) => handler))),
      ms(median(found.map(({ parse }) => parse))),
      times(ratio),
    ]);
  }
  await page.close();

  const cold: { handler: number; parse: number }[] = [];
  const text = notification(200, false);
  for (let count = 0; count < COLD_PAGES * 2; count++) {
    const page = await connectedPage(browser, site);
    // Which comes first in its page changes in turn; only the first is cold.
    const [only] = await page.evaluate(
      (text: string, handlerFirst: boolean) => {
        const socket = window.sockets.at(-1)!;
        const event = new MessageEvent("message", { data: text });
        const before = performance.now();
        if (handlerFirst) socket.onmessage!(event);
        else JSON.parse(event.data);
        const taken = performance.now() - before;
        return [handlerFirst ? { handler: taken, parse: NaN } : { handler: NaN, parse: taken }];
      },
      text,
      count % 2 === 0,
    );
    cold.push(only!);
    await page.close();
  }
  const coldHandler = median(cold.map(({ handler }) => handler).filter((each) => each !== null));
  const coldParse = median(cold.map(({ parse }) => parse).filter((each) => each !== null));
  rows.push(["200, the first in a page", `${(text.length / 1000).toFixed(1)} kB`, ms(coldHandler), ms(coldParse), times(coldHandler / coldParse)]);
  await site.close();

  const limit = (name: string) => ({
    what: `a notification of ${name}`,
    reach: "at most 1.30× JSON.parse",
    measured: times(ratios[name]!),
    holds: ratios[name]! <= 1.3,
  });
  return {
    title: "A notification",
    how: `The socket's onmessage with a MessageEvent, beside JSON.parse of its text: medians of ${BLOCKS} blocks of each in turn, in one page; for the first in a page, of ${COLD_PAGES} pages.`,
    head: ["conversations", "text", "handler", "JSON.parse", "ratio"],
    rows,
    summary: [
      ["a notification of 200 conversations", times(ratios["200"]!), "JSON.parse of it: 1"],
      ["the first such in a page", ms(coldHandler), `JSON.parse of it: ${ms(coldParse)}`],
    ],
    limits: [limit("200"), limit("200, each with an ended co-browsing")],
  };
}
