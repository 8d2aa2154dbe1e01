// Nothing that a test starts may outlive it: what is owned here ends with this Node process, however that ends.
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";

/** With the signal that ends the whole process group: browsers are families. */
const owned = new Map<ChildProcess, NodeJS.Signals>();
const folders = new Set<string>();

/** `run.mjs` is told of everything, for the case that this process hangs and cannot clean up itself. */
const tell = (message: object) => process.connected && process.send?.(message);

/** Ends the child's process group with this process; the child has to be its leader (`detached`). */
export function own(child: ChildProcess, signal: NodeJS.Signals = "SIGKILL"): void {
  owned.set(child, signal);
  tell({ started: child.pid, signal });
  child.once("exit", () => {
    owned.delete(child);
    tell({ ended: child.pid });
  });
}

/** Ends the group of an owned child now and resolves when the child has ended. */
export async function end(child: ChildProcess): Promise<void> {
  if (!owned.has(child)) return;
  const ended = once(child, "exit");
  endGroup(child);
  await ended;
}

function endGroup(child: ChildProcess): void {
  try {
    process.kill(-child.pid!, owned.get(child));
  } catch {
    // Already gone.
  }
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

process.on("exit", () => {
  for (const child of owned.keys()) endGroup(child);
  for (const folder of folders) {
    try {
      removeFolder(folder);
    } catch (error) {
      // Thrown here, it would keep the other listeners from running.
      console.error(error);
    }
  }
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => process.exit(128 + constants.signals[signal]));
