// The configurator's state in the address of its page, after the #, which no server is told: so it can be kept and shared.
import { isPath } from "../../../src/doctor/paths.ts";
import { readJson, type Config } from "./config-form.ts";

export interface State {
  config: Config;
  mode: string;
  form: string;
}

/**
 * What is as it was at the beginning is left out. And so is a token: an address is sent to others, and kept by browsers, and whoever has the token
 * is the visitor. A path to it is no secret.
 */
export function toAddress({ config, mode, form }: State, beginning: State): string {
  const { jwt, ...known } = config;
  const query = new URLSearchParams({ config: JSON.stringify(isPath(jwt) ? { jwt, ...known } : known), mode, form });
  for (const [key, value] of Object.entries({ ...beginning, config: JSON.stringify(beginning.config) })) query.delete(key, value);
  return `#${query}`;
}

export function fromAddress(hash: string, beginning: State): State {
  const { config, ...others } = Object.fromEntries(new URLSearchParams(hash.slice(1)));
  return { ...beginning, ...others, config: readJson(config ?? "") ?? structuredClone(beginning.config) };
}
