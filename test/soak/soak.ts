// `npm run soak`: ten minutes of real time in which 50 pages of one Chromium are invited, answered, withdrawn, hidden,
// left and cut off at random. SOAK_MINUTES and SOAK_PAGES change that. At the end each answer has been published once, no
// page has had two sockets, and no heap has grown. Ends with code 1 where that is not so.
import { readFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createRequire } from "node:module";
import { setTimeout as sleep } from "node:timers/promises";
import { LP_TAG_EVENT_PATH, startSimulator, type Invitation } from "../simulator/simulator.ts";
import { launch, type Page } from "../support/browsers.ts";
import { soakPage, type Report, type Settings } from "./page.ts";

const MINUTES = Number(process.env.SOAK_MINUTES ?? 10);
const PAGES = Number(process.env.SOAK_PAGES ?? 50);
/** Heap of a page that counts as the same: what V8 compiles and learns comes and goes. */
const FLAT_BYTES = 100_000;
const SECOND = 1000;

const any = (limit: number) => Math.random() * limit;
const chance = (probability: number) => Math.random() < probability;

/** Everything that is known of one invitation. */
interface History {
  visitor: number;
  said: string[];
  published: string[];
  closed: string[];
}

const histories = new Map<string, History>();
const broken: string[] = [];
const counts = new Map<string, number>();
const count = (what: string) => void counts.set(what, (counts.get(what) ?? 0) + 1);

let providerFails = false;
const snippet = await readFile(new URL("../../dist/lp-cobrowse.min.js", import.meta.url));
const chronos = await readFile(createRequire(import.meta.url).resolve("chronosjs/dist/min/Events.js"));
const consumer = (number: number | string) => `visitor-${number}`;

const simulator = await startSimulator({ handle, keepEndedDialogs: false });
const browser = await launch("chromium");
const deadline = Date.now() + MINUTES * 60 * SECOND;
const goesOn = () => Date.now() < deadline;

function handle(request: IncomingMessage, response: ServerResponse): boolean {
  const [, kind, number = ""] = (request.url ?? "").split("/");
  const send = (type: string, content: string | Buffer, status = 200) => void response.writeHead(status, { "content-type": type }).end(content);
  if (kind === "lp-cobrowse.js") send("text/javascript", snippet);
  else if (kind === "chronos.js") send("text/javascript", chronos);
  else if (kind === "page") send("text/html", html(Number(number)));
  // Not to be stored: in the bfcache these pages would lie in the memory of the shops', with which they share processes.
  else if (kind === "elsewhere") (response.setHeader("cache-control", "no-store"), send("text/html", "<!doctype html><title>Elsewhere</title>"));
  else if (kind === "token") send("text/plain", providerFails ? "" : simulator.issueToken(consumer(number)), providerFails ? 500 : 200);
  else if (kind === "report") {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      take(Number(number), JSON.parse(Buffer.concat(chunks).toString()) as Report);
      response.end();
    });
  } else return false;
  return true;
}

function html(number: number): string {
  const settings: Settings = { number, account: simulator.account, eventPath: LP_TAG_EVENT_PATH, ownPrompt: 0.1 };
  const config = { server: simulator.origin, jwt: "window.shop.getJwt" };
  return `<!doctype html><html lang="en"><title>Shop ${number}</title><h1>Shop ${number}</h1><input>
<script src="/chronos.js"></script><script>(${soakPage})(${JSON.stringify(settings)})</script>
<script src="/lp-cobrowse.js" data-lp-cobrowse='${JSON.stringify(config)}'></script></html>`;
}

function take(visitor: number, report: Report): void {
  if (report.type === "two sockets") return void broken.push(`Visitor ${visitor} had two sockets.`);
  if (report.type === "error") return void broken.push(`Visitor ${visitor}'s page: ${report.message}`);
  const history = histories.get(report.dialogId);
  if (!history) return void broken.push(`Visitor ${visitor}'s page speaks of an unknown invitation: ${JSON.stringify(report)}`);
  if (history.visitor !== visitor) broken.push(`Visitor ${visitor} was told of visitor ${history.visitor}'s invitation.`);
  if (report.type === "said") history.said.push(report.answer);
  if (report.type === "published") history.published.push(report.name.replace("cobrowse", ""));
  if (report.type === "closed") history.closed.push(report.reason);
  count(report.type === "closed" ? `closed: ${report.reason}` : report.type === "published" ? report.name : `visitor ${report.answer}`);
}

