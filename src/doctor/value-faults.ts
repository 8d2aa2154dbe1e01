// What is wrong with a value of the config, in one sentence that never quotes it: a token may be in it.
import { CONFIG_SENTENCE } from "../config.ts";
import { isPath } from "./paths.ts";

/** A check of the value of a key: what is wrong, if anything is. */
type Check = (key: string, value: unknown) => string | undefined;

const CHECKS: Record<string, Check> = {
  jwt(key, value) {
    if (value === "") return `${CONFIG_SENTENCE}: the token, or the path to it`;
    const fault = stringFault(key, value);
    if (fault) return fault;
    const text = value as string;
    if (isPath(text)) return undefined;
    if (text === "?") return 'jwt is still "?": put there where the page has the token, such as window.myApp.getJwt';
    if (/^bearer\b/i.test(text)) return "jwt is the token alone: take out Bearer before it";
    if (/\s/.test(text)) return "jwt has a blank in it: a token and a path have none";
    // Three parts or, where it is encrypted, five. The first is an object in base64, which begins with {.
    if (/^e[w-z\d+/_-][\w-]*={0,2}\.[\w-]*\.[\w-]*(\.[\w-]*\.[\w-]*)?$/.test(text)) return undefined;
    return "jwt is neither a token, eyJ… with dots between its parts, nor a path, which begins with window.";
  },
  account(key, value) {
    if (value === "" || value === null) return "account is empty: leave it out, and window.lpTag.site is used";
    return (
      id(key, value) ??
      (/^window\.|^[a-z\d]+$/i.test(String(value))
        ? undefined
        : "account has only letters and digits in LivePerson: the id alone")
    );
  },
  server(key, value) {
    if (!value) return undefined;
    const fault = stringFault(key, value);
    if (fault || isPath(value)) return fault;
    const [, scheme, host, path] = /^([^/]*:(?=\/)\/*)?([^/?#]*)([^]*)$/.exec(value as string)!;
    if (scheme && !/^wss?:\/\/$/.test(scheme))
      return "server begins with wss://, or with the host itself: nothing else is a messaging server";
    if (!/^([a-z\d-]+(\.[a-z\d-]+)*\.?|\[[\da-f:.]+\])(:\d+)?$/i.test(host!))
      return "server needs a host such as va.msg.liveperson.net";
    if (path && path !== "/") return "server needs the host alone: take out what follows it";
    if (scheme === "ws://" && !/^(localhost|[\d.]+|\[.*\])(:\d+)?$/.test(host!))
      return "server needs wss://: ws:// is for trying it out, at an address such as ws://127.0.0.1:8321";
    return undefined;
  },
  prompt(key, value) {
    if (!value || value === "dialog" || value === "confirm" || isPath(value))
      return typeof value === "string" ? stringFault(key, value) : undefined;
    return 'prompt needs "dialog" or "confirm", or a path: anything else is taken for "dialog"';
  },
};

/** What is wrong with the value of a key, if anything is; of every key but `text`. */
export const configured: Check = (key, value) => (CHECKS[key] ?? id)(key, value);

/** What LivePerson is told as it is, a number too. */
function id(key: string, value: unknown): string | undefined {
  return typeof value === "number" || value === null ? undefined : stringFault(key, value);
}

/** What is wrong with one of the words in `text`, if anything is. */
export function wordFault(name: string, words: unknown): string | undefined {
  const key = `text.${name}`;
  const isSentence = !/^(title|accept|decline)$/.test(name);
  if (isSentence && words === " ") return undefined;
  if (isSentence && words === "" && /^[a-z]/.test(name))
    return `${key} is empty, so the English sentence is used: give one, or " " to ignore these invitations`;
  return stringFault(key, words);
}

/** What can be wrong with any text. */
function stringFault(key: string, value: unknown): string | undefined {
  if (typeof value !== "string") return `${key} needs a text in double quotes`;
  if (/\{\{[^]*\}\}/.test(value))
    return `${key} has a {{variable}} that no tag manager has filled in: use a path that begins with window.`;
  if (/^(undefined|null|NaN|\[object \w+\])$/.test(value.trim()))
    return `${key} is what a variable leaves that has no value`;
  if (value !== value.trim()) return `${key} has a blank at its beginning or end: take it out`;
  return pathFault(key, value);
}

/** What is wrong with a path, or with what is meant to be one. */
export function pathFault(key: string, value: string): string | undefined {
  if (!isPath(value))
    return /^(windows?|globalThis|self|document|top|parent|localStorage|sessionStorage)(\.[^\s.]+)+$|^window\s*([[(?.]|$)/i.test(
      value,
    )
      ? `${key} is a path only if it begins with window. in small letters`
      : undefined;
  if (/^window(\.[^.()[\]{}\s"'`;,?!+=]+)+$/.test(value)) return undefined;
  if (value.endsWith("()")) return `${key} needs its path without (): a function at the end is called`;
  if (/\.(\.|$)/.test(value)) return `${key} has a path that lacks a name after a dot`;
  return `${key} needs a path of names with dots between them: brackets, blanks and other marks lead nowhere`;
}
