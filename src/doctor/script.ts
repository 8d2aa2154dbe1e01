import { API, NAME } from "../config.ts";
import { forbids, learnPast } from "./policy.ts";
import { ok, wrong } from "./say.ts";

/** Types of scripts that browsers run. */
const RUNS = /^$|^module$|^(text|application)\/(java|ecma)script$/i;

/** Whether this page's snippet is at work. */
export const snippetRuns = (): boolean => typeof (window[API] && window[API].start) == "function";

/** The element that carries the config: the snippet's own script, or the first that has the attribute. */
export function findElement(): HTMLElement | null {
  const selector = "[data-" + NAME + "]";
  return document.querySelector<HTMLElement>("script" + selector) || document.querySelector<HTMLElement>(selector);
}

/** @param configured whether there is a config with which it can run */
export async function examineSnippet(configured: boolean): Promise<void> {
  const clobber: unknown = window[API];
  if (snippetRuns()) ok("snippet", "it is on " + (inFrame() ? "this frame" : "the page") + " and has run.");
  else if (parentHasIt())
    wrong(
      "snippet",
      "this is a frame of a page that has the snippet, so it does nothing here: that page asks",
      "Choose that page in the console (top), and paste the doctor there.",
    );
  else if (clobber)
    wrong(
      "snippet",
      "something else of the page's is called " +
        API +
        ": " +
        (clobber instanceof Element ? "an element with that id or name" : "a global"),
      "Rename it.",
    );
  else if (!isThere()) await sayMissing();
  // Whether it has run cannot be told: without a config it leaves nothing behind.
  else if (configured) await examineScript(findScript());
}

const inFrame = (): boolean => parent != window;

function parentHasIt(): boolean {
  try {
    return inFrame() && !!parent[API];
  } catch (error) {
    // Of another origin, which it may not ask either.
    return false;
  }
}

/** Whether there is anything of the snippet on the page. */
export const isThere = (): boolean => snippetRuns() || !!findElement() || !!findScript();

export function findScript(): HTMLScriptElement | undefined {
  const element = findElement();
  if (element instanceof HTMLScriptElement) return element;
  return [...document.scripts].find(({ src, text }) =>
    src ? src.includes(NAME) && !src.includes("doctor.js") : text.includes("cqm.Subscribe"),
  );
}

async function sayMissing(): Promise<void> {
  await learnPast();
  const what = "it is not on the page: no element has data-" + NAME;
  if (forbids("require", "trusted-types-sink"))
    wrong(
      "snippet",
      what + ", and the page's Content-Security-Policy (require-trusted-types-for) lets no script load another",
      "Take the script tag or dist/inline.html, in the page's HTML.",
    );
  else
    wrong(
      "snippet",
      what,
      "Paste it. If it is there, look in the console whether its block has failed, and in the tag manager whether it has fired: its trigger, the visitor's consent, an ad blocker." +
        (document.querySelector("iframe, frame") ? " Is it in a frame? Choose that in the console." : ""),
    );
}

/** The snippet's script is there, and is not at work: why? */
async function examineScript(script: HTMLScriptElement | undefined): Promise<void> {
  const cannot = (why: string, cure: string) => wrong("snippet", "its script has not run: " + why, cure);
  if (!script)
    return cannot("only the element with its config is there", "Put the script there too, or see what took it away.");
  const { src, type, integrity } = script;
  if (!RUNS.test(type))
    return cannot(
      "its type is " + type,
      "A consent manager has set that, most likely: it sets it right once the visitor consents.",
    );
  const policy = src
    ? "Add to its script-src: " + src + ", or the first hash of dist/csp.txt if the tag has an integrity."
    : "Add to its script-src the second hash of dist/csp.txt for inline.html, or its own hash or nonce for snippet.html.";
  await learnPast();
  const directive = forbids("script", src || "inline");
  if (directive) return cannot("the page's Content-Security-Policy (" + directive + ") forbids it", policy);
  if (script.compareDocumentPosition(findElement()!) & Node.DOCUMENT_POSITION_FOLLOWING)
    return cannot(
      "it stands before the element with its config, which was not there yet",
      "Put that element before it.",
    );
  const unseen = "the page's Content-Security-Policy forbids it, or an ad blocker";
  if (!src) return cannot(unseen, policy + " The console says so.");
  const { origin } = new URL(src);
  const answer = await load(src);
  await learnPast();
  if (forbids("connect", src))
    return cannot(
      "why, the doctor may not find out (connect-src)",
      "The console and the network tab say more: the policy, an ad blocker, the address " + src,
    );
  if (answer == FAILS) {
    const needsPermission = origin != location.origin && (integrity || script.crossOrigin !== null);
    if (needsPermission && (await load(src, { mode: "no-cors" })) != FAILS)
      return cannot(
        "its host sends no Access-Control-Allow-Origin, without which no file with an integrity is run",
        "Have " + origin + " send it, or serve the file from this site.",
      );
    return cannot(
      "the doctor cannot load it either",
      "Is " +
        src +
        " right? Is the network, an ad blocker or the Content-Security-Policy in the way? The console says so.",
    );
  }
  if (answer) return cannot(answer, "Look at its address: " + src);
  if (integrity && (await load(src, { integrity })))
    return cannot(
      "the file is not the one that its integrity belongs to",
      "Take address and integrity from the same version: paste the block anew. The file must not be changed on its way.",
    );
  return cannot("the file is there, so most likely " + unseen, policy + " The console says so.");
}

const FAILS = "it cannot be loaded";

/** @returns what is wrong with the file, if anything is */
function load(src: string, options?: RequestInit): Promise<string> {
  return window.fetch(src, { credentials: "omit", ...options }).then(
    ({ ok, status, type, headers }) => {
      const kind = headers.get("content-type") || "";
      if (type == "opaque") return "";
      if (!ok) return "its host answers " + status;
      return kind && !/(java|ecma)script/i.test(kind) ? "its host sends " + kind + " in place of JavaScript" : "";
    },
    () => FAILS,
  );
}
