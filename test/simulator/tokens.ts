// Tokens in the shape of LivePerson's JWTs. They are good if this process issued them and nobody revoked them since.
import { randomUUID } from "node:crypto";

export type RefusalCode = 4401 | 4407;

export class Tokens {
  #issued = new Map<string, { consumerId: string; refusal: RefusalCode | undefined }>();

  issue(consumerId: string, nowMs: number): string {
    const seconds = Math.floor(nowMs / 1000);
    const header = { alg: "HS256", typ: "JWT" };
    const claims = { sub: consumerId, iss: "lp-cobrowse simulator", iat: seconds, exp: seconds + 3600, jti: randomUUID() };
    const token = [base64url(JSON.stringify(header)), base64url(JSON.stringify(claims)), base64url(randomUUID())].join(".");
    this.#issued.set(token, { consumerId, refusal: undefined });
    return token;
  }

  revokeAll(refusal: RefusalCode): void {
    for (const entry of this.#issued.values()) entry.refusal = refusal;
  }

  /** Whose token it is, or the code to close the connection with. */
  check(token: string): { consumerId: string } | { refusal: RefusalCode } {
    const entry = this.#issued.get(token);
    if (!entry) return { refusal: 4401 };
    return entry.refusal ? { refusal: entry.refusal } : { consumerId: entry.consumerId };
  }
}

function base64url(text: string): string {
  return Buffer.from(text).toString("base64url");
}
