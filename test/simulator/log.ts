// What happened, in order: every frame both ways, every opening and closing, every HTTP request.
import type { Frame } from "./frames.ts";

interface Stamp {
  /** Position in the whole history, from 0. */
  index: number;
  /** The server's clock, ms. */
  at: number;
}

type Entry =
  /** A consumer's socket opened. */
  | { type: "open"; socket: number }
  /** It closed; `by` says who began. */
  | { type: "close"; socket: number; consumerId: string | undefined; code: number; reason: string; by: "server" | "client" }
  /** A frame from the page. `frame` is missing where the text is no JSON object. */
  | { type: "in"; socket: number; text: string; frame: Frame | undefined }
  /** A frame to the page. */
  | { type: "out"; socket: number; text: string; frame: Frame | undefined }
  /** An opening handshake that the server did not complete. */
  | { type: "refused"; url: string; reason: string }
  /** A request to the simulator's own routes; status 0 is "never answered". */
  | { type: "http"; method: string; url: string; status: number }
  /** An lpTag event that the page told the agent about; `known` is false where its serviceId is nobody's. */
  | { type: "lpTag"; name: string; data: Record<string, unknown>; known: boolean }
  /** A step in the life of an invitation or a conversation, and whose doing it was. */
  | { type: "session"; convId: string; dialogId: string | undefined; step: SessionStep }
  /** Something LivePerson's server would reject. */
  | { type: "violation"; socket: number | undefined; sentence: string };

export type SessionStep =
  | "invited"
  | "copied"
  | "cancelled"
  | "expired"
  | "accepted"
  | "accepted elsewhere"
  | "joined"
  | "ended"
  | "stopped"
  | "declined"
  | "dialog closed"
  | "conversation opened"
  | "conversation ended"
  | "conversation deleted";

export type LogEntry = Stamp & Entry;

/** Entries kept; a soak runs for hours. */
const LIMIT = 20_000;

export class Log {
  /** The newest entries, oldest first. */
  readonly entries: LogEntry[] = [];
  #count = 0;
  #read = 0;
  #listeners = new Set<(entry: LogEntry) => void>();
  #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  add(entry: Entry): void {
    const stamped: LogEntry = { index: this.#count++, at: this.#now(), ...entry };
    this.entries.push(stamped);
    if (this.entries.length > LIMIT) this.entries.splice(0, LIMIT / 2);
    for (const listener of [...this.#listeners]) listener(stamped);
  }

  on(listener: (entry: LogEntry) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  skip(): void {
    this.#read = this.#count;
  }

  waitFor<E extends LogEntry>(predicate: (entry: LogEntry) => entry is E, timeoutMs?: number): Promise<E>;
  waitFor(predicate: (entry: LogEntry) => boolean, timeoutMs?: number): Promise<LogEntry>;
  waitFor(predicate: (entry: LogEntry) => boolean, timeoutMs = 5000): Promise<LogEntry> {
    const found = this.entries.find((entry) => entry.index >= this.#read && predicate(entry));
    // A microtask later, so that calls made side by side all look from the same place.
    if (found) return Promise.resolve().then(() => this.#consume(found));
    return new Promise((resolve, reject) => {
      const off = this.on((entry) => {
        if (!predicate(entry)) return;
        off();
        clearTimeout(timer);
        resolve(this.#consume(entry));
      });
      const timer = setTimeout(() => {
        off();
        const last = this.entries.slice(-15).map((entry) => "  " + JSON.stringify(entry).slice(0, 300));
        reject(new Error(`Waited ${timeoutMs} ms in vain for ${predicate}. The last entries:\n${last.join("\n")}`));
      }, timeoutMs);
    });
  }

  #consume(entry: LogEntry): LogEntry {
    this.#read = Math.max(this.#read, entry.index + 1);
    return entry;
  }
}
