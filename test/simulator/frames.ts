// The shape of UMS frames: what a request must look like, and how answers and notifications are printed.

/** One frame. Bodies are whatever the wire carries, and tests look into them freely. */
export interface Frame {
  kind?: string;
  id?: string;
  reqId?: string;
  type?: string;
  code?: number;
  body?: any;
  headers?: any;
}

export type Request = Frame & { kind: "req"; id: string; type: string };
/** What the snippet asks for. */
export type RequestType = "InitConnection" | "GetClock" | "cqm.SubscribeExConversations";

/** What the InitConnection headers say about the client. */
export interface Credentials {
  jwt: string;
  features: string[];
}

const REQUEST_TYPES: readonly string[] = ["InitConnection", "GetClock", "cqm.SubscribeExConversations"] satisfies RequestType[];
const DEVICE_FAMILIES = ["DESKTOP", "MOBILE", "TABLET", "OTHER"];
const SYSTEMS = ["WINDOWS", "OSX", "LINUX", "ANDROID", "IOS", "OTHER"];
const LONGEST_JWT = 2048;
export const STRING_RESPONSE = ".ReqBody$StringResp";
const CLIENT_PROPERTIES = ".ams.headers.ClientProperties";
const CONSUMER_AUTHENTICATION = ".ams.headers.ConsumerAuthentication";

/** A request that is not as documented; `message` is the sentence for the answer. */
export class InvalidRequest extends Error {
  readonly reqId: unknown;
  constructor(sentence: string, reqId?: unknown) {
    super(sentence);
    this.reqId = reqId;
  }
}

export function parseFrame(text: string): Frame | undefined {
  try {
    const frame: unknown = JSON.parse(text);
    return isObject(frame) ? frame : undefined;
  } catch {
    return undefined;
  }
}

/** Checks a frame's outer shape, and remembers its id among the connection's. Throws InvalidRequest. */
export function readRequest(frame: Frame | undefined, usedIds: Set<string>): Request {
  const { id, type } = readOuterShape(frame);
  if (typeof id !== "string" || id.length < 1 || id.length > 64) {
    throw new InvalidRequest(`A request's id must be a string of 1 to 64 characters, not ${JSON.stringify(id)}.`, id);
  }
  if (usedIds.has(id)) throw new InvalidRequest(`The id ${JSON.stringify(id)} was used before on this connection.`, id);
  usedIds.add(id);
  if (!REQUEST_TYPES.includes(type as string)) throw new InvalidRequest(`Unknown request type ${JSON.stringify(type)}.`, id);
  return frame as Request;
}

/** The same for clients other than the snippet: a request of any type, whose id may be a number and may repeat. */
export function readAnyRequest(frame: Frame | undefined): Request {
  const { id, type } = readOuterShape(frame);
  if (!["string", "number"].includes(typeof id)) throw new InvalidRequest(`A request needs an id, not ${JSON.stringify(id)}.`, id);
  if (typeof type !== "string") throw new InvalidRequest(`A request needs a type, not ${JSON.stringify(type)}.`, id);
  // LivePerson's examples answer the id 1 with the reqId "1".
  return { ...frame, id: String(id) } as Request;
}

function readOuterShape(frame: Frame | undefined): { id: unknown; type: unknown } {
  if (!frame) throw new InvalidRequest("A frame must be a JSON object in a text message.");
  const { kind, id, type } = frame;
  if (kind !== "req") throw new InvalidRequest(`A request's kind must be "req", not ${JSON.stringify(kind)}.`, id);
  return { id, type };
}

/** Throws InvalidRequest where InitConnection's headers lack something or name something unknown. */
export function readCredentials(request: Request): Credentials {
  const reject = (sentence: string) => new InvalidRequest(sentence, request.id);
  const client = header(request, CLIENT_PROPERTIES);
  if (!client) throw reject(`InitConnection needs the header ${CLIENT_PROPERTIES}.`);
  if (!DEVICE_FAMILIES.includes(client.deviceFamily as string)) {
    throw reject(`deviceFamily must be one of ${DEVICE_FAMILIES.join(", ")}, not ${JSON.stringify(client.deviceFamily)}.`);
  }
  if (!SYSTEMS.includes(client.os as string)) {
    throw reject(`os must be one of ${SYSTEMS.join(", ")}, not ${JSON.stringify(client.os)}.`);
  }
  return readAnyCredentials(request);
}

/** The same for other clients, which may say nothing of themselves. */
export function readAnyCredentials(request: Request): Credentials {
  const reject = (sentence: string) => new InvalidRequest(sentence, request.id);
  const features = asList(header(request, CLIENT_PROPERTIES)?.features);
  if (!features.every((feature) => typeof feature === "string")) throw reject("features must be a list of strings.");
  const jwt = header(request, CONSUMER_AUTHENTICATION)?.jwt;
  if (typeof jwt !== "string" || !jwt) throw reject(`InitConnection needs the header ${CONSUMER_AUTHENTICATION} with a jwt.`);
  if (jwt.length > LONGEST_JWT) throw reject(`A jwt has at most ${LONGEST_JWT} characters, not ${jwt.length}.`);
  return { jwt, features };
}

function header({ headers }: Request, type: string): Record<string, unknown> | undefined {
  return asList(headers)
    .filter(isObject)
    .find((each) => each.type === type);
}

/** The conversation states that a subscription asks for. Throws InvalidRequest. */
export function readStates({ id, body }: Request): string[] {
  const states = isObject(body) ? asList(body.convState) : [];
  if (!states.length || !states.every((state) => state === "OPEN" || state === "CLOSE")) {
    throw new InvalidRequest("The subscription's convState must list OPEN or CLOSE.", id);
  }
  return states as string[];
}

/** The same for other clients, which may also ask by other fields, and so for all conversations. */
export function readAnyStates({ body }: Request): string[] {
  const states = isObject(body) ? asList(body.convState) : [];
  return states.length ? states.map(String) : ["OPEN", "CLOSE"];
}

export function answer(reqId: unknown, code: number, type: string, body: unknown): Frame {
  return { kind: "resp", reqId: reqId as string, code, type, body };
}

/** Prints a frame as LivePerson does, which writes `expires` in exponent form. */
export function printFrame(frame: Frame, singleElements: boolean): string {
  return JSON.stringify(singleElements ? unwrap(frame) : frame).replace(
    /"expires":(\d+(?:\.\d+)?)/g,
    (_, seconds) => `"expires":${Number(seconds).toExponential().replace("e+", "E")}`,
  );
}

/** "An array containing a single element may be sent using the element itself." */
function unwrap(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 1 ? unwrap(value[0]) : value.map(unwrap);
  if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, unwrap(item)]));
  return value;
}

/** The same rule the other way round. */
export function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : value === undefined ? [] : [value];
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
