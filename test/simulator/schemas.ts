// The shapes of UMS frames as JSON Schemas, written from what LivePerson publishes in the repository LivePersonInc/developer-center: the
// field lists of its message builder (assets/schema) and the examples of its tutorials. Each `$comment` says where. What is published is
// required here, and other fields may come too, as "any field that is not documented" is to be ignored (protocol-overview.md).
import { Ajv, type SchemaObject } from "ajv";
import type { Frame } from "./frames.ts";

const TEXT = { type: "string" };
const NAME = { type: "string", minLength: 1, maxLength: 64 };
/** Milliseconds. */
const TIMESTAMP = { type: "integer", minimum: 1e12 };
const STATE = { enum: ["OPEN", "CLOSE"] };
const list = (items: SchemaObject) => ({ type: "array", items });
/** An object with these fields, of which those whose name ends in a question mark may be missing. */
const object = (fields: Record<string, SchemaObject>) => ({
  type: "object",
  required: Object.keys(fields).filter((name) => !name.endsWith("?")),
  properties: Object.fromEntries(Object.entries(fields).map(([name, schema]) => [name.replace("?", ""), schema])),
});
const where = (field: string, value: string, then: SchemaObject) => ({ if: { required: [field], properties: { [field]: { const: value } } }, then });

const CLIENT_PROPERTIES = {
  $comment: "infra/clientPropertiesHeader.json, which requires none of them: the snippet always tells all three",
  ...object({
    deviceFamily: { enum: ["DESKTOP", "TABLET", "MOBILE", "OTHER"] },
    os: { enum: ["WINDOWS", "LINUX", "OSX", "ANDROID", "IOS", "OTHER"] },
    features: list({ enum: ["CO_BROWSE", "CO_APP", "PHOTO_SHARING", "SECURE_FORMS", "AUTO_MESSAGES", "RICH_CONTENT"] }),
  }),
};
const CONSUMER_AUTHENTICATION = {
  $comment: "infra/consumerAuthenticationHeader.json, which allows an empty one: it is nobody's",
  ...object({ jwt: { type: "string", minLength: 1, maxLength: 2048 } }),
};
const HEADERS = { ".ams.headers.ClientProperties": CLIENT_PROPERTIES, ".ams.headers.ConsumerAuthentication": CONSUMER_AUTHENTICATION };
const HEADER_TYPES = Object.keys(HEADERS);

/** What the snippet asks for, besides kind, id and type. */
export const REQUESTS: Record<string, SchemaObject> = {
  InitConnection: {
    $comment: "ws/consumerRequests.json; infra/header.json",
    ...object({
      headers: {
        ...list({ ...object({ type: { enum: HEADER_TYPES } }), allOf: Object.entries(HEADERS).map(([type, header]) => where("type", type, header)) }),
        allOf: HEADER_TYPES.map((type) => ({ contains: { properties: { type: { const: type } } } })),
      },
    }),
  },
  GetClock: { $comment: "protocol-overview.md, Keep Alive" },
  "cqm.SubscribeExConversations": {
    $comment: "aam/subscribeExConversations.json, which requires no body; one element in place of a list: protocol-overview.md",
    ...object({ body: object({ convState: { if: { type: "array" }, then: { ...list(STATE), minItems: 1 }, else: STATE } }) }),
  },
};

const PARTICIPANT = {
  $comment: "aam/subscribeExConversationsNotification.json; more roles: post-conversation-survey-pcs.md; state: MessagingAgentSDK/events.md",
  ...object({
    id: TEXT,
    role: { enum: ["CONSUMER", "ASSIGNED_AGENT", "MANAGER", "READER", "AGENT", "CONTROLLER"] },
    "state?": { enum: ["ACTIVE", "SUGGESTED"] },
  }),
};
const COBROWSE_METADATA = {
  $comment: "Tutorials/cobrowse.md: step 3, and its example of CLOSED, which has nothing else; modes of calls: voice-and-video-calls.md",
  ...object({
    sessionState: { enum: ["INVITED", "ACCEPTED", "CLOSED"] },
    "serviceId?": TEXT,
    "mode?": { enum: ["shared", "view", "follow", "VOICE_CALL", "VIDEO_CALL"] },
    // Seconds.
    "expires?": { type: "number", maximum: 1e11 },
    "dialogId?": TEXT,
    "notificationKey?": TEXT,
  }),
  allOf: [
    where("sessionState", "INVITED", { required: ["serviceId", "mode", "expires"] }),
    where("sessionState", "ACCEPTED", { required: ["notificationKey"], $comment: 'cobrowse.md: "to indicate the exact sub-state"' }),
  ],
};
const WHOLE_DIALOG = ["state", "creationTs", "metaDataLastUpdateTs"];
const DIALOG = {
  $comment: "No field list: the examples of post-conversation-survey-pcs.md (MESSAGING) and Tutorials/cobrowse.md (COBROWSE)",
  ...object({
    dialogId: TEXT,
    dialogType: { enum: ["MAIN", "POST_SURVEY", "OTHER"] },
    channelType: { enum: ["MESSAGING", "COBROWSE"] },
    "participants?": list(TEXT),
    "participantsDetails?": list(PARTICIPANT),
    "state?": STATE,
    "creationTs?": TIMESTAMP,
    "metaDataLastUpdateTs?": TIMESTAMP,
  }),
  allOf: [
    where("channelType", "MESSAGING", { required: [...WHOLE_DIALOG, "participantsDetails"] }),
    where("channelType", "COBROWSE", object({ metaData: COBROWSE_METADATA })),
    {
      if: { properties: { metaData: { required: ["sessionState"], properties: { sessionState: { const: "INVITED" } } } }, required: ["metaData"] },
      then: { required: [...WHOLE_DIALOG, "participants"] },
    },
  ],
};
const CONVERSATION = object({ participants: list(PARTICIPANT), state: STATE, "stage?": STATE, startTs: TIMESTAMP, "dialogs?": list(DIALOG) });
const CHANGE = object({ type: { enum: ["UPSERT", "DELETE"] }, result: object({ convId: TEXT, conversationDetails: CONVERSATION }) });
const MESSAGING_EVENT = object({
  sequence: { type: "integer" },
  originatorId: TEXT,
  serverTimestamp: TIMESTAMP,
  event: { ...object({ type: TEXT }), ...where("type", "ContentEvent", object({ contentType: TEXT, message: TEXT })) },
  dialogId: TEXT,
});

