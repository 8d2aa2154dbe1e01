import { NAME } from "../config.ts";

/** What is examined, in the order of the walk. */
export type Step =
  | "snippet"
  | "config"
  | "paths"
  | "token"
  | "account"
  | "server"
  | "policy"
  | "socket"
  | "InitConnection"
  | "clock"
  | "conversations"
  | "invitation"
  | "tag"
  | "prompt"
  | "page"
  | "doctor";

type Print = "log" | "info" | "debug" | "warn" | "error";

/** Step → what was said of it last: a connection that is tried again and again says the same again. */
const said = new Map<Step, string>();
let silent = false;

/** Nothing is said any more. */
export function silence(): void {
  silent = true;
}

function say(mark: string, step: Step, text: string, ...ways: Print[]): void {
  const line = "[" + NAME + " doctor] " + mark + " " + step + ": " + text;
  if (silent || said.get(step) == line) return;
  said.set(step, line);
  // Many sites mute console.log on their live pages.
  const isMute = (way: Print) => /\{\s*\}\s*$/.test("" + console[way]);
  console[ways.find((way) => !isMute(way)) || "log"](line);
}

/** The step is as it should be. */
export const ok = (step: Step, text: string): void => say("\u2714", step, text, "log", "info", "debug", "warn");

/** Worth knowing, and neither right nor wrong. */
export const note = (step: Step, text: string): void => say("\u2013", step, text, "log", "info", "debug", "warn");

/** The step fails. The first line of this kind is why no prompt appears. @param cure what to do, in whole sentences */
export const wrong = (step: Step, text: string, cure: string): void =>
  say("\u2718", step, text.replace(/\.?$/, ".") + " \u2192 " + cure, "warn", "error", "log", "info");
