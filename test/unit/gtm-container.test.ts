// dist/gtm-container.json beside what Google Tag Manager exports, and at work. It has not been exported from an account.
import { readFile } from "node:fs/promises";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { tell } from "../../src/page.ts";
import { fillContainer } from "../demo/install.ts";
import { ALL_PAGES, startContainer, valueOf, type Container } from "../support/gtm-container.ts";

const read = (path: string) => readFile(new URL(`../../${path}`, import.meta.url), "utf8");
const text = await read("dist/gtm-container.json");
const exported = JSON.parse(text) as Container & Record<string, unknown>;
const { containerVersion } = exported;
const inline = await read("dist/inline.html");

// The shape of the public exports in these repositories, of 2019 to 2025: names of fields and kinds of values, nothing of what they say.
//   MammothGrowth/mg_gtm_guide, martinschenk/livewire-cookie-consent, ErikW92/shopify-event-pixel-tracking, bansi-u-chavda/data-slush-assessment
// What only some of them have ends in "?", or is in Google's description of the resource (notes, paused).
const OWNED = { accountId: "number", containerId: "number", fingerprint: "number" };
const ITEM = { ...OWNED, name: "text", "parentFolderId?": "number" };
const TEMPLATE = { type: "TEMPLATE", key: "text", value: "text" };
const BOOLEAN = { type: "BOOLEAN", key: "text", value: "boolean" };
const INTEGER = { type: "INTEGER", key: "text", value: "number" };
const TABLE = { type: "LIST", key: "text", list: [{ type: "MAP", map: [TEMPLATE] }] };
const TAG = {
  ...ITEM,
  tagId: "number",
  "notes?": "text",
  firingTriggerId: ["number"],
  tagFiringOption: "ONCE_PER_EVENT|ONCE_PER_LOAD",
  "paused?": true,
  monitoringMetadata: { type: "MAP" },
  "consentSettings?": { consentStatus: "NOT_SET" },
};
const CONTAINER = {
  ...OWNED,
  path: "text",
  name: "text",
  publicId: "text",
  usageContext: ["WEB"],
  tagManagerUrl: "text",
  "features?": "any",
  "tagIds?": "any",
};
const EXPORT = {
  exportFormatVersion: 2,
  exportTime: "date",
  containerVersion: {
    ...OWNED,
    path: "text",
    containerVersionId: "number",
    "name?": "text",
    "description?": "text",
    container: CONTAINER,
    tag: "by type",
    trigger: "by type",
    variable: "by type",
    "folder?": [{ ...OWNED, folderId: "number", name: "text" }],
    builtInVariable: [{ accountId: "number", containerId: "number", type: "EVENT", name: "Event" }],
    tagManagerUrl: "text",
  },
};
const BY_TYPE: Record<string, object> = {
  html: { ...TAG, type: "html", parameter: { html: TEMPLATE, supportDocumentWrite: BOOLEAN } },
  gaawe: {
    ...TAG,
    type: "gaawe",
    parameter: { sendEcommerceData: BOOLEAN, "enhancedUserId?": BOOLEAN, eventSettingsTable: TABLE, eventName: TEMPLATE, measurementIdOverride: TEMPLATE },
  },
  CUSTOM_EVENT: { ...ITEM, triggerId: "number", type: "CUSTOM_EVENT", customEventFilter: [{ type: "EQUALS", parameter: { arg0: TEMPLATE, arg1: TEMPLATE } }] },
  v: { ...ITEM, variableId: "number", type: "v", parameter: { dataLayerVersion: INTEGER, setDefaultValue: BOOLEAN, name: TEMPLATE }, formatValue: {} },
};
const TEXTS: Record<string, RegExp> = { text: /./, number: /^\d+$/, boolean: /^(true|false)$/, date: /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/ };

/** Throws where a value has not the shape, with the place. */
function expectShape(value: any, shape: any, at: string): void {
  if (shape === "any") return;
  if (shape === "by type") return value.forEach((one: any) => expectShape(one, BY_TYPE[one.type], `${at} ${one.name}`));
  if (typeof shape !== "object") {
    if (typeof shape !== "string" || typeof value !== "string") assert.is(value, shape, at);
    else assert.match(value, TEXTS[shape] ?? RegExp(`^(${shape})$`), at);
  } else if (Array.isArray(shape)) {
    assert.ok(Array.isArray(value) && value.length, at);
    for (const one of value) expectShape(one, shape[0], at);
  } else {
    // The parameters of a type: each once, by key.
    const fields = Array.isArray(value) ? Object.fromEntries(value.map((one) => [one.key, one])) : value;
    if (Array.isArray(value)) assert.is(Object.keys(fields).length, value.length, at);
    const known = Object.keys(shape).map((name) => name.replace("?", ""));
    const needed = Object.keys(shape).filter((name) => !name.endsWith("?"));
    assert.equal(
      [Object.keys(fields).filter((name) => !known.includes(name)), needed.filter((name) => !(name in fields))],
      [[], []],
      `${at}: strange, missing`,
    );
    for (const name of Object.keys(fields)) expectShape(fields[name], shape[name] ?? shape[`${name}?`], `${at}.${name}`);
  }
}

