/**
 * What a page configures, can call and can listen to. This file is shipped as `dist/lp-cobrowse.d.ts`; the source is
 * checked against it.
 */

/** A path to a global, such as `window.myApp.getJwt`: looked up when it is needed; a function found there is called. */
export type WindowPath = `window.${string}`;

/** What the agent asks for: to see, point, click and type (`shared`); to see and scroll (`view`); only to see (`follow`). */
export type CobrowseMode = "shared" | "view" | "follow";

/** The words of the prompt. Each may also be a {@link WindowPath}. */
export interface CobrowseText {
  /** Default: "Share this page?" */
  title?: string;
  /** Label of the button that accepts. Default: "Allow" */
  accept?: string;
  /** Label of the button that declines. Default: "Decline" */
  decline?: string;
  /**
   * One sentence for each mode. An invitation whose mode has no sentence is ignored: give `VOICE_CALL` or `VIDEO_CALL`
   * one to prompt for calls too, or set `shared`, `view` or `follow` to `" "` to ignore that mode.
   */
  [mode: string]: string | undefined;
}

/** The JSON object in the attribute `data-lp-cobrowse`. */
export interface CobrowseConfig {
  /** The consumer's LivePerson JWT, or the path to it or to a function that returns it or a promise of it. */
  jwt: string;
  /** LivePerson account (site) id. Default: `window.lpTag.site`, looked up at each connection. */
  account?: string;
  /**
   * LivePerson's messaging server: its host (`va.msg.liveperson.net`) or origin (`wss://va.msg.liveperson.net`). Default: LivePerson's domain
   * service is asked.
   */
  server?: string;
  /** `"dialog"` (the default): the built-in dialog. `"confirm"`: the browser's own `confirm()`. */
  prompt?: "dialog" | "confirm" | WindowPath;
  /** The words of the prompt. Default: English. */
  text?: CobrowseText | WindowPath;
  /** Sent in the lpTag events. Default: `"Visitor"`. */
  visitorName?: string;
  /** Session id of LivePerson's monitoring. Default: `window.lpTag.taglets.lp_monitoringSDK.getSid`. */
  ssid?: string;
  /** Visitor id of LivePerson's monitoring. Default: `window.lpTag.taglets.lp_monitoringSDK.getVid`. */
  svid?: string;
  /** Monitoring context id; sent when given. */
  scid?: string;
  /** Engagement context id; sent when given. */
  cid?: string;
  /** Engagement id; sent when given. */
  eid?: string;
}

/** Why an invitation ended without an answer given here. */
export type CobrowseClosedReason =
  /** The agent withdrew it, its conversation ended, it was declined somewhere else, or it was gone after an outage. */
  | "cancelled"
  /** Its end time passed. */
  | "expired"
  /** It was accepted somewhere else, in another tab for instance. */
  | "answered"
  /** A newer invitation took its place. */
  | "replaced"
  /** The page called `lpCobrowse.stop()`. */
  | "stopped";

/** What is published to `lpTag.events` and is the `detail` of the events on `window`: one and the same object. */
export interface CobrowseInvitation {
  /** LivePerson's name for consumer and conversation, the same for every invitation of a conversation. */
  serviceId: string;
  /** LivePerson's id of the agent who invites. */
  agentId?: string;
  visitorName: string;
  /** {@link CobrowseMode}, or another mode for which `text` has a sentence. */
  mode: string;
  ssid: string;
  svid: string;
  scid?: string;
  cid?: string;
  eid?: string;
  /** LivePerson's id of the COBROWSE dialog. */
  dialogId: string;
  /** Accepts the invitation as the visitor would. Works once, and only while the invitation is pending. */
  accept(): void;
  /** Declines the invitation as the visitor would. Works once, and only while the invitation is pending. */
  decline(): void;
  /** Only once the invitation has ended without an answer here. */
  reason?: CobrowseClosedReason;
}

/** `detail` of `cobrowseClosed`. */
export interface CobrowseClosed extends CobrowseInvitation {
  reason: CobrowseClosedReason;
}

/** `detail` of `cobrowseError`. */
export interface CobrowseError {
  /** What the site has to fix: the sentence that is also in the console. */
  reason: string;
}

/** `window.lpCobrowse`. */
export interface LpCobrowse {
  /** Connects, or connects anew, with a freshly looked-up token. Call it when the visitor has signed in. */
  start(): void;
  /** Closes the connection and withdraws the prompt until `start()`. Call it when the visitor signs out. */
  stop(): void;
}

declare global {
  interface Window {
    lpCobrowse?: LpCobrowse;
  }
  interface HTMLElementTagNameMap {
    /** The built-in prompt, while it is shown. */
    "lp-cobrowse": HTMLElement;
  }
  interface WindowEventMap {
    /** An invitation came. Cancelable: `preventDefault()` suppresses the built-in prompt; then call `detail.accept()` or `detail.decline()`. */
    cobrowseOffered: CustomEvent<CobrowseInvitation>;
    /** The visitor, or the page's own prompt, accepted. */
    cobrowseAccepted: CustomEvent<CobrowseInvitation>;
    /** The visitor, or the page's own prompt, declined. */
    cobrowseDeclined: CustomEvent<CobrowseInvitation>;
    /** The invitation ended without an answer here. */
    cobrowseClosed: CustomEvent<CobrowseClosed>;
    /** Something that the site has to fix. */
    cobrowseError: CustomEvent<CobrowseError>;
  }
}
