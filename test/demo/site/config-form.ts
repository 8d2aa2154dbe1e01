// The fields of the configurator's form, and how each is read from a config and written to it.
import type { CobrowseConfig } from "../../../src/api.d.ts";
import { isObject, MODES, WORDS } from "../../../src/doctor/config-faults.ts";
import { isPath } from "../../../src/doctor/paths.ts";

export type Config = Partial<Record<keyof CobrowseConfig, unknown>>;
export type Translations = Record<string, Record<string, string>>;

export interface Field {
  /** Its place in the config, as a fault names it: `text.title`. */
  key: string;
  label: string;
  /** The id of the fieldset. */
  group: "basic" | "words" | "ids";
  help?: string;
  choices?: string[];
  read(config: Config): string;
  write(config: Config, value: string): void;
}

export const FIELDS: Field[] = [
  top("basic", "jwt", { help: "The path to the visitor's token, or to a function that returns it. A token itself would be every visitor's." }),
  top("basic", "account", { help: "The LivePerson account, if the page's tag does not say it." }),
  top("basic", "server", { help: "For example va.msg.liveperson.net" }),
  top("basic", "visitorName"),
  top("basic", "prompt", { choices: ["dialog", "confirm"] }),
  ...[...new Set([...WORDS, ...MODES])].map(ofText),
  ...(["ssid", "svid", "scid", "cid", "eid"] as const).map((key) => top("ids", key)),
];

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
  for (const key of WORDS) setWord(config, key, words[key] ?? "");
}

/** The sentence with which the visitor is asked; a path to it stands for itself. */
export function sentence({ text }: Config, mode: string, english: string | undefined): string {
  const given = isObject(text) ? text[mode] : text;
  return asText(given).trim() ? asText(given) : given ? "" : (english ?? "");
}

/** The words for the preview, where the page's paths lead nowhere: there each is seen in its word's place. */
export function previewText({ text }: Config, mode: string): unknown {
  const seen = (value: unknown, path: string): unknown => (isPath(value) ? `‹${path}›` : value);
  if (isObject(text)) return Object.fromEntries(Object.entries(text).map(([key, value]) => [key, seen(value, asText(value))]));
  if (!isPath(text)) return text;
  return Object.fromEntries([...WORDS, mode].map((key) => [key, seen(text, `${asText(text)}.${key}`)]));
}

/** The attribute of an element that carries this text. */
export function attribute(text: string): string {
  return `data-lp-cobrowse="${text.replace(/&/g, "&amp;").replace(/"/g, "&quot;")}"`;
}

function top(group: Field["group"], key: keyof CobrowseConfig, more: Pick<Field, "help" | "choices"> = {}): Field {
  return {
    key,
    label: key,
    group,
    ...more,
    read: (config) => asText(config[key]),
    write: (config, value) => set(config, key, key === "prompt" && value === "dialog" ? "" : value),
  };
}

function ofText(key: string): Field {
  return {
    key: `text.${key}`,
    label: key,
    group: "words",
    read: ({ text }) => (isObject(text) ? asText(text[key]) : ""),
    write: (config, value) => setWord(config, key, value),
  };
}

function setWord(config: Config, key: string, value: string): void {
  const text = isObject(config.text) ? config.text : {};
  set(text, key, value);
  if (Object.keys(text).length) config.text = text;
  else delete config.text;
}

function set(object: Record<string, unknown>, key: string, value: string): void {
  if (value) object[key] = value;
  else delete object[key];
}

function asText(value: unknown): string {
  return value === undefined ? "" : typeof value === "string" ? value : JSON.stringify(value);
}
