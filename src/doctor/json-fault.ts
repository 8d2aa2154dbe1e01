// Where a JSON text breaks: in the same words in every engine, and without a word of the text, in which a token may be.

/** A punctuation mark, a string, a number or a word; what is none of these is a mistake. */
const TOKEN =
  /[{}[\],:]|"[^"\\\0-\x1f]*(?:\\(?:["\\/bfnrt]|u[\da-fA-F]{4})[^"\\\0-\x1f]*)*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?|true|false|null/y;

type Expected = "value" | "value or ]" | "key" | "key or }" | "colon" | "comma" | "end";

/** How far a text has been read. */
interface Reading {
  text: string;
  /** The end of the last token; where the next one begins, or what is none. */
  end: number;
  at: number;
  last: string;
  expected: Expected;
  /** What closes the objects and lists that are open, the innermost last. */
  open: string[];
}

/** A mistake, and where in the text it is. */
type Mistake = [at: number, words: string];

/**
 * Where a text breaks that is to be JSON, by line and column, and what belongs there; undefined if it does not. The sentence never quotes what
 * the text says.
 */
export function jsonFault(text: string): string | undefined {
  const reading: Reading = { text, end: 0, at: 0, last: "", expected: "value", open: [] };
  for (;;) {
    reading.at = match(/[ \t\n\r]*/y, text, reading.end)!.end;
    if (reading.expected === "end" && reading.at === text.length) return undefined;
    const token = match(TOKEN, text, reading.at);
    const expected = token && next(token.text, reading);
    if (!expected) return sentence(text, mistake(reading, token?.text));
    Object.assign(reading, { expected, end: token.end, last: token.text });
  }
}

function match(pattern: RegExp, text: string, at: number): { text: string; end: number } | undefined {
  pattern.lastIndex = at;
  const [found] = pattern.exec(text) ?? [];
  return found === undefined ? undefined : { text: found, end: at + found.length };
}

/** What may follow a token; undefined where that token may not be. */
function next(token: string, { expected, open }: Reading): Expected | undefined {
  const after = (): Expected => (open.length ? "comma" : "end");
  if (token === "}" || token === "]") {
    const fits = expected === "comma" ? open.at(-1) === token : expected.endsWith(token);
    return fits ? (open.pop(), after()) : undefined;
  }
  if (token === ",") return expected === "comma" ? (open.at(-1) === "}" ? "key" : "value") : undefined;
  if (token === ":") return expected === "colon" ? "value" : undefined;
  if (expected.startsWith("key")) return token.startsWith('"') ? "colon" : undefined;
  if (!expected.startsWith("value")) return undefined;
  if (token === "{") return (open.push("}"), "key or }");
  if (token === "[") return (open.push("]"), "value or ]");
  return after();
}

const QUOTES = `a quotation mark in JSON is the straight, double one, "`;
const PUT_QUOTES = "needs double quotes around it";

/** @param token what is there, if it is a token at all */
function mistake(reading: Reading, token: string | undefined): Mistake {
  const { text, end, at, last, expected, open } = reading;
  const rest = text.slice(at);
  const closer = open.at(-1);
  if (!rest) return [end, end ? `the end is missing: ${whatIsMissing(reading)}` : "there is nothing here"];
  if (/^['`\u2018-\u201f\u2039\u203a\xab\xbb\u2032\u2033\uff02]|^&(quot|#34|#39|apos);/.test(rest)) return [at, QUOTES];
  if (/^(\/[/*]|#|<!--)/.test(rest)) return [at, "JSON has no comments: take this one out"];
  if (/^\s|^[\ufeff\u200b-\u200f\u2060\0-\x1f\x7f-\x9f]/.test(rest))
    return [at, "a character that cannot be seen, a special blank perhaps: delete it"];
  if (rest[0] === "{" && last === "{" && at === end) return [end - 1, `a tag manager's {{variable}} ${PUT_QUOTES}`];
  if (!end) return [at, "a config begins with {"];
  if (expected === "end") return [at, "the config has ended before this: take out what follows"];
  if (/^[}\]]/.test(rest) && last === ",") return [end - 1, "no comma after the last entry: take it out"];
  if (/^"/.test(rest) && !token) return inString(text, at);
  if (expected === "colon") return [token === undefined ? at : end, "a colon is missing after this key"];
  if (last === ":" && /^[}\],]/.test(rest)) return [at, "a value is missing before this"];
  if (/^[}\]]/.test(rest)) return [at, `a ${closer} belongs here`];
  if (expected === "comma") {
    if (last.startsWith('"') && at === end && /^[\w$]/.test(rest))
      return [end - 1, 'a quotation mark within a text is written \\"'];
    if (!/^["{[\w.+-]/.test(rest)) return [at, `a comma or a ${closer} belongs here`];
    return [end, "a comma is missing after this entry"];
  }
  if (/^,/.test(rest)) return [at, last === "," ? "a comma too many" : "nothing stands before this comma"];
  if (expected.startsWith("key"))
    return [at, /^[\w$-]/.test(rest) ? `this key ${PUT_QUOTES}` : `a key in double quotes belongs here`];
  if (/^[-+.]?[\d.]|^-/.test(rest)) return [at, `this is not how JSON writes numbers: it ${PUT_QUOTES}, as a text`];
  return [at, /^[\w$]/.test(rest) ? `this value ${PUT_QUOTES}` : "a value belongs here"];
}

function whatIsMissing({ expected, open }: Reading): string {
  const closers = [...open].reverse().join("");
  if (expected === "colon") return `a colon, a value and ${closers}`;
  if (expected.startsWith("value")) return closers ? `a value and ${closers}` : "a value";
  return closers;
}

/** What is wrong in the string that begins here. */
function inString(text: string, start: number): Mistake {
  const { end } = match(/"[^"\\\0-\x1f]*(?:\\(?:["\\/bfnrt]|u[\da-fA-F]{4})[^"\\\0-\x1f]*)*/y, text, start)!;
  if (text[end] === "\\" && end + 1 < text.length) return [end, "a backslash in a text is written twice, \\\\"];
  if (text[end] === "\t") return [end, "a tab in a text is written \\t"];
  if (end < text.length && text[end] !== "\\" && !/[\r\n]/.test(text[end]!))
    return [end, "a character that cannot be seen: delete it"];
  return [start, 'the closing " of this text is missing on its line'];
}

function sentence(text: string, [at, words]: Mistake): string {
  const lines = text.slice(0, at).split(/\r\n?|\n/);
  return `line ${lines.length}, column ${lines.at(-1)!.length + 1}: ${words}`;
}
