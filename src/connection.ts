import { backoff } from "./backoff.ts";
import { learnServerTime } from "./clock.ts";
import { config, lookUp } from "./config.ts";
import { readChanges } from "./conversation.ts";
import { clientProperties } from "./device.ts";
import type { Frame } from "./frames";
import { advance, doubt, endUnconfirmed } from "./invitation.ts";
import { report } from "./page.ts";

/** GetClock keeps the connection alive (the server drops one that is silent for 60 s) and shows that it is. */
const HEARTBEAT = 3e4;
/** How often a token or an account that is not there yet is looked for. */
const LOOK_AGAIN = 5e3;

/** Which answer of a connection is which, by number: SubscribeExConversations is between; from the third on all are GetClock's. */
const INIT_CONNECTION = 1;
const GET_CLOCK = 3;

let stopped: boolean;
/** The one connection, if there is one. */
let socket: WebSocket | false;
/** For the next thing that happens to the connection by itself. An attempt to connect is the present one while it is still its own. */
let timer: ReturnType<typeof setTimeout>;
/** In a row; a look in vain for the account is one too. */
let failures = 0;

/** @param type of the request, if that is the next step */
function next(step: (type: string) => void, wait?: number, type?: string): typeof timer {
  clearTimeout(timer);
  return (timer = setTimeout(step, wait, type!));
}

/**
 * Ends what there is of a connection, and connects anew if the page is not stopped and seen. The prompt outlives that; whoever
 * wants it away has to say so.
 */
export function reconnect(): void {
  doubt();
  if (socket) socket.close();
  socket = false;
  next(connect);
}

/** The page is seen, or online: connects where there is no connection. */
export function wake(): void {
  if (!socket) reconnect();
}

export function start(): void {
  stopped = false;
  reconnect();
}

export function stop(): void {
  stopped = true;
  reconnect();
}

/** @param code with which the server refused something, or closed the connection: those that end in 401, 403 or 407 blame the token */
function retry(code?: number | string): void {
  reconnect();
  next(connect, backoff(failures++, Math.random()));
  const reason = "jwt refused " + code;
  if (/40[137]$/.test(reason)) report(reason);
}

function connect(): void {
  if (stopped || document.hidden) return;
  const account = lookUp(config.account);
  let jwt: string;
  if (!account && ++failures == 3) report("no account");
  const attempt = next(retry, HEARTBEAT);
  Promise.resolve(account && lookUp(config.jwt))
    .then((found) => (jwt = found) && (lookUp(config.server) || askDomainService(account)))
    .then((server) => {
      if (attempt == timer)
        if (jwt)
          use(
            new WebSocket(
              (server.baseURI || server).replace(/^(?!wss?:)/, "wss://") +
                "/ws_api/account/" +
                account +
                "/messaging/consumer?v=3",
            ),
            jwt,
          );
        else next(connect, LOOK_AGAIN);
    })
    .catch(() => {
      if (attempt == timer) retry();
    });
}

/** The domain service's answer: `baseURI` is the host of the account's messaging server. */
function askDomainService(account: string): Promise<any> {
  return fetch(
    "https://api.liveperson.net/api/account/" + account + "/service/asyncMessagingEnt/baseURI.json?version=1.0",
  ).then((response) => response.json());
}

function use(opened: WebSocket, jwt: string): void {
  let answers = 0;
  const request = (type: string, headers?: object[], body?: object) => {
    next(retry, HEARTBEAT);
    // Each is sent after the answer to the one before.
    opened.send(JSON.stringify({ kind: "req", id: answers + 1 + "", type, headers, body }));
  };
  socket = opened;
  opened.onopen = () => {
    const { userAgent } = navigator;
    request("InitConnection", [clientProperties(userAgent), { type: ".ams.headers.ConsumerAuthentication", jwt }]);
  };
  opened.onmessage = (event) => {
    if (opened == socket)
      try {
        const frame: Frame = JSON.parse(event.data);
        if (frame.reqId == answers + 1)
          if (frame.code != 200) retry(frame.code);
          else if (++answers == INIT_CONNECTION) request("cqm.SubscribeExConversations", [], { convState: ["OPEN"] });
          else if (answers < GET_CLOCK) request("GetClock");
          else {
            // The second of them: the server has not just let it in to throw it out.
            if (answers > GET_CLOCK) failures = 0;
            // What is next comes first: whoever hears of an end may call stop().
            next(request, HEARTBEAT, "GetClock");
            learnServerTime(frame.body.currentTime);
            endUnconfirmed();
          }
        readChanges(frame.body.changes);
        advance();
      } catch (error) {}
  };
  opened.onclose = (event) => {
    if (opened == socket) retry(event.code);
  };
}
