import { backoff } from "./backoff.ts";
import { learnServerTime } from "./clock.ts";
import { config, lookUp } from "./config.ts";
import { readChanges, type Changes } from "./conversation.ts";
import { clientProperties } from "./device.ts";
import { advance, doubt, endUnconfirmed } from "./invitation.ts";
import { report } from "./page.ts";

/** GetClock keeps the connection alive (the server drops one that is silent for 60 s) and shows that it is. */
const HEARTBEAT = 3e4;
/** How often a token or an account that is not there yet is looked for. */
const LOOK_AGAIN = 5e3;

/** The first two requests of a connection, by number; all others are GetClock. */
const INIT_CONNECTION = 1;
const SUBSCRIBE = 2;

/** What LivePerson sends: the answer to a request, or a notification. Any field may be missing. */
interface Frame {
  reqId: string;
  code: number;
  body: { currentTime: number; changes: Changes };
}

let stopped: boolean;
/** The one connection, if there is one. */
let socket: WebSocket | null;
/** The next thing that happens to the connection by itself. */
let timer: ReturnType<typeof setTimeout>;
/** In a row; a look in vain for the account is one too. */
let failures = 0;

function next(step: () => void, wait?: number): typeof timer {
  clearTimeout(timer);
  return (timer = setTimeout(step, wait));
}

/**
 * Ends what there is of a connection, and connects anew if that is wanted then. The prompt outlives that, but not what the page
 * or the visitor does.
 */
export function reconnect(): void {
  doubt();
  if (socket) socket.close();
  socket = null;
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

/** @param refusal the code with which the token was refused, if that is what failed */
function retry(refusal?: number | false): void {
  reconnect();
  next(connect, backoff(failures++, Math.random()));
  if (refusal) report("jwt refused " + refusal);
}

function connect(): void {
  if (stopped || document.hidden) return;
  const account = lookUp(config.account);
  let jwt: string;
  if (!account && ++failures == 3) report("no account");
  // Once something else has happened there is another timer, and what this attempt still finds is not used.
  const attempt = next(retry, HEARTBEAT);
  Promise.resolve(account && lookUp(config.jwt))
    .then((found) => (jwt = found) && (lookUp(config.server) || askDomainService(account)))
    .then((server) => {
      if (attempt == timer)
        if (jwt) open(new WebSocket(server + "/ws_api/account/" + account + "/messaging/consumer?v=3"), jwt);
        else next(connect, LOOK_AGAIN);
    })
    .catch(() => {
      if (attempt == timer) retry();
    });
}

/** Where the account's messaging server is. */
function askDomainService(account: string): Promise<string> {
  return fetch(
    "https://api.liveperson.net/api/account/" + account + "/service/asyncMessagingEnt/baseURI.json?version=1.0",
  )
    .then((response) => response.json())
    .then((found) => "wss://" + found.baseURI.trim());
}

/** Takes a new socket into use. */
function open(opened: WebSocket, jwt: string): void {
  let requests = 0;
  const request = (type: string, headers?: object[], body?: object) => {
    next(retry, HEARTBEAT);
    opened.send(JSON.stringify({ kind: "req", id: ++requests + "", type, headers, body }));
  };
  const getClock = () => request("GetClock");
  socket = opened;
  next(retry, HEARTBEAT);
  opened.onopen = () => {
    const { userAgent } = navigator;
    request("InitConnection", [clientProperties(userAgent), { type: ".ams.headers.ConsumerAuthentication", jwt }]);
  };
  opened.onmessage = (event) => {
    if (opened == socket)
      try {
        const frame: Frame = JSON.parse(event.data);
        if (+frame.reqId == requests)
          if (frame.code != 200) retry(requests == INIT_CONNECTION && frame.code);
          else if (requests == INIT_CONNECTION) {
            failures = 0;
            request("cqm.SubscribeExConversations", undefined, { convState: ["OPEN"] });
          } else if (requests == SUBSCRIBE) getClock();
          else {
            learnServerTime(frame.body.currentTime);
            endUnconfirmed();
            next(getClock, HEARTBEAT);
          }
        readChanges(frame.body.changes);
        advance();
      } catch (error) {}
  };
  opened.onclose = ({ code }) => {
    if (opened == socket) retry((code == 4401 || code == 4407) && code);
  };
}
