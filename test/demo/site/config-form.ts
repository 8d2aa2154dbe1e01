// The fields of the configurator's form, and how each is read from a config and written to it.
import type { CobrowseConfig } from "../../../src/api.d.ts";
import { isObject, MODES, WORDS } from "../../../src/doctor/config-faults.ts";
import { isPath } from "../../../src/doctor/paths.ts";
import { word } from "../../../src/words.ts";

export type Config = Partial<Record<keyof CobrowseConfig, unknown>>;
export type Translations = Record<string, Record<string, string>>;

export interface Field {
  /** Its place in the config, as a fault names it: `text.title`. */
  key: keyof CobrowseConfig | `text.${string}`;
  /** The id of the fieldset. */
  group: "basic" | "words" | "ids";
  help?: string;
  choices?: string[];
  /** What the snippet does without the value. */
  otherwise?: string;
}

const SDK = "window.lpTag.taglets.lp_monitoringSDK";

export const FIELDS: Field[] = [
  { group: "basic", key: "jwt", help: "The path to the visitor's token, or to a function that returns it. A token itself would be every visitor's." },
  { group: "basic", key: "account", help: "The LivePerson account, if the page's tag does not say it.", otherwise: "window.lpTag.site" },
  { group: "basic", key: "server", help: "For example va.msg.liveperson.net", otherwise: "asks LivePerson's domain service" },
  { group: "basic", key: "visitorName", otherwise: "Visitor" },
  { group: "basic", key: "prompt", choices: ["dialog", "confirm"] },
  ...[...new Set([...WORDS, ...MODES])].map((name): Field => ({ group: "words", key: `text.${name}`, otherwise: word(name) ?? "no sentence: left alone" })),
  { group: "ids", key: "ssid", otherwise: `${SDK}.getSid` },
  { group: "ids", key: "svid", otherwise: `${SDK}.getVid` },
  { group: "ids", key: "scid" },
  { group: "ids", key: "cid" },
  { group: "ids", key: "eid" },
];

export function read(config: Config, key: Field["key"]): string {
  const { text } = config;
  const name = nameInText(key);
  return asText(name === undefined ? config[key as keyof Config] : isObject(text) ? text[name] : "");
}

/** What is empty, and the prompt that there is anyway, is left out. */
export function write(config: Config, key: Field["key"], value: string): void {
  const name = nameInText(key);
  if (name !== undefined) {
    const text = isObject(config.text) ? config.text : {};
    set(text, name, value);
    if (Object.keys(text).length) config.text = text;
    else delete config.text;
  } else set(config, key, key === "prompt" && value === "dialog" ? "" : value);
}

const nameInText = (key: string): string | undefined => /^text\.(.*)/.exec(key)?.[1];

function set(object: Record<string, unknown>, key: string, value: string): void {
  if (value) object[key] = value;
  else delete object[key];
}

/** The config, or undefined where the text is no JSON object. */
export function readJson(text: string): Config | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The language whose words these are; "" for English, which is built in; undefined for other words. */
export function languageOf({ text = {} }: Config, translations: Translations): string | undefined {
  if (!isObject(text)) return undefined;
  const same = (words: Record<string, string>) => WORDS.every((key) => text[key] === words[key]);
  return same({}) ? "" : Object.keys(translations).find((language) => same(translations[language]!));
}

/** Puts a language's words into the config; without any, English. What else is in `text` stays. */
export function translate(config: Config, words: Record<string, string> = {}): void {
  for (const name of WORDS) write(config, `text.${name}`, words[name] ?? "");
}

/** The sentence with which the visitor is asked; a path to it stands for itself. */
export function sentence({ text }: Config, mode: string): string {
  const given = isObject(text) ? text[mode] : text;
  return asText(given).trim() ? asText(given) : given ? "" : (word(mode) ?? "");
}

/** The words for the preview, where the page's paths lead nowhere: there each is seen in its word's place. */
export function previewText({ text }: Config, mode: string): unknown {
  const seen = (value: unknown, path: string): unknown => (isPath(value) ? `‹${path}›` : value);
  if (isObject(text)) return Object.fromEntries(Object.entries(text).map(([key, value]) => [key, seen(value, asText(value))]));
  if (!isPath(text)) return text;
  return Object.fromEntries([...WORDS, mode].map((key) => [key, seen(text, `${text}.${key}`)]));
}

function asText(value: unknown): string {
  return value === undefined ? "" : typeof value === "string" ? value : JSON.stringify(value);
}
