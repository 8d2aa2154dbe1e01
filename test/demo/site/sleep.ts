// The sleep of the visitor's computer, as its pages see it: nothing happens for them, but then the clock has gone on.

/** How long it sleeps, ms. */
export const SLEEP = 600_000;

/** The clock that does not sleep, by which the timeline tells its order. */
export const awake: () => number = Date.now;

let slept = 0;

/** What it has slept in these milliseconds has passed for the visitor's clock. */
export function sleep(milliseconds: number): void {
  slept += milliseconds;
  Date.now = () => awake() + slept;
}
