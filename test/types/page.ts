// What a site writes against the shipped types, and what these have to refuse. `tsc -p test` checks it; nothing runs it.
import "lp-cobrowse";
import type { CobrowseConfig, CobrowseError, CobrowseInvitation } from "lp-cobrowse";

/** Fails to compile for `any`, which could be passed where everything else could. */
type NotAny<T> = 0 extends 1 & T ? never : T;
const known = <T>(value: NotAny<T>): T => value;

window.addEventListener("cobrowseOffered", (e) => e.detail.accept());

window.addEventListener("cobrowseOffered", (event) => {
  event.preventDefault();
  const { serviceId, mode, agentId, reason } = known(event.detail);
  known<string>(serviceId.toUpperCase() + mode);
  known<string | undefined>(agentId);
  // An invitation that is still pending has no reason yet.
  // @ts-expect-error
  reason.toUpperCase();
  // @ts-expect-error
  agentId.toUpperCase();
  // @ts-expect-error
  event.detail.reject();
  // @ts-expect-error
  event.detail.accept("yes");
  // What LivePerson's payload has and no page is told.
  // @ts-expect-error
  event.detail.token;
});

window.addEventListener("cobrowseAccepted", ({ detail }) => known<CobrowseInvitation>(detail));
window.addEventListener("cobrowseDeclined", ({ detail }) => known<CobrowseInvitation>(detail));

window.addEventListener("cobrowseClosed", ({ detail }) => {
  const sentences = {
    cancelled: "The agent withdrew the invitation.",
    expired: "The invitation has expired.",
    answered: "The invitation was answered somewhere else.",
    replaced: "The agent sent a newer invitation.",
    stopped: "",
  };
  // Every reason has its sentence, and there is no other.
  known<string>(sentences[detail.reason]);
  // @ts-expect-error
  if (detail.reason === "canceled") return;
});

window.addEventListener("cobrowseError", ({ detail }) => {
  known<string>(known<CobrowseError>(detail).reason);
  // @ts-expect-error
  detail.dialogId;
});

// An event of another name is a plain Event.
// @ts-expect-error
window.addEventListener("cobrowseJoined", (event) => event.detail);

window.lpCobrowse?.start();
window.lpCobrowse?.stop();
// A page may run before the snippet does.
// @ts-expect-error
window.lpCobrowse.start();
// @ts-expect-error
window.lpCobrowse?.start("token");

export const smallest: CobrowseConfig = { jwt: "window.myApp.getJwt" };

export const largest: CobrowseConfig = {
  account: "56072331",
  jwt: "window.localStorage.lpJwt",
  server: "wss://va.msg.liveperson.net",
  prompt: "confirm",
  text: { title: "Share?", accept: "Yes", decline: "No", shared: "…", view: "…", follow: "", VOICE_CALL: "…" },
  visitorName: "window.user.name",
  ssid: "a",
  svid: "b",
  scid: "c",
  cid: "d",
  eid: "e",
};

document.body.setAttribute("data-lp-cobrowse", JSON.stringify(largest));

// @ts-expect-error
export const withoutToken: CobrowseConfig = { account: "56072331" };
// @ts-expect-error
export const unknownKey: CobrowseConfig = { jwt: "…", visitor: "Ada" };
// @ts-expect-error
export const unknownPrompt: CobrowseConfig = { jwt: "…", prompt: "popup" };
// @ts-expect-error
export const numericAccount: CobrowseConfig = { jwt: "…", account: 56072331 };
// A function does not survive JSON; its path does.
// @ts-expect-error
export const provider: CobrowseConfig = { jwt: () => "…" };
// @ts-expect-error
export const numericSentence: CobrowseConfig = { jwt: "…", text: { shared: 1 } };
