// The demo's server: the simulator, the shop, the agent's console, and the streams that keep them up to date.
import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { startSimulator, type LogEntry, type Simulator } from "../simulator/simulator.ts";
import { actions } from "./actions.ts";
import { allows, type AgentAct } from "./modes.ts";
import { Retries } from "./retries.ts";
import type { Picture } from "./site/sharing.ts";
import { loadSite } from "./site.ts";
import { consoleState, pageState, sharedMode, type ConsoleState, type PageState, type Stage } from "./stage.ts";
import { fromPage, fromSimulator, type PageReport, type TimelineEntry } from "./timeline.ts";

export interface DemoOptions {
  /** 0, any free port, unless told. */
  port?: number;
  /** Where it listens: only on 127.0.0.1 unless told. */
  host?: string;
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

export interface ConsoleMessages {
  cleared: true;
  entries: TimelineEntry[];
  state: ConsoleState;
  picture: Picture;
}

export interface PageMessages {
  page: PageState;
  agent: AgentAct;
}

/** Lines that a console opened later still gets. */
const HISTORY = 500;
const LARGEST_BODY = 1_000_000;
/** How soon a page looks for a server that is gone, ms. */
const LOOK_AGAIN = 1000;

export async function startDemo({ port = 0, host, shortInvitation = 15, tagDelay = 1500 }: DemoOptions = {}): Promise<Demo> {
  const serve = await loadSite();
  const consoles = new Set<ServerResponse>();
  const pages = new Set<ServerResponse>();
  const history: TimelineEntry[] = [];
  const retries = new Retries();
  let picture: Picture | undefined;

  const simulator = await startSimulator({ port, ...(host && { host }), handle });
  // The configurator's previews have a server of their own, so that they do not show in the console.
  const previews = await startSimulator(host ? { host } : {});
  const stage: Stage = {
    simulator,
    retries,
    shortInvitation,
    tagDelay,
    prompt: "dialog",
    tag: "late",
    conversation: simulator.openConversation(),
    signedIn: true,
    agentClockOffset: 0,
    slept: 0,
  };
  simulator.on(note);

  function note(entry: LogEntry): void {
    const time = Date.now();
    const dialogId = entry.type === "session" ? entry.dialogId : undefined;
    const replaced = dialogId !== stage.invitation?.dialogId;
    // Of the conversation, and so of what is in it, or of the invitation itself.
    if (entry.type === "session" && (!dialogId || !replaced || entry.step === "invited")) stage.step = entry.step;
    const invitation = simulator.conversations.flatMap(({ invitations }) => invitations).find((each) => each.dialogId === dialogId);
    add(fromSimulator(entry, { time, mode: invitation?.mode, replaced, retryWithin: retries.note(entry, time) }));
    // Later, when the simulator has settled into what the entry tells.
    setImmediate(sendState);
  }

  /** What is posted, and what it is answered. */
  const posts: Record<string, (body: any, address: URL) => unknown> = {
    "/demo/action": ({ action }: { action: string }) => act(action),
    "/demo/report": receive,
    "/demo/picture": (taken: Picture) => send(consoles, "picture", (picture = taken)),
    // Only what the mode allows: the page does what it is told.
    "/demo/agent": (agent: AgentAct) => allows(sharedMode(stage), agent.kind) && send(pages, "agent", agent),
    "/demo/preview": preparePreview,
  };

  const gets: Record<string, (res: ServerResponse, tab: string) => void> = {
    "/demo/stream": openConsole,
    "/demo/stage": openPage,
    "/demo/token": issueToken,
  };

  function handle(req: IncomingMessage, res: ServerResponse): boolean {
    const { pathname: path, searchParams } = new URL(req.url ?? "/", "http://demo");
    const tab = searchParams.get("tab") ?? "own";
    const address = addressOf(req);
    // Also a page of a new user's own may ask, one from a file too.
    const head = { "cache-control": "no-store", "access-control-allow-origin": "*" };
    const post = posts[path];
    if (req.method === "POST") {
      if (!post) return false;
      read(req)
        .then((body) => post(body, address))
        .then(
          (answer) => res.end(JSON.stringify(answer)),
          (error: Error) => res.writeHead(400).end(error.message),
        );
      return true;
    }
    if (gets[path]) {
      for (const [name, value] of Object.entries(head)) res.setHeader(name, value);
      gets[path](res, tab);
      return true;
    }
    if (path === "/shop") {
      retries.loaded(tab);
      stage.asking = undefined;
      if (stage.tag === "loaded") stage.tag = "held";
    }
    const found = serve(path, stage, address);
    found?.then(({ type, content }) => res.writeHead(200, { ...head, "content-type": `${type}; charset=utf-8` }).end(content));
    return found !== undefined;
  }

  /** The host and port by which the request has reached this machine, so that what a page is given leads there too. */
  function addressOf({ headers }: IncomingMessage): URL {
    const given = `http://${headers.host}`;
    return new URL(URL.canParse(given) ? given : simulator.httpOrigin);
  }

  function act(action: string): void {
    if (action === "clear-timeline") {
      history.length = 0;
      return send(consoles, "cleared", true);
    }
    if (!Object.hasOwn(actions, action)) throw new Error(`There is no action ${action}.`);
    actions[action]!(stage);
    if (/^sign-/.test(action)) add({ story: { who: "Visitor", text: stage.signedIn ? "signed in" : "signed out" } });
    sendState();
  }

  function receive(report: PageReport): void {
    const { kind, name, data, tab } = report;
    add(fromPage(report));
    if (kind === "window" && name === "cobrowseOffered") {
      stage.asking = data.dialogId;
      sendState();
    }
    if (kind !== "lpTag") return;
    if (name === "cobrowseAccepted") stage.sharingTab = tab;
    simulator.lpTagEvent(name, data);
  }

  function issueToken(res: ServerResponse, tab: string): void {
    const token = simulator.issueToken();
    retries.began(tab, token);
    add({ line: { time: Date.now(), kind: "connection", name: "token", note: "the shop asked for a token" } });
    res.setHeader("content-type", "text/plain").end(token);
  }

  /** A consumer for one preview, whom an agent invites as soon as he is there. */
  function preparePreview({ mode }: { mode: string | null }, { hostname }: URL): object {
    const consumerId = randomUUID();
    if (mode) previews.openConversation(consumerId).invite({ mode });
    return { account: previews.account, server: `ws://${hostname}:${previews.port}`, token: previews.issueToken(consumerId) };
  }

  function openConsole(res: ServerResponse): void {
    openStream(res, consoles);
    // One that has lost this server, or another in its place, begins anew.
    send([res], "cleared", true);
    send([res], "entries", history);
    send([res], "state", consoleState(stage));
    if (picture) send([res], "picture", picture);
  }

  function openPage(res: ServerResponse): void {
    openStream(res, pages);
    send([res], "page", pageState(stage));
  }

  function openStream(res: ServerResponse, audience: Set<ServerResponse>): void {
    res.setHeader("content-type", "text/event-stream");
    res.write(`retry: ${LOOK_AGAIN}\n\n`);
    audience.add(res);
    res.on("close", () => audience.delete(res));
  }

  function add(entry: TimelineEntry): void {
    history.push(entry);
    if (history.length > HISTORY) history.shift();
    send(consoles, "entries", [entry]);
  }

  function sendState(): void {
    send(consoles, "state", consoleState(stage));
    send(pages, "page", pageState(stage));
  }

  return { url: `${simulator.httpOrigin}/`, simulator, close: () => Promise.all([simulator.close(), previews.close()]).then(() => undefined) };
}

type Messages = ConsoleMessages & PageMessages;

function send<Type extends keyof Messages>(to: Iterable<ServerResponse>, type: Type, data: Messages[Type]): void {
  for (const res of to) res.write(`event: ${type}\ndata: ${JSON.stringify(data)}\n\n`);
}

async function read(req: IncomingMessage): Promise<unknown> {
  let text = "";
  for await (const chunk of req) {
    text += chunk;
    if (text.length > LARGEST_BODY) throw new Error("Too large.");
  }
  return JSON.parse(text);
}
