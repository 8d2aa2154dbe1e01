// A page that loads while its visitor is invited: how often does it wait for an answer before it asks? LivePerson's servers are
// put at a distance; what the prompt needs longer at a larger distance, for each millisecond, is the number of round trips.
import { createServer, connect, type AddressInfo, type Socket } from "node:net";
import { startSite } from "../support/site.ts";
import type { Browser } from "../support/browsers.ts";
import { inNewPage, pageWith, script } from "./page.ts";
import type { Row } from "./report.ts";

/** Milliseconds there and back. */
const NEAR = 50;
const FAR = 350;
const TRIALS = 5;
/**
 * A client that knows neither the server nor the invitation has to ask the domain service (where), to open the socket there, to send InitConnection
 * (who; before its answer nothing else is taken), and then, side by side, SubscribeExConversations (what) and GetClock (whether that has
 * expired). The script sends these two one after the other: the answer to GetClock then also says that all there was has been told.
 */
const FEWEST = 4;

/** The way to a port on which every byte takes half of the distance, both ways. */
async function startDistance(port: number) {
  const distance = { milliseconds: 0 };
  const server = createServer((near) => {
    const far = connect(port, "127.0.0.1");
    const carry = (from: Socket, to: Socket) => {
      from.setNoDelay(true);
      from.on("data", (chunk) => setTimeout(() => to.write(chunk), distance.milliseconds / 2));
      from.on("error", () => to.destroy()).on("close", () => to.destroy());
    };
    carry(near, far);
    carry(far, near);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return Object.assign(distance, { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() });
}

/** In the page, before the script: the domain service is at that host. */
function redirect(host: string): void {
  const native = fetch;
  window.fetch = (url) => native(String(url).replace("https://api.liveperson.net", `http://${host}`));
}

export async function measureRoundTrips([browser]: Browser[]): Promise<Row[]> {
  const site = await startSite();
  const { simulator } = site;
  const distance = await startDistance(simulator.port);
  simulator.host = distance.host;
  site.invite({ seconds: 600 });

  const address = pageWith(site, { config: { jwt: simulator.issueToken() }, head: script(redirect, distance.host) });
  /** Milliseconds from the script to the prompt, and how many requests were answered meanwhile. */
  const ask = () =>
    inNewPage(browser!, async (page) => {
      const before = simulator.log.length;
      await page.goto(address);
      await page.waitFor(() => window.opened, { message: "the prompt" });
      const requests = simulator.log.slice(before).filter(({ type }) => type === "http" || type === "open" || type === "in").length;
      return { took: await page.evaluate(() => window.opened - window.began), requests };
    });
  const nearest = async (milliseconds: number) => {
    distance.milliseconds = milliseconds;
    const trials = [];
    for (let trial = 0; trial < TRIALS; trial++) trials.push(await ask());
    // Whatever else takes time only adds to it.
    return trials.sort((one, other) => one.took - other.took)[0]!;
  };
  const [near, far] = [await nearest(NEAR), await nearest(FAR)];
  const roundTrips = (far.took - near.took) / (FAR - NEAR);
  distance.close();
  await site.close();
  return [
    {
      what: "round trips from the script to the prompt, if invited already",
      ours: `${roundTrips.toFixed(1)} (${far.requests} requests)`,
      beside: `the fewest possible: ${FEWEST}`,
      limit: { reach: "one more than possible", holds: Math.round(roundTrips) <= FEWEST + 1 },
    },
  ];
}
