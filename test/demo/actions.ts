// What each button of the agent's console does. A button's data-action is the key here.
import { SLEEP } from "./site/sleep.ts";
import type { Stage } from "./stage.ts";

const THREE_MINUTES = 180_000;
const TEN_MINUTES = 600_000;
const ONE_DAY = 86_400_000;
const SLOW = 3000;

export const actions: Record<string, (stage: Stage) => void> = {
  "invite-shared": (stage) => invite(stage, "shared"),
  "invite-view": (stage) => invite(stage, "view"),
  "invite-follow": (stage) => invite(stage, "follow"),
  "invite-VOICE_CALL": (stage) => invite(stage, "VOICE_CALL"),
  "invite-short": (stage) => invite(stage, "shared", stage.shortInvitation),
  cancel: ({ invitation }) => invitation?.cancel(),
  "accept-elsewhere": ({ invitation }) => invitation?.acceptElsewhere(),
  resend: ({ invitation }) => invitation?.resend(),
  "end-conversation": ({ conversation }) => conversation.end(),

  "stop-sharing": ({ invitation }) => invitation?.stop(),
  "sign-in": (stage) => void (stage.signedIn = true),
  "sign-out": (stage) => void (stage.signedIn = false),

  "drop-1006": ({ simulator }) => simulator.faults.drop(1006),
  "drop-4401": (stage) => refuseTokens(stage, 4401),
  "drop-4407": (stage) => refuseTokens(stage, 4407),
  "malformed-frame": ({ simulator }) => simulator.faults.sendRaw('{"kind":"notification","type":"cqm.ExConversationChange'),
  "refuse-init": (stage) => refuseInit(stage, 401),
  "refuse-init-429": (stage) => refuseInit(stage, 429),
  "throw-out": ({ simulator: { faults } }) => {
    // As late as it can be, when all that a page waits for has been answered.
    faults.throwOutAfter = "GetClock";
    faults.throwOut = faults.throwOut ? undefined : 1013;
    if (faults.throwOut) faults.drop(faults.throwOut);
  },
  silent: ({ simulator: { faults } }) => void (faults.silent = !faults.silent),
  slow: ({ simulator: { faults } }) => void (faults.latency = faults.latency ? 0 : SLOW),
  down: ({ simulator: { faults } }) => void (faults.down = !faults.down),

  sleep,

  "clock-right": (stage) => setClock(stage, 0),
  "clock-plus-10-min": (stage) => setClock(stage, TEN_MINUTES),
  "clock-minus-1-day": (stage) => setClock(stage, -ONE_DAY),
  "agent-clock-minus-3-min": (stage) => void (stage.agentClockOffset = stage.agentClockOffset ? 0 : -THREE_MINUTES),

  "prompt-dialog": (stage) => void (stage.prompt = "dialog"),
  "prompt-confirm": (stage) => void (stage.prompt = "confirm"),
  "tag-late": (stage) => void (stage.tag = "late"),
  "tag-held": (stage) => void (stage.tag = "held"),
  "load-tag": (stage) => void (stage.tag = "loaded"),
};

/**
 * A conversation that has ended is followed by a new one, as when the visitor writes again. One invitation at a time: what
 * a new one has replaced would else come back on reload, when nobody here can cancel it any more.
 */
function invite(stage: Stage, mode: string, seconds?: number): void {
  if (!stage.signedIn) throw new Error("The visitor has signed out: there is nobody to invite.");
  if (stage.conversation.state !== "OPEN") {
    stage.conversation = stage.simulator.openConversation();
    delete stage.invitation;
  }
  const before = stage.invitation;
  if (before?.state === "ACCEPTED") before.cancel();
  stage.sharingTab = undefined;
  stage.invitation = stage.conversation.invite({ mode, agentClockOffset: stage.agentClockOffset, ...(seconds && { seconds }) });
  if (before?.state === "INVITED") before.cancel();
}

function refuseTokens({ simulator }: Stage, code: 4401 | 4407): void {
  simulator.revokeTokens(code);
  simulator.faults.drop(code);
}

function refuseInit({ simulator: { faults } }: Stage, code: number): void {
  faults.refuseInit = faults.refuseInit === code ? false : code;
  if (faults.refuseInit) faults.drop();
}

/**
 * The visitor's computer sleeps. For the others that time passes: its connections are dead, which no one tells it when it wakes, and
 * what was pending has expired. Its pages do their part themselves.
 */
function sleep(stage: Stage): void {
  const { faults } = stage.simulator;
  // Only those that are open now: the next one is good.
  faults.dead = true;
  faults.dead = false;
  stage.slept += SLEEP;
  faults.clockOffset += SLEEP;
}

/** A server whose clock is off does not change it under open connections, so these begin anew. */
function setClock({ simulator: { faults }, invitation, slept }: Stage, error: number): void {
  if (invitation?.state === "INVITED") invitation.cancel();
  faults.clockOffset = slept + error;
  faults.drop();
}
