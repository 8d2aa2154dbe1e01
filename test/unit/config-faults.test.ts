// What the configurator and the doctor say of a config, and that they never say what is in it.
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { CONFIG_SENTENCE } from "../../src/config.ts";
import { configFaults, jsonFault } from "../../src/doctor/config-faults.ts";

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

test("what is JSON and what is not: the same as JSON.parse says", () => {
  const agree = (text: string) => assert.is(jsonFault(text) === undefined, isJson(text), JSON.stringify(text));
  fc.assert(fc.property(fc.json(), agree));
  // JSON with one letter taken out, put in or replaced.
  const letters = fc.constantFrom(..."{}[],:\"'\\/ \t\n\r\u00a0\ufeff\u2028\x0001.eE+-tnux#\u201c");
  fc.assert(
    fc.property(fc.json(), fc.nat(), fc.constantFrom(0, 1), fc.option(letters, { nil: "" }), (json, place, taken, letter) => {
      const at = place % (json.length + 1);
      agree(json.slice(0, at) + letter + json.slice(at + taken));
    }),
    { numRuns: 2000 },
  );
  // Tokens in any order.
  const tokens = fc.constantFrom(..."{}[],: \n", ...'"a" "\\u00e9\\n" "\\x" -0.5e+1 01 1. true null nul // \'a\''.split(" "));
  fc.assert(
    fc.property(fc.array(tokens, { maxLength: 9 }), (list) => agree(list.join(""))),
    { numRuns: 3000 },
  );
});

test("where JSON breaks is said by line and column, with what belongs there", () => {
  const sentences: Record<string, string> = {
    "": "line 1, column 1: there is nothing here",
    "window.getJwt": "line 1, column 1: a config begins with {",
    "{'jwt': 't'}": 'line 1, column 2: a quotation mark in JSON is the straight, double one, "',
    "{“jwt”: “t”}": 'line 1, column 2: a quotation mark in JSON is the straight, double one, "',
    '{"jwt": „t“}': 'line 1, column 9: a quotation mark in JSON is the straight, double one, "',
    "{&quot;jwt&quot;: 1}": 'line 1, column 2: a quotation mark in JSON is the straight, double one, "',
    '{jwt: "t"}': "line 1, column 2: this key needs double quotes around it",
    '{"jwt": window.getJwt}': "line 1, column 9: this value needs double quotes around it",
    '{"jwt": {{JWT}}}': "line 1, column 9: a tag manager's {{variable}} needs double quotes around it",
    '{\n  "jwt": "t",\n}': "line 2, column 13: no comma after the last entry: take it out",
    '{"a": [1, 2,]}': "line 1, column 12: no comma after the last entry: take it out",
    '{\r\n  "jwt": "t"\r\n  "eid": "1"}': "line 2, column 13: a comma is missing after this entry",
    '{"jwt": "t"; "eid": "1"}': "line 1, column 12: a comma or a } belongs here",
    '{"jwt": "t",, "eid": "1"}': "line 1, column 13: a comma too many",
    '{, "jwt": "t"}': "line 1, column 2: nothing stands before this comma",
    '{"jwt" "t"}': "line 1, column 7: a colon is missing after this key",
    '{"jwt" = "t"}': "line 1, column 8: a colon is missing after this key",
    '{"jwt": }': "line 1, column 9: a value is missing before this",
    '{"text": [1}': "line 1, column 12: a ] belongs here",
    '{"jwt": "t"} // ours': "line 1, column 14: JSON has no comments: take this one out",
    '{/* ours */ "jwt": "t"}': "line 1, column 2: JSON has no comments: take this one out",
    '{"jwt": "t"};': "line 1, column 13: the config has ended before this: take out what follows",
    '{"jwt": "t"': "line 1, column 12: the end is missing: }",
    '{"text": {"title":': "line 1, column 19: the end is missing: a value and }}",
    '{"jwt": "t\n}': 'line 1, column 9: the closing " of this text is missing on its line',
    '{"jwt": "t}': 'line 1, column 9: the closing " of this text is missing on its line',
    '{"text": {"title": "May we "see"?"}}': 'line 1, column 28: a quotation mark within a text is written \\"',
    '{"title": "C:\\dir"}': "line 1, column 14: a backslash in a text is written twice, \\\\",
    '{"title": "a\tb"}': "line 1, column 13: a tab in a text is written \\t",
    '{\u00a0"jwt": "t"}': "line 1, column 2: a character that cannot be seen, a special blank perhaps: delete it",
    '{"account": 012}': "line 1, column 14: a comma is missing after this entry",
    '{"account": .5}': "line 1, column 13: this is not how JSON writes numbers: it needs double quotes around it, as a text",
  };
  assert.equal(Object.fromEntries(Object.keys(sentences).map((text) => [text, jsonFault(text)])), sentences);
});

const TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln";
const jwt = "window.myApp.getJwt";

