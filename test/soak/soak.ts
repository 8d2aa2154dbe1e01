// `npm run soak`: ten minutes of real time in which 50 pages of one Chromium are invited, answered, withdrawn, hidden, left and
// cut off at random. SOAK_MINUTES and SOAK_PAGES change that. At the end each answer has been published once, no page has had two
// sockets, and what is left of an invitation is its identity. Ends with code 1 where that is not so.
//
// Each heap grows by 150 kB in the first minutes, and hardly later. Heap snapshots say that none of it is data: it is V8's cache of
// numbers as strings (48 kB), machine code and what was learnt for it (51 kB), hidden classes (21 kB), bindings of the browser's
// functions (18 kB) and the like. So data is what is measured. A page whose socket three lines of code drive gains 4 kB, and has no
// prompt. The 300 kB that were seen before were these and the soak's own requests: pages told it by fetch() what they saw.
import { readFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createRequire } from "node:module";
import { setTimeout as sleep } from "node:timers/promises";
import { startSimulator, type Invitation } from "../simulator/simulator.ts";
import { launch, type Page } from "../support/browsers.ts";
import { soakPage, type Report, type Settings } from "./page.ts";

const MINUTES = Number(process.env.SOAK_MINUTES ?? 10);
const PAGES = Number(process.env.SOAK_PAGES ?? 50);
/** So many of the pages are never left, so that each of their heaps has one history. */
const KEPT_PAGES = 10;
/** Bytes of data that may be left of an invitation: its identity, so that a late copy is known. A prompt or a frame would be thousands. */
const MOST_DATA = 500;
/** Nodes, and listeners, by which a page may grow: those of a prompt that is just open. */
const MOST_NODES = 100;
const SECOND = 1000;

const any = (limit: number) => Math.random() * limit;
const chance = (probability: number) => Math.random() < probability;
const oneOf = <T>(list: readonly T[]): T => list[Math.floor(any(list.length))]!;

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

let noTokens = false;
const snippet = await readFile(new URL("../../dist/lp-cobrowse.min.js", import.meta.url));
const chronos = await readFile(createRequire(import.meta.url).resolve("chronosjs/dist/min/Events.js"));
const consumer = (number: number | string) => `visitor-${number}`;

const simulator = await startSimulator({ handle, keepEndedDialogs: false });
const { faults } = simulator;
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
  else if (kind === "token") send("text/plain", noTokens ? "" : simulator.issueToken(consumer(number)), noTokens ? 500 : 200);
  else return false;
  return true;
}

function html(number: number): string {
  const settings: Settings = { number, account: simulator.account, ownPrompt: 0.1 };
  const config = { server: simulator.origin, jwt: "window.shop.getJwt" };
  return `<!doctype html><html lang="en"><title>Shop ${number}</title><h1>Shop ${number}</h1><input>
<script src="/chronos.js"></script><script>(${soakPage})(${JSON.stringify(settings)})</script>
<script src="/lp-cobrowse.js" data-lp-cobrowse='${JSON.stringify(config)}'></script></html>`;
}

function take(visitor: number, report: Report): void {
  if (report.type === "wrong") return void broken.push(`Visitor ${visitor}'s page: ${report.message}.`);
  const history = histories.get(report.type === "published" ? report.data.dialogId : report.dialogId);
  if (!history) return void broken.push(`Visitor ${visitor}'s page speaks of an unknown invitation: ${JSON.stringify(report)}`);
  if (history.visitor !== visitor) broken.push(`Visitor ${visitor} was told of visitor ${history.visitor}'s invitation.`);
  if (report.type === "said") history.said.push(report.answer);
  if (report.type === "closed") history.closed.push(report.reason);
  if (report.type === "published") {
    history.published.push(report.name.replace("cobrowse", ""));
    simulator.lpTagEvent(report.name, { ...report.data });
  }
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
    const invitation = conversation.invite({ mode: oneOf(["shared", "view", "follow"]), seconds: 3 + any(40), expires: chance(0.2) ? "none" : "field" });
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
    else if (number >= KEPT_PAGES && chance(0.05)) await leave(page).catch(tooSlow);
    await sleep(any(8 * SECOND));
    await hangUp(invitation);
  }
}

