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
  const tokens = fc.constantFrom(
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    '"a"',
    '"\\u00e9\\n"',
    '"\\x"',
    "-0.5e+1",
    "01",
    "1.",
    "true",
    "null",
    "nul",
    " ",
    "\n",
    "//",
    "'a'",
  );
  fc.assert(
    fc.property(fc.array(tokens, { maxLength: 9 }), (list) => agree(list.join(""))),
    { numRuns: 3000 },
  );
});

test("where JSON breaks is said by line and column, with what belongs there", () => {
  const broken: [text: string, sentence: string][] = [
    ["", "line 1, column 1: there is nothing here"],
    ["window.getJwt", "line 1, column 1: a config begins with {"],
    ["{'jwt': 't'}", 'line 1, column 2: a quotation mark in JSON is the straight, double one, "'],
    ["{“jwt”: “t”}", 'line 1, column 2: a quotation mark in JSON is the straight, double one, "'],
    ['{"jwt": „t“}', 'line 1, column 9: a quotation mark in JSON is the straight, double one, "'],
    ["{&quot;jwt&quot;: 1}", 'line 1, column 2: a quotation mark in JSON is the straight, double one, "'],
    ['{jwt: "t"}', "line 1, column 2: this key needs double quotes around it"],
    ['{"jwt": window.getJwt}', "line 1, column 9: this value needs double quotes around it"],
    ['{"jwt": {{JWT}}}', "line 1, column 9: a tag manager's {{variable}} needs double quotes around it"],
    ['{\n  "jwt": "t",\n}', "line 2, column 13: no comma after the last entry: take it out"],
    ['{"a": [1, 2,]}', "line 1, column 12: no comma after the last entry: take it out"],
    ['{\r\n  "jwt": "t"\r\n  "eid": "1"}', "line 2, column 13: a comma is missing after this entry"],
    ['{"jwt": "t"; "eid": "1"}', "line 1, column 12: a comma or a } belongs here"],
    ['{"jwt": "t",, "eid": "1"}', "line 1, column 13: a comma too many"],
    ['{, "jwt": "t"}', "line 1, column 2: nothing stands before this comma"],
    ['{"jwt" "t"}', "line 1, column 7: a colon is missing after this key"],
    ['{"jwt" = "t"}', "line 1, column 8: a colon is missing after this key"],
    ['{"jwt": }', "line 1, column 9: a value is missing before this"],
    ['{"text": [1}', "line 1, column 12: a ] belongs here"],
    ['{"jwt": "t"} // ours', "line 1, column 14: JSON has no comments: take this one out"],
    ['{/* ours */ "jwt": "t"}', "line 1, column 2: JSON has no comments: take this one out"],
    ['{"jwt": "t"};', "line 1, column 13: the config has ended before this: take out what follows"],
    ['{"jwt": "t"', "line 1, column 12: the end is missing: }"],
    ['{"text": {"title":', "line 1, column 19: the end is missing: a value and }}"],
    ['{"jwt": "t\n}', 'line 1, column 9: the closing " of this text is missing on its line'],
    ['{"jwt": "t}', 'line 1, column 9: the closing " of this text is missing on its line'],
    ['{"text": {"title": "May we "see"?"}}', 'line 1, column 28: a quotation mark within a text is written \\"'],
    ['{"title": "C:\\dir"}', "line 1, column 14: a backslash in a text is written twice, \\\\"],
    ['{"title": "a\tb"}', "line 1, column 13: a tab in a text is written \\t"],
    ['{\u00a0"jwt": "t"}', "line 1, column 2: a character that cannot be seen, a special blank perhaps: delete it"],
    ['{"account": 012}', "line 1, column 14: a comma is missing after this entry"],
    ['{"account": .5}', "line 1, column 13: this is not how JSON writes numbers: it needs double quotes around it, as a text"],
  ];
  for (const [text, sentence] of broken) assert.is(jsonFault(text), sentence, `${text}: ${jsonFault(text)}`);
});

const TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln";
const jwt = "window.myApp.getJwt";

test("a config that is right has no fault", () => {
  const right: object[] = [
    { jwt },
    { jwt: TOKEN, account: "le12345", server: "va.msg.liveperson.net", prompt: "confirm" },
    { jwt: "window.localStorage.lp-jwt", account: 12345678, server: "wss://va.msg.liveperson.net/", prompt: "window.how", text: "window.words" },
    { jwt, server: "ws://127.0.0.1:8321", visitorName: "Mara Ray", ssid: 5, svid: "window.svid", scid: "a-b", cid: "", eid: "1" },
    {
      jwt,
      text: {
        title: "Window shopping?",
        accept: "Yes",
        decline: "No",
        shared: " ",
        view: "window.words.view",
        follow: "See.",
        VOICE_CALL: "Talk?",
        CHAT_2: "?!",
      },
    },
  ];
  assert.equal(right.flatMap(configFaults), []);
});

