// UMS frames: how requests are read, and how answers and notifications are printed. schemas.ts has their shapes.
import { faultsOfRequest } from "./schemas.ts";

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

/** Checks a request by its schema, and remembers its id among the connection's. Throws InvalidRequest. */
export function readRequest(frame: Frame | undefined, usedIds: Set<string>): Request {
  if (!frame) throw new InvalidRequest("A frame must be a JSON object in a text message.");
  const { id, type } = frame;
  const faults = faultsOfRequest(frame);
  if (faults.length) throw new InvalidRequest(`${type}: ${faults.join("; ")}`, id);
  if (usedIds.has(id!)) throw new InvalidRequest(`The id ${JSON.stringify(id)} was used before on this connection.`, id);
  usedIds.add(id!);
  return frame as Request;
}

/** The same for clients other than the snippet: a request of any type, whose id may be a number and may repeat. */
export function readAnyRequest(frame: Frame | undefined): Request {
  const { kind, id, type } = frame ?? {};
  if (kind !== "req" || !["string", "number"].includes(typeof id) || typeof type !== "string") {
    throw new InvalidRequest('A request is a JSON object with the kind "req", an id and a type.', id);
  }
  // LivePerson's examples answer the id 1 with the reqId "1".
  return { ...frame, id: String(id) } as Request;
}

/** Whoever sends it, and however little it says of the client. Throws InvalidRequest. */
export function readCredentials({ id, headers }: Request): Credentials {
  const header = (type: string) =>
    asList(headers)
      .filter(isObject)
      .find((each) => each.type === type);
  const features = asList(header(CLIENT_PROPERTIES)?.features);
  const jwt = header(CONSUMER_AUTHENTICATION)?.jwt;
  if (typeof jwt !== "string" || !jwt || jwt.length > LONGEST_JWT || !features.every((feature) => typeof feature === "string")) {
    throw new InvalidRequest(`InitConnection needs a jwt of at most ${LONGEST_JWT} characters, and features are strings.`, id);
  }
  return { jwt, features: features as string[] };
}

/** The conversation states that a subscription asks for: all, where it asks by other fields. */
export function readStates({ body }: Request): string[] {
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
