import { CONFIG_SENTENCE, config } from "./config.ts";
import { forgetServerTime } from "./clock.ts";
import { connect, reconnect, resume, stop } from "./connection.ts";
import { hiddenUntil, hiding } from "./hidden.ts";
import { finish } from "./invitation.ts";
import { report } from "./page.ts";
import { hidePrompt } from "./prompt.ts";

/** A short look at another tab costs no reconnect. */
const HIDDEN_FOR = 3e4;

// A page that comes back from bfcache becomes visible first: no need of pageshow, which comes later.
function onSeenOrUnseen(): void {
  clearTimeout(hiding);
  if (document.hidden) {
    hidePrompt();
    hiddenUntil(setTimeout(reconnect, HIDDEN_FOR, true) as any);
  } else resume();
}

// A second copy on the page does nothing.
if (!window.lpCobrowse)
  if (config.jwt) {
    window.lpCobrowse = {
      start() {
        stop(false);
      },
      stop() {
        stop(true);
        forgetServerTime();
        finish("stopped");
      },
    };
    addEventListener("pagehide", reconnect as any);
    addEventListener("online", onSeenOrUnseen);
    addEventListener("visibilitychange", onSeenOrUnseen);
    connect();
  } else report(CONFIG_SENTENCE);
