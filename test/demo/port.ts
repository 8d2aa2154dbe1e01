/** Where the demo listens unless told. */
const DEFAULT_PORT = 8321;

/** The port from `--port N`, `--port=N` or the environment's PORT. Throws an Error whose message is for the reader. */
export function readPort(args: string[], environment: { PORT?: string | undefined }): number {
  let given = environment.PORT;
  for (let index = 0; index < args.length; index++) {
    const [name, value] = args[index]!.split("=", 2);
    if (name !== "--port") throw new Error(`Unknown argument ${args[index]}. The only one is --port N.`);
    given = value ?? args[++index] ?? "";
  }
  if (given === undefined) return DEFAULT_PORT;
  if (!/^\d{1,5}$/.test(given) || Number(given) < 1 || Number(given) > 65535) {
    throw new Error(`"${given}" is no port: give a number from 1 to 65535, for example --port ${DEFAULT_PORT}.`);
  }
  return Number(given);
}

/** What to tell the reader when listening failed. */
export function explainListenError(error: NodeJS.ErrnoException, port: number): string {
  const other = port < 65535 ? port + 1 : DEFAULT_PORT;
  if (error.code === "EADDRINUSE") return `Port ${port} is taken: choose another, for example npm start -- --port ${other}.`;
  if (error.code === "EACCES") return `Port ${port} is not allowed to you: choose one above 1023, for example npm start -- --port ${DEFAULT_PORT}.`;
  return `The demo could not listen on port ${port}: ${error.message}.`;
}
