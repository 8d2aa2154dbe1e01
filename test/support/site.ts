// A website with the built snippet on it, and LivePerson (the simulator) behind it, so that a test reads as history:
//
//     const site = await startSite();
//     await page.goto(site.shop());
//     site.invite();
//     await answer(page, "accept");
//     await expectJournal(page, ["lpTag cobrowseOffered", "window cobrowseOffered", …]);
//     await site.close();
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { CobrowseConfig } from "../../src/api.d.ts";
import {
  LP_TAG_EVENT_PATH,
  startSimulator,
  type Conversation,
  type Invitation,
  type InviteOptions,
  type Simulator,
  type SimulatorOptions,
} from "../simulator/simulator.ts";
import { COLLECTOR } from "./browsers/collector.ts";
import { shopPage, type ShopSettings } from "./shop-page.ts";

export interface ShopOptions {
  /** On top of `server` and `jwt`, a token of the simulator's; undefined takes one of these away. */
  config?: { [key in keyof CobrowseConfig]?: CobrowseConfig[key] | undefined };
  /** How the snippet is installed; a plain script tag with the config on it unless told. */
  install?: (config: object) => string;
  /** When LivePerson's tag has loaded: 0, before the snippet runs, unless told. "held": by releaseTag(). */
  tagDelay?: number | "held";
  /** Whether the page has a dataLayer; true unless told. */
  dataLayer?: boolean;
  headers?: Record<string, string>;
  head?: string;
  body?: string;
}

export interface Site {
  readonly simulator: Simulator;
  readonly origin: string;
  /** The strictest policy under which the snippet and the shop run. (Images: some browsers' look for a favicon counts.) */
  readonly strictPolicy: string;
  /** The address of a new page, just as it is given. */
  page(html: string, headers?: Record<string, string>): string;
  /** The address of a new shop. */
  shop(options?: ShopOptions): string;
  /** The agent invites, in one and the same conversation. A page that connects later is told as well. */
  invite(options?: InviteOptions): Invitation;
  /** That conversation. */
  readonly conversation: Conversation;
  /** Waits until a page has connected and subscribed (once more, if called again). */
  connected(): Promise<void>;
  /** Waits until a connection has ended (once more, if called again). */
  disconnected(): Promise<void>;
  close(): Promise<void>;
}

const { resolve } = createRequire(import.meta.url);
/** The product, LivePerson's event bus, and what real pages use. */
const FILES: Record<string, URL | string> = {
  "/lp-cobrowse.min.js": new URL("../../dist/lp-cobrowse.min.js", import.meta.url),
  "/lp-cobrowse.js": new URL("../../dist/lp-cobrowse.js", import.meta.url),
  "/doctor.js": new URL("../../dist/doctor.js", import.meta.url),
  "/chronos.js": resolve("chronosjs/dist/min/Events.js"),
  "/tabbable.js": resolve("tabbable/dist/index.umd.min.js"),
  "/focus-trap.js": resolve("focus-trap/dist/focus-trap.umd.min.js"),
  "/micromodal.js": resolve("micromodal/dist/micromodal.min.js"),
};

