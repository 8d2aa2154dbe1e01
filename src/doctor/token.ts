import { config, lookUp } from "../config.ts";
import { serverTime } from "../clock.ts";
import { PATIENCE, later } from "./patience.ts";
import { kind, leadsTo } from "./paths.ts";
import { note, ok, wrong } from "./say.ts";

/** A token has no more characters, as LivePerson's documents say. */
const LONGEST = 2048;
/** A promise that takes longer, in milliseconds, is taken for one that is never settled. */
const STUCK = 3 * PATIENCE;
/** So wrong, in seconds, may the visitor's clock be before an expiry by it is believed. */
const DAY = 86400;
/** No token is good until then, the year 5138; in milliseconds it is 1973. */
const TOO_LATE = 1e11;

interface Claims {
  iss?: unknown;
  aud?: unknown;
  exp?: unknown;
}

/** Looks the token up as the snippet does, and describes it. */
export async function examineToken(): Promise<void> {
  const path = config.jwt!;
  const run = path + "() in this console";
  const slow = later(() => note("token", path + " has returned a promise, which is waited for."), PATIENCE);
  const stuck = later(
    () =>
      wrong(
        "token",
        path + " has returned a promise that is not settled after " + STUCK / 1e3 + " s",
        "See what it waits for.",
      ),
    STUCK,
  );
  try {
    const found: unknown = await lookUp(path);
    const there = leadsTo(path);
    if (found) describeToken(found);
    else
      wrong(
        "token",
        "there is none: " +
          (/function$/.test(there) ? path + "() has returned nothing, or thrown" : there) +
          ". Without a token nothing is connected",
        "Is the visitor signed in? If so, " +
          (/function$/.test(there) ? "run " + run : "look where the page keeps the token") +
          ". The snippet looks again every 5 s, and at lpCobrowse.start().",
      );
  } catch (error) {
    wrong(
      "token",
      path + " has returned a promise that is rejected",
      "Run await " + run + ". It is asked again every 5 s.",
    );
  }
  slow();
  stuck();
}

/** Says what can be read in the token, but not whose it is. */
export function describeToken(token: unknown): void {
  if (typeof token != "string")
    return wrong(
      "token",
      "it is " + kind(token) + ", not a text",
      "The function has to return the token itself, or a promise of it.",
    );
  if (/^["']|^bearer\b|\s/i.test(token))
    return wrong(
      "token",
      "it has quotation marks, a blank, a line break or Bearer in it",
      "Give the bare token: parse it if it was kept as JSON, or trim it.",
    );
  if (token.length > LONGEST)
    return wrong("token", "it has " + token.length + " characters", "LivePerson takes no more than " + LONGEST + ".");
  const claims = claimsOf(token);
  if (!claims)
    return wrong(
      "token",
      "there is one, but it is not a JWT",
      "LivePerson accepts only JWTs from its own identity provider.",
    );
  const account = lookUp(config.account);
  const audience = ([] as unknown[]).concat(claims.aud || []).map((name) => String(name).replace(/^acc:/, ""));
  const facts =
    "issuer " +
    (claims.iss || "not named") +
    ", account " +
    (audience.join(", ") || "not named") +
    ", " +
    expiry(claims.exp);
  const time = serverTime();
  const left = secondsLeft(claims.exp);
  if (left < (time > 0 ? 0 : -DAY))
    wrong("token", facts, "Give a fresh one: the page has to fetch it anew, and not keep it so long.");
  else if ((claims.exp as number) > TOO_LATE)
    wrong("token", facts, "Its exp has to be in seconds, and seems to be in milliseconds.");
  else if (/acc:/.test(String(claims.aud)) && account && !audience.includes(String(account)))
    wrong("token", facts + ", but the page's account is " + account, "Get the token from the same account.");
  else ok("token", "there is one: " + facts + ".");
}

/** By the server's clock once that is known. */
function secondsLeft(exp: unknown): number {
  const time = serverTime();
  return typeof exp == "number" ? exp - (time > 0 ? time : Date.now()) / 1e3 : NaN;
}

function expiry(exp: unknown): string {
  const left = secondsLeft(exp);
  const clock = serverTime() > 0 ? "" : " by this computer's clock";
  return left > 0
    ? "expires in " + duration(left)
    : left <= 0
      ? "expired " + duration(-left) + " ago" + clock
      : "without an expiry";
}

function claimsOf(token: string): Claims | undefined {
  try {
    const bytes = atob(token.split(".")[1]!.replace(/-/g, "+").replace(/_/g, "/"));
    return JSON.parse(
      decodeURIComponent(bytes.replace(/[^]/g, (byte) => "%" + ("0" + byte.charCodeAt(0).toString(16)).slice(-2))),
    );
  } catch (error) {
    return undefined;
  }
}

/** In words. */
export function duration(seconds: number): string {
  const units = [
    [DAY, "days"],
    [3600, "h"],
    [60, "min"],
  ] as const;
  const [size, name] = units.find(([size]) => seconds >= 2 * size) || [1, "s"];
  return Math.round(seconds / size) + " " + name;
}
