// A site's own code that gives the snippet its token, in all the ways in which it can fail to.
import type { Network } from "./network.ts";

export const MODES = ["good", "missing", "throws", "rejects", "late", "never", "revoked"] as const;
export type Mode = (typeof MODES)[number];

const LATE = 25_000;

export class Provider {
  mode: Mode = "good";
  onCalled: () => void = () => {};
  /** A look-up begins that takes so long. */
  onSlow: (milliseconds: number) => void = () => {};
  readonly #network: Network;
  readonly #calls: { at: number; token: string }[] = [];

  constructor(network: Network) {
    this.#network = network;
  }

  /** What a connection opened at that time has to send: the token of the latest look-up. */
  latestBefore(time: number): string | undefined {
    return this.#calls.filter(({ at }) => at <= time).at(-1)?.token;
  }

  get calls(): number {
    return this.#calls.length;
  }

  /** `window.app.getJwt` */
  readonly getJwt = (): unknown => {
    const token = this.mode === "revoked" ? "expired-secret-token" : this.#network.issueToken();
    this.#calls.push({ at: Date.now(), token });
    this.onCalled();
    switch (this.mode) {
      case "missing":
        return undefined;
      case "throws":
        throw new Error("the site's own error");
      case "rejects":
        return Promise.reject(new Error("the site's own error"));
      case "late":
        this.onSlow(LATE);
        return new Promise((resolve) => setTimeout(() => resolve(token), LATE));
      case "never":
        this.onSlow(Infinity);
        return new Promise(() => {});
      default:
        return Promise.resolve(token);
    }
  };
}