/** One visitor and the agent who serves them, until the time is over. */
async function live(page: Page, number: number): Promise<void> {
  let conversation = simulator.openConversation(consumer(number));
  await sleep(any(10 * SECOND));
  while (goesOn()) {
    if (conversation.state === "CLOSE" || conversation.invitations.length > 20) {
      conversation.end();
      conversation = simulator.openConversation(consumer(number));
    }
    const invitation = conversation.invite({
      mode: ["shared", "view", "follow"][Math.floor(any(3))]!,
      seconds: 3 + any(40),
      expires: chance(0.2) ? "none" : "field",
    });
    histories.set(invitation.dialogId, { visitor: number, said: [], published: [], closed: [] });
    count("invitations");
    await sleep(any(3 * SECOND));
    if (chance(0.2)) invitation.resend();
    const ending = Math.random();
    if (ending < 0.1) invitation.cancel();
    else if (ending < 0.15) invitation.acceptElsewhere();
    else if (ending < 0.2) conversation.end();
    else if (ending < 0.25) invitation.closeDialog();
    else if (ending < 0.85) await answer(page);
    // Else it expires, or a newer one takes its place.
    // A busy machine takes longer than the driver waits; no rule is broken by that.
    const tooSlow = () => count("the browser was too slow for its driver");
    if (chance(0.1)) await lookAway(page).catch(tooSlow);
    else if (chance(0.05)) await leave(page).catch(tooSlow);
    await sleep(any(8 * SECOND));
    await hangUp(invitation);
  }
}

async function answer(page: Page): Promise<void> {
  await sleep(any(2 * SECOND));
  const key = Math.random();
  if (key < 0.25) return page.press("Escape");
  const part = key < 0.65 ? "accept" : "decline";
  const rect = await page.promptPart(part);
  if (!rect) return;
  const [x, y] = [rect.x + rect.width / 2, rect.y + rect.height / 2];
  await page.clickAt(x, y);
  // An impatient visitor.
  if (chance(0.3)) await page.clickAt(x, y);
}

async function lookAway(page: Page): Promise<void> {
  count("looked at another tab");
  await page.hide();
  await sleep(chance(0.5) ? any(5 * SECOND) : 35 * SECOND);
  await page.show();
}

async function leave(page: Page): Promise<void> {
  count("left and came back");
  await page.goto(`${simulator.httpOrigin}/elsewhere`);
  await sleep(any(5 * SECOND));
  await page.back();
}

/** The agent ends an accepted session. */
async function hangUp(invitation: Invitation): Promise<void> {
  if (invitation.state === "ACCEPTED") {
    invitation.join();
    await sleep(any(SECOND));
    invitation.cancel();
  }
}

/** The network and LivePerson's servers, until the time is over. */
async function misbehave(): Promise<void> {
  const { faults } = simulator;
  const forAWhile = async (on: () => void, off: () => void) => {
    on();
    await sleep(any(8 * SECOND));
    off();
  };
  const some = () => simulator.sockets.filter(() => chance(0.3));
  const troubles: Record<string, () => unknown> = {
    "connections dropped": () => faults.drop(),
    "some connections dropped": () => some().forEach((socket) => socket.drop(1011, "maintenance")),
    "some networks gone without a word": () => some().forEach((socket) => socket.cutOff()),
    "server down": () =>
      forAWhile(
        () => (faults.down = true),
        () => (faults.down = false),
      ),
    "server silent": () =>
      forAWhile(
        () => (faults.silent = true),
        () => (faults.silent = false),
      ),
    "server slow": () =>
      forAWhile(
        () => (faults.latency = any(1500)),
        () => (faults.latency = 0),
      ),
    "openings stalled": () =>
      forAWhile(
        () => (faults.stallOpening = true),
        () => (faults.stallOpening = false),
      ),
    "tokens refused": () =>
      forAWhile(
        () => (faults.refuseToken = 4401),
        () => (faults.refuseToken = undefined),
      ),
    "tokens revoked": () => (simulator.revokeTokens(), faults.drop(4401)),
    "no tokens": () =>
      forAWhile(
        () => (providerFails = true),
        () => (providerFails = false),
      ),
    "single elements": () => (faults.singleElements = !faults.singleElements),
    "another prefix": () => (faults.notifyPrefix = faults.notifyPrefix === "cqm" ? "aam" : "cqm"),
    junk: () =>
      ["", "null", "[]", '{"body":{"changes":[null,{"result":3}]}}', '{"kind":"resp","reqId":"1","code":500}'].forEach((text) => faults.sendRaw(text)),
    "server's clock jumped": () => (faults.clockOffset = any(120 * SECOND) - 60 * SECOND),
  };
  while (goesOn()) {
    await sleep(5 * SECOND + any(15 * SECOND));
    const [name, act] = Object.entries(troubles)[Math.floor(any(Object.keys(troubles).length))]!;
    count(`trouble: ${name}`);
    await act();
  }
}

