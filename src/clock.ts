/** An answer has to get there in time; and what ends now has expired, also if the server's CLOSED comes a little early. */
const MARGIN = 500;

/** How far the server's clock is ahead of `performance.now()`, which the visitor can't set. 0 until GetClock is answered. */
let ahead = 0;

/** An answer without the time leaves it as it was. */
export function learnServerTime(currentTime: number): void {
  ahead = currentTime - performance.now() + MARGIN || ahead;
}

/** Until it is learnt anew no invitation goes on, also not what a frame still brings that was being read when the page stopped. */
export function forgetServerTime(): void {
  ahead = 0;
}

/** The server's time in milliseconds; 0 while it is not known. */
export function serverTime(): number {
  return ahead && performance.now() + ahead;
}
