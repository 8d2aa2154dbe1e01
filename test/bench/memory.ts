// The heap after very many frames, garbage collected.
import type { Browser, Page } from "../support/browsers.ts";
import { startSite } from "../support/site.ts";
import { collectGarbage, connectedPage } from "./page.ts";
import { bytes, type Table } from "./report.ts";

const NOTIFICATIONS = 20_000;
const INVITATIONS = 1000;
/** What V8 keeps of a page that does nothing but parse comes and goes by this much. */
const NO_GROWTH = 2000;

/** In the page: gives the socket frames that all differ, in tasks of 100. */
async function notify(from: number, count: number, handled: boolean): Promise<void> {
  const socket = window.sockets.at(-1)!;
  for (let index = from; index < from + count; index++) {
    const convId = `6b2622de-${index}`;
    const dialogs = [
      { dialogId: convId, channelType: "MESSAGING", state: "OPEN" },
      { dialogId: `d${index}`, channelType: "COBROWSE", metaData: { sessionState: "CLOSED" } },
    ];
    const changes = [
      { type: "UPSERT", result: { convId, conversationDetails: { state: "OPEN", dialogs } } },
      { type: "UPSERT", result: { convId, conversationDetails: { state: "CLOSE", dialogs } } },
      { type: "DELETE", result: { convId } },
    ];
    const data = JSON.stringify({ kind: "notification", type: "cqm.ExConversationChangeNotification", body: { changes } });
    const event = new MessageEvent("message", { data });
    if (handled) socket.onmessage!(event);
    else JSON.parse(event.data);
    if (index % 100 === 99) await new Promise((resolve) => setTimeout(resolve));
  }
}

/** In the page: invitations that the agent withdraws, one after the other. Returns how many were asked. */
async function invite(from: number, count: number): Promise<number> {
  const socket = window.sockets.at(-1)!;
  let asked = 0;
  // LivePerson's bus remembers everything that was ever published.
  Object.assign(window, { lpTag: { events: { publish() {} } } });
  for (let index = from; index < from + count; index++) {
    const tell = (sessionState: string) => {
      const metaData = { sessionState, serviceId: "consumer#conversation", mode: "shared", expires: Date.now() / 1000 + 100 };
      const dialogs = [
        {
          dialogId: `c26b9d3b-1f57-4c8c-8a3f-${String(index).padStart(12, "0")}`,
          channelType: "COBROWSE",
          state: "OPEN",
          participants: ["consumer", "agent"],
          metaData,
        },
      ];
      const changes = [{ type: "UPSERT", result: { convId: "conversation", conversationDetails: { state: "OPEN", dialogs } } }];
      socket.onmessage!(new MessageEvent("message", { data: JSON.stringify({ kind: "notification", body: { changes } }) }));
    };
    tell("INVITED");
    if (document.querySelector("lp-cobrowse")) asked++;
    tell("CLOSED");
    if (index % 10 === 9) await new Promise((resolve) => setTimeout(resolve));
  }
  // The timer of the last prompt is over.
  await new Promise((resolve) => setTimeout(resolve, 700));
  return asked;
}

const nodes = async (page: Page) => (await page.cdp<{ nodes: number }>("Memory.getDOMCounters")).nodes;

export async function measureMemory(browser: Browser): Promise<Table> {
  const site = await startSite();
  const grown = async (handled: boolean) => {
    const page = await connectedPage(browser, site);
    await page.evaluate(notify, 0, NOTIFICATIONS, handled);
    const before = await collectGarbage(page);
    await page.evaluate(notify, NOTIFICATIONS, NOTIFICATIONS, handled);
    const growth = (await collectGarbage(page)) - before;
    await page.close();
    return growth;
  };
  const control = await grown(false);
  const growth = await grown(true);

  const page = await connectedPage(browser, site);
  await page.evaluate(invite, 0, INVITATIONS);
  const [heapBefore, nodesBefore] = [await collectGarbage(page), await nodes(page)];
  const asked = await page.evaluate(invite, INVITATIONS, INVITATIONS);
  if (asked !== INVITATIONS) throw new Error(`Only ${asked} of ${INVITATIONS} invitations were asked about.`);
  const heap = (await collectGarbage(page)) - heapBefore;
  const leftNodes = (await nodes(page)) - nodesBefore;
  await page.close();
  await site.close();

  return {
    title: "Memory",
    how: "Growth of the heap, garbage collected, after as many to warm up. Of an invitation its identity is kept, so that a late copy is known.",
    head: ["", "growth", "for each", "nodes left"],
    rows: [
      [`${NOTIFICATIONS.toLocaleString("en")} notifications`, bytes(growth), `${(growth / NOTIFICATIONS).toFixed(2)} B`, ""],
      ["the same, only parsed", bytes(control), `${(control / NOTIFICATIONS).toFixed(2)} B`, ""],
      [`${INVITATIONS.toLocaleString("en")} invitations with their prompts`, bytes(heap), `${(heap / INVITATIONS).toFixed(0)} B`, String(leftNodes)],
    ],
    summary: [
      [`heap after ${NOTIFICATIONS.toLocaleString("en")} notifications`, `${bytes(growth)} more`, `only parsed: ${bytes(control)}`],
      [
        `heap after ${INVITATIONS.toLocaleString("en")} invitations`,
        `${bytes(heap)} more, no nodes left`.replace("no nodes", leftNodes > 0 ? `${leftNodes} nodes` : "no nodes"),
        "",
      ],
    ],
    limits: [
      {
        what: `${NOTIFICATIONS.toLocaleString("en")} notifications`,
        reach: `no growth of the heap (less than ${bytes(NO_GROWTH)} more than when only parsed)`,
        measured: bytes(growth - control),
        holds: growth - control < NO_GROWTH,
      },
      { what: `${INVITATIONS.toLocaleString("en")} invitations`, reach: "no nodes left", measured: String(leftNodes), holds: leftNodes <= 0 },
    ],
  };
}
