import type { CobrowseConfig, LpCobrowse } from "./api";

/** The element, the attribute that carries the config, and what each line in the console begins with. */
export const NAME = "lp-cobrowse";

/** What `data-lp-cobrowse` is called by `dataset`, and the published object by `window`. */
export const API = "lpCobrowse";

/** Said in the console, and by the demo's configurator, when there is no usable config. */
export const CONFIG_SENTENCE = "data-" + NAME + " needs JSON with jwt";

/** Where the page has LivePerson's tag. */
const TAG = "window.lpTag.";
/** It appears when LivePerson's tag has replaced its stub. */
export const PUBLISH = TAG + "events.publish";
const MONITORING = TAG + "taglets.lp_monitoringSDK.get";

/** What the site has configured, and the defaults that are looked up as well. */
export const config: Partial<CobrowseConfig> = {
  account: TAG + "site",
  ssid: MONITORING + "Sid",
  svid: MONITORING + "Vid",
};

/** The snippet that the page around has already; a page in no frame is its own parent. */
export let otherCopy: LpCobrowse | undefined;

/** Takes the config from the page: from the snippet's own script, else from the first element that has it. */
export function readConfig(): void {
  // A script that a tag manager created anew is currentScript too, but has lost its data-* attributes.
  const script = document.currentScript;
  try {
    Object.assign(
      config,
      JSON.parse(
        (script && script.dataset[API]) || document.querySelector<HTMLElement>("[data-" + NAME + "]")!.dataset[API]!,
      ),
    );
    otherCopy = parent[API];
  } catch (error) {
    // What is not JSON, or nowhere, leaves the config without jwt. A parent of another origin may not be asked.
  }
}

/**
 * The present value of what is configured: follows a `window.` path to a global and, where it leads to a function, calls
 * that with its owner as `this`. What throws on the way, such as blocked storage, counts as not there.
 *
 * @param values what such a function is given
 */
export function lookUp(value: any, values?: unknown[]): any {
  let owner: any;
  let found: any = window;
  try {
    if (!/^window\./.test(value)) return value;
    // The path starts at window, which is its own property `window`.
    value.split(".").map((name: string) => {
      owner = found;
      found = found[name];
    });
    return found.apply ? found.apply(owner, values!) : found;
  } catch (error) {
    return undefined;
  }
}
