import type { CobrowseInvitation } from "./api";
import { hiding } from "./hidden.ts";
import { word } from "./words.ts";

/**
 * Chromium delivers frames that came while confirm() was open only afterwards: nearly all within 20 ms, all but huge ones
 * within 100 ms. One of them may say that the invitation has ended; or the clock says so, at the next tick (250 ms).
 */
const SETTLE = 300;

/** Firefox delivers frames and runs timers during confirm(), so that this may be called again while it is open. */
let asking: boolean;

export function askByConfirm(invitation: CobrowseInvitation): void {
  if (asking) return;
  asking = true;
  const yes = confirm(word("title") + " " + word(invitation.mode));
  setTimeout(
    (hiddenBefore: number) => {
      asking = false;
      if (yes) invitation.accept();
      // When the tab becomes hidden, Chromium itself says no, and only then tells the page of the tab. That is not an answer, and
      // the page may be seen again by now: timers of hidden pages are late.
      else if (hiddenBefore == hiding) invitation.decline();
    },
    SETTLE,
    hiding,
  );
}
