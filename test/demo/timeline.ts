// The timeline under the agent's console: what the simulator and the pages saw, one line each, and those lines that make the story.
import type { Frame, LogEntry, SessionStep } from "../simulator/simulator.ts";
import { can } from "./modes.ts";

export type Who = "Agent" | "Visitor" | "Shop" | "Server";
export type Kind = "agent" | "visitor" | "server" | "in" | "out" | "lpTag" | "window" | "console" | "connection";

export interface TimelineEntry {
  /** This machine's clock, ms. */
  time: number;
  kind: Kind;
  /** Which connection or tab, for example "socket 2" or "tab 1". */
  source: string;
  /** The event's name or the frame's type, as a test looks for it. */
  name: string;
  /** What a reader wants to know besides. */
  note: string;
  /** All there is to know. */
  detail?: unknown;
  wrong?: boolean;
  /** It in a sentence, where it belongs to the story. */
  story?: Sentence | undefined;
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
export interface Circumstances {
  /** This machine's clock, ms. */
  time: number;
  /** Of the invitation that the entry is about. */
  mode?: string | undefined;
  /** A newer invitation is there. */
  replaced?: boolean | undefined;
  /** The page tries again, after so many seconds at the latest. */
  retryWithin?: number | undefined;
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
export function fromSimulator(entry: LogEntry, { time, mode, replaced, retryWithin }: Circumstances): TimelineEntry | { story: Sentence } | undefined {
  const tries = retryWithin && `tries again within ${retryWithin} s`;
  const again = tries ? `; the shop ${tries}` : "";
  switch (entry.type) {
    case "open":
      return { time, kind: "connection", source: `socket ${entry.socket}`, name: "opened", note: "" };
    case "close": {
      const { socket, code, reason, by } = entry;
      const note = `${code}, by the ${by === "client" ? "page" : "server"}${reason && `: ${reason}`}`;
      const story: Sentence =
        by === "client"
          ? { who: "Shop", text: tries ? `gave the connection up and ${tries}` : "closed its connection" }
          : { who: "Server", text: (CLOSE_CODES[code] ?? `closed the connection (${code})`) + again };
      return { time, kind: "connection", source: `socket ${socket}`, name: "closed", note, story };
    }
    case "refused":
      return {
        time,
        kind: "connection",
        source: "",
        name: "refused",
        note: entry.reason,
        detail: { url: entry.url },
        story: { who: "Server", text: (entry.reason === "down" ? "is down" : `let nobody in: ${entry.reason}`) + again },
      };
    case "http":
      return { time, kind: "connection", source: "", name: `${entry.method} ${entry.status}`, note: entry.url };
    case "session": {
      const { step, dialogId, convId } = entry;
      if (step === "cancelled" && replaced) return { story: { who: "Agent", text: "replaced it by the next invitation", invitation: dialogId } };
      const [who, words] = STEPS[step];
      const text = step === "invited" ? `${words} ${purpose(mode!)}` : words;
      const kind = who.toLowerCase() as Lowercase<typeof who>;
      return { time, kind, source: "", name: step, note: "", detail: { dialogId, convId }, story: { who, text, invitation: dialogId } };
    }
    case "violation":
      return { time, kind: "connection", source: `socket ${entry.socket}`, name: "rejected", note: entry.sentence, wrong: true };
    case "in":
    case "out":
      return {
        time,
        kind: entry.type,
        source: `socket ${entry.socket}`,
        ...summary(entry.frame, entry.text),
        detail: entry.frame ?? entry.text,
        story: entry.type === "out" ? frameStory(entry.frame) : undefined,
      };
    case "lpTag":
      return undefined;
  }
}

export function fromPage({ time, tab, kind, name, data }: PageReport): TimelineEntry {
  const note = kind === "console" ? String(data.text) : [data.mode, data.reason].filter(Boolean).join(", ");
  const where = tab === "1" ? "" : `, in tab ${tab}`;
  const story: Sentence | undefined =
    kind === "console" && note
      ? { who: "Shop", text: `warns in its console: ${note}` }
      : kind === "lpTag" && name === "cobrowseOffered"
        ? { who: "Shop", text: `asks the visitor${where}`, invitation: String(data.dialogId) }
        : undefined;
  return { time, kind, source: `tab ${tab}`, name, note, detail: data, wrong: kind === "console" || name === "cobrowseError", story };
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

function summary(frame: Frame | undefined, text: string): { name: string; note: string; wrong?: boolean } {
  if (!frame) return { name: "malformed", note: text, wrong: true };
  const type = (frame.type ?? "").replace(/^(cqm|aam)\./, "");
  if (frame.kind === "resp") {
    return { name: `answer ${frame.code}`, note: typeof frame.body === "string" ? frame.body : type.replace(/^\./, ""), wrong: frame.code !== 200 };
  }
  if (frame.kind === "notification") return { name: "notification", note: list(frame.body?.changes).map(changeNote).join("; ") || "no conversation" };
  return { name: type, note: "" };
}

function changeNote(change: any): string {
  const details = change.result?.conversationDetails;
  if (!details) return `conversation ${change.type}`;
  const dialogs = list(details.dialogs).filter((dialog) => dialog.channelType === "COBROWSE");
  const latest = dialogs.at(-1);
  if (details.state !== "OPEN" || !latest) return `conversation ${details.state}`;
  return ["COBROWSE", latest.metaData.sessionState, latest.metaData.mode].filter(Boolean).join(" ");
}

function list(value: any): any[] {
  return value === undefined ? [] : Array.isArray(value) ? value : [value];
}
