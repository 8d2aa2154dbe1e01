/** An answer has to get there in time; and what ends now has expired, also if the server's CLOSED comes a little early. */
export const MARGIN = 500;

/**
 * The server's clock minus `Date.now()`, plus the margin; before GetClock is answered nothing has expired. The visitor can set that clock, and the
 * next answer sets it right; but it goes on while the computer sleeps, as `performance.now()` does not.
 */
let ahead = -Infinity;

/** An answer without the time leaves it as it was. */
export function learnServerTime(currentTime: number): void {
  ahead = currentTime - Date.now() + MARGIN || ahead;
}

/** The server's time in milliseconds, ahead by the margin. */
export function serverTime(): number {
  return Date.now() + ahead;
}
