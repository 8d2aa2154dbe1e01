// A page with a server in fake time, for tests that tell one history.
import { Network } from "./network.ts";
import { FakePage, type PageOptions } from "./page.ts";
import { Provider } from "./provider.ts";
import { suite } from "../support/suite.ts";
import { Time } from "./time.ts";

export class Given {
  readonly time = new Time();
  network = new Network();
  provider = new Provider(this.network);
  page = new FakePage(this.network);

  /** A page of a site that has `server` configured and a token for its visitor; not yet running. */
  visit({ config, ...options }: PageOptions & { clockOffset?: number; keepEndedDialogs?: boolean } = {}): FakePage {
    this.network = new Network(options);
    this.provider = new Provider(this.network);
    const server = `wss://${this.network.host}`;
    // Half of the longest wait that there can be, unless a test says otherwise.
    this.page = new FakePage(this.network, { random: () => 0.5, ...options, config: { jwt: "window.app.getJwt", server, ...config } });
    this.page.window.app = this.provider;
    this.page.toLivePerson = (name, serviceId) => void setTimeout(() => this.network.lpTagEvent(name, serviceId), 50);
    return this.page;
  }

  /** The same, running and subscribed. */
  async connected(options: Parameters<Given["visit"]>[0] = {}): Promise<FakePage> {
    const page = this.visit(options).run();
    await this.time.pass(200);
    return page;
  }

  /** The connections that are open or opening, from the page's point of view. */
  get open(): number {
    return this.page.sockets.filter(({ inUse }) => inUse).length;
  }

  get subscribed(): boolean {
    return this.page.sockets.some(({ inUse, server }) => inUse && server?.subscribed);
  }

  /** Connections tried so far. */
  get tries(): number {
    return this.page.sockets.length;
  }

  /** Milliseconds between one try to connect and the next. */
  get gaps(): number[] {
    const times = this.page.sockets.map(({ openedAt }) => openedAt);
    return times.slice(1).map((time, index) => time - times[index]!);
  }

  get reasons(): string[] {
    return this.page.events.filter(({ type }) => type === "cobrowseError").map(({ detail }) => (detail as { reason: string }).reason);
  }

  /** Names of what was published, without "cobrowse". */
  get published(): string[] {
    return this.page.published.map(({ name }) => name.replace("cobrowse", ""));
  }

  /** The events of the window but for errors, the same way, with their reasons. */
  get events(): string[] {
    return this.page.events
      .filter(({ type }) => type !== "cobrowseError")
      .map(({ type, reasonThen }) => [type.replace("cobrowse", ""), reasonThen].filter(Boolean).join(" "));
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

  end(): void {
    this.network.conversations.forEach((conversation) => conversation.dispose());
    this.time.end();
  }

  check(): void {
    if (this.page.errors.length) throw this.page.errors[0];
    if (this.network.violations.length) throw new Error(this.network.violations.join("\n"));
  }
}

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
