// dist/gtm-container.json beside what Google Tag Manager exports, and at work. It has not been exported from an account.
import { readFile } from "node:fs/promises";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { tell } from "../../src/page.ts";
import { fillContainer, fillInline } from "../demo/install.ts";
import { ALL_PAGES, startContainer, valueOf, type Container } from "../support/gtm-container.ts";

const read = (path: string) => readFile(new URL(`../../${path}`, import.meta.url), "utf8");
const text = await read("dist/gtm-container.json");
const inline = await read("dist/inline.html");
const exported = JSON.parse(text) as Container;
const { tag, trigger, variable, folder, builtInVariable } = exported.containerVersion;

// The shape of the public exports in these repositories, of 2019 to 2025: names of fields and kinds of values, nothing of what they say.
//   MammothGrowth/mg_gtm_guide, martinschenk/livewire-cookie-consent, ErikW92/shopify-event-pixel-tracking, bansi-u-chavda/data-slush-assessment
// It has all that all of them have. Only some have parentFolderId, consentSettings and folder; notes and paused are in Google's description of the resource.
const OWNED = { accountId: "number", containerId: "number", fingerprint: "number" };
const ITEM = { ...OWNED, name: "text", parentFolderId: "number" };
const TEMPLATE = { type: "TEMPLATE", value: "text" };
const BOOLEAN = { type: "BOOLEAN", value: "boolean" };
const INTEGER = { type: "INTEGER", value: "number" };
const TAG = {
  ...ITEM,
  tagId: "number",
  notes: "text",
  firingTriggerId: ["number"],
  monitoringMetadata: { type: "MAP" },
  consentSettings: { consentStatus: "NOT_SET" },
};
const EXPORT = {
  exportFormatVersion: 2,
  exportTime: "date",
  containerVersion: {
    ...OWNED,
    path: "text",
    containerVersionId: "number",
    container: { ...OWNED, path: "text", name: "text", publicId: "text", usageContext: ["WEB"], tagManagerUrl: "text" },
    tag: [
      { ...TAG, type: "html", tagFiringOption: "ONCE_PER_LOAD", parameter: { html: TEMPLATE, supportDocumentWrite: BOOLEAN } },
      {
        ...TAG,
        type: "gaawe",
        tagFiringOption: "ONCE_PER_EVENT",
        paused: true,
        parameter: {
          sendEcommerceData: BOOLEAN,
          eventSettingsTable: { type: "LIST", list: [{ type: "MAP", map: { parameter: TEMPLATE, parameterValue: TEMPLATE } }] },
          eventName: TEMPLATE,
          measurementIdOverride: TEMPLATE,
        },
      },
    ],
    trigger: [{ ...ITEM, triggerId: "number", type: "CUSTOM_EVENT", customEventFilter: [{ type: "EQUALS", parameter: { arg0: TEMPLATE, arg1: TEMPLATE } }] }],
    variable: [
      { ...ITEM, variableId: "number", type: "v", parameter: { dataLayerVersion: INTEGER, setDefaultValue: BOOLEAN, name: TEMPLATE }, formatValue: {} },
    ],
    folder: [{ ...OWNED, folderId: "number", name: "text" }],
    builtInVariable: [{ accountId: "number", containerId: "number", type: "EVENT", name: "Event" }],
    tagManagerUrl: "text",
  },
};

/** The kinds of texts, the first that fits; what has a name that Google gives is that name. */
const KINDS: Record<string, RegExp> = {
  number: /^\d+$/,
  boolean: /^(true|false)$/,
  date: /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/,
};
const NAMED = /^(html|gaawe|v|Event|[A-Z]+(_[A-Z]+)*)$/;

/** Of a list each shape once; of parameters, which have keys, each by its key. */
function shapeOf(value: unknown): unknown {
  if (typeof value === "string") return Object.keys(KINDS).find((kind) => KINDS[kind]!.test(value)) ?? (NAMED.test(value) ? value : "text");
  if (!Array.isArray(value)) return value instanceof Object ? shapesOf(Object.entries(value)) : value;
  if (value.every(({ key }) => key)) return shapesOf(value.map(({ key, ...others }) => [key, others]));
  return [...new Set(value.map((one) => JSON.stringify(shapeOf(one))))].map((shape) => JSON.parse(shape));
}

