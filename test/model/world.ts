// One history: a page, the server, the site's token provider, and the rules that are checked after every task.
import type { Conversation, Invitation } from "../simulator/simulator.ts";
import { randomFrom } from "../support/random.ts";
import { LONGEST_WAIT } from "./connection-rules.ts";
import { DELAY, Network } from "./network.ts";
import { FakePage, SiteError } from "./page.ts";
import { Provider } from "./provider.ts";
import { Rules } from "./rules.ts";
import { Time } from "./time.ts";

export interface Setting {
  tagged: boolean;
  hidden: boolean;
  /** Asks LivePerson's domain service, instead of having `server` configured. */
  domainService: boolean;
  keepEndedDialogs: boolean;
  singleElements: boolean;
  aam: boolean;
  closeEventDelay: number;
  deliversLate: boolean;
  /** The server's clock minus the visitor's, ms. */
  clockOffset: number;
  seed: number;
}

/** A connection that is dead, or a provider that never answers, is given up by then. */
const GIVEN_UP = 35_000;
/** The server closes a connection on which it has heard nothing for so long. */
const SILENT_FOR = 60_000;

export interface Sleep {
  seconds: number;
  /** What becomes of it meanwhile: nothing, if the server has patience for so long. */
  connection: "stands" | "dies" | "is closed";
  wokenBy: "online" | "visibilitychange" | "nothing";
}

export class World {
  readonly time = new Time();
  readonly network: Network;
  readonly provider: Provider;
  readonly page: FakePage;
  readonly rules: Rules;
  readonly invitations: Invitation[] = [];
  readonly #rejections: unknown[] = [];
  readonly #rejected = (reason: unknown) => void this.#rejections.push(reason);

  constructor(setting: Setting) {
    // The snippet catches many exceptions: a third of the time would go into their stacks.
    Error.stackTraceLimit = 2;
    process.on("unhandledRejection", this.#rejected);
    this.network = new Network(setting);
    this.network.faults.singleElements = setting.singleElements;
    this.network.faults.notifyPrefix = setting.aam ? "aam" : "cqm";
    this.provider = new Provider(this.network);
    const config = { jwt: "window.app.getJwt", ...(!setting.domainService && { server: `wss://${this.network.host}` }) };
    const random = randomFrom(setting.seed);
    this.page = new FakePage(this.network, { ...setting, config, random: () => (this.rules.connection.drawn = random()) });
    this.page.window.app = this.provider;
    this.rules = new Rules(this.page, this.provider);
    this.page.window.addEventListener("cobrowseOffered", (event: never) => this.rules.takeOver(event));
    this.page.window.addEventListener("cobrowseClosed", () => {
      throw new SiteError();
    });
    this.page.toLivePerson = (name, serviceId) => void setTimeout(() => this.network.lpTagEvent(name, serviceId), 5 * DELAY);
    this.time.afterTask = () => this.rules.check();
  }

  async begin(): Promise<void> {
    this.page.run();
    await this.time.settle();
  }

  conversation(index: number): Conversation {
    const open = this.network.conversations.filter(({ state }) => state === "OPEN");
    return open[index] ?? this.network.openConversation();
  }

  stop(): void {
    this.rules.withdraw("stopped");
    this.rules.connection.stop(() => this.page.window.lpCobrowse.stop());
  }

  start(): void {
    this.rules.forgetEscape();
    this.rules.connection.start(() => this.page.window.lpCobrowse.start());
  }

  hide(): void {
    this.rules.forgetEscape();
    this.rules.connection.hide(() => this.page.hide());
  }

  show(): void {
    this.rules.connection.show(() => this.page.show());
  }

  online(): void {
    this.rules.connection.online(() => this.page.fire("online"));
  }

  leave(): void {
    this.rules.forgetEscape();
    this.rules.connection.leave(() => this.page.leave());
  }

  return(tasksFirst: boolean): void {
    this.rules.connection.show(() => this.page.return(tasksFirst));
  }

  /**
   * The computer sleeps: timers, frames and what the rules count by stand still, the clocks of the visitor and of the server go on, and
   * invitations end. Of its connection the page hears when it wakes, if ever.
   */
  sleep({ seconds, connection, wokenBy }: Sleep): void {
    const { page, network } = this;
    const { faults } = network;
    // The screen is locked first.
    if (wokenBy === "visibilitychange" && !page.document.hidden) this.hide();
    if (connection === "dies") {
      const { dead } = faults;
      faults.dead = true;
      faults.dead = dead;
    }
    page.clockError += seconds * 1000;
    faults.clockOffset += seconds * 1000;
    if (connection === "is closed" || seconds * 1000 > SILENT_FOR) faults.drop(1001);
    if (wokenBy === "online") this.online();
    if (wokenBy === "visibilitychange") this.show();
  }

  /** Everything works again: then the page is subscribed in time, and a new invitation is asked about, answered and published. */
  async heal(): Promise<void> {
    const { page, network, provider, rules, time } = this;
    rules.story.tell("— everything works again");
    network.recover();
    provider.mode = "good";
    rules.pageAsks = false;
    page.loadTag();
    if (page.frozen) this.return(false);
    if (page.document.hidden) this.show();
    if (rules.connection.stopped) this.start();
    await time.pass(GIVEN_UP + LONGEST_WAIT);
    if (!rules.connection.subscribed) rules.story.broken("not subscribed after everything works again");
    this.conversation(0).invite();
    await time.pass(DELAY + 30);
    const asked = rules.pending;
    if (!asked || !page.prompt) return rules.story.broken("no prompt for an invitation to a page where everything works");
    await time.pass(Math.max(0, rules.armsAt - Date.now()));
    asked.said.add("cobrowseAccepted");
    if (!page.click("accept") || asked.answers.join() !== "cobrowseAccepted") rules.story.broken("a yes that was not published");
    await time.pass(1000);
    for (const { answers, said, over } of rules.known.values())
      if (said.size && !over && !answers.length) rules.story.broken("an answer that was never published");
    if (/secret|eyJ/.test(page.outputs)) rules.story.broken("a token, or another secret, left the page");
  }

  async end(): Promise<void> {
    Error.stackTraceLimit = 10;
    this.network.conversations.forEach((conversation) => conversation.dispose());
    this.time.end();
    // Rejections are unhandled once the microtasks are over.
    await new Promise((resolve) => setImmediate(resolve));
    process.off("unhandledRejection", this.#rejected);
    if (this.#rejections.length) throw new Error(`an unhandled rejection: ${this.#rejections[0]}`);
  }
}
