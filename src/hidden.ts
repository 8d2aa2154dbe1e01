/** The timer that runs while the page is hidden: another one each time, so that it tells whether the page was hidden meanwhile. */
export let hiding: number;

export function hiddenUntil(timer: number): void {
  hiding = timer;
}
