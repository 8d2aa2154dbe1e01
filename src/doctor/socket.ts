// In the place of the browser's own while the snippet's code runs in the doctor: the same, and watched.
import { serverTime } from "../clock.ts";
import { config, lookUp } from "../config.ts";
import type { Frame } from "../frames";
import { live } from "../invitation.ts";
import { forgetConnection, hearChanges, sayNews } from "./invitations.ts";
import { AGAIN, NETWORK, PATIENCE, SECONDS, VIOLATION, later } from "./patience.ts";
import { sayForbidden } from "./policy.ts";
import { note, ok, wrong, type Step } from "./say.ts";
import { examineTag } from "./tag.ts";
import { describeToken, duration } from "./token.ts";

/** LivePerson's messaging server is connected to: `new WebSocket()` of a function gives what that returns. */
export const WebSocket = function (url: string) {
  let socket: WebSocket;
  try {
    socket = new window.WebSocket(url);
  } catch (error) {
    later(() => {
      if (!sayForbidden(url))
        wrong(
          "socket",
          "the browser does not open " + url + " (" + (error as Error).name + ")",
          "A page on https may open only wss://. Look at server.",
        );
    }, VIOLATION);
    throw error;
  }
  watch(socket);
  // Where the policy forbids it, Chromium lets the socket say nothing at all.
  later(() => sayForbidden(url), VIOLATION);
  return socket;
} as unknown as typeof window.WebSocket;

/** Follows one connection: what is awaited of it, and what it says. */
function watch(socket: WebSocket): void {
  // A page may have wrapped it.
  const { url, send, close } = socket;
  let step: Step = "socket";
  let request: { id?: string; type?: string; headers?: { jwt?: string }[] } = {};
  let opened = false;
  let endedByUs = false;
  let wasLive = false;
  let answered = awaitAnswer("does not open");
  forgetConnection();

  /** From here on it has to say something. */
  function awaitAnswer(silence: string): () => void {
    return later(() => {
      if (!sayForbidden(url)) wrong(step, url + " " + silence + " in " + SECONDS, NETWORK + " " + AGAIN);
    }, PATIENCE);
  }

  socket.addEventListener("open", () => {
    opened = true;
    answered();
    ok("policy", "it lets the page connect, or there is none.");
    ok("socket", url + " is open.");
  });

  socket.send = (text) => {
    request = JSON.parse(text as string);
    const { type, headers } = request;
    if (!wasLive) step = type == "InitConnection" ? type : "conversations";
    if (Array.isArray(headers)) headers.forEach(({ jwt }) => jwt && describeToken(jwt));
    answered();
    answered = awaitAnswer("does not answer " + type);
    send.call(socket, text);
  };

  socket.close = () => {
    endedByUs = true;
    answered();
    close.call(socket);
  };

  socket.addEventListener("message", ({ data }) => {
    let frame: Frame | null = null;
    try {
      frame = JSON.parse(data);
    } catch (error) {
      note("socket", "it has sent something that is not JSON; the snippet ignores it.");
    }
    if (!frame) return;
    if (request.id && frame.reqId == request.id) {
      answered();
      if (frame.code != 200) sayRefused(step, request.type + " is answered with " + frame.code, frame.code);
      else if (request.type == "InitConnection") ok(step, "the token is accepted.");
    }
    hearChanges(frame.body && frame.body.changes);
    // After the snippet's own code has read it.
    later(() => {
      const isNew = live && !wasLive;
      if (isNew) {
        wasLive = true;
        step = "socket";
        sayClock();
      }
      sayNews();
      if (isNew) {
        examineTag();
        note("doctor", "it listens now: let the agent invite. lpCobrowseDoctor.stop() ends it.");
      }
    });
  });

  socket.addEventListener("close", ({ code }) => {
    answered();
    if (endedByUs) return;
    later(() => {
      if (opened) sayRefused(step, "the server has closed the connection with " + code, code);
      else if (!sayForbidden(url))
        wrong(
          "socket",
          url + " does not open",
          (lookUp(config.server) ? "Are account and server right? Both are in this address. " : "") +
            NETWORK +
            " " +
            AGAIN,
        );
    }, VIOLATION);
  });
}

function sayClock(): void {
  const ahead = (serverTime() - Date.now()) / 1e3;
  if (Math.abs(ahead) > 5)
    note(
      "clock",
      "LivePerson's is " + duration(Math.abs(ahead)) + (ahead > 0 ? " ahead of" : " behind") + " this computer's.",
    );
}

/** @param code of an answer, or of the end of the connection */
function sayRefused(step: Step, what: string, code: number): void {
  wrong(
    step,
    what,
    /40[13]$/.test("" + code)
      ? "The token is invalid or expired, or belongs to another account: give a fresh one, from LivePerson's identity provider."
      : /407$/.test("" + code)
        ? "LivePerson wants the token of a signed-in visitor: this one's identity is unauthenticated."
        : code == 429
          ? "Too many connections at a time: wait. " + AGAIN
          : code == 1006
            ? "The network has broken it, or the token was revoked. " + NETWORK + " " + AGAIN
            : "That is LivePerson's side, and not the token's fault. " + AGAIN,
  );
}
