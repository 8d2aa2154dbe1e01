// When each page of the shop connects anew at the latest, as far as the server can tell: by what has failed, and the snippet's own waits.
import { DOUBLINGS, backoff } from "../../src/backoff.ts";
import type { LogEntry } from "../simulator/simulator.ts";

class Connection {
  tab: string | undefined;
  /** It waits for an answer: a page that closes it now has given it up. */
  waits = true;
  refused = false;
  clockAnswers = 0;
}

/** With the second of them a connection has lasted. */
const LASTED = 2;

export class Retries {
  #tabs = new Map<string, { failures: number; due: number }>();
  /** Every attempt begins with a token, which shows whose a connection is. */
  #tokens = new Map<string, string>();
  /** Tabs whose attempt has not shown itself to the server, oldest first. */
  #begun = new Set<string>();
  #connections = new Map<number, Connection>();

  /** The tab loads a page: nothing has failed there. */
  loaded(tab: string): void {
    this.#tabs.set(tab, { failures: 0, due: 0 });
  }

  /** The tab has been given a token: it tries now. */
  began(tab: string, token: string): void {
    this.#tokens.set(token, tab);
    this.#begun.add(tab);
    this.#of(tab).due = 0;
  }

  /** @returns in how many seconds at the latest the page tries again, if this has failed it */
  note(entry: LogEntry, now: number): number | undefined {
    if (entry.type === "refused") return this.#failed(undefined, now);
    if (entry.type === "open") this.#connections.set(entry.socket, new Connection());
    const connection = "socket" in entry && this.#connections.get(entry.socket!);
    if (!connection) return undefined;
    if (entry.type === "in") {
      connection.waits = true;
      const [, token = ""] = /"jwt":"([^"]*)"/.exec(entry.text) ?? [];
      const tab = this.#tokens.get(token);
      if (tab) this.#begun.delete((connection.tab = tab));
    } else if (entry.type === "out" && entry.frame?.kind === "resp") {
      connection.waits = false;
      connection.refused = entry.frame.code !== 200;
      if (entry.frame.type === "GetClockResponse") connection.clockAnswers++;
      if (connection.tab && connection.clockAnswers === LASTED) this.#of(connection.tab).failures = 0;
    } else if (entry.type === "close") {
      this.#connections.delete(entry.socket);
      if (entry.by === "server" || connection.waits || connection.refused) return this.#failed(connection.tab, now);
    }
    return undefined;
  }

  /** When the last of those that wait tries again, at the latest; 0 while nobody waits. */
  get due(): number {
    return Math.max(0, ...[...this.#tabs.values()].map(({ due }) => due));
  }

  #of(tab: string): { failures: number; due: number } {
    if (!this.#tabs.has(tab)) this.loaded(tab);
    return this.#tabs.get(tab)!;
  }

  /** @param known the tab; one that has not shown itself is the one that began first */
  #failed(known: string | undefined, now: number): number | undefined {
    const tab = known ?? [...this.#begun][0];
    if (tab === undefined) return undefined;
    this.#begun.delete(tab);
    const state = this.#of(tab);
    const wait = backoff(state.failures, 1);
    state.failures = Math.min(state.failures + 1, DOUBLINGS);
    state.due = now + wait;
    return wait / 1000;
  }
}
