import { CONFIG_SENTENCE, NAME, config, lookUp } from "../config.ts";
import { configFaults } from "./config-faults.ts";
import { describePath, isPath, leadsTo } from "./paths.ts";
import { note, ok, wrong } from "./say.ts";
import { findScript, snippetRuns } from "./script.ts";

/** Without these right there is no prompt; what is wrong with another key shows in the prompt. */
const FATAL = ["", "jwt", "account", "server"];
const MISNAMED = /call it (jwt|account|server)$/;

export function sayNoElement(): void {
  if (snippetRuns())
    note(
      "config",
      "the element with data-" +
        NAME +
        " has been taken off the page since the snippet ran, so the doctor cannot follow it any further. It prints what the snippet tells.",
    );
  else if (findScript())
    wrong(
      "config",
      "the script is here, but no element has data-" + NAME,
      "A tag manager drops data-* from script tags: take snippet.html or dist/inline.html instead.",
    );
}

/** The tag by which the element begins, without its values: a token may be in one. */
function outline(element: HTMLElement): string {
  const { localName, id } = element;
  const src = element.getAttribute("src");
  return "<" + localName + (id && ' id="' + id + '"') + (src ? ' src="' + src + '"' : "") + ">";
}

/** @returns whether the snippet can run with it */
export function sayConfig(element: HTMLElement, text: string, fault: string | undefined): boolean {
  note("config", "it is on " + outline(element) + ".");
  const found = document.querySelectorAll("[data-" + NAME + "]");
  if (found.length > 1)
    note("config", found.length + " elements have data-" + NAME + "; a script's own counts, or else the first.");
  const cure = cureOf(text, fault);
  if (fault) wrong("config", CONFIG_SENTENCE + ": " + fault, cure);
  else {
    const written: object = JSON.parse(text);
    const faults = configFaults(written);
    const misnamed = faults.filter(({ sentence }) => MISNAMED.test(sentence));
    const others = faults.filter((fault) => !misnamed.includes(fault));
    // A key that is nearly right says more than that the right one is missing.
    const fatal = [...misnamed, ...others.filter(({ key }) => FATAL.includes(key))];
    for (const { sentence } of fatal) wrong("config", sentence, cure);
    for (const { key, sentence } of others) if (!FATAL.includes(key)) note("config", sentence + ".");
    if (config.jwt && !fatal.length) ok("config", "its keys are " + Object.keys(written).join(", ") + ".");
  }
  return !!config.jwt;
}

/** What breaks the JSON is often the HTML around it. */
function cureOf(text: string, fault: string | undefined): string {
  if (text.trim() == "{") return "The attribute has ended at its first quotation mark: put it into single quotes.";
  if (fault && /closing "/.test(fault)) return "Has an apostrophe ended the attribute? Write &#39; for it.";
  if (/^\[object/.test(text)) return "An object was put there: use JSON.stringify(config).";
  return "The configurator, which npm start shows, writes it for you.";
}

/** What each path leads to; whether it has to lead somewhere is said where it is needed. */
export function sayPaths(): void {
  const words = Object.entries((typeof config.text == "object" && config.text) || {}).map(
    ([key, value]) => ["text." + key, value] as const,
  );
  for (const [key, value] of [...Object.entries(config), ...words])
    if (key == "jwt")
      note(
        "paths",
        "jwt: " +
          leadsTo(value as string) +
          (isPath(value) ? "." : ". All visitors who are given this page have this token: is it this one's own?"),
      );
    else if (isPath(value)) note("paths", describePath(key, value) + ".");
}

/** What else of the page's own stands in the way. */
export function sayPage(): void {
  if (JSON.stringify([1]) != "[1]")
    wrong(
      "page",
      "a library of the page's, an old Prototype most likely, gives arrays a toJSON, which spoils every request",
      "Update it, or take Array.prototype.toJSON away.",
    );
  if (document.hidden)
    note("page", "this tab is hidden, and nobody can be asked there: the doctor waits until it is seen.");
}

export function sayAccount(): void {
  const account = lookUp(config.account);
  if (account) ok("account", account + (isPath(config.account) ? ", from " + config.account : "") + ".");
  else
    wrong(
      "account",
      "there is none: " + leadsTo(config.account!),
      "Is LivePerson's tag on the page, and not blocked? If there is none, configure account. It is looked for again every 5 s.",
    );
}
