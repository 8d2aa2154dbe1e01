import { PUBLISH, config, lookUp } from "../config.ts";
import { later } from "./patience.ts";
import { leadsTo } from "./paths.ts";
import { note, ok, wrong } from "./say.ts";

/** After the page's beginning, milliseconds, the tag has loaded if it ever does; the snippet waits as long before it complains. */
const LOADED = 1e4;
const TICK = 500;

let told = false;

/** LivePerson's tag, before which nobody is asked, and its monitoring. */
export function examineTag(): void {
  if (!lookUp(PUBLISH + ".toString")) {
    if (performance.now() < LOADED) note("tag", "it has not loaded yet, and is waited for.");
    else
      wrong(
        "tag",
        leadsTo(PUBLISH) + ", so LivePerson's tag has not loaded, and nobody is asked before it has",
        "Put LivePerson's tag on the page. If it is there, an ad blocker, the policy or missing consent keeps it from loading.",
      );
    later(examineTag, TICK);
  } else if (!told) {
    told = true;
    ok("tag", PUBLISH + " is there.");
    if (!lookUp(config.ssid) || !lookUp(config.svid))
      note("tag", "its monitoring gives no session or visitor id; LivePerson is told the dialog's id in their place.");
  }
}
