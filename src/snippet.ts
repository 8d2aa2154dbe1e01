import { API, CONFIG_SENTENCE, config, otherCopy, readConfig } from "./config.ts";
import { reconnect, start, stop, wake } from "./connection.ts";
import { finish } from "./invitation.ts";
import { report } from "./page.ts";
import { hidePrompt } from "./prompt.ts";

/** A short look at another tab costs no reconnect. */
const HIDDEN_FOR = 3e4;

let hiding: ReturnType<typeof setTimeout>;

// A page that comes back from bfcache becomes visible first: no need of pageshow, which comes later.
function onSeenOrUnseen(): void {
  clearTimeout(hiding);
  if (document.hidden) {
    hidePrompt();
    hiding = setTimeout(reconnect, HIDDEN_FOR);
  } else wake();
}

// A second copy on the page does nothing, and neither does one in a frame of the same site.
readConfig();
if (!otherCopy)
  if (config.jwt) {
    window[API] = {
      start,
      stop() {
        // In this order: what ends without a connection may come again.
        stop();
        finish("stopped");
      },
    };
    addEventListener("pagehide", reconnect);
    addEventListener("online", onSeenOrUnseen);
    addEventListener("visibilitychange", onSeenOrUnseen);
    reconnect();
  } else report(CONFIG_SENTENCE);
