import { config, lookUp } from "../config.ts";
import { pause } from "./patience.ts";
import { wrong } from "./say.ts";

interface Violation {
  directive: string;
  /** Of addresses that are not HTTP no more than the scheme; `inline`. */
  uri: string;
  /** The whole policy. */
  policy: string;
}

/** What the page's Content-Security-Policy has blocked since the doctor is here, and in Chromium also before. */
const blocked: Violation[] = [];

function add(disposition: string, directive: string, uri: string | null, policy: string): void {
  if (disposition != "report" && uri) blocked.push({ directive, uri, policy });
}

export function onViolation(event: SecurityPolicyViolationEvent): void {
  add(event.disposition, event.effectiveDirective, event.blockedURI, event.originalPolicy);
}

/** Hears of what was blocked before, where the browser tells: it does so in a task of its own. */
export async function learnPast(): Promise<void> {
  try {
    const observer = new ReportingObserver(
      (reports) =>
        reports.forEach(({ body }) => {
          const { disposition, effectiveDirective, blockedURL, originalPolicy } = body as unknown as Record<
            string,
            string
          >;
          add(disposition!, effectiveDirective!, blockedURL!, originalPolicy!);
        }),
      { types: ["csp-violation"], buffered: true },
    );
    observer.observe();
    await pause(100);
    observer.disconnect();
  } catch (error) {
    // A browser without it cannot tell.
  }
}

/** What has kept the page from going there. @param url absolute, or `inline`, or `trusted-types-sink` */
function violation(kind: "script" | "connect" | "require", url: string): Violation | undefined {
  return blocked.find(
    ({ directive, uri }) =>
      (directive == "default-src" || (directive.startsWith(kind) && directive != "script-src-attr")) &&
      (url.startsWith(uri) || uri.startsWith(url)),
  );
}

/** The directive that keeps the page from going there, or from running it, if one has. Ask a little after the failure. */
export function forbids(kind: "script" | "connect" | "require", url: string): string | undefined {
  const found = violation(kind, url);
  // As policies have it: browsers name the part that they looked for.
  return found && found.directive.replace("-elem", "");
}

/** @returns whether the policy does not let the page connect to the address */
export function sayForbidden(url: string): boolean {
  const { origin } = new URL(url);
  const found = violation("connect", origin);
  if (found)
    wrong(
      "policy",
      "the page's Content-Security-Policy (" + found.directive + ") forbids " + origin,
      (/(^|[;,])\s*connect-src\b/i.test(found.policy)
        ? "Add to its connect-src: "
        : "It has no connect-src: add one, with all that its default-src allows now and ") +
        (lookUp(config.server) ? origin : "https://api.liveperson.net wss://*.liveperson.net"),
    );
  return !!found;
}
