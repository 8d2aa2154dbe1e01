/** So long, in milliseconds, may an answer take before that is told; the snippet itself waits 30 s. */
export const PATIENCE = 5e3;
export const SECONDS = PATIENCE / 1e3 + " s";
/** The browser tells of what the policy blocked in a task of its own, which may come after the failure. */
export const VIOLATION = 200;

/** What to do about silence, and what is done about it. */
export const NETWORK =
  "Is the computer online? Is a proxy, an ad blocker or a browser extension in the way? The network tab shows its answer.";
export const AGAIN = "The snippet tries again by itself, at ever longer intervals, up to about 2 min.";

const running = new Set<ReturnType<typeof setTimeout>>();
let over = false;

/** A timer that ends with the doctor. @returns what ends it before */
export function later(step: () => void, wait?: number): () => void {
  if (over) return () => {};
  const timer = setTimeout(() => {
    running.delete(timer);
    step();
  }, wait);
  running.add(timer);
  return () => {
    clearTimeout(timer);
    running.delete(timer);
  };
}

/** For ever, if the doctor ends meanwhile. */
export const pause = (wait: number): Promise<void> =>
  new Promise((resolve) => {
    later(resolve, wait);
  });

/** None runs or begins from here on. */
export function endTimers(): void {
  over = true;
  running.forEach((timer) => clearTimeout(timer));
}
