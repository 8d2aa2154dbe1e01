import { test } from "uvu";
import * as assert from "uvu/assert";
import { startDemo } from "../demo/demo.ts";
import { explainListenError, readPort } from "../demo/port.ts";
import { startSimulator } from "../simulator/simulator.ts";

test("the port is the argument's, else the environment's, else the default", () => {
  assert.is(readPort(["--port", "4000"], { PORT: "5000" }), 4000);
  assert.is(readPort(["--port=4000"], {}), 4000);
  assert.is(readPort([], { PORT: "5000" }), 5000);
  assert.is(readPort([], {}), 8321);
});

for (const given of ["", "0", "65536", "8e3", "-1", "http", "80 "]) {
  test(`"${given}" is no port`, () => {
    assert.throws(
      () => readPort(["--port", given], {}),
      (error: Error) => error.message.startsWith(`"${given}" is no port`),
    );
    assert.throws(() => readPort([], { PORT: given }), /is no port/);
  });
}

test("--port without a number, and other arguments, get a sentence", () => {
  assert.throws(() => readPort(["--port"], {}), /is no port/);
  assert.throws(() => readPort(["--prot", "1"], {}), "Unknown argument --prot. The only one is --port N.");
});

test("a port that is taken or forbidden gets a sentence that names another", () => {
  assert.is(explainListenError(failure("EADDRINUSE"), 8321), "Port 8321 is taken: choose another, for example npm start -- --port 8322.");
  assert.match(explainListenError(failure("EADDRINUSE"), 65535), "--port 8321");
  assert.match(explainListenError(failure("EACCES"), 80), "above 1023");
  assert.match(explainListenError(failure("EMFILE"), 80), "could not listen on port 80: EMFILE");
});

test("a port that is taken is told apart when the demo starts", async () => {
  const first = await startSimulator();
  const error = await startDemo({ port: first.port }).catch((reason) => reason);
  await first.close();
  assert.match(explainListenError(error, first.port), `Port ${first.port} is taken`);
});

function failure(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(code), { code });
}

test.run();
