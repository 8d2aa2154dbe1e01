import { NAME, PUBLISH, lookUp } from "./config.ts";

/**
 * Tells the page: an event on `window`, and the same pushed to `dataLayer` if the page has one.
 *
 * @param event its name without `cobrowse`
 * @param publishing whether LivePerson's tag is told first
 * @returns false if a listener called `preventDefault()`
 */
export function tell(event: string, detail: { mode?: string; reason?: string }, publishing?: unknown): boolean {
  event = "cobrowse" + event;
  // The page need have neither; and both may throw, for Google Tag Manager runs the site's tags inside push().
  if (publishing) lookUp(PUBLISH, ["lpCoBrowse", event, detail]);
  lookUp("window.dataLayer.push", [{ event, cobrowse: { mode: detail.mode, reason: detail.reason } }]);
  return dispatchEvent(new CustomEvent(event, { detail, cancelable: true }));
}

/** Reports what the site has to fix, in the console and as `cobrowseError`. */
export function report(reason: string): void {
  console.warn("[" + NAME + "] " + reason);
  tell("Error", { reason });
}
