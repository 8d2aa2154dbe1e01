// The fields of the configurator's form, and how each is read from a config and written to it.
import type { CobrowseConfig } from "../../../src/api.d.ts";

export type Config = Partial<Record<keyof CobrowseConfig, unknown>>;

export interface Field {
  path: string[];
  /** The id of the fieldset. */
  group: "basic" | "words" | "ids";
  help?: string;
  choices?: string[];
  read(config: Config): string;
  write(config: Config, value: string): void;
  /** What a value has to look like that is no path, and that in words. */
  shape?: [RegExp, string];
}

const PATH = /^window(\.[^.()[\]\s]+)+$/;

export const FIELDS: Field[] = [
  {
    ...top("basic", "jwt", "The token, or the path to it or to a function that returns it: window.…"),
    shape: [/^[\w-]+(\.[\w-]+){2,4}$/, "jwt needs a token, three parts with dots between them, or a path that begins with window."],
  },
  {
    ...top("basic", "account", "The LivePerson account, if the page's tag does not say it."),
    shape: [/^\w+$/, "account needs an account id, without spaces"],
  },
  {
    ...top("basic", "server", "For example wss://va.msg.liveperson.net"),
    shape: [/^wss?:\/\/[^/\s]+$/, "server needs wss:// and a host, and nothing after it"],
  },
  top("basic", "visitorName"),
  { ...top("basic", "prompt"), choices: ["dialog", "confirm"], shape: [/^(dialog|confirm)$/, "prompt needs to be dialog or confirm"] },
  ...["title", "accept", "decline", "shared", "view", "follow", "VOICE_CALL", "VIDEO_CALL"].map(ofText),
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

/** What is wrong with the value of a field, in a sentence: the snippet cannot say so, for what it looks for may come later. */
export function problemOf({ path, shape, read }: Field, config: Config): string {
  const value = read(config);
  if (value.startsWith("window.")) return PATH.test(value) ? "" : `${path.at(-1)} needs a path of names with dots between them, without brackets`;
  return !value || !shape || shape[0].test(value) ? "" : shape[1];
}

/** The keys of the config that mean nothing, in a sentence. */
export function strangers(config: Config): string {
  const known = new Set(["text", ...FIELDS.map(({ path }) => path[0])]);
  const unknown = Object.keys(config).filter((key) => !known.has(key));
  return unknown.length ? `data-lp-cobrowse has no key ${unknown.join(", ")}` : "";
}

/** The attribute of an element that carries this text. */
export function attribute(text: string): string {
  return `data-lp-cobrowse="${text.replace(/&/g, "&amp;").replace(/"/g, "&quot;")}"`;
}

function top(group: Field["group"], key: keyof CobrowseConfig, help?: string): Field {
  return {
    path: [key],
    group,
    ...(help && { help }),
    read: (config) => asText(config[key]),
    write: (config, value) => set(config, key, key === "prompt" && value === "dialog" ? "" : value),
  };
}

function ofText(key: string): Field {
  return {
    path: ["text", key],
    group: "words",
    read: ({ text }) => (isObject(text) ? asText(text[key]) : ""),
    write(config, value) {
      const text = isObject(config.text) ? config.text : {};
      set(text, key, value);
      if (Object.keys(text).length) config.text = text;
      else delete config.text;
    },
  };
}

function set(object: Record<string, unknown>, key: string, value: string): void {
  if (value) object[key] = value;
  else delete object[key];
}

function asText(value: unknown): string {
  return value === undefined ? "" : typeof value === "string" ? value : JSON.stringify(value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