test("it has the shape of public exports: nothing that they have not, and all that all of them have", () => expectShape(exported, EXPORT, "export"));

test("that test notices what is wrong", () => {
  const broken: [string, (container: any) => void][] = [
    ["cobrowseOffered: strange", ({ trigger }) => (trigger[0].filter = [])],
    ["cobrowse.reason: strange, missing", ({ variable }) => delete variable[1].formatValue],
    ["supportDocumentWrite.value", ({ tag }) => (tag[0].parameter[1].value = false)],
    ["parameter: strange, missing", ({ tag }) => tag[1].parameter.pop()],
    ["paused", ({ tag }) => (tag[1].paused = "true")],
    ["firingTriggerId", ({ tag }) => (tag[0].firingTriggerId = [5])],
    ["tagId", ({ tag }) => (tag[0].tagId = "a")],
  ];
  for (const [what, breakIt] of broken) {
    const copy = structuredClone(exported);
    breakIt(copy.containerVersion);
    let said = "nothing";
    try {
      expectShape(copy, EXPORT, "export");
    } catch (error) {
      said = (error as Error).message;
    }
    assert.match(said, what);
  }
});

test("ids and names are unique, and what is referred to is there", () => {
  const { tag, trigger, variable, folder, builtInVariable } = containerVersion as any;
  const all = [...tag, ...trigger, ...variable, ...folder];
  const idOf = (one: any): string => one.tagId ?? one.triggerId ?? one.variableId ?? one.folderId;
  assert.is(new Set(all.map(idOf)).size, all.length);
  for (const list of [tag, trigger, variable]) assert.is(new Set(list.map(({ name }: any) => name)).size, list.length);
  for (const { parentFolderId } of [...tag, ...trigger, ...variable]) assert.is(parentFolderId, folder[0].folderId);
  for (const id of tag.flatMap(({ firingTriggerId }: any) => firingTriggerId)) {
    assert.ok(id === ALL_PAGES || trigger.some(({ triggerId }: any) => triggerId === id), id);
  }
  const names = ["_event", ...[...variable, ...builtInVariable].map(({ name }: any) => name)];
  const used = [...text.matchAll(/\{\{(.*?)\}\}/g)].map(([, name]) => name!);
  assert.equal(new Set(used), new Set(names));
});

test("the tag is inline.html but for the config, which can be another one", () => {
  const htmlOf = (container: Container) => valueOf(container.containerVersion.tag[0]!.parameter, "html");
  assert.is(htmlOf(exported), inline.replace('{"jwt":"?"}', '{"jwt":"window.myApp.getJwt"}'));
  const config = { jwt: "window.a.b", text: { title: `"'&<{{x}}` } };
  const filled = JSON.parse(fillContainer(text, config)) as Container;
  const [div, script] = htmlOf(filled).split("<script>");
  assert.is(script, inline.split("<script>")[1]);
  assert.not.match(div!, "{{");
  const [, attribute] = /'(.*)'/s.exec(div!)!;
  assert.equal(JSON.parse(attribute!.replace(/&#39;/g, "'").replace(/&lt;/g, "<").replace(/&amp;/g, "&")), config);
  // Nothing else changes.
  filled.containerVersion.tag[0]!.parameter = containerVersion.tag[0]!.parameter;
  assert.equal(filled, exported);
});

test("each event fires its trigger and no other, and Google Analytics is told mode and reason", () => {
  const pushes: Record<string, unknown>[] = [];
  const page: Record<string, unknown> = { dataLayer: { push: (push: Record<string, unknown>) => pushes.push(push) } };
  Object.assign(globalThis, { window: Object.assign(page, { window: page }), dispatchEvent: () => true });
  const told: [name: string, detail: { mode?: string; reason?: string }][] = [
    ["Offered", { mode: "shared" }],
    ["Accepted", { mode: "shared" }],
    ["Closed", { mode: "view", reason: "expired" }],
    ["Declined", { mode: "follow" }],
    ["Error", { reason: "no account" }],
  ];
  for (const [name, detail] of told) tell(name, detail);

  // As it comes: the example is paused.
  const asItComes = startContainer(exported);
  assert.equal(
    [{ event: "gtm.js" }, ...pushes].map((push) => asItComes(push).map(({ name }) => name)),
    [["lp-cobrowse"], [], [], [], [], []],
  );

  for (const { triggerId } of containerVersion.trigger) {
    const one = structuredClone(exported);
    one.containerVersion.tag = [{ ...one.containerVersion.tag[1]!, paused: false, firingTriggerId: [triggerId] }];
    const push = startContainer(one);
    const event = valueOf(one.containerVersion.trigger.find((trigger) => trigger.triggerId === triggerId)!.customEventFilter[0]!.parameter, "arg1");
    assert.equal(
      pushes.flatMap(push).map(({ eventName }) => eventName),
      [event],
    );
  }

  const started = structuredClone(exported);
  started.containerVersion.tag[1]!.paused = false;
  const push = startContainer(started);
  assert.equal(
    pushes.flatMap(push).map(({ eventName, eventSettingsTable }) => [eventName, eventSettingsTable]),
    told.map(([name, { mode, reason }]) => [`cobrowse${name}`, { cobrowse_mode: mode, cobrowse_reason: reason }]),
  );
});

test.run();
