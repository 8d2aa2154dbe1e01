// A page with a server in fake time, for tests that tell one history.
import * as assert from "uvu/assert";
import type { Conversation, Invitation, InviteOptions } from "../simulator/simulator.ts";
import { suite } from "../support/suite.ts";
import { Network } from "./network.ts";
import { FakePage, type PageOptions } from "./page.ts";
import { Provider, type Mode } from "./provider.ts";
import { Time } from "./time.ts";

export interface VisitOptions extends PageOptions {
  /** The server's clock minus the visitor's, ms. */
  clockOffset?: number;
  keepEndedDialogs?: boolean;
  faults?: Partial<Network["faults"]>;
  /** How the site's token provider behaves. */
  token?: Mode;
}

export class Given {
  readonly time = new Time();
  network = new Network();
  provider = new Provider(this.network);
  page = new FakePage(this.network);
  #conversation: Conversation | undefined;

  /** A page of a site that has `server` configured and a token for its visitor; not yet running. */
  visit({ config, faults, token = "good", ...options }: VisitOptions = {}): FakePage {
    this.network = new Network(options);
    Object.assign(this.network.faults, faults);
    this.provider = new Provider(this.network);
    this.provider.mode = token;
    const server = `wss://${this.network.host}`;
    // Half of the longest wait that there can be, unless a test says otherwise.
    this.page = new FakePage(this.network, { random: () => 0.5, ...options, config: { jwt: "window.app.getJwt", server, ...config } });
    this.page.window.app = this.provider;
    return this.page;
  }

  /** The same, running. */
  run(options?: VisitOptions): FakePage {
    return this.visit(options).run();
  }

  /** The same, running and subscribed. */
  async connected(options?: VisitOptions): Promise<FakePage> {
    const page = this.run(options);
    await this.after(200, { subscribed: true });
    return page;
  }

  /** The agent invites, in one and the same conversation. */
  invite(options?: InviteOptions): Invitation {
    return this.conversation.invite(options);
  }

  /** Another conversation's agent invites. */
  inviteElsewhere(options?: InviteOptions): Invitation {
    return this.network.openConversation().invite(options);
  }

  /** That conversation. */
  get conversation(): Conversation {
    return (this.#conversation ??= this.network.openConversation());
  }

  expect(expected: Partial<Given["state"]>): void {
    const { state } = this;
    const names = Object.keys(expected) as (keyof typeof state)[];
    assert.equal(Object.fromEntries(names.map((name) => [name, state[name]])), expected);
  }

  async after(milliseconds: number, expected: Partial<Given["state"]>): Promise<void> {
    await this.time.pass(milliseconds);
    this.expect(expected);
  }

  /** The server is away for three seconds, in which something may happen; then the page has time to come back. */
  async outage(during: () => void): Promise<void> {
    this.network.faults.down = true;
    await this.time.pass(2000);
    during();
    await this.time.pass(1000);
    this.network.faults.down = false;
    await this.time.pass(10_000);
  }

  /** What is so by now, as a history may expect it. */
  get state() {
    const { page, provider } = this;
    const { sockets, published } = page;
    const sinceLast = sockets.slice(1).map(({ openedAt }, index) => openedAt - sockets[index]!.openedAt);
    return {
      /** Connections tried so far, and how many of them are open or opening, from the page's point of view. */
      tries: this.tries,
      open: sockets.filter(({ inUse }) => inUse).length,
      subscribed: sockets.some(({ inUse, server }) => inUse && server?.subscribed),
      /** Seconds between one try to connect and the next, without the part of a tenth that it takes to be refused. */
      waits: sinceLast.map((milliseconds) => Math.floor(milliseconds / 100) / 10),
      /** How often the token provider, and the domain service, were asked. */
      lookUps: provider.calls,
      requested: page.requests.length,
      prompts: page.prompts.length,
      /** Names of what the page was told, without "cobrowse", and of the window's events but for errors with their reasons. */
      published: this.published,
      events: page.events.map(({ type, reasonThen }) => [short(type), reasonThen].filter(Boolean).join(" ")).filter((event) => !event.startsWith("Error")),
      dataLayer: page.dataLayer.map((item) => short((item as { event: string }).event)),
      /** The dialogs of what was published. */
      asked: published.map(({ data }) => data.dialogId),
      /** Why there were errors. */
      reasons: this.reasons,
    };
  }

  get tries(): number {
    return this.page.sockets.length;
  }

  get published(): string[] {
    return this.page.published.map(({ name }) => short(name));
  }

  get reasons(): string[] {
    return this.page.events.filter(({ type }) => type === "cobrowseError").map(({ detail }) => (detail as { reason: string }).reason);
  }

  /** Requests that the server got on the connection of that number, by type. */
  requestsOf(index: number): (string | undefined)[] {
    return this.page.sockets[index]!.server!.requests.map(({ type }) => type);
  }

  /** Waits until the buttons of the prompt work, then presses one. */
  async answer(part: "accept" | "decline"): Promise<boolean> {
    await this.time.pass(520);
    return this.page.click(part);
  }

  end(): void | Promise<void> {
    this.network.conversations.forEach((conversation) => conversation.dispose());
    this.time.end();
  }

  check(): void {
    if (this.page.errors.length) throw this.page.errors[0];
    if (this.network.violations.length) throw new Error(this.network.violations.join("\n"));
    const warnings = this.reasons.map((reason) => `[lp-cobrowse] ${reason}`);
    assert.equal(this.page.warnings, warnings, "The console says what cobrowseError says.");
  }
}

const short = (name: string) => name.replace("cobrowse", "");

/** A suite of tests that begin with such a page each, and end with no exception in it and nothing that LivePerson would reject. */
export function histories(name: string): { (title: string, run: (given: Given) => Promise<void>): void; run(): void } {
  const test = suite(name);
  const history = (title: string, run: (given: Given) => Promise<void>) =>
    test(title, async () => {
      // The suite's own timeout is to run in real time.
      await undefined;
      const given = new Given();
      try {
        await run(given);
        given.check();
      } finally {
        given.end();
      }
    });
  return Object.assign(history, { run: test.run });
}