test("each thing that is wrong is said once, with its key", () => {
  const wrong: [config: unknown, key: string, sentence: RegExp][] = [
    ...["x", null, 5, ["jwt"], true].map((config): [unknown, string, RegExp] => [config, "", /^data-lp-cobrowse needs JSON with jwt, an object/]),
    ...[{}, { jwt: "" }].map((config): [unknown, string, RegExp] => [config, "jwt", /^data-lp-cobrowse needs JSON with jwt: the token/]),
    [{ jwt: 5 }, "jwt", /a text in double quotes/],
    [{ jwt: null }, "jwt", /a text in double quotes/],
    [{ jwt: `Bearer ${TOKEN}` }, "jwt", /take out Bearer/],
    [{ jwt: TOKEN.replace(".", ". ") }, "jwt", /has a blank in it/],
    [{ jwt: `${TOKEN}\n` }, "jwt", /blank at its beginning or end/],
    [{ jwt: " window.getJwt" }, "jwt", /blank at its beginning or end/],
    [{ jwt: "token" }, "jwt", /neither a token, .* nor a path/],
    [{ jwt: "myApp.session.getJwt" }, "jwt", /neither a token, .* nor a path/],
    [{ jwt: "undefined" }, "jwt", /no value/],
    [{ jwt: "{{JWT}}" }, "jwt", /no tag manager has filled in/],
    ...["windows.jwt", "Window.jwt", "globalThis.jwt", "document.jwt", "localStorage.jwt", "window", 'window["jwt"]'].map((path): [unknown, string, RegExp] => [
      { jwt: path },
      "jwt",
      /only if it begins with window\./,
    ]),
    [{ jwt: "window.getJwt()" }, "jwt", /without \(\)/],
    [{ jwt: "window." }, "jwt", /lacks a name/],
    [{ jwt: "window.a..b" }, "jwt", /lacks a name/],
    [{ jwt: "window.tokens[0]" }, "jwt", /names with dots/],
    [{ jwt: "window.my app" }, "jwt", /names with dots/],
    [{ jwt, visitorName: "window.user?.name" }, "visitorName", /names with dots/],
    [{ jwt, account: "" }, "account", /window\.lpTag\.site is used/],
    [{ jwt, account: "12 34" }, "account", /only letters and digits/],
    [{ jwt, account: { id: 1 } }, "account", /in double quotes/],
    ...["https://va.msg.liveperson.net", "WSS://va.msg.liveperson.net", "//va.msg.liveperson.net"].map((server): [unknown, string, RegExp] => [
      { jwt, server },
      "server",
      /begins with wss:\/\/|needs a host/,
    ]),
    [{ jwt, server: "wss://" }, "server", /needs a host/],
    [{ jwt, server: "va.msg liveperson.net" }, "server", /needs a host/],
    [{ jwt, server: "va.msg.liveperson.net/ws_api" }, "server", /host alone/],
    [{ jwt, server: "ws://va.msg.liveperson.net" }, "server", /needs wss:/],
    [{ jwt, server: 5 }, "server", /in double quotes/],
    [{ jwt, prompt: "Confirm" }, "prompt", /anything else is taken for "dialog"/],
    [{ jwt, prompt: true }, "prompt", /anything else is taken for "dialog"/],
    [{ jwt, visitorName: true }, "visitorName", /in double quotes/],
    [{ jwt, text: "Share?" }, "text", /an object with the words/],
    [{ jwt, text: ["Share?"] }, "text", /an object with the words/],
    [{ jwt, text: { title: 5 } }, "text.title", /in double quotes/],
    [{ jwt, text: { shared: "" } }, "text.shared", /English sentence is used/],
    [{ jwt, text: { accept: "Yes " } }, "text.accept", /blank at its/],
    [{ jwt, text: { titel: "Teilen?" } }, "text.titel", /call it title$/],
    [{ jwt, text: { Accept: "Yes" } }, "text.Accept", /call it accept$/],
    [{ jwt, text: { voice_call: "Talk?" } }, "text.voice_call", /call it VOICE_CALL$/],
    [{ jwt, text: { allow: "Yes" } }, "text.allow", /call it accept$/],
    [{ jwt, text: { server: "x" } }, "text.server", /belongs into the config/],
    [{ jwt, title: "Share?" }, "title", /belongs into text$/],
    [{ jwt, visitorname: "Mara" }, "visitorname", /call it visitorName$/],
    [{ jwt, acount: "1" }, "acount", /call it account$/],
    [{ jwt, siteId: "1" }, "siteId", /call it account$/],
    [{ jwt, debug: true }, "debug", /take it out, it is none of jwt, account/],
  ];
  for (const [config, key, sentence] of wrong) {
    const faults = configFaults(config);
    assert.equal(
      faults.map((fault) => fault.key),
      [key],
      JSON.stringify(config),
    );
    assert.match(faults[0]!.sentence, sentence);
  }
  assert.equal(
    configFaults({ JWT: "x" }).map(({ key, sentence }) => [key, sentence]),
    [
      ["jwt", `${CONFIG_SENTENCE}: the token, or the path to it`],
      ["JWT", "JWT means nothing: call it jwt"],
    ],
  );
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