function shapesOf(fields: [name: string, value: unknown][]): object {
  assert.is(new Set(fields.map(([name]) => name)).size, fields.length, "Each parameter comes once.");
  return Object.fromEntries(fields.map(([name, value]) => [name, shapeOf(value)]));
}

test("it has the shape of public exports: nothing that they have not, and all that all of them have", () => assert.equal(shapeOf(exported), EXPORT));

test("ids and names are unique, and what is referred to is there", () => {
  const names = [tag, trigger, variable].map((list) => list.map(({ name }) => name));
  const ids = [
    ...tag.map(({ tagId }) => tagId),
    ...trigger.map(({ triggerId }) => triggerId),
    ...variable.map(({ variableId }) => variableId),
    ...folder.map(({ folderId }) => folderId),
  ];
  for (const list of [ids, ...names]) assert.equal([...new Set(list)], list);
  for (const { name, parentFolderId } of [...tag, ...trigger, ...variable]) assert.is(parentFolderId, folder[0]!.folderId, name);
  for (const id of tag.flatMap(({ firingTriggerId }) => firingTriggerId)) assert.ok(id === ALL_PAGES || trigger.some(({ triggerId }) => triggerId === id), id);
  const used = [...text.matchAll(/\{\{(.*?)\}\}/g)].map(([, name]) => name!);
  assert.equal(new Set(used), new Set(["_event", ...[...variable, ...builtInVariable].map(({ name }) => name)]));
});

test("the tag is inline.html but for the config, which can be another one", () => {
  const htmlOf = (container: Container) => valueOf(container.containerVersion.tag[0]!.parameter, "html");
  assert.is(htmlOf(exported), inline.replace('{"jwt":"?"}', '{"jwt":"window.myApp.getJwt"}'));
  const config = { jwt: "window.a.b" };
  const filled = JSON.parse(fillContainer(text, config)) as Container;
  assert.is(htmlOf(filled), fillInline(inline, config));
  // Nothing else changes.
  filled.containerVersion.tag[0]!.parameter = tag[0]!.parameter;
  assert.equal(filled, exported);
  assert.throws(() => fillContainer(text.replace("data-lp-cobrowse", "data-another"), config), /Nothing to fill in/);
});

test("each event fires its trigger and no other, and Google Analytics is told mode and reason", () => {
  const pushes: Record<string, unknown>[] = [];
  const page: Record<string, unknown> = { dataLayer: { push: (push: Record<string, unknown>) => pushes.push(push) } };
  Object.assign(globalThis, { window: Object.assign(page, { window: page }), dispatchEvent: () => true });
  const told: Record<string, { mode?: string; reason?: string }> = {
    Offered: { mode: "shared" },
    Accepted: { mode: "shared" },
    Closed: { mode: "view", reason: "expired" },
    Declined: { mode: "follow" },
    Error: { reason: "no account" },
  };
  for (const [name, detail] of Object.entries(told)) tell(name, detail);

  // As it comes: the example is paused.
  const fired = [{ event: "gtm.js" }, ...pushes].flatMap(startContainer(exported));
  assert.equal(
    fired.map(({ name }) => name),
    ["lp-cobrowse"],
  );

  /** What the example tells, fired by these triggers. */
  const analytics = (firingTriggerId: string[]) => {
    const started = structuredClone(exported);
    started.containerVersion.tag = [{ ...tag[1]!, paused: false, firingTriggerId }];
    return pushes.flatMap(startContainer(started)).map(({ eventName, eventSettingsTable }) => ({ eventName, eventSettingsTable }));
  };
  for (const { triggerId, name } of trigger)
    assert.equal(
      analytics([triggerId]).map(({ eventName }) => eventName),
      [name],
    );
  assert.equal(
    analytics(tag[1]!.firingTriggerId),
    Object.entries(told).map(([name, { mode, reason }]) => ({
      eventName: `cobrowse${name}`,
      eventSettingsTable: { cobrowse_mode: mode, cobrowse_reason: reason },
    })),
  );
});

test.run();
