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

export type Request = Frame & { kind: "req"; id: string; type: RequestType };
export type RequestType = "InitConnection" | "GetClock" | "cqm.SubscribeExConversations";

/** What the InitConnection headers say about the client. */
export interface Credentials {
  jwt: string;
  features: string[];
}

const DEVICE_FAMILIES = ["DESKTOP", "MOBILE", "TABLET"];
const SYSTEMS = ["WINDOWS", "OSX", "LINUX", "ANDROID", "IOS"];
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
  if (!frame) throw new InvalidRequest("A frame must be a JSON object in a text message.");
  const { kind, id, type } = frame;
  if (typeof id !== "string" || id.length < 1 || id.length > 64) {
    throw new InvalidRequest(`A request's id must be a string of 1 to 64 characters, not ${JSON.stringify(id)}.`, id);
  }
  if (kind !== "req") throw new InvalidRequest(`A request's kind must be "req", not ${JSON.stringify(kind)}.`, id);
  if (usedIds.has(id)) throw new InvalidRequest(`The id ${JSON.stringify(id)} was used before on this connection.`, id);
  usedIds.add(id);
  if (type !== "InitConnection" && type !== "GetClock" && type !== "cqm.SubscribeExConversations") {
    throw new InvalidRequest(`Unknown request type ${JSON.stringify(type)}.`, id);
  }
  return frame as Request;
}

/** Throws InvalidRequest where InitConnection's headers lack something or name something unknown. */
export function readCredentials({ id, headers }: Request): Credentials {
  const reject = (sentence: string) => new InvalidRequest(sentence, id);
  const list = asList(headers).filter(isObject);
  const client = list.find((header) => header.type === CLIENT_PROPERTIES);
  const authentication = list.find((header) => header.type === CONSUMER_AUTHENTICATION);
  if (!client) throw reject(`InitConnection needs the header ${CLIENT_PROPERTIES}.`);
  if (!DEVICE_FAMILIES.includes(client.deviceFamily as string)) {
    throw reject(`deviceFamily must be one of ${DEVICE_FAMILIES.join(", ")}, not ${JSON.stringify(client.deviceFamily)}.`);
  }
  if (!SYSTEMS.includes(client.os as string)) {
    throw reject(`os must be one of ${SYSTEMS.join(", ")}, not ${JSON.stringify(client.os)}.`);
  }
  const features = asList(client.features);
  if (!features.every((feature) => typeof feature === "string")) throw reject("features must be a list of strings.");
  const jwt = authentication?.jwt;
  if (typeof jwt !== "string" || !jwt) throw reject(`InitConnection needs the header ${CONSUMER_AUTHENTICATION} with a jwt.`);
  return { jwt, features };
}

/** The conversation states that a subscription asks for. Throws InvalidRequest. */
export function readStates({ id, body }: Request): string[] {
  const states = isObject(body) ? asList(body.convState) : [];
  if (!states.length || !states.every((state) => state === "OPEN" || state === "CLOSE")) {
    throw new InvalidRequest("The subscription's convState must list OPEN or CLOSE.", id);
  }
  return states as string[];
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
function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : value === undefined ? [] : [value];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
