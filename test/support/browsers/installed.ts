// What is installed on this machine.
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

/** The programs of these names that PATH leads to, the first one first. */
export function inPath(...names: string[]): string[] {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return folders.flatMap((folder) => names.map((name) => join(folder, name))).filter((path) => existsSync(path));
}
