// The configurator's state in the address of its page, after the #, which no server is told: so it can be kept and shared.
import { readJson, type Config } from "./config-form.ts";

export interface State {
  config: Config;
  mode: string;
  form: string;
}

const isPath = (value: unknown): boolean => typeof value === "string" && value.startsWith("window.");

/**
 * What is as it was at the beginning is left out. And so is a token: an address is sent to others, and kept by browsers, and whoever has the token
 * is the visitor. A path to it is no secret.
 */
export function toAddress({ config, ...others }: State, beginning: State): string {
  const { jwt, ...known } = config;
  const shared = isPath(jwt) ? { jwt, ...known } : known;
  const query = new URLSearchParams();
  if (JSON.stringify(shared) !== JSON.stringify(beginning.config)) query.set("config", JSON.stringify(shared));
  for (const key of ["mode", "form"] as const) if (others[key] !== beginning[key]) query.set(key, others[key]);
  return `#${query}`;
}

export function fromAddress(hash: string, beginning: State): State {
  const query = new URLSearchParams(hash.slice(1));
  return {
    config: readJson(query.get("config") ?? "") ?? structuredClone(beginning.config),
    mode: query.get("mode") ?? beginning.mode,
    form: query.get("form") ?? beginning.form,
  };
}
