/**
 * A strict UMS for consumers: LivePerson's side of co-browsing in one Node process, for unit tests, browser tests,
 * the demo and the soak.
 *
 *     const simulator = await startSimulator();
 *     page.config({ account: simulator.account, server: simulator.origin, jwt: simulator.issueToken() });
 *     const invitation = simulator.openConversation().invite({ mode: "view" });
 *     await simulator.waitFor((entry) => entry.type === "lpTag" && entry.name === "cobrowseAccepted");
 *     assert.equal(simulator.violations, []);
 *     await simulator.close();
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import { LivePerson, type LivePersonOptions } from "./liveperson.ts";

export type { Conversation, Invitation, InviteOptions } from "./conversations.ts";
export { AGENT, SECRETS } from "./conversations.ts";
export type { Frame } from "./frames.ts";
export { CONSUMER } from "./liveperson.ts";
export type { LogEntry, SessionStep } from "./log.ts";

export interface SimulatorOptions extends LivePersonOptions {
  /** 0, any free port, unless told. */
  port?: number;
  /** Where it listens: only on 127.0.0.1 unless told. */
  host?: string;
  /** More routes on the same port, asked first; true if it answered. */
  handle?: (req: IncomingMessage, res: ServerResponse) => boolean;
}

export interface Simulator extends LivePerson {
  readonly port: number;
  /** ws://127.0.0.1:PORT unless it listens elsewhere, for `server` in the config. */
  readonly origin: string;
  readonly httpOrigin: string;
  close(): Promise<void>;
}

/** Where a page posts `{"name": "cobrowseAccepted", "data": {…}}`, as the real tag tells LivePerson. */
export const LP_TAG_EVENT_PATH = "/simulator/lp-tag-event";

const CORS = { "access-control-allow-origin": "*", "access-control-allow-headers": "*", "cache-control": "no-store" };
const LARGEST_BODY = 1_000_000;

export async function startSimulator({ port: wanted = 0, host: address = "127.0.0.1", handle, ...options }: SimulatorOptions = {}): Promise<Simulator> {
  const livePerson = new LivePerson(options);
  const server = createServer((req, res) => {
    if (!handle?.(req, res) && !route(livePerson, req, res)) res.writeHead(404).end();
  });
  const webSockets = new WebSocketServer({ noServer: true });

  server.on("upgrade", (req: IncomingMessage, stream: Duplex, head: Buffer) => {
    // Unheard, a peer that goes away here would end the process.
    stream.on("error", () => stream.destroy());
    const refusal = livePerson.refusal(req.url ?? "");
    if (!refusal) webSockets.handleUpgrade(req, stream, head, (webSocket) => livePerson.accept(webSocket));
    else if (refusal === "down") stream.destroy();
    else if (refusal !== "stalled") stream.end("HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
  });

  // Unlike closeAllConnections(), this also covers what was upgraded or stalls.
  const streams = new Set<Duplex>();
  server.on("connection", (stream) => {
    streams.add(stream);
    stream.on("close", () => streams.delete(stream));
  });

  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(wanted, address, resolve);
  });
  const { port } = server.address() as AddressInfo;
  // What listens everywhere is reached from this machine as before.
  livePerson.host = `${/^(0\.0\.0\.0|::)$/.test(address) ? "127.0.0.1" : address.includes(":") ? `[${address}]` : address}:${port}`;

  async function close(): Promise<void> {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    livePerson.dispose();
    for (const stream of streams) stream.destroy();
    await closed;
  }
  return Object.assign(livePerson, { port, origin: `ws://${livePerson.host}`, httpOrigin: `http://${livePerson.host}`, close });
}

/** Answers a request to one of the simulator's own routes; false if it is none of them. */
function route(livePerson: LivePerson, req: IncomingMessage, res: ServerResponse): boolean {
  const { method = "", url = "" } = req;
  const { pathname } = new URL(url, "http://simulator");
  const note = (status: number) => livePerson.history.add({ type: "http", method, url, status });
  const reply = (status: number, body: unknown) => {
    note(status);
    res.writeHead(status, { ...CORS, "content-type": "application/json" });
    res.end(typeof body === "string" ? body : JSON.stringify(body));
  };
  const isDomainService = pathname.startsWith("/api/account/");
  if (!isDomainService && pathname !== LP_TAG_EVENT_PATH) return false;
  if (method === "OPTIONS") reply(204, "");
  else if (isDomainService) {
    const answer = livePerson.domainService(url);
    if (answer === "never") note(0);
    else if (answer === "unreachable") req.destroy();
    else reply(answer.status, answer.body);
  } else
    receiveLpTagEvent(livePerson, req).then(
      () => reply(200, {}),
      (error: Error) => reply(400, { error: error.message }),
    );
  return true;
}

async function receiveLpTagEvent(livePerson: LivePerson, req: IncomingMessage): Promise<void> {
  let text = "";
  for await (const chunk of req) {
    text += chunk;
    if (text.length > LARGEST_BODY) throw new Error("Too large.");
  }
  const { name, data } = JSON.parse(text);
  if (typeof name !== "string" || typeof data !== "object" || data === null) throw new Error("An event needs a name and data.");
  livePerson.lpTagEvent(name, data);
}
