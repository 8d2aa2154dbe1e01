// The demo's server: the simulator, the shop, the agent's console, and the stream that keeps the console up to date.
import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { startSimulator, type Simulator } from "../simulator/simulator.ts";
import { actions, clockError, type Stage } from "./actions.ts";
import { loadSite, type Site } from "./site.ts";
import { fromPage, fromSimulator, type PageReport, type TimelineEntry } from "./timeline.ts";

export interface DemoOptions {
  /** 0, any free port, unless told. */
  port?: number;
  /** How long the short invitation lasts, seconds: 15 unless told. */
  shortInvitation?: number;
  /** How long after the page the tag loads, ms: 1500 unless told. */
  tagDelay?: number;
}

export interface Demo {
  readonly url: string;
  readonly simulator: Simulator;
  close(): Promise<void>;
}

/** What the console shows besides the timeline. */
export interface ConsoleState {
  connected: number;
  conversation: boolean;
  shortInvitation: number;
  invitation: { mode: string; state: string; endsAt: number } | null;
  pressed: Record<string, boolean>;
}

/** What travels on the stream. */
export type ConsoleMessage = { state: ConsoleState } | { entries: TimelineEntry[] } | { cleared: true };

/** Lines that a console opened later still gets. */
const HISTORY = 500;
const LARGEST_BODY = 1_000_000;

export async function startDemo({ port = 0, shortInvitation = 15, tagDelay = 1500 }: DemoOptions = {}): Promise<Demo> {
  const site: Site = await loadSite();
  const consoles = new Set<ServerResponse>();
  const history: TimelineEntry[] = [];

  const simulator = await startSimulator({
    port,
    handle(req, res) {
      const answering = answer(req, res);
      answering?.catch((error: Error) => res.writeHead(400).end(error.message));
      return answering !== undefined;
    },
  });
  // The configurator's previews have a server of their own, so that they do not show in the console.
  const previews = await startSimulator();
  const stage: Stage = {
    simulator,
    settings: { prompt: "dialog", tag: "late" },
    shortInvitation,
    tagDelay,
    conversation: simulator.openConversation(),
    invitation: undefined,
    agentClockOffset: 0,
    slept: 0,
  };

  simulator.on((entry) => {
    add(fromSimulator(entry, Date.now()));
    // Later, when the simulator has settled into what the entry tells.
    setImmediate(sendState);
  });

  function answer(req: IncomingMessage, res: ServerResponse): Promise<void> | undefined {
    const path = new URL(req.url ?? "/", "http://demo").pathname;
    if (req.method === "POST") {
      if (path === "/demo/action") return read(req, act).then(() => void res.end());
      if (path === "/demo/report") return read(req, (reports: PageReport[]) => reports.forEach(receive)).then(() => void res.end());
      if (path === "/demo/preview") return read(req, (wish: { mode: string | null }) => preparePreview(wish, res));
      return undefined;
    }
    if (path === "/demo/stream") return Promise.resolve(openStream(res));
    if (path === "/demo/token") return Promise.resolve(issueToken(res));
    return site.serve(path, res, stage);
  }

  function act({ action }: { action: string }): void {
    if (action === "clear-timeline") {
      history.length = 0;
      send({ cleared: true });
    } else if (Object.hasOwn(actions, action)) {
      actions[action]!(stage);
      sendState();
    } else throw new Error(`There is no action ${action}.`);
  }

  function receive(report: PageReport): void {
    add(fromPage(report));
    if (report.kind === "lpTag") simulator.lpTagEvent(report.name, report.data);
  }

  function issueToken(res: ServerResponse): void {
    add({ time: Date.now(), kind: "connection", source: "", name: "token", note: "the shop asked for a token" });
    // Any page may ask, also one that a new user tries from a file.
    res.writeHead(200, { "content-type": "text/plain", "cache-control": "no-store", "access-control-allow-origin": "*" }).end(simulator.issueToken());
  }

  /** A consumer for one preview, whom an agent invites as soon as he is there. */
  function preparePreview({ mode }: { mode: string | null }, res: ServerResponse): void {
    const consumerId = randomUUID();
    if (mode) previews.openConversation(consumerId).invite({ mode });
    res.writeHead(200, { "content-type": "application/json" });
    res.end(JSON.stringify({ account: previews.account, server: previews.origin, token: previews.issueToken(consumerId) }));
  }

  function openStream(res: ServerResponse): void {
    res.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
    consoles.add(res);
    res.on("close", () => consoles.delete(res));
    send({ entries: history }, [res]);
    send({ state: state() }, [res]);
  }

  function add(entry: TimelineEntry | undefined): void {
    if (!entry) return;
    history.push(entry);
    if (history.length > HISTORY) history.shift();
    send({ entries: [entry] });
  }

  function sendState(): void {
    send({ state: state() });
  }

  function state(): ConsoleState {
    const { conversation, invitation, settings, agentClockOffset } = stage;
    const { refuseInit, throwOut, silent, latency, down, clockOffset } = simulator.faults;
    const error = clockError(stage);
    const live = invitation && invitation.state !== "CLOSED" && conversation.state === "OPEN";
    return {
      connected: simulator.sockets.filter((socket) => socket.subscribed && socket.open).length,
      conversation: conversation.state === "OPEN",
      shortInvitation,
      invitation: live ? { mode: invitation.mode, state: invitation.state, endsAt: invitation.expiresAt - clockOffset } : null,
      pressed: {
        "refuse-init": refuseInit === 401,
        "refuse-init-429": refuseInit === 429,
        "throw-out": throwOut !== undefined,
        silent,
        slow: latency > 0,
        down,
        "clock-right": error === 0,
        "clock-plus-10-min": error > 0,
        "clock-minus-1-day": error < 0,
        "agent-clock-minus-3-min": agentClockOffset < 0,
        "prompt-dialog": settings.prompt === "dialog",
        "prompt-confirm": settings.prompt === "confirm",
        "tag-late": settings.tag === "late",
        "tag-held": settings.tag === "held",
      },
    };
  }

  function send(message: ConsoleMessage, to: Iterable<ServerResponse> = consoles): void {
    for (const res of to) res.write(`data: ${JSON.stringify(message)}\n\n`);
  }

  return { url: `${simulator.httpOrigin}/`, simulator, close: () => Promise.all([simulator.close(), previews.close()]).then(() => undefined) };
}

async function read<T>(req: IncomingMessage, use: (body: T) => void): Promise<void> {
  let text = "";
  for await (const chunk of req) {
    text += chunk;
    if (text.length > LARGEST_BODY) throw new Error("Too large.");
  }
  use(JSON.parse(text));
}
