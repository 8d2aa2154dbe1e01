// The container that Google Tag Manager imports: what Admin > Export Container writes, format version 2. Made from that format, which
// test/unit/gtm-container.test.ts records, and not exported from an account: Tag Manager gives everything in it ids of its own.

const EVENTS = ["Offered", "Accepted", "Declined", "Closed", "Error"].map((name) => `cobrowse${name}`);
/** What the snippet pushes to the data layer with each event. */
const VARIABLES = ["cobrowse.mode", "cobrowse.reason"];

/** The container that is exported, and everything's own last change: an export has them. No date, so that the same source gives the same bytes. */
const OWNER = { accountId: "0", containerId: "0" };
const FINGERPRINT = { fingerprint: "0" };
const FOLDER = "1";
/** Built into every container. */
const ALL_PAGES = "2147479553";

const parameter = (type, key, value) => ({ type, key, value });
const text = (key, value) => parameter("TEMPLATE", key, value);
const flag = (key, value) => parameter("BOOLEAN", key, String(value));

const tag = (tagId, name, type, details) => ({
  ...OWNER,
  tagId,
  name,
  type,
  ...FINGERPRINT,
  parentFolderId: FOLDER,
  monitoringMetadata: { type: "MAP" },
  consentSettings: { consentStatus: "NOT_SET" },
  ...details,
});

const customHtml = (inline, version) =>
  tag("2", "lp-cobrowse", "html", {
    notes: `lp-cobrowse ${version}. The config is on the <div> at the beginning: jwt is the path to the visitor's LivePerson token.`,
    parameter: [text("html", inline), flag("supportDocumentWrite", false)],
    firingTriggerId: [ALL_PAGES],
    tagFiringOption: "ONCE_PER_LOAD",
  });

/** An example, paused: whoever wants the answers in Google Analytics puts the measurement id in, and starts it. */
const analytics = (triggerIds) =>
  tag("3", "lp-cobrowse: Google Analytics event", "gaawe", {
    notes: "An example. Put your own measurement id in the place of G-XXXXXXXXXX, and unpause it.",
    parameter: [
      flag("sendEcommerceData", false),
      {
        type: "LIST",
        key: "eventSettingsTable",
        list: VARIABLES.map((name) => ({
          type: "MAP",
          map: [text("parameter", name.replace(".", "_")), text("parameterValue", `{{${name}}}`)],
        })),
      },
      text("eventName", "{{Event}}"),
      text("measurementIdOverride", "G-XXXXXXXXXX"),
    ],
    firingTriggerId: triggerIds,
    tagFiringOption: "ONCE_PER_EVENT",
    paused: true,
  });

const customEvent = (name, index) => ({
  ...OWNER,
  triggerId: String(4 + index),
  name,
  type: "CUSTOM_EVENT",
  customEventFilter: [{ type: "EQUALS", parameter: [text("arg0", "{{_event}}"), text("arg1", name)] }],
  ...FINGERPRINT,
  parentFolderId: FOLDER,
});

const dataLayer = (name, index) => ({
  ...OWNER,
  variableId: String(4 + EVENTS.length + index),
  name,
  type: "v",
  parameter: [parameter("INTEGER", "dataLayerVersion", "2"), flag("setDefaultValue", false), text("name", name)],
  ...FINGERPRINT,
  parentFolderId: FOLDER,
  formatValue: {},
});

/**
 * @param {string} inline dist/inline.html with a config
 * @param {string} version of lp-cobrowse
 * @returns {string} dist/gtm-container.json
 */
export function gtmContainer(inline, version) {
  const path = "accounts/0/containers/0";
  const trigger = EVENTS.map(customEvent);
  const exported = {
    exportFormatVersion: 2,
    exportTime: "2026-01-01 00:00:00",
    containerVersion: {
      path: `${path}/versions/0`,
      ...OWNER,
      containerVersionId: "0",
      container: {
        path,
        ...OWNER,
        name: "lp-cobrowse",
        publicId: "GTM-XXXXXXX",
        usageContext: ["WEB"],
        ...FINGERPRINT,
        tagManagerUrl: `https://tagmanager.google.com/#/container/${path}/workspaces?apiLink=container`,
      },
      tag: [customHtml(inline, version), analytics(trigger.map(({ triggerId }) => triggerId))],
      trigger,
      variable: VARIABLES.map(dataLayer),
      folder: [{ ...OWNER, folderId: FOLDER, name: "lp-cobrowse", ...FINGERPRINT }],
      builtInVariable: [{ ...OWNER, type: "EVENT", name: "Event" }],
      ...FINGERPRINT,
      tagManagerUrl: `https://tagmanager.google.com/#/versions/${path}/versions/0?apiLink=version`,
    },
  };
  return `${JSON.stringify(exported, null, 4)}\n`;
}
