/** An answer has to get there in time; and what ends now has expired, also if the server's CLOSED comes a little early. */
const MARGIN = 500;

/**
 * The server's clock minus `Date.now()`, plus the margin; 0 until GetClock is answered. The visitor can set that clock, and the next
 * answer sets it right; but it goes on while the computer sleeps, as `performance.now()` does not.
 */
let ahead = 0;

/** An answer without the time leaves it as it was. */
export function learnServerTime(currentTime: number): void {
  ahead = currentTime - Date.now() + MARGIN || ahead;
}

/** No invitation goes on until it is learnt anew. (A listener may call stop() while a frame is read that brings more.) */
export function forgetServerTime(): void {
  ahead = 0;
}

/** The server's time in milliseconds, ahead by the margin; 0 while it is not known. */
export function serverTime(): number {
  return ahead && Date.now() + ahead;
}
