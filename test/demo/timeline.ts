// The timeline under the agent's console: what the simulator and the pages saw, one line each, and the sentences that make the story.
import type { Frame, LogEntry, SessionStep } from "../simulator/simulator.ts";
import { can } from "./modes.ts";

type Who = "Agent" | "Visitor" | "Shop" | "Server";

export interface TimelineEntry {
  line?: Line | undefined;
  story?: Sentence | undefined;
}

export interface Line {
  /** This machine's clock, ms. */
  time: number;
  /** As the console shows it. */
  kind: Exclude<Who, "Shop"> | "→ server" | "← server" | "lpTag" | "window" | "console" | "connection";
  /** Which connection or tab, for example "socket 2" or "tab 1". */
  source?: string;
  /** The event's name or the frame's type, as a test looks for it. */
  name: string;
  /** What a reader wants to know besides. */
  note?: string;
  /** All there is to know. */
  detail?: unknown;
  wrong?: boolean;
}

export interface Sentence {
  who: Who;
  /** Goes on after who it was. */
  text: string;
  /** The dialog of the invitation that it is about. */
  invitation?: string | undefined;
}

/** What a page of the shop reports. */
export interface PageReport {
  time: number;
  tab: string;
  kind: "lpTag" | "window" | "console";
  name: string;
  data: Record<string, unknown>;
}

/** What the demo knows besides the simulator's entry. */
interface Circumstances {
  /** This machine's clock, ms. */
  time: number;
  /** Of the invitation that the entry is about. */
  mode: string | undefined;
  /** A newer invitation is there. */
  replaced: boolean;
  /** The page tries again, after so many seconds at the latest. */
  retryWithin: number | undefined;
}

const STEPS: Record<SessionStep, [Exclude<Who, "Shop">, string]> = {
  "conversation opened": ["Visitor", "began a conversation"],
  invited: ["Agent", "invited the visitor to"],
  copied: ["Agent", "invited once more, with a copy of the same invitation"],
  cancelled: ["Agent", "withdrew the invitation"],
  expired: ["Server", "let the invitation run out: there was no answer"],
  accepted: ["Visitor", "allowed it"],
  "accepted elsewhere": ["Visitor", "allowed it in another window"],
  joined: ["Agent", "joined the session"],
  declined: ["Visitor", "declined"],
  ended: ["Agent", "ended the session"],
  stopped: ["Visitor", "stopped sharing"],
  "dialog closed": ["Server", "closed the invitation's dialog"],
  "conversation ended": ["Agent", "ended the conversation"],
  "conversation deleted": ["Server", "deleted the conversation"],
};

const CLOSE_CODES: Record<number, string> = {
  1001: "closed a connection that was silent for too long (1001)",
  1006: "lost the connection (1006)",
  1013: "let the shop in, and threw it out (1013)",
  4401: "closed the connection: the token is not accepted (4401)",
  4407: "closed the connection: the token has expired (4407)",
};

const REFUSALS: Record<number, string> = { 401: "the token is not accepted", 429: "too many requests" };

