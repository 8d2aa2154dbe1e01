// The timeline under the agent's console: what the simulator and the pages saw, one line each.
import type { Frame, LogEntry } from "../simulator/simulator.ts";

export type Kind = "agent" | "in" | "out" | "lpTag" | "window" | "console" | "connection";

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
}

/** What a page of the shop reports. */
export interface PageReport {
  time: number;
  tab: string;
  kind: "lpTag" | "window" | "console";
  name: string;
  data: Record<string, unknown>;
}

/** lpTag events are left to fromPage(), which knows the tab. */
export function fromSimulator(entry: LogEntry, time: number): TimelineEntry | undefined {
  switch (entry.type) {
    case "open":
      return { time, kind: "connection", source: `socket ${entry.socket}`, name: "opened", note: "" };
    case "close":
      return {
        time,
        kind: "connection",
        source: `socket ${entry.socket}`,
        name: "closed",
        note: `${entry.code}, by the ${entry.by === "client" ? "page" : "server"}${entry.reason && `: ${entry.reason}`}`,
      };
    case "refused":
      return { time, kind: "connection", source: "", name: "refused", note: entry.reason, detail: { url: entry.url } };
    case "http":
      return { time, kind: "connection", source: "", name: `${entry.method} ${entry.status}`, note: entry.url };
    case "session":
      return { time, kind: "agent", source: "", name: entry.step, note: "", detail: { dialogId: entry.dialogId, convId: entry.convId } };
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
      };
    case "lpTag":
      return undefined;
  }
}

export function fromPage({ time, tab, kind, name, data }: PageReport): TimelineEntry {
  const note = kind === "console" ? String(data.text) : [data.mode, data.reason].filter(Boolean).join(", ");
  return { time, kind, source: `tab ${tab}`, name, note, detail: data, wrong: kind === "console" || name === "cobrowseError" };
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
