// From the frame that invites to the open prompt, and to the first frame that is painted with it.
import { WebSocketServer } from "ws";
import type { AddressInfo } from "node:net";
import { startSite } from "../support/site.ts";
import type { Browser, Page } from "../support/browsers.ts";
import { gone } from "../support/prompt.ts";
import { ISOLATED, pageWith } from "./page.ts";
import { median, ms, times, type Table } from "./report.ts";

const PAGES = 15;
const WARM = 20;
const FRAME = 17;

interface Opening {
  /** Until showModal() has returned. */
  open: number;
  /** Until the main thread has painted the first frame after that. */
  painted: number;
}

declare global {
  interface Window {
    openings: Opening[];
  }
}

/** In the page, before all else: times from the task that delivers a frame to what comes of it. */
function watchOpenings(): void {
  window.openings = [];
  let arrived = 0;
  const Native = window.WebSocket;
  window.WebSocket = class extends Native {
    constructor(url: string | URL) {
      super(url);
      // Listeners are called in their order: this one before the page's own.
      this.addEventListener("message", () => (arrived = performance.now()));
    }
  };
  const { showModal } = HTMLDialogElement.prototype;
  HTMLDialogElement.prototype.showModal = function () {
    showModal.call(this);
    const began = arrived;
    const open = performance.now() - began;
    requestAnimationFrame(() => {
      // Runs as the next task after that frame's style, layout and paint.
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => window.openings.push({ open, painted: performance.now() - began });
      port2.postMessage(0);
    });
  };
}

const opened = (page: Page, count: number) =>
  page.waitFor((count) => window.openings.length >= count && window.openings[count - 1], { message: "the painted prompt" }, count);
const pause = (page: Page) => page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 200 + Math.random() * 17)));

export async function measureInvitation(browser: Browser): Promise<Table> {
  const watch = `<script>(${watchOpenings})()</script>`;
  const site = await startSite({ keepEndedDialogs: false });
  const servers = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  await new Promise((resolve) => servers.once("listening", resolve));
  const direct = site.page(
    `<!doctype html><html lang="en"><meta charset="utf-8"><title>Direct</title><h1>Bench</h1>${watch}
<dialog><h2>Share this page?</h2><p>Our agent can see and use this page until you stop.</p><button>Decline</button><button>Allow</button></dialog>
<script>
const dialog = document.querySelector("dialog");
const socket = new WebSocket("ws://127.0.0.1:${(servers.address() as AddressInfo).port}");
socket.onmessage = () => dialog.showModal();
</script></html>`,
    ISOLATED,
  );

  const cold: { ours: Opening[]; direct: Opening[] } = { ours: [], direct: [] };
  const warm: { ours: Opening[]; direct: Opening[] } = { ours: [], direct: [] };

  for (let count = 0; count < PAGES; count++) {
    const page = await browser.newPage();
    await page.goto(pageWith(site, { config: { server: site.simulator.origin, jwt: site.simulator.issueToken() }, head: watch }));
    await site.connected();
    await pause(page);
    const times = count === PAGES - 1 ? WARM : 1;
    for (let time = 1; time <= times; time++) {
      const invitation = site.invite();
      (time === 1 ? cold : warm).ours.push(await opened(page, time));
      invitation.cancel();
      await gone(page);
      await pause(page);
    }
    await page.close();

    const plain = await browser.newPage();
    const connection = new Promise<{ send(text: string): void }>((resolve) => servers.once("connection", resolve));
    await plain.goto(direct);
    const server = await connection;
    await pause(plain);
    for (let time = 1; time <= times; time++) {
      server.send("{}");
      (time === 1 ? cold : warm).direct.push(await opened(plain, time));
      await plain.evaluate(() => document.querySelector("dialog")!.close());
      await pause(plain);
    }
    await plain.close();
  }
  servers.close();
  await site.close();

  const row = (what: string, ours: Opening[], direct: Opening[], key: keyof Opening) => {
    const [mine, other] = [ours, direct].map((openings) => median(openings.map((opening) => opening[key])));
    return [what, ms(mine!), ms(other!), times(mine! / other!), ms(Math.max(...ours.map((opening) => opening[key])))];
  };
  const first = median(cold.ours.map(({ open }) => open));
  return {
    title: "An invitation",
    how: `From the frame's arrival in the page, LivePerson's tag present: medians of ${PAGES} pages each, in turn, then of ${WARM - 1} more invitations in one page. The other page calls showModal() on a dialog that it already has.`,
    head: ["", "lp-cobrowse", "showModal() alone", "ratio", "longest of ours"],
    rows: [
      row("first in a page: open prompt", cold.ours, cold.direct, "open"),
      row("first in a page: painted", cold.ours, cold.direct, "painted"),
      row("later: open prompt", warm.ours, warm.direct, "open"),
      row("later: painted", warm.ours, warm.direct, "painted"),
    ],
    summary: [
      ["invitation to open prompt", ms(first), `showModal() alone: ${ms(median(cold.direct.map(({ open }) => open)))}`],
      [
        "invitation to painted prompt",
        ms(median(cold.ours.map(({ painted }) => painted))),
        `showModal() alone: ${ms(median(cold.direct.map(({ painted }) => painted)))}`,
      ],
    ],
    limits: [{ what: "invitation frame to open prompt", reach: `one frame, ${FRAME} ms`, measured: ms(first), holds: first <= FRAME }],
  };
}