interface Size {
  heap: number;
  nodes: number;
}

async function sizeOf(page: Page): Promise<Size> {
  await page.cdp("HeapProfiler.collectGarbage");
  const { usedSize } = await page.cdp<{ usedSize: number }>("Runtime.getHeapUsage");
  const { nodes } = await page.cdp<{ nodes: number }>("Memory.getDOMCounters");
  return { heap: usedSize, nodes };
}

const median = (values: number[]) => [...values].sort((a, b) => a - b)[values.length >> 1]!;
const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(0)} kB`;

async function measure(pages: Page[]): Promise<Size> {
  const sizes: Size[] = [];
  for (const page of pages) sizes.push(await sizeOf(page));
  const size = { heap: median(sizes.map(({ heap }) => heap)), nodes: median(sizes.map(({ nodes }) => nodes)) };
  const minutes = Math.max(0, MINUTES - (deadline - Date.now()) / 60 / SECOND);
  console.log(
    `${minutes.toFixed(1)} min: ${histories.size} invitations; a page has ${kilobytes(size.heap)} of heap and ${size.nodes} nodes (medians); ${broken.length} rules broken`,
  );
  return size;
}

console.log(`${PAGES} pages in ${await browser.version()} for ${MINUTES} min, at random`);
const pages: Page[] = [];
for (let number = 0; number < PAGES; number++) {
  const page = await browser.newPage();
  await page.goto(`${simulator.httpOrigin}/page/${number}`);
  pages.push(page);
}
const misfortune = misbehave();
const lives = pages.map((page, number) => live(page, number).catch((error: Error) => void broken.push(`Visitor ${number}: ${error.message}`)));

// By half of the time each page has been through most of what can happen: what V8 compiles and learns of it is there, and
// what the DevTools keep of its console.
const settled = Date.now() + (deadline - Date.now()) / 2;
while (Date.now() < settled) await sleep(SECOND);
const first = await measure(pages);
while (deadline - Date.now() > 75 * SECOND) {
  await sleep(60 * SECOND);
  await measure(pages);
}
await Promise.all([...lives, misfortune]);

// Everything works again, and what is on the way arrives.
for (const conversation of simulator.conversations) conversation.end();
await sleep(3 * SECOND);
const last = await measure(pages);

let answered = 0;
for (const [dialogId, { visitor, said, published, closed }] of histories) {
  const answers = published.filter((name) => name !== "Offered");
  const tell = () =>
    `invitation ${dialogId} of visitor ${visitor}: said ${said.join(", ") || "nothing"}; published ${published.join(", ")}; closed ${closed.join(", ") || "no"}`;
  if (answers.length) answered++;
  if (answers.length > 1) broken.push(`Two answers: ${tell()}`);
  if (said.length && !(answers.length === 1 && answers[0] === said[0])) broken.push(`Not what the visitor said: ${tell()}`);
  if (answers[0] === "Accepted" && !said.length) broken.push(`Accepted, though the visitor did not say so: ${tell()}`);
  if (answers.length && closed.length) broken.push(`Answered and closed: ${tell()}`);
  if (closed.length > 1) broken.push(`Closed twice: ${tell()}`);
  if (published.filter((name) => name === "Offered").length > 1) broken.push(`Offered twice: ${tell()}`);
}
for (const [visitor, most] of Object.entries(simulator.totals.mostOpenOf)) if (most > 1) broken.push(`The server saw ${most} sockets of ${visitor} at once.`);
const growth = last.heap - first.heap;
if (growth > FLAT_BYTES) broken.push(`The heap of a page grew by ${kilobytes(growth)}.`);
if (last.nodes > first.nodes + 100) broken.push(`A page's nodes grew from ${first.nodes} to ${last.nodes}.`);
for (const sentence of new Set(simulator.violations)) broken.push(`LivePerson would reject: ${sentence}`);

console.log();
for (const [what, times] of [...counts].sort()) console.log(`${String(times).padStart(7)}  ${what}`);
console.log(`${String(simulator.totals.opened).padStart(7)}  connections\n${String(answered).padStart(7)}  invitations answered here\n`);
console.log(`Heap of a page: ${kilobytes(first.heap)} at first, ${kilobytes(last.heap)} in the end; nodes: ${first.nodes}, ${last.nodes}.`);
for (const sentence of broken.slice(0, 30)) console.log(`BROKEN  ${sentence}`);
console.log(broken.length ? `${broken.length} rules were broken.` : "Each answer was published exactly once, no page had two sockets, memory is flat.");
await browser.close();
await simulator.close();
process.exit(broken.length ? 1 : 0);
