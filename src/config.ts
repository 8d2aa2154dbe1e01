import type { CobrowseConfig } from "./api";
import { NAME } from "./page.ts";

/** What `data-lp-cobrowse` is called by `dataset`, and the published object by `window`. */
export const API = "lpCobrowse";

const ATTRIBUTE = "data-" + NAME;

/** Said in the console, and by the demo's configurator, when there is no usable config. */
export const CONFIG_SENTENCE = ATTRIBUTE + " needs JSON with jwt";

/** Where the page has LivePerson's tag. */
export const TAG = "window.lpTag.";
const MONITORING = TAG + "taglets.lp_monitoringSDK.get";

/** What the site has configured, and the defaults that are looked up as well. */
export const config: Partial<CobrowseConfig> = {
  account: TAG + "site",
  ssid: MONITORING + "Sid",
  svid: MONITORING + "Vid",
};

/** Takes the config from the page: from the snippet's own script, else from the first element that has it. */
export function readConfig(): void {
  // A script that a tag manager created anew is currentScript too, but has lost its data-* attributes.
  const script = document.currentScript;
  try {
    const json =
      (script && script.dataset[API]) || document.querySelector<HTMLElement>("[" + ATTRIBUTE + "]")!.dataset[API];
    Object.assign(config, JSON.parse(json!));
  } catch (error) {
    // What is not JSON, or nowhere, leaves the config without jwt.
  }
}

/**
 * The present value of what is configured: follows a `window.` path to a global and, where it leads to a function, calls
 * that with its owner as `this`. What throws on the way, such as blocked storage, counts as not there.
 */
export function lookUp(value: any): any {
  let owner: any;
  try {
    // The path starts at window, which is its own property `window`.
    if (/^window\./.test(value))
      value = value.split(".").reduce((found: any, name: string) => (owner = found)[name], window);
    // Only what a path leads to: nothing else can be a function of the site's.
    return owner && value.call ? value.call(owner) : value;
  } catch (error) {
    return undefined;
  }
}
