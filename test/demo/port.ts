import { networkInterfaces } from "node:os";

/** Where the demo listens unless told. */
const DEFAULT_PORT = 8321;
const DEFAULT_HOST = "127.0.0.1";
const EVERYWHERE = "0.0.0.0";
const WARNING = "Warning: everybody in this network can reach it. Only for trying it out, in a network that you trust.";

export interface Place {
  host: string;
  port: number;
}

/** `--port N` (or the environment's PORT) and `--host H`, each also with "=". Throws an Error whose message is for the reader. */
export function readPlace(args: string[], environment: { PORT?: string | undefined }): Place {
  let { PORT: port } = environment;
  let host = DEFAULT_HOST;
  for (let index = 0; index < args.length; index++) {
    const [name, inline] = args[index]!.split(/=(.*)/, 2);
    if (name !== "--port" && name !== "--host") throw new Error(`Unknown argument ${args[index]}. There are --port N and --host ${EVERYWHERE}.`);
    const value = inline ?? args[++index] ?? "";
    if (name === "--port") port = value;
    else host = value;
  }
  // Anything else fails when it is listened on, but not these: they are taken for "everywhere", or looked up for long.
  if (!/^[\w.:-]+$/.test(host)) throw new Error(noHost(host));
  if (port !== undefined && (!/^\d{1,5}$/.test(port) || Number(port) < 1 || Number(port) > 65535)) {
    throw new Error(`"${port}" is no port: give a number from 1 to 65535, for example --port ${DEFAULT_PORT}.`);
  }
  return { host, port: port === undefined ? DEFAULT_PORT : Number(port) };
}

/** What to tell the reader when listening failed. */
export function explainListenError({ code, message }: NodeJS.ErrnoException, { host, port }: Place): string {
  const other = port < 65535 ? port + 1 : DEFAULT_PORT;
  if (code === "EADDRINUSE") return `Port ${port} is taken: choose another, for example npm start -- --port ${other}.`;
  if (code === "EACCES") return `Port ${port} is not allowed to you: choose one above 1023, for example npm start -- --port ${DEFAULT_PORT}.`;
  if (["ENOTFOUND", "EAI_AGAIN", "EADDRNOTAVAIL", "EINVAL"].includes(code!)) return noHost(host);
  return `The demo could not listen on port ${port}: ${message}.`;
}

/** Where the demo is, and who can reach it. */
export function announce(url: string, { host, port }: Place, interfaces = networkInterfaces()): string {
  const lines = [`The shop and the agent's console: ${url}  (Ctrl+C ends the demo)`];
  if (host === DEFAULT_HOST || host === "localhost" || host === "::1") return lines.join("\n");
  const addresses = Object.values(interfaces).flatMap((all) => all!.filter(({ family, internal }) => family === "IPv4" && !internal));
  if (host === EVERYWHERE || host === "::") lines.push(...addresses.map(({ address }) => `On a phone in the same network:    http://${address}:${port}/`));
  return [...lines, WARNING].join("\n");
}

function noHost(host: string): string {
  return `"${host}" is no address of this machine: give --host ${EVERYWHERE} for a phone in the same network, or leave --host out.`;
}
