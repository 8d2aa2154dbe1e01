// The simulator's HTTP routes: the domain service, and the way from a page's lpTag to the agent.
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Faults } from "./faults.ts";
import type { Log } from "./log.ts";

/** Where a page posts `{"name": "cobrowseAccepted", "data": {…}}`, as the real tag tells LivePerson. */
export const LP_TAG_EVENT_PATH = "/simulator/lp-tag-event";

const CORS = { "access-control-allow-origin": "*", "access-control-allow-headers": "*", "cache-control": "no-store" };
const LARGEST_BODY = 1_000_000;

export interface RouteContext {
  readonly account: string;
  readonly faults: Faults;
  readonly log: Log;
  readonly host: string;
  lpTagEvent(name: string, data: Record<string, unknown>): void;
}

/** Answers a request to one of the simulator's own routes; false if it is none of them. */
export function route(req: IncomingMessage, res: ServerResponse, context: RouteContext): boolean {
  const url = new URL(req.url ?? "/", "http://simulator");
  const reply = (status: number, body: unknown) => {
    context.log.add({ type: "http", method: req.method ?? "", url: req.url ?? "", status });
    res.writeHead(status, { ...CORS, "content-type": "application/json" });
    res.end(typeof body === "string" ? body : JSON.stringify(body));
  };
  if (req.method === "OPTIONS" && (url.pathname.startsWith("/api/") || url.pathname === LP_TAG_EVENT_PATH)) {
    reply(204, "");
    return true;
  }
  if (url.pathname.startsWith("/api/account/")) {
    domainService(url, req, context, reply);
    return true;
  }
  if (url.pathname === LP_TAG_EVENT_PATH && req.method === "POST") {
    receiveLpTagEvent(req, context, reply).catch(() => reply(400, { error: "Not an lpTag event." }));
    return true;
  }
  return false;
}

function domainService(url: URL, req: IncomingMessage, context: RouteContext, reply: (status: number, body: unknown) => void): void {
  const { account, faults, host, log } = context;
  if (faults.csds === "never") {
    log.add({ type: "http", method: req.method ?? "", url: req.url ?? "", status: 0 });
    return;
  }
  if (faults.down) return reply(503, { error: "Service unavailable." });
  if (faults.csds === "error") return reply(500, { error: "Internal error." });
  if (faults.csds === "nonsense") return reply(200, "<html>Not what you asked for.</html>");
  if (!url.pathname.startsWith(`/api/account/${account}/`)) return reply(401, { error: "Unknown account." });
  if (url.pathname !== `/api/account/${account}/service/asyncMessagingEnt/baseURI.json`) return reply(404, { error: "Unknown service." });
  if (url.searchParams.get("version") !== "1.0") return reply(400, { error: "version must be 1.0." });
  reply(200, { service: "asyncMessagingEnt", account, baseURI: faults.csdsBaseURI ?? host });
}

async function receiveLpTagEvent(req: IncomingMessage, context: RouteContext, reply: (status: number, body: unknown) => void): Promise<void> {
  let text = "";
  for await (const chunk of req) {
    text += chunk;
    if (text.length > LARGEST_BODY) return reply(413, { error: "Too large." });
  }
  const { name, data } = JSON.parse(text);
  if (typeof name !== "string" || typeof data !== "object" || data === null) return reply(400, { error: "An event needs a name and data." });
  context.lpTagEvent(name, data);
  reply(200, {});
}
