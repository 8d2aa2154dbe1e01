import { once } from "node:events";
import { request } from "node:http";
import { text } from "node:stream/consumers";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { startDemo, type Demo } from "../demo/demo.ts";
import { announce, explainListenError, readPlace, type Place } from "../demo/port.ts";

test("the port is the argument's, else the environment's, else 8321; the host is this machine unless told", () => {
  assert.equal(readPlace(["--port", "4000"], { PORT: "5000" }), { host: "127.0.0.1", port: 4000 });
  assert.is(readPlace(["--port=4000"], {}).port, 4000);
  assert.is(readPlace([], { PORT: "5000" }).port, 5000);
  assert.equal(readPlace(["--host", "0.0.0.0"], {}), { host: "0.0.0.0", port: 8321 });
  assert.equal(readPlace(["--host=::1", "--port=80"], {}), { host: "::1", port: 80 });
});

for (const given of ["", "0", "65536", "8e3", "-1", "http", "80 "]) {
  test(`"${given}" is no port`, () => {
    for (const read of [() => readPlace(["--port", given], {}), () => readPlace([], { PORT: given })])
      assert.throws(read, (error: Error) => error.message.startsWith(`"${given}" is no port`));
  });
}

test("--port or --host without a value, and other arguments, get a sentence", () => {
  assert.throws(() => readPlace(["--port"], {}), /is no port/);
  for (const host of [[], [""], ["http://0.0.0.0/"], ["0.0.0.0 "]]) assert.throws(() => readPlace(["--host", ...host], {}), /is no address of this machine/);
  assert.throws(() => readPlace(["--prot", "1"], {}), "Unknown argument --prot. There are --port N and --host 0.0.0.0.");
});

const here = (port: number) => ({ host: "127.0.0.1", port });

test("a port that is taken or forbidden gets a sentence that names another", () => {
  assert.is(explainListenError(failure("EADDRINUSE"), here(8321)), "Port 8321 is taken: choose another, for example npm start -- --port 8322.");
  assert.match(explainListenError(failure("EADDRINUSE"), here(65535)), "--port 8321");
  assert.match(explainListenError(failure("EACCES"), here(80)), "above 1023");
  assert.match(explainListenError(failure("EMFILE"), here(80)), "could not listen on port 80: EMFILE");
});

test("who can reach it is told: this machine, or everybody, with addresses for a phone and a warning", () => {
  const address = { address: "192.168.1.5", family: "IPv4", internal: false, netmask: "", mac: "", cidr: null } as const;
  const interfaces = { lo: [{ ...address, address: "127.0.0.1", internal: true }], wlan0: [address] };
  const of = (host: string) => announce("http://127.0.0.1:8321/", { host, port: 8321 }, interfaces);
  assert.is(of("127.0.0.1"), "The shop and the agent's console: http://127.0.0.1:8321/  (Ctrl+C ends the demo)");
  assert.match(of("0.0.0.0"), /phone .* http:\/\/192\.168\.1\.5:8321\/\nWarning: everybody in this network can reach it/);
  assert.not.match(of("0.0.0.0").split("\n").slice(1).join(), "127.0.0.1");
  assert.match(of("192.168.1.5"), "Warning");
});

test("a port that another demo has, and an address that is nobody's, are explained", async () => {
  const demo = await startDemo();
  try {
    assert.match(await explained(here(demo.simulator.port)), `Port ${demo.simulator.port} is taken`);
    assert.match(await explained({ host: "192.0.2.1", port: 0 }), '"192.0.2.1" is no address of this machine: give --host 0.0.0.0');
  } finally {
    await demo.close();
  }
});

test("pages that are reached by another name lead to that name", async () => {
  const demo = await startDemo();
  try {
    const shop = await ask(demo, "/shop?tab=1");
    assert.match(shop, "ws://my-laptop.local:4000");
    assert.not.match(shop, "127.0.0.1");
    assert.match(JSON.parse(await ask(demo, "/demo/preview", '{"mode": null}')).server, /^ws:\/\/my-laptop\.local:\d+$/);
  } finally {
    await demo.close();
  }
});

function failure(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(code), { code });
}

/** What is said of a demo that cannot start there. */
const explained = (place: Place): Promise<string> =>
  startDemo(place).then(
    () => "It has started.",
    (error) => explainListenError(error, place),
  );

/** What the demo answers to one who has reached it by another name. */
async function ask({ simulator: { port } }: Demo, path: string, body?: string): Promise<string> {
  const options = { port, path, method: body ? "POST" : "GET", headers: { host: "my-laptop.local:4000" } };
  const sent = request(options).end(body);
  const [response] = await once(sent, "response");
  return text(response);
}

test.run();