/** lpTag events are left to fromPage(), which knows the tab; an invitation that is replaced has its end in the story only. */
export function fromSimulator(entry: LogEntry, { time, mode, replaced, retryWithin }: Circumstances): TimelineEntry {
  const tries = retryWithin && `tries again within ${retryWithin} s`;
  const again = tries ? `; the shop ${tries}` : "";
  const line = (more: Pick<Line, "name"> & Partial<Line>): Line => ({
    time,
    kind: "connection",
    ...("socket" in entry && { source: `socket ${entry.socket}` }),
    ...more,
  });
  switch (entry.type) {
    case "open":
      return { line: line({ name: "opened" }) };
    case "close": {
      const { code, reason, by } = entry;
      const note = `${code}, by the ${by === "client" ? "page" : "server"}${reason && `: ${reason}`}`;
      const story: Sentence =
        by === "client"
          ? { who: "Shop", text: tries ? `gave the connection up and ${tries}` : "closed its connection" }
          : { who: "Server", text: (CLOSE_CODES[code] ?? `closed the connection (${code})`) + again };
      return { line: line({ name: "closed", note }), story };
    }
    case "refused": {
      const text = (entry.reason === "down" ? "is down" : `let nobody in: ${entry.reason}`) + again;
      return { line: line({ name: "refused", note: entry.reason, detail: { url: entry.url } }), story: { who: "Server", text } };
    }
    case "http":
      return { line: line({ name: `${entry.method} ${entry.status}`, note: entry.url }) };
    case "session": {
      const { step, dialogId, convId } = entry;
      if (step === "cancelled" && replaced) return { story: { who: "Agent", text: "replaced it by the next invitation", invitation: dialogId } };
      const [who, words] = STEPS[step];
      const text = step === "invited" ? `${words} ${purpose(mode!)}` : words;
      return { line: line({ kind: who, name: step, detail: { dialogId, convId } }), story: { who, text, invitation: dialogId } };
    }
    case "violation":
      return { line: line({ name: "rejected", note: entry.sentence, wrong: true }) };
    case "in":
    case "out": {
      const { type, frame, text } = entry;
      const kind = type === "in" ? "→ server" : "← server";
      return { line: line({ kind, ...summary(frame, text), detail: frame ?? text }), story: type === "out" ? frameStory(frame) : undefined };
    }
    case "lpTag":
      return {};
  }
}

export function fromPage({ time, tab, kind, name, data }: PageReport): TimelineEntry {
  const note = kind === "console" ? String(data.text) : [data.mode, data.reason].filter(Boolean).join(", ");
  let story: Sentence | undefined;
  if (kind === "console" && note) story = { who: "Shop", text: `warns in its console: ${note}` };
  if (kind === "lpTag" && name === "cobrowseOffered")
    story = { who: "Shop", text: `asks the visitor${tab === "1" ? "" : `, in tab ${tab}`}`, invitation: String(data.dialogId) };
  return { line: { time, kind, source: `tab ${tab}`, name, note, detail: data, wrong: kind === "console" || name === "cobrowseError" }, story };
}

function purpose(mode: string): string {
  const words = can(mode);
  return words ? `co-browse (${mode}: ${words} the page)` : `something else (${mode}), which the shop leaves alone`;
}

function frameStory(frame: Frame | undefined): Sentence | undefined {
  if (!frame) return { who: "Server", text: "sent half a frame, which the shop ignores" };
  if (frame.type === "cqm.SubscribeExConversationsResponse" && frame.code === 200) return { who: "Shop", text: "connected" };
  if (frame.kind === "resp" && frame.code !== 200) return { who: "Server", text: `refused the shop: ${REFUSALS[frame.code!] ?? "no"} (${frame.code})` };
  return undefined;
}

function summary(frame: Frame | undefined, text: string): Pick<Line, "name" | "note" | "wrong"> {
  if (!frame) return { name: "malformed", note: text, wrong: true };
  const { kind, type = "", code, body } = frame;
  const name = type.replace(/^(cqm|aam)?\./, "");
  if (kind === "resp") return { name: `answer ${code}`, note: typeof body === "string" ? body : name, wrong: code !== 200 };
  if (kind === "notification") return { name: kind, note: list(body?.changes).map(changeNote).join("; ") || "no conversation" };
  return { name };
}

function changeNote({ type, result }: any): string {
  const details = result?.conversationDetails;
  const invitations = list(details?.dialogs).filter((dialog) => dialog.channelType === "COBROWSE");
  const latest = invitations.at(-1)?.metaData;
  if (details?.state !== "OPEN" || !latest) return `conversation ${details ? details.state : type}`;
  return ["COBROWSE", latest.sessionState, latest.mode].filter(Boolean).join(" ");
}

function list(value: any): any[] {
  return value === undefined ? [] : Array.isArray(value) ? value : [value];
}
