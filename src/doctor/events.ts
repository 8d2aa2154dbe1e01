import type { CobrowseInvitation } from "../api";
import { later } from "./patience.ts";
import { note, ok, wrong } from "./say.ts";

/** What has become, since the doctor is here, of what the page's own snippet has offered, by dialog. */
export const heard = new Map<string, "offered" | "prevented" | "over">();
const errors = new Set<string>();

type Listener = (event: CustomEvent<CobrowseInvitation>) => void;

const over =
  (tell: Listener): Listener =>
  (event) => {
    heard.set(event.detail.dialogId, "over");
    tell(event);
  };

const LISTENERS: Record<string, Listener> = {
  cobrowseOffered(event) {
    const { dialogId, mode } = event.detail;
    heard.set(dialogId, "offered");
    // After all listeners.
    later(() => {
      if (!event.defaultPrevented)
        return ok(
          "page",
          "the snippet has offered an invitation (" + mode + "), and no listener has prevented the prompt.",
        );
      if (heard.get(dialogId) == "offered") heard.set(dialogId, "prevented");
      wrong(
        "page",
        "a listener on cobrowseOffered has called preventDefault(): the page wants to ask by itself, and the built-in prompt stays away",
        "Does the page's own prompt appear? If not, search its scripts for cobrowseOffered.",
      );
    });
  },
  cobrowseAccepted: over(() =>
    ok("page", "the visitor has allowed it, and LivePerson's tag was told. What follows is LivePerson's part."),
  ),
  cobrowseDeclined: over(() => ok("page", "the visitor has declined it, and LivePerson's tag was told.")),
  cobrowseClosed: over(({ detail }) =>
    note("page", "the invitation has ended without an answer here: " + detail.reason + "."),
  ),
  cobrowseError({ detail }) {
    const reason = detail.reason as string;
    if (!errors.has(reason)) note("page", "the snippet reports: " + reason);
    errors.add(reason);
  },
};

/** What the page's snippet tells while the doctor is here. */
export function followPage(): void {
  for (const name of Object.keys(LISTENERS)) addEventListener(name, onEvent);
}

export function leavePage(): void {
  for (const name of Object.keys(LISTENERS)) removeEventListener(name, onEvent);
}

/** A page may have events of these names of its own. */
function onEvent(event: Event): void {
  if ((event as CustomEvent).detail) LISTENERS[event.type]!(event as CustomEvent);
}
