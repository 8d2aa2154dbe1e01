import type { CobrowseConfig } from "./api";

const MONITORING = "window.lpTag.taglets.lp_monitoringSDK.get";

/** Said in the console, and by the demo's configurator, when there is no usable config. */
export const CONFIG_SENTENCE = "data-lp-cobrowse needs JSON with jwt";

export const config: Partial<CobrowseConfig> & Record<string, any> = {
  account: "window.lpTag.site",
  ssid: MONITORING + "Sid",
  svid: MONITORING + "Vid",
};

// On the snippet's own script, else on the first element that has it. (A script that a tag manager created anew is
// currentScript too, but has lost its data-* attributes.)
const script = document.currentScript;
try {
  Object.assign(
    config,
    JSON.parse(
      (script && script.dataset.lpCobrowse) || (document.querySelector("[data-lp-cobrowse]") as any).dataset.lpCobrowse,
    ),
  );
} catch (error) {}

/**
 * The present value of what is configured: follows a `window.` path to a global and, where it leads to a function, calls
 * that with its owner as `this`. What throws on the way, such as blocked storage, counts as not there.
 */
export function lookUp(value: any): any {
  try {
    let owner: any;
    if (/^window[.]/.test(value))
      // The path starts at window, which is its own property `window`.
      value = value.split(".").reduce((found: any, name: string) => (owner = found)[name], window);
    // Only what a path leads to: nothing else can be a function of the site's.
    return owner && value.call ? value.call(owner) : value;
  } catch (error) {}
}
