import { learnServerTime } from "./clock.ts";
import { config, lookUp } from "./config.ts";
import { readFrame } from "./conversation.ts";
import { clientProperties } from "./device.ts";
import { advance, doubt, seeDialog, seeEnded } from "./invitation.ts";
import { report } from "./page.ts";

/** GetClock keeps the connection alive (the server drops one that is silent for 60 s) and shows that it is. */
const HEARTBEAT = 3e4;
/** How often a token or an account that is not there yet is looked for. */
const LOOK_AGAIN = 5e3;

let stopped: boolean;
/** The one connection; false while it is looked for, or waited for. */
let socket: WebSocket | false;
/** The next thing that happens to the connection by itself. */
let timer: number;
/** In a row; a look in vain for the account is one too. */
let failures = 0;
/** The token of the present try. */
let jwt: string;

/**
 * The wait before the next try, in milliseconds: at random up to 1 s, doubling with each failure to about 2 min ("full jitter",
 * so that a crowd that lost the server at once does not come back at once).
 */
export const backoff = (failures: number, random: number): number => random * (1e3 << Math.min(failures, 7));

function next(step: () => void, wait: number): void {
  clearTimeout(timer);
  timer = setTimeout(step, wait) as any;
}

/**
 * Ends what there is of a connection, and connects again: after a wait that grows with each failure, or at once (if it
 * is wanted then). The prompt outlives an outage, but not what the page or the visitor does.
 */
export function reconnect(atOnce?: boolean | 0, refusedWith?: number | false | string[] | null): void {
  doubt();
  socket = socket && (socket.close() as any);
  next(connect, atOnce ? 0 : jwt ? backoff(failures++, Math.random()) : LOOK_AGAIN);
  if (refusedWith) report("jwt refused " + refusedWith);
}

/** Connects at once where there is no connection. */
export function resume(): void {
  if (!socket) reconnect(true);
}

export function stop(stop: boolean): void {
  stopped = stop;
  reconnect(true);
}

/** Connects if it is wanted and someone can see the page. */
export function connect(): void {
  if (stopped || document.hidden) return;
  const account = lookUp(config.account);
  next(reconnect, HEARTBEAT);
  const look = timer;
  const proceed = (found: any) => {
    if (look == timer)
      try {
        // A string is configured; the domain service answers an object. Anything else throws here, and so does what comes without a token.
        open(
          new WebSocket(
            (jwt && found.trim ? found : "wss://" + found.baseURI.trim()) +
              "/ws_api/account/" +
              account +
              "/messaging/consumer?v=3",
          ),
        );
      } catch (error) {
        reconnect();
      }
  };
  jwt = "";
  if (!account && ++failures == 3) report("no account");
  Promise.resolve(account && lookUp(config.jwt))
    .then(
      (found) =>
        look == timer &&
        (jwt = found) &&
        (lookUp(config.server) ||
          fetch(
            "https://api.liveperson.net/api/account/" + account + "/service/asyncMessagingEnt/baseURI.json?version=1.0",
          ).then((response) => response.json())),
    )
    .then(proceed, proceed);
}

/** Takes a new socket into use. */
function open(opened: WebSocket): void {
  let requests = 0;
  const request = (type?: string, headers?: object[], body?: object) => {
    next(reconnect, HEARTBEAT);
    opened.send(JSON.stringify({ type: type || "GetClock", kind: "req", id: ++requests + "", headers, body }));
  };
  socket = opened;
  next(reconnect, HEARTBEAT);
  opened.onclose = opened.onmessage = opened.onopen = (event: any) => {
    if (opened == socket)
      try {
        if (event.code) reconnect(0, /440[17]/.exec(event.code));
        else if (!requests)
          request("InitConnection", [
            clientProperties(navigator.userAgent),
            { type: ".ams.headers.ConsumerAuthentication", jwt },
          ]);
        else {
          const frame = JSON.parse(event.data);
          if (frame.reqId == requests)
            if (frame.code != 200) reconnect(0, requests < 2 && frame.code);
            else if (requests < 2) {
              failures = 0;
              request("cqm.SubscribeExConversations", undefined, { convState: ["OPEN"] });
            } else if (requests < 3) request();
            else {
              learnServerTime(frame.body.currentTime);
              seeEnded("");
              next(request, HEARTBEAT);
            }
          readFrame(frame, seeEnded, seeDialog);
          advance();
        }
      } catch (error) {}
  };
}
