import { config, lookUp } from "./config.ts";

const START = "Our agent can see";
const END = " this page until you stop.";

const english: Record<string, string> = {
  decline: "Decline",
  title: "Share this page?",
  accept: "Allow",
  shared: START + " and use" + END,
  view: START + " and scroll" + END,
  follow: START + END,
};

/** A word of the prompt by its key, or the sentence of a mode: from the site, or else in English; there may be none. */
export function word(key: string): string {
  return lookUp((lookUp(config.text) || english)[key]) || english[key];
}