async function answer(page: Page): Promise<void> {
  await sleep(any(2 * SECOND));
  const key = Math.random();
  if (key < 0.25) return page.press("Escape");
  const rect = await page.promptPart(key < 0.65 ? "accept" : "decline");
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

const JUNK = ["", "null", "[]", '{"body":{"changes":[null,{"result":3}]}}', '{"kind":"resp","reqId":"1","code":500}'];
const some = () => simulator.sockets.filter(() => chance(0.3));
const TROUBLES: Record<string, () => unknown> = {
  "connections dropped": () => faults.drop(),
  "some connections dropped": () => some().forEach((socket) => socket.drop(1011, "maintenance")),
  "some networks gone without a word": () => some().forEach((socket) => socket.cutOff()),
  "server down": () => (faults.down = true),
  "server silent": () => (faults.silent = true),
  "server slow": () => (faults.latency = any(1500)),
  "openings stalled": () => (faults.stallOpening = true),
  "tokens refused": () => (faults.refuseToken = 4401),
  "tokens revoked": () => (simulator.revokeTokens(), faults.drop(4401)),
  "no tokens": () => (noTokens = true),
  "single elements": () => (faults.singleElements = !faults.singleElements),
  "another prefix": () => (faults.notifyPrefix = faults.notifyPrefix === "cqm" ? "aam" : "cqm"),
  junk: () => JUNK.forEach((text) => faults.sendRaw(text)),
  "server's clock jumped": () => (faults.clockOffset = any(120 * SECOND) - 60 * SECOND),
};

/** The network and LivePerson's servers, until the time is over. */
async function misbehave(): Promise<void> {
  while (goesOn()) {
    await sleep(5 * SECOND + any(10 * SECOND));
    const [name, begin] = oneOf(Object.entries(TROUBLES));
    count(`trouble: ${name}`);
    begin();
    await sleep(any(8 * SECOND));
    simulator.recover();
    noTokens = false;
  }
}

interface Sizes {
  heap: number;
  nodes: number;
  jsEventListeners: number;
}

const median = (values: number[]) => [...values].sort((a, b) => a - b)[values.length >> 1]!;

/** Of a page, garbage collected: medians. */
async function measure(): Promise<Sizes> {
  const sizes: Sizes[] = [];
  for (const page of pages) {
    await page.cdp("HeapProfiler.collectGarbage");
    const { usedSize: heap } = await page.cdp<{ usedSize: number }>("Runtime.getHeapUsage");
    sizes.push({ heap, ...(await page.cdp<Omit<Sizes, "heap">>("Memory.getDOMCounters")) });
  }
  const of = (key: keyof Sizes) => median(sizes.map((size) => size[key]));
  const found = { heap: of("heap"), nodes: of("nodes"), jsEventListeners: of("jsEventListeners") };
  console.log(
    `${histories.size} invitations: a page has ${(found.heap / 1000).toFixed(0)} kB of heap, ${found.nodes} nodes, ${found.jsEventListeners} listeners (medians)`,
  );
  return found;
}

/** Parts of a heap snapshot; there is one at a time. */
const chunks: string[] = [];
/** V8's types for what is its own. */
const OF_V8 = ["code", "object shape", "native", "hidden", "synthetic"];

interface HeapSnapshot {
  snapshot: { meta: { node_fields: string[]; node_types: string[][] } };
  nodes: number[];
}

/** Bytes in the heaps of the kept pages, garbage collected, that are not V8's own. */
async function dataOfKept(): Promise<number> {
  let bytes = 0;
  for (const page of kept) {
    await page.cdp("HeapProfiler.takeHeapSnapshot");
    const { snapshot, nodes } = JSON.parse(chunks.splice(0).join("")) as HeapSnapshot;
    const { node_fields: fields, node_types: types } = snapshot.meta;
    const [type, size] = [fields.indexOf("type"), fields.indexOf("self_size")];
    for (let node = 0; node < nodes.length; node += fields.length) if (!OF_V8.includes(types[type]![nodes[node + type]!]!)) bytes += nodes[node + size]!;
  }
  return bytes;
}

console.log(`${PAGES} pages in ${await browser.version()} for ${MINUTES} min, at random`);
const pages: Page[] = [];
for (let number = 0; number < PAGES; number++) {
  const page = await browser.newPage();
  await page.onCdp("Runtime.bindingCalled", (call) => take(number, JSON.parse((call as { payload: string }).payload) as Report));
  await page.onCdp("HeapProfiler.addHeapSnapshotChunk", (part) => chunks.push((part as { chunk: string }).chunk));
  await page.cdp("Runtime.enable");
  await page.cdp("Runtime.addBinding", { name: "tellSoak" });
  await page.goto(`${simulator.httpOrigin}/page/${number}`);
  pages.push(page);
}
const kept = pages.slice(0, KEPT_PAGES);
const invitationsOfKept = () => [...histories.values()].filter(({ visitor }) => visitor < KEPT_PAGES).length;
const misfortune = misbehave();
const lives = pages.map((page, number) => live(page, number).catch((error: Error) => void broken.push(`Visitor ${number}: ${error.message}`)));

await sleep((deadline - Date.now()) / 2);
const first = await measure();
const dataFirst = await dataOfKept();
const invitationsFirst = invitationsOfKept();
await Promise.all([...lives, misfortune]);

// What is on the way arrives.
for (const conversation of simulator.conversations) conversation.end();
await sleep(3 * SECOND);
const last = await measure();
const leftOfEach = ((await dataOfKept()) - dataFirst) / (invitationsOfKept() - invitationsFirst);

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
if (leftOfEach > MOST_DATA) broken.push(`${leftOfEach.toFixed(0)} B are left of each invitation.`);
for (const what of ["nodes", "jsEventListeners"] as const)
  if (last[what] > first[what] + MOST_NODES) broken.push(`A page's ${what} grew from ${first[what]} to ${last[what]}.`);
for (const sentence of new Set(simulator.violations)) broken.push(`LivePerson would reject: ${sentence}`);

counts.set("connections", simulator.totals.opened);
counts.set("invitations answered here", answered);
for (const [what, times] of [...counts].sort()) console.log(`${String(times).padStart(7)}  ${what}`);
console.log(`Of each invitation ${leftOfEach.toFixed(0)} B of data are left.`);
for (const sentence of broken.slice(0, 30)) console.log(`BROKEN  ${sentence}`);
console.log(broken.length ? `${broken.length} rules were broken.` : "Each answer was published exactly once, no page had two sockets, memory is flat.");
await browser.close();
await simulator.close();
process.exit(broken.length ? 1 : 0);
