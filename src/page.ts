/** The element, the attribute that carries the config, and what each line in the console begins with. */
export const NAME = "lp-cobrowse";

/** LivePerson's tag and Google Tag Manager's data layer; a page need not have them. */
declare const lpTag: { events: { publish(app: string, event: string, detail: object): void } };
declare const dataLayer: object[];

/**
 * Tells the page: an event on `window`, and the same pushed to `dataLayer` if the page has one.
 *
 * @param event its name without `cobrowse`
 * @param publishing whether LivePerson's tag is told first
 * @returns false if a listener called `preventDefault()`
 */
export function tell(event: string, detail: { mode?: string; reason?: string }, publishing?: boolean): boolean {
  event = "cobrowse" + event;
  try {
    if (publishing) lpTag.events.publish("lpCoBrowse", event, detail);
    // Google Tag Manager runs the site's tags inside push(), and they may throw.
    dataLayer.push({ event, cobrowse: { mode: detail.mode, reason: detail.reason } });
  } catch (error) {}
  return dispatchEvent(new CustomEvent(event, { detail, cancelable: true }));
}

/** Reports what the site has to fix, in the console and as `cobrowseError`. */
export function report(reason: string): void {
  console.warn("[" + NAME + "] " + reason);
  tell("Error", { reason });
}
