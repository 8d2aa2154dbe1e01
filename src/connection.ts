import { DOUBLINGS, backoff } from "./backoff.ts";
import { learnServerTime } from "./clock.ts";
import { config, lookUp } from "./config.ts";
import { readChanges } from "./conversation.ts";
import { clientProperties } from "./device.ts";
import { each } from "./each.ts";
import type { Frame } from "./frames";
import { advance, doubt, goLive, live } from "./invitation.ts";
import { report } from "./page.ts";
import { findServer, socketUrl, tried } from "./server.ts";

/** GetClock keeps the connection alive (the server drops one that is silent for 60 s) and shows that it is. */
const HEARTBEAT = 3e4;
/** How often a token or an account that is not there yet is looked for. */
const LOOK_AGAIN = 5e3;
/** How soon a connection has to answer that may have died while the computer slept. */
const ALIVE_WITHIN = 5e3;
/** So many failures in a row are no accident. */
const TOLD_AFTER = 3;

/** Which request of a connection is which, by number: SubscribeExConversations is between; from the third on all are GetClock. */
const INIT_CONNECTION = 1;
const GET_CLOCK = 3;

let stopped: boolean;
/** The one connection, if there is one. */
let socket: WebSocket | false;
/** Of this connection, and the id of the latest: only that one's answer counts. */
let requests: number;
/** For the next thing that happens to the connection by itself. An attempt to connect is the present one while it is still its own. */
let timer: ReturnType<typeof setTimeout>;
/** For an account that is not there, since the last time that something else made us look. */
let looks: number;
/** In a row, as far as they make the waits longer. */
let failures = 0;

function next(step: () => void, wait?: number): void {
  clearTimeout(timer);
  timer = setTimeout(step, wait);
}

/**
 * Ends what there is of a connection, and connects anew if the page is not stopped and seen. The prompt outlives that; whoever
 * wants it away has to say so.
 */
export function reconnect(): void {
  doubt();
  requests = looks = 0;
  if (socket) socket.close();
  socket = false;
  next(connect);
}

/** The page is seen, or online: connects where there is no connection, and asks one that stands whether it does. */
export function wake(): void {
  if (live) {
    // Sleep, or another network, may have ended it without a word.
    request();
    next(retry, ALIVE_WITHIN);
  } else if (!socket) reconnect();
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
  next(connect, backoff(failures, Math.random()));
  if (failures < DOUBLINGS && ++failures == TOLD_AFTER && tried) report("no " + tried);
  if (/40[137]$/.test(code as string)) report("bad jwt " + code);
}

function connect(): void {
  if (stopped || document.hidden) return;
  const account = lookUp(config.account);
  let jwt: string;
  if (!account && ++looks == TOLD_AFTER) report("no account");
  next(retry, HEARTBEAT);
  const attempt = timer;
  Promise.resolve(account && lookUp(config.jwt))
    .then((found) => (jwt = found) && findServer(account))
    .then((server) => {
      if (attempt == timer)
        listen(new WebSocket(socketUrl(server, account))).onopen = () => {
          const { userAgent } = navigator;
          request("InitConnection", [
            clientProperties(userAgent),
            { type: ".ams.headers.ConsumerAuthentication", jwt },
          ]);
        };
    })
    // Without a token there is no server either, and so no address.
    .catch(() => {
      if (attempt == timer)
        if (jwt) retry();
        else next(connect, LOOK_AGAIN);
    });
}

/** Asks, and has the connection replaced if there is no answer. @param type GetClock, unless told */
function request(type?: string, headers?: object[], body?: object): void {
  next(retry, HEARTBEAT);
  (socket as WebSocket).send(
    JSON.stringify({ kind: "req", id: ++requests + "", type: type || "GetClock", headers, body }),
  );
}

/** Makes it the one connection. */
function listen(opened: WebSocket): WebSocket {
  opened.onmessage = (event) => {
    if (opened == socket)
      each(event.data as string, (text) => {
        const frame: Frame = JSON.parse(text);
        if (frame.reqId == requests)
          if (frame.code != 200) retry(frame.code);
          else if (requests == INIT_CONNECTION) request("cqm.SubscribeExConversations", [], { convState: ["OPEN"] });
          else if (requests < GET_CLOCK) request();
          else {
            // The second of them: the server has not just let it in to throw it out.
            if (live) failures = 0;
            // What is next comes first: whoever hears of an end may call stop().
            next(request, HEARTBEAT);
            learnServerTime(frame.body.currentTime);
            goLive();
          }
        readChanges(frame.body.changes);
        advance();
      });
  };
  opened.onclose = (event) => {
    if (opened == socket) retry(event.code);
  };
  return (socket = opened);
}
