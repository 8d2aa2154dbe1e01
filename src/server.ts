import { config, lookUp } from "./config.ts";

/** What was asked last, the domain service or the messaging server; nothing yet where there was no token. */
export let tried: string;

/** The site's server, or the answer of LivePerson's domain service: `baseURI` is the host of the account's. */
export function findServer(account: string): any {
  return (
    lookUp(config.server) ||
    fetch(
      (tried =
        "https://api.liveperson.net/api/account/" + account + "/service/asyncMessagingEnt/baseURI.json?version=1.0"),
    ).then((response) => response.json())
  );
}

/** The domain service names a host, and so may a site: without a scheme it would be a path of the page's own server. */
export function socketUrl(server: any, account: string): string {
  tried = (server.baseURI || server).replace(/^(?!ws+:)/, "wss://");
  return "" + new URL("/ws_api/account/" + account + "/messaging/consumer?v=3", tried);
}
