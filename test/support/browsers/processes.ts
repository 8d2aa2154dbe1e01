// Nothing that a test starts may outlive it: what is owned here ends with this Node process, however that ends.
import type { ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

interface Owned {
  pid: number;
  /** Ends the whole process group: browsers are families. */
  signal: NodeJS.Signals;
}

const owned = new Map<ChildProcess, Owned>();
const folders = new Set<string>();

const life = new AbortController();
/** Aborted when this process ends: for what starts a child and hands it over only once that is ready. */
export const ending = life.signal;

/** `run.mjs` is told of everything, for the case that this process hangs and cannot clean up itself. */
const tell = (message: object) => process.connected && process.send?.(message);

/** Ends the child's process group with this process; the child has to be its leader (`detached`). */
export function own(child: ChildProcess, signal: NodeJS.Signals = "SIGKILL"): void {
  const { pid } = child;
  if (pid === undefined) return;
  owned.set(child, { pid, signal });
  tell({ started: pid, signal });
  child.once("exit", () => {
    owned.delete(child);
    tell({ ended: pid });
  });
}

/** Ends the child's group now and resolves when the child has ended. */
export async function end(child: ChildProcess, signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  endGroup(child.pid, signal);
  await ended;
}

/** A new folder that is gone when this process is. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "lp-cobrowse-"));
  folders.add(folder);
  tell({ created: folder });
  return folder;
}

export function removeFolder(folder: string): void {
  // A browser that was just ended may still be writing.
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  folders.delete(folder);
  tell({ removed: folder });
}

function endGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // Already gone.
  }
}

process.on("exit", () => {
  life.abort();
  for (const { pid, signal } of owned.values()) endGroup(pid, signal);
  for (const folder of folders) {
    try {
      removeFolder(folder);
    } catch (error) {
      // Thrown here, it would keep the other listeners from running.
      console.error(error);
    }
  }
});
for (const [signal, number] of [
  ["SIGINT", 2],
  ["SIGTERM", 15],
  ["SIGHUP", 1],
] as const) {
  process.once(signal, () => process.exit(128 + number));
}
