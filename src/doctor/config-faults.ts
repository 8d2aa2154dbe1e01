// What is wrong with a config, as far as its own text shows: for the demo's configurator and the doctor. The snippet has no room to tell it.
import { CONFIG_SENTENCE } from "../config.ts";
import { isPath } from "./paths.ts";
import { configured, pathFault, wordFault } from "./value-faults.ts";

export { jsonFault } from "./json-fault.ts";

export interface ConfigFault {
  /** Its place: `jwt`, `text.titel`; empty for the whole. */
  key: string;
  /** What is wrong and what to do, as one sentence that never quotes a value. */
  sentence: string;
}

const KEYS = "jwt account server prompt text visitorName ssid svid scid cid eid".split(" ");
/** The words of the prompt that have a default. */
export const WORDS = "title accept decline shared view follow".split(" ");
/** Each has a sentence. These are LivePerson's own; other modes in capitals may come. */
export const MODES = "shared view follow VOICE_CALL VIDEO_CALL".split(" ");
/** Other names for the same. */
const SYNONYMS: Record<string, string> = {
  token: "jwt",
  getjwt: "jwt",
  site: "account",
  siteid: "account",
  accountid: "account",
  host: "server",
  domain: "server",
  url: "server",
  name: "visitorName",
  visitor: "visitorName",
  words: "text",
  texts: "text",
  heading: "title",
  allow: "accept",
  yes: "accept",
  deny: "decline",
  reject: "decline",
  no: "decline",
};

/** Everything that is wrong with a parsed config. */
export function configFaults(config: unknown): ConfigFault[] {
  if (!isObject(config)) return [{ key: "", sentence: `${CONFIG_SENTENCE}, an object: put { and } around its keys` }];
  const { text, ...others }: Record<string, unknown> = { jwt: "", ...config };
  const found: Found[] = Object.entries(others).map(([key, value]) => [
    key,
    KEYS.includes(key) ? configured(key, value) : strange(key, KEYS, "text"),
  ]);
  if (isObject(text))
    found.push(...Object.entries(text).map(([name, words]): Found => [`text.${name}`, inText(name, words)]));
  else found.push(["text", noText(text)]);
  return found.flatMap(([key, sentence]) => (sentence ? { key, sentence } : []));
}

type Found = [key: string, sentence: string | undefined];

function noText(text: unknown): string | undefined {
  const fault = typeof text === "string" ? pathFault("text", text) : undefined;
  if (fault || !text || isPath(text)) return fault;
  return "text needs an object with the words, or a path to one: English is used";
}

function inText(name: string, words: unknown): string | undefined {
  const isMode = /^[A-Z][A-Z\d]*(_[A-Z\d]+)*$/.test(name) && !guess(name, [...WORDS, ...KEYS]);
  if (isMode || WORDS.includes(name)) return wordFault(name, words);
  return strange(`text.${name}`, [...WORDS, ...MODES], "the config, beside text");
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** @param known what may be there; `elsewhere` is where other known keys belong */
function strange(key: string, known: string[], elsewhere: string): string {
  const name = key.replace("text.", "");
  const meant = guess(name, known);
  if (meant) return `${key} means nothing: call it ${meant}`;
  if ([...KEYS, ...WORDS, ...MODES].includes(name)) return `${key} means nothing here: it belongs into ${elsewhere}`;
  return `${key} means nothing: take it out, it is none of ${known.join(", ")}`;
}

/** The known key that is meant by one that is nearly the same. */
function guess(name: string, known: string[]): string | undefined {
  if (known.includes(name)) return undefined;
  const bare = (key: string) => key.toLowerCase().replace(/[^a-z\d]/g, "");
  const synonym = Object.hasOwn(SYNONYMS, bare(name)) ? SYNONYMS[bare(name)]! : "";
  if (known.includes(synonym)) return synonym;
  const near = known.map((key) => ({ key, edits: edits(bare(name), bare(key)) })).sort((a, b) => a.edits - b.edits)[0]!;
  // More letters would make another word of a short one.
  return near.edits <= (near.key.length < 5 ? 1 : 2) ? near.key : undefined;
}

/** How many letters have to be put in, taken out or replaced to make one word of the other; letters in another order are one mistake. */
function edits(from: string, to: string): number {
  const letters = (word: string) => word.split("").sort().join("");
  if (from !== to && letters(from) === letters(to)) return 1;
  // With what no old library replaces.
  let row: number[] = [];
  for (let x = 0; x <= to.length; x++) row.push(x);
  for (let y = 0; y < from.length; y++) {
    const next = [y + 1];
    for (let x = 0; x < to.length; x++)
      next.push(Math.min(row[x + 1]! + 1, next[x]! + 1, row[x]! + (to[x] === from[y] ? 0 : 1)));
    row = next;
  }
  return row[to.length]!;
}
