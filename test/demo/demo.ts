// The demo's server: the simulator, the shop, the agent's console, and the stream that keeps the console up to date.
import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { startSimulator, type Simulator } from "../simulator/simulator.ts";
import { actions, clockError, type Stage } from "./actions.ts";
import { allows, type AgentAct } from "./modes.ts";
import { Retries } from "./retries.ts";
import { loadSite } from "./site.ts";
import { fromPage, fromSimulator, type PageReport, type Sentence, type TimelineEntry } from "./timeline.ts";

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

/** What the console shows besides the timeline. */
export interface ConsoleState {
  /** The server's own clock, ms: the console may be on another machine. */
  now: number;
  connected: number;
  /** When the shop tries again at the latest; past if nobody waits. */
  retryDue: number;
  conversation: boolean;
  signedIn: boolean;
  shortInvitation: number;
  /** The last one. */
  invitation: { mode: string; state: string; endsAt: number; step: string } | null;
  /** A page has told that it asks about that. */
  asked: boolean;
  /** The page that is shared can be seen here: the visitor did not allow it elsewhere. */
  seen: boolean;
  pressed: Record<string, boolean>;
}

/** What the pages of the shop have to know. */
export interface PageState {
  signedIn: boolean;
  /** The visitor's computer, all in all, ms. */
  slept: number;
  tagHeld: boolean;
  sharing: { tab: string | undefined; mode: string } | null;
  /** How the last sharing ended. */
  stoppedByVisitor: boolean;
}

/** What the agent is shown of the page. */
export interface Picture {
  head: string;
  body: string;
  width: number;
  height: number;
  top: number;
}

export type ConsoleMessage = { state: ConsoleState } | { entries: Partial<TimelineEntry>[] } | { cleared: true } | { picture: Picture };
export type PageMessage = { page: PageState } | { agent: AgentAct };

/** Lines that a console opened later still gets. */
const HISTORY = 500;
const LARGEST_BODY = 1_000_000;
/** How soon a page looks for a server that is gone, ms. */
const LOOK_AGAIN = 1000;

