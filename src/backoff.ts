const SHORTEST_WAIT = 1e3;
/** 1 s doubled seven times is about 2 min. */
export const DOUBLINGS = 7;

/**
 * Milliseconds before the next try, after so many failed ones before this: at random up to a limit that doubles with each ("full
 * jitter", so that a crowd that lost the server at once does not come back at once).
 *
 * @param random from 0 to 1
 */
export function backoff(failures: number, random: number): number {
  return SHORTEST_WAIT + random * (SHORTEST_WAIT << failures);
}
