import type { CobrowseInvitation } from "./api";
import { word } from "./words.ts";

/**
 * Chromium delivers frames that came while confirm() was open only afterwards: nearly all within 20 ms, all but huge ones
 * within 100 ms. One of them may say that the invitation has ended; or the clock says so, at the next tick (250 ms).
 */
const SETTLE = 300;

/** Firefox delivers frames and runs timers during confirm(): this may be called again while it is open. */
let isOpen: boolean;
/** Hidden with its tab, or ended, since it was asked. */
let withdrawn: boolean;

export function askByConfirm(invitation: CobrowseInvitation): void {
  if (isOpen) return;
  isOpen = true;
  withdrawn = false;
  const yes = confirm(word("title") + " " + word(invitation.mode));
  setTimeout(() => {
    isOpen = false;
    // When the tab becomes hidden, Chromium itself says no, and only then tells the page of the tab. That is not an answer, and
    // the page may be seen again by now: timers of hidden pages are late.
    if (yes) invitation.accept();
    else if (!withdrawn) invitation.decline();
  }, SETTLE);
}

/** From here on a no is the browser's, not the visitor's. */
export function withdrawConfirm(): void {
  withdrawn = true;
}
