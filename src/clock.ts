/** An answer has to get there in time; and what ends now has expired, also if the server's CLOSED comes a little early. */
const MARGIN = 500;

/**
 * How far the server's clock is ahead of `performance.now()`; nothing until GetClock is first answered. Not of
 * `Date.now()`: the visitor may set that clock while an invitation is pending.
 */
let ahead: number | undefined;

export function learnServerTime(currentTime: number): void {
  // An answer without the time, of which nothing is known, leaves it as it was.
  ahead = currentTime - performance.now() + MARGIN || ahead;
}

/** Until it is learnt anew nothing goes on, also not what a frame still brings that was being read when the page stopped. */
export function forgetServerTime(): void {
  ahead = 0;
}

export function timeKnown(): unknown {
  return ahead;
}

/** The server's time in milliseconds; later than nothing until it is known. */
export function serverTime(): number {
  return performance.now() + ahead!;
}