export async function startSite(options: Omit<SimulatorOptions, "handle"> = {}): Promise<Site> {
  const files: Record<string, { type: string; content: string | Buffer; headers?: Record<string, string> | undefined }> = {};
  for (const [path, file] of Object.entries(FILES)) files[path] = { type: "text/javascript", content: await readFile(file) };

  const simulator = await startSimulator({
    ...options,
    handle(request, response) {
      const file = files[request.url?.replace(/\?.*/, "") ?? ""];
      if (!file) return false;
      const isPage = file.type === "text/html";
      // WebKit's driver cannot tell what a page prints, unless the page helps.
      const collected = isPage && /AppleWebKit(?!.*Chrom)/.test(request.headers["user-agent"] ?? "");
      const headers = collected ? admit(COLLECTOR, file.headers) : file.headers;
      response.writeHead(200, { "content-type": `${file.type}; charset=utf-8`, ...headers });
      response.end(collected ? String(file.content).replace(/^(<!doctype[^>]*>)?/i, `$1<script>${COLLECTOR}</script>`) : file.content);
      return true;
    },
  });
  const { account, httpOrigin: origin } = simulator;
  let count = 0;
  let conversation: Conversation | undefined;

  function page(html: string, headers?: Record<string, string>): string {
    const path = `/page/${++count}`;
    files[path] = { type: "text/html", content: html, headers };
    return origin + path;
  }

  return {
    simulator,
    origin,
    strictPolicy:
      `default-src 'none'; script-src 'self'; style-src 'none'; img-src 'self'; connect-src 'self' ${simulator.origin}; ` +
      "require-trusted-types-for 'script'; trusted-types 'none'",
    page,
    shop({ config, install = scriptTag, tagDelay = 0, dataLayer = true, headers, head = "", body = "<h1>A shop</h1>" } = {}) {
      const settings: ShopSettings = { account, tagDelay, dataLayer, eventPath: LP_TAG_EVENT_PATH };
      const script = `/shop/${count + 1}.js`;
      files[script] = { type: "text/javascript", content: `(${shopPage})(${JSON.stringify(settings)})` };
      // Each page has an address of its own for the file: V8 counts the blocks of what it has not compiled before (coverage.ts).
      const complete = { server: simulator.origin, jwt: simulator.issueToken(), ...config };
      return page(
        `<!doctype html><html lang="en"><head><title>A shop</title><meta name="viewport" content="width=device-width">
<script src="/chronos.js"></script>
<script src="${script}"></script>
${head}</head><body>${body}
${install(complete).replace('src="/lp-cobrowse.min.js"', `src="/lp-cobrowse.min.js?${count}"`)}</body></html>`,
        headers,
      );
    },
    invite: (options) => (conversation ??= simulator.openConversation()).invite(options),
    get conversation() {
      return (conversation ??= simulator.openConversation());
    },
    async connected() {
      await simulator.waitFor((entry) => entry.type === "in" && entry.frame?.type === "cqm.SubscribeExConversations", 10_000);
    },
    async disconnected() {
      await simulator.waitFor((entry) => entry.type === "close", 10_000);
    },
    close: () => simulator.close(),
  };
}

/** The snippet's own script, with its config on it. */
export function scriptTag(config: object): string {
  return `<script src="/lp-cobrowse.min.js" data-lp-cobrowse='${attribute(config)}'></script>`;
}

/** The config on an element, the script elsewhere. */
export function divAndScript(config: object): string {
  return `<div data-lp-cobrowse='${attribute(config)}' hidden></div><script src="/lp-cobrowse.min.js"></script>`;
}

function attribute(config: object): string {
  return JSON.stringify(config).replace(/&/g, "&amp;").replace(/'/g, "&#39;").replace(/</g, "&lt;");
}

/** The headers, with a Content-Security-Policy that lets one more inline script run. */
function admit(script: string, headers: Record<string, string> = {}): Record<string, string> {
  const hash = `'sha256-${createHash("sha256").update(script).digest("base64")}'`;
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => {
      if (name.toLowerCase() !== "content-security-policy") return [name, value];
      const directives = value.split(";").map((directive) => directive.trim().split(/\s+/));
      const scripts = directives.find(([name]) => name === "script-src");
      const fallback = directives.find(([name]) => name === "default-src");
      // A hash would switch 'unsafe-inline' off.
      if ((scripts ?? fallback ?? ["'unsafe-inline'"]).includes("'unsafe-inline'")) return [name, value];
      const sources = (scripts ?? fallback)!.slice(1).filter((source) => source !== "'none'");
      const others = directives.filter((directive) => directive !== scripts);
      return [name, [...others, ["script-src", ...sources, hash]].map((directive) => directive.join(" ")).join("; ")];
    }),
  );
}
