import { lookUp } from "../config.ts";

/** Whether it is a `window.` path, which is looked up when it is needed. */
export const isPath = (value: unknown): value is string => typeof value == "string" && /^window\./.test(value);

/** Where a `window.` path leads, in words, without calling what is there and without telling its value. */
export function leadsTo(path: string): string {
  if (!isPath(path)) return "it is written in the config";
  let found: any = window;
  let way = "";
  for (const name of path.split(".")) {
    if (found === undefined || found === null) return path + " leads nowhere: there is no " + way;
    way += (way && ".") + name;
    try {
      found = found[name];
    } catch (error) {
      return path + " throws at " + way;
    }
  }
  return path + (found === undefined || found === null ? " leads nowhere" : " is " + kind(found));
}

/** What it is, not what it says: it may be a secret. */
export function kind(found: unknown): string {
  if (found === "") return "an empty text";
  const type = Array.isArray(found) ? "array" : typeof found == "string" ? "text" : typeof found;
  return (/^[ao]/.test(type) ? "an " : "a ") + type;
}

/** Where what is configured under the key, or by default, leads, and whether that gives anything. */
export function describePath(key: string, path: string): string {
  const sentence = key + ": " + leadsTo(path);
  return /nowhere/.test(sentence) || lookUp(path) ? sentence : sentence + ", and gives nothing (yet)";
}