test("a config that is right has no fault", () => {
  const right: object[] = [
    { jwt },
    { jwt: TOKEN, account: "le12345", server: "va.msg.liveperson.net", prompt: "confirm" },
    { jwt: "window.localStorage.lp-jwt", account: 12345678, server: "wss://va.msg.liveperson.net/", prompt: "window.how", text: "window.words" },
    { jwt, server: "ws://127.0.0.1:8321", visitorName: "Mara Ray", ssid: 5, svid: "window.svid", scid: "a-b", cid: "", eid: "1" },
    { jwt, text: { title: "Window shopping?", accept: "Yes", decline: "No", shared: " ", view: "window.words.view", follow: "See." } },
    { jwt, text: { VOICE_CALL: "Talk?", CHAT_2: "?!" } },
  ];
  assert.equal(right.flatMap(configFaults), []);
});

/** By key, the sentence and the values of which it is said. */
const WRONG: Record<string, [sentence: RegExp, ...values: unknown[]][]> = {
  jwt: [
    [/^data-lp-cobrowse needs JSON with jwt: the token/, ""],
    [/a text in double quotes/, 5, null],
    [/take out Bearer/, `Bearer ${TOKEN}`],
    [/has a blank in it/, TOKEN.replace(".", ". ")],
    [/blank at its beginning or end/, `${TOKEN}\n`, " window.getJwt"],
    [/neither a token, .* nor a path/, "token", "myApp.session.getJwt"],
    [/no value/, "undefined"],
    [/no tag manager has filled in/, "{{JWT}}"],
    [/only if it begins with window\./, "windows.jwt", "Window.jwt", "globalThis.jwt", "document.jwt", "localStorage.jwt", "window", 'window["jwt"]'],
    [/without \(\)/, "window.getJwt()"],
    [/lacks a name/, "window.", "window.a..b"],
    [/names with dots/, "window.tokens[0]", "window.my app"],
  ],
  account: [
    [/window\.lpTag\.site is used/, ""],
    [/only letters and digits/, "12 34"],
    [/in double quotes/, { id: 1 }],
  ],
  server: [
    [/begins with wss:\/\/|needs a host/, "https://va.msg.liveperson.net", "WSS://va.msg.liveperson.net", "//va.msg.liveperson.net"],
    [/needs a host/, "wss://", "va.msg liveperson.net"],
    [/host alone/, "va.msg.liveperson.net/ws_api"],
    [/needs wss:/, "ws://va.msg.liveperson.net"],
    [/in double quotes/, 5],
  ],
  prompt: [[/anything else is taken for "dialog"/, "Confirm", true]],
  visitorName: [
    [/names with dots/, "window.user?.name"],
    [/in double quotes/, true],
  ],
  text: [[/an object with the words/, "Share?", ["Share?"]]],
  "text.title": [[/in double quotes/, 5]],
  "text.shared": [[/English sentence is used/, ""]],
  "text.accept": [[/blank at its/, "Yes "]],
  "text.titel": [[/call it title$/, "Teilen?"]],
  "text.Accept": [[/call it accept$/, "Yes"]],
  "text.voice_call": [[/call it VOICE_CALL$/, "Talk?"]],
  "text.allow": [[/call it accept$/, "Yes"]],
  "text.server": [[/belongs into the config/, "x"]],
  title: [[/belongs into text$/, "Share?"]],
  visitorname: [[/call it visitorName$/, "Mara"]],
  acount: [[/call it account$/, "1"]],
  siteId: [[/call it account$/, "1"]],
  debug: [[/take it out, it is none of jwt, account/, true]],
};

test("each thing that is wrong is said once, with its key", () => {
  const expectOne = (config: unknown, key: string, sentence: RegExp) => {
    const faults = configFaults(config);
    const keys = faults.map((fault) => fault.key);
    assert.equal(keys, [key], JSON.stringify(config));
    assert.match(faults[0]!.sentence, sentence);
  };
  for (const config of ["x", null, 5, ["jwt"], true]) expectOne(config, "", /^data-lp-cobrowse needs JSON with jwt, an object/);
  expectOne({}, "jwt", /^data-lp-cobrowse needs JSON with jwt: the token/);
  for (const [key, sentences] of Object.entries(WRONG))
    for (const [sentence, ...values] of sentences)
      for (const value of values) expectOne(key.startsWith("text.") ? { jwt, text: { [key.slice(5)]: value } } : { jwt, [key]: value }, key, sentence);
  assert.equal(configFaults({ JWT: "x" }), [
    { key: "jwt", sentence: `${CONFIG_SENTENCE}: the token, or the path to it` },
    { key: "JWT", sentence: "JWT means nothing: call it jwt" },
  ]);
});

test("no sentence has a word of a value", () => {
  const secret = fc.string({ minLength: 12, unit: fc.constantFrom(..."QZXKVqzxkv79") });
  const around = fc.constantFrom("", "Bearer ", "window.", "windows.", " ", "{{", "https://", "'", '"', "\\");
  fc.assert(
    fc.property(secret, around, fc.constantFrom("jwt", "account", "server", "prompt", "text", "eid"), (value, before, key) => {
      const faults = configFaults({ jwt, [key]: before + value }).map(({ sentence }) => sentence);
      const json = `{"${key}": ${before}${value}`;
      assert.not.match([...faults, jsonFault(json), jsonFault(`${json}"}`)].join(), value);
    }),
  );
});

test.run();
