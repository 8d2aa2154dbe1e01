/**
 * To be pasted into the console of a page on which no prompt appears. It does what the snippet would, by the same code, and says what it finds. In the
 * place of ../page.ts, ../prompt.ts, fetch() and WebSocket the build takes those of this folder. It changes nothing on the page, answers
 * nothing, and prints no secret.
 */
import { API, config, lookUp } from "../config.ts";
import { reconnect, start, stop as disconnect, wake } from "../connection.ts";
import { finish } from "../invitation.ts";
import { jsonFault } from "./config-faults.ts";
import { sayAccount, sayConfig, sayNoElement, sayPage, sayPaths } from "./configuration.ts";
import { followPage, leavePage } from "./events.ts";
import { endTimers, later, pause } from "./patience.ts";
import { onViolation } from "./policy.ts";
import { note, ok, silence } from "./say.ts";
import { examineSnippet, findElement, isThere } from "./script.ts";
import { examineToken } from "./token.ts";

declare global {
  interface Window {
    lpCobrowseDoctor?: { stop(): void } | undefined;
  }
}

/** How long a page that is still loading is waited for, and how long, in seconds, a snippet that a tag manager may bring. */
const LOADED_WITHIN = 1e4;
const BROUGHT_WITHIN = 5;

const LISTENERS = { pagehide: onLeft, online: onSeen, visibilitychange: onSeen, load: examine };
/** Not pasted: it may be there before the snippet is. */
const byScriptTag = !!document.currentScript;
let begun = false;
let connecting = false;
let ended = false;

async function examine(): Promise<void> {
  if (begun) return;
  begun = true;
  for (let second = 0; byScriptTag && !isThere() && second < BROUGHT_WITHIN; second++) await pause(1e3);
  const element = findElement();
  const text = (element && element.dataset[API]) || "";
  const fault = jsonFault(text);
  if (!fault) Object.assign(config, JSON.parse(text));
  await examineSnippet(!!config.jwt);
  if (ended) return;
  if (!element) return sayNoElement();
  if (!sayConfig(element, text, fault)) return;
  sayPaths();
  sayPage();
  await examineToken();
  if (ended) return;
  sayAccount();
  const server = lookUp(config.server);
  if (server) ok("server", server + ", as configured.");
  connecting = true;
  start();
}

function onSeen(): void {
  if (!document.hidden && connecting) wake();
}

function onLeft(): void {
  if (connecting) reconnect();
}

function stop(): void {
  if (ended) return;
  ended = true;
  leavePage();
  document.removeEventListener("securitypolicyviolation", onViolation);
  for (const [name, listener] of Object.entries(LISTENERS)) removeEventListener(name, listener);
  delete window.lpCobrowseDoctor;
  note("doctor", "ended. It has left nothing on the page.");
  silence();
  endTimers();
  disconnect();
  finish();
}

if (window.lpCobrowseDoctor) window.lpCobrowseDoctor.stop();
window.lpCobrowseDoctor = { stop };
followPage();
document.addEventListener("securitypolicyviolation", onViolation);
for (const [name, listener] of Object.entries(LISTENERS)) addEventListener(name, listener);
if (document.readyState == "complete") examine();
else {
  note(
    "doctor",
    "the page is still loading: the doctor begins when it has loaded, or in " + LOADED_WITHIN / 1e3 + " s.",
  );
  later(examine, LOADED_WITHIN);
}