export async function startDemo({ port = 0, host, shortInvitation = 15, tagDelay = 1500 }: DemoOptions = {}): Promise<Demo> {
  const site = await loadSite();
  const consoles = new Set<ServerResponse>();
  const pages = new Set<ServerResponse>();
  const history: Partial<TimelineEntry>[] = [];
  const retries = new Retries();
  let picture: Picture | undefined;
  /** The dialog that a page asks about, until it is loaded anew. */
  let asking: unknown;

  const simulator = await startSimulator({
    port,
    ...(host && { host }),
    handle(req, res) {
      const answering = answer(req, res);
      answering?.catch((error: Error) => res.writeHead(400).end(error.message));
      return answering !== undefined;
    },
  });
  // The configurator's previews have a server of their own, so that they do not show in the console.
  const previews = await startSimulator(host ? { host } : {});
  const stage: Stage = {
    simulator,
    settings: { prompt: "dialog", tag: "late" },
    shortInvitation,
    tagDelay,
    conversation: simulator.openConversation(),
    invitation: undefined,
    step: undefined,
    sharingTab: undefined,
    signedIn: true,
    agentClockOffset: 0,
    slept: 0,
  };

  simulator.on((entry) => {
    const time = Date.now();
    let mode: string | undefined;
    let replaced = false;
    if (entry.type === "session") {
      const { dialogId, step } = entry;
      mode = simulator.conversations.flatMap(({ invitations }) => invitations).find((invitation) => invitation.dialogId === dialogId)?.mode;
      replaced = dialogId !== stage.invitation?.dialogId;
      // Of the conversation, and so of what is in it, or of the invitation itself.
      if (!dialogId || !replaced || step === "invited") stage.step = step;
    }
    add(fromSimulator(entry, { time, mode, replaced, retryWithin: retries.note(entry, time) }));
    // Later, when the simulator has settled into what the entry tells.
    setImmediate(sendState);
  });

  function answer(req: IncomingMessage, res: ServerResponse): Promise<void> | undefined {
    const { pathname: path, searchParams } = new URL(req.url ?? "/", "http://demo");
    const address = addressOf(req);
    if (req.method === "POST") {
      const done = () => void res.end();
      if (path === "/demo/action") return read(req, act).then(done);
      if (path === "/demo/report") return read(req, (reports: PageReport[]) => reports.forEach(receive)).then(done);
      if (path === "/demo/picture") return read(req, (taken: Picture) => send({ picture: (picture = taken) })).then(done);
      if (path === "/demo/agent") return read(req, agentActs).then(done);
      if (path === "/demo/preview") return read(req, (wish: { mode: string | null }) => preparePreview(wish, address.hostname, res));
      return undefined;
    }
    const tab = searchParams.get("tab") ?? "own";
    if (path === "/demo/stream") return Promise.resolve(openConsole(res));
    if (path === "/demo/stage") return Promise.resolve(openPage(res));
    if (path === "/demo/token") return Promise.resolve(issueToken(tab, res));
    if (path === "/shop") {
      retries.loaded(tab);
      asking = undefined;
      if (stage.settings.tag === "loaded") stage.settings.tag = "held";
    }
    return site.serve(path, res, stage, address);
  }

  /** The host and port by which the request has reached this machine, so that what a page is given leads there too. */
  function addressOf({ headers }: IncomingMessage): URL {
    const given = `http://${headers.host}`;
    return URL.canParse(given) ? new URL(given) : new URL(simulator.httpOrigin);
  }

  function act({ action }: { action: string }): void {
    if (action === "clear-timeline") {
      history.length = 0;
      send({ cleared: true });
    } else if (Object.hasOwn(actions, action)) {
      actions[action]!(stage);
      if (/^sign-/.test(action)) add({ story: { who: "Visitor", text: stage.signedIn ? "signed in" : "signed out" } });
      sendState();
    } else throw new Error(`There is no action ${action}.`);
  }

  function receive(report: PageReport): void {
    add(fromPage(report));
    if (report.kind === "window" && report.name === "cobrowseOffered") {
      asking = report.data.dialogId;
      sendState();
    }
    if (report.kind !== "lpTag") return;
    if (report.name === "cobrowseAccepted") stage.sharingTab = report.tab;
    simulator.lpTagEvent(report.name, report.data);
  }

  /** Only what the mode allows: the page does what it is told. */
  function agentActs(agent: AgentAct): void {
    if (sharing() && allows(stage.invitation!.mode, agent.kind)) send({ agent }, pages);
  }

  function issueToken(tab: string, res: ServerResponse): void {
    const token = simulator.issueToken();
    retries.began(tab, token);
    add({ time: Date.now(), kind: "connection", source: "", name: "token", note: "the shop asked for a token" });
    // Any page may ask, also one that a new user tries from a file.
    res.writeHead(200, { "content-type": "text/plain", "cache-control": "no-store", "access-control-allow-origin": "*" }).end(token);
  }

  /** A consumer for one preview, whom an agent invites as soon as he is there. */
  function preparePreview({ mode }: { mode: string | null }, hostname: string, res: ServerResponse): void {
    const consumerId = randomUUID();
    if (mode) previews.openConversation(consumerId).invite({ mode });
    res.writeHead(200, { "content-type": "application/json" });
    res.end(JSON.stringify({ account: previews.account, server: `ws://${hostname}:${previews.port}`, token: previews.issueToken(consumerId) }));
  }

  function openConsole(res: ServerResponse): void {
    openStream(res, consoles);
    // One that has lost this server, or another in its place, begins anew.
    send({ cleared: true }, [res]);
    send({ entries: history }, [res]);
    send({ state: state() }, [res]);
    if (picture) send({ picture }, [res]);
  }

  function openPage(res: ServerResponse): void {
    // Also a page of a new user's own.
    res.setHeader("access-control-allow-origin", "*");
    openStream(res, pages);
    send({ page: pageState() }, [res]);
  }

  function openStream(res: ServerResponse, audience: Set<ServerResponse>): void {
    res.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
    res.write(`retry: ${LOOK_AGAIN}\n\n`);
    audience.add(res);
    res.on("close", () => audience.delete(res));
  }

  function add(entry: TimelineEntry | { story: Sentence } | undefined): void {
    if (!entry) return;
    history.push(entry);
    if (history.length > HISTORY) history.shift();
    send({ entries: [entry] });
  }

  function sendState(): void {
    send({ state: state() });
    send({ page: pageState() }, pages);
  }

  function sharing(): boolean {
    return stage.invitation?.state === "ACCEPTED" && stage.conversation.state === "OPEN";
  }

  function pageState(): PageState {
    const { signedIn, slept, settings, sharingTab, invitation, step } = stage;
    return {
      signedIn,
      slept,
      tagHeld: settings.tag === "held",
      sharing: sharing() ? { tab: sharingTab, mode: invitation!.mode } : null,
      stoppedByVisitor: step === "stopped",
    };
  }

  function state(): ConsoleState {
    const { conversation, invitation, settings, agentClockOffset, signedIn, sharingTab, step } = stage;
    const { refuseInit, throwOut, silent, latency, down, clockOffset } = simulator.faults;
    const error = clockError(stage);
    return {
      now: Date.now(),
      connected: simulator.sockets.filter((socket) => socket.subscribed && socket.open).length,
      retryDue: retries.due,
      conversation: conversation.state === "OPEN",
      signedIn,
      shortInvitation,
      invitation: invitation
        ? { mode: invitation.mode, state: conversation.state === "OPEN" ? invitation.state : "CLOSED", endsAt: invitation.expiresAt - clockOffset, step: step! }
        : null,
      asked: invitation !== undefined && asking === invitation.dialogId,
      seen: sharing() && sharingTab !== undefined,
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
        "tag-held": settings.tag !== "late",
      },
    };
  }

  function send(message: ConsoleMessage | PageMessage, to: Iterable<ServerResponse> = consoles): void {
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