/** The bodies of answers: to the snippet, and to a messaging window of the site's own. */
export const ANSWERS: Record<string, SchemaObject> = {
  ".ReqBody$StringResp": { $comment: "infra/stringRespBody.json; to InitConnection: APIReference/init-connection.md", type: "string", maxLength: 128 },
  GetClockResponse: { $comment: "LivePersonInc/node-agent-sdk, README.md, getClock; no type is published", ...object({ currentTime: TIMESTAMP }) },
  "cqm.SubscribeExConversationsResponse": { $comment: "aam/subscribeExConversationsResp.json", ...object({ subscriptionId: NAME }) },
  "cm.RequestConversationResponse": { $comment: "cm/consumerRequestConversationResp.json", ...object({ conversationId: NAME }) },
  GenericSubscribeResponse: { $comment: "types/genericSubscribeResp.json", type: "object" },
  "ms.PublishEventResponse": { $comment: "ms/PublishEventSuccess.json", ...object({ "sequence?": { type: "integer", minimum: 0 } }) },
};

/** The bodies of notifications. */
export const NOTIFICATIONS: Record<string, SchemaObject> = {
  "cqm.ExConversationChangeNotification": {
    $comment: "aam/subscribeExConversationsNotification.json; sentTs was seen in a real client",
    ...object({ subscriptionId: TEXT, "sentTs?": TIMESTAMP, changes: list(CHANGE) }),
  },
  "ms.MessagingEventNotification": { $comment: "ms/messagingEventNotification.json; TextValue.json", ...object({ changes: list(MESSAGING_EVENT) }) },
};

// A field may be required in one place and described in another.
const ajv = new Ajv({ allErrors: true, strictTypes: false });

/** What is wrong with a request by the schema of its type, one sentence for each fault. */
export const faultsOfRequest = faultsBy(REQUESTS, (type, rest) => ({
  $comment: "infra/req.json, which does not require the kind; protocol-overview.md does",
  allOf: [object({ kind: { const: "req" }, id: NAME, type: { const: type } }), rest],
}));
const faultsOfAnswer = faultsBy(ANSWERS, (type, body) => ({
  $comment: "infra/resp.json",
  ...object({ kind: { const: "resp" }, reqId: NAME, code: { type: "integer" }, type: { const: type }, body }),
}));
const faultsOfNotification = faultsBy(NOTIFICATIONS, (type, body) => ({
  $comment: "infra/notification.json",
  ...object({ kind: { const: "notification" }, type: { const: type }, body }),
}));

/** The same of a frame of the server's. */
export function faultsOfFrame(frame: Frame): string[] {
  return frame.kind === "resp" ? faultsOfAnswer(frame) : faultsOfNotification(frame);
}

function faultsBy(schemas: Record<string, SchemaObject>, complete: (type: string, schema: SchemaObject) => SchemaObject): (frame: Frame) => string[] {
  const validators = new Map(Object.entries(schemas).map(([type, schema]) => [type, ajv.compile(complete(type, schema))]));
  return (frame) => {
    // LivePerson prints this prefix too. The schema does not know it.
    const validate = validators.get(`${frame.type}`.replace(/^aam\./, "cqm."));
    if (!validate) return [`There is no schema for the type ${JSON.stringify(frame.type)}.`];
    validate(frame);
    // What an "if" has to say, its "then" says better.
    const errors = (validate.errors ?? []).filter(({ keyword }) => keyword !== "if");
    return [...new Set(errors.map(({ instancePath, message, params }) => [instancePath, message, params.allowedValues?.join(", ")].filter(Boolean).join(" ")))];
  };
}
