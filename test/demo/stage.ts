// What the demo plays with, and what its pages are shown of that.
import type { Conversation, Invitation, SessionStep, Simulator } from "../simulator/simulator.ts";
import type { Retries } from "./retries.ts";

export interface Stage {
  readonly simulator: Simulator;
  readonly retries: Retries;
  /** How long the short invitation lasts, seconds. */
  readonly shortInvitation: number;
  /** How long after the page a late tag loads, ms. */
  readonly tagDelay: number;
  prompt: "dialog" | "confirm";
  /** LivePerson's tag loads a little after the page, or only when it is told to: then it is "loaded" until the next page. */
  tag: "late" | "held" | "loaded";
  conversation: Conversation;
  /** The last one. */
  invitation?: Invitation;
  /** What became of that last. */
  step?: SessionStep;
  /** The dialog that a page asks about, until it is loaded anew. */
  asking?: unknown;
  /** The tab in which the visitor allowed it; undefined where that was elsewhere. */
  sharingTab?: string | undefined;
  signedIn: boolean;
  /** Milliseconds that the agent's clock, which dates the invitations, is ahead of the server's. */
  agentClockOffset: number;
  /** Milliseconds that the visitor's computer has slept, all in all. */
  slept: number;
}

/** The mode in which the page is shared now. */
export function sharedMode({ invitation, conversation }: Stage): string | undefined {
  return invitation?.state === "ACCEPTED" && conversation.state === "OPEN" ? invitation.mode : undefined;
}

export type ConsoleState = ReturnType<typeof consoleState>;
/** What the console shows besides the timeline. */
export function consoleState(stage: Stage) {
  const { simulator, retries, conversation, invitation, prompt, tag, agentClockOffset, signedIn, sharingTab, shortInvitation, slept, step } = stage;
  const { refuseInit, throwOut, silent, latency, down, clockOffset } = simulator.faults;
  const open = conversation.state === "OPEN";
  /** Milliseconds that the server's clock is ahead of the visitor's. What his computer has slept has passed for both. */
  const clockError = clockOffset - slept;
  return {
    /** The server's own clock, ms: the console may be on another machine. */
    now: Date.now(),
    connected: simulator.sockets.filter((socket) => socket.subscribed && socket.open).length,
    /** When the shop tries again at the latest; past if nobody waits. */
    retryDue: retries.due,
    conversation: open,
    signedIn,
    shortInvitation,
    /** The last one. */
    invitation: invitation && {
      mode: invitation.mode,
      state: open ? invitation.state : "CLOSED",
      endsAt: invitation.expiresAt - clockOffset,
      step: step!,
    },
    /** A page has told that it asks about that. */
    asked: invitation !== undefined && stage.asking === invitation.dialogId,
    /** The page that is shared can be seen here: the visitor did not allow it elsewhere. */
    seen: sharedMode(stage) !== undefined && sharingTab !== undefined,
    pressed: {
      "refuse-init": refuseInit === 401,
      "refuse-init-429": refuseInit === 429,
      "throw-out": throwOut !== undefined,
      silent,
      slow: latency > 0,
      down,
      "clock-right": clockError === 0,
      "clock-plus-10-min": clockError > 0,
      "clock-minus-1-day": clockError < 0,
      "agent-clock-minus-3-min": agentClockOffset < 0,
      "prompt-dialog": prompt === "dialog",
      "prompt-confirm": prompt === "confirm",
      "tag-late": tag === "late",
      "tag-held": tag !== "late",
    },
  };
}

export type PageState = ReturnType<typeof pageState>;
/** What the pages of the shop have to know. */
export function pageState(stage: Stage) {
  const { signedIn, slept, tag, sharingTab, step } = stage;
  const mode = sharedMode(stage);
  return {
    signedIn,
    /** The visitor's computer, all in all, ms. */
    slept,
    tagHeld: tag === "held",
    sharing: mode === undefined ? undefined : { tab: sharingTab, mode },
    /** How the last sharing ended. */
    stoppedByVisitor: step === "stopped",
  };
}
