// One history: a page, the server, the site's token provider, and the rules that are checked after every task.
import type { Conversation, Invitation } from "../simulator/conversations.ts";
import { randomFrom } from "../support/random.ts";
import { LONGEST_WAIT } from "./connection-rules.ts";
import { Given, type VisitOptions } from "./given.ts";
import { DELAY } from "./network.ts";
import { SiteError } from "./page.ts";
import { ANSWERS, Rules } from "./rules.ts";

export type Setting = Omit<VisitOptions, "random" | "token"> & { seed: number };

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

export class World extends Given {
  readonly rules: Rules;
  readonly invitations: Invitation[] = [];
  readonly #rejections: unknown[] = [];
  readonly #rejected = (reason: unknown) => void this.#rejections.push(reason);

  constructor({ seed, ...setting }: Setting) {
    super();
    // The snippet catches many exceptions: a third of the time would go into their stacks.
    Error.stackTraceLimit = 2;
    process.on("unhandledRejection", this.#rejected);
    const random = randomFrom(seed);
    const page = this.visit({ ...setting, random: () => (this.rules.connection.drawn = random()) });
    this.rules = new Rules(page, this.provider);
    page.window.addEventListener("cobrowseOffered", (event: never) => this.rules.takeOver(event));
    page.window.addEventListener("cobrowseClosed", () => {
      throw new SiteError();
    });
    this.time.afterTask = () => this.rules.check();
  }

  async begin(): Promise<void> {
    this.page.run();
    await this.time.settle();
  }

  /** The open conversation of that number; a new one where there is none. */
  openConversation(index: number): Conversation {
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

  /**
   * The computer sleeps: timers, frames and what the rules count by stand still, the clocks of the visitor and of the server go on, and
   * invitations end. Of its connection the page hears when it wakes, if ever.
   */
  sleep({ seconds, connection, wokenBy }: Sleep): void {
    const { page, network } = this;
    const { faults } = network;
    // The screen is locked first.
    if (wokenBy === "visibilitychange" && !page.document.hidden) page.hide();
    if (connection === "dies") {
      const { dead } = faults;
      faults.dead = true;
      faults.dead = dead;
    }
    page.clockError += seconds * 1000;
    faults.clockOffset += seconds * 1000;
    if (connection === "is closed" || seconds * 1000 > SILENT_FOR) faults.drop(1001);
    if (wokenBy === "online") page.fire("online");
    if (wokenBy === "visibilitychange") page.show();
  }

  /** Everything works again: then the page is subscribed in time, and a new invitation is asked about, answered and published. */
  async heal(): Promise<void> {
    const { page, network, provider, rules, time } = this;
    rules.story.tell("— everything works again");
    network.recover();
    provider.mode = "good";
    rules.pageAsks = false;
    page.loadTag();
    if (page.frozen) page.return(false);
    if (page.document.hidden) page.show();
    if (rules.connection.stopped) this.start();
    await time.pass(GIVEN_UP + LONGEST_WAIT);
    rules.story.never({ "not subscribed after everything works again": !this.state.subscribed });
    this.openConversation(0).invite();
    await time.pass(DELAY + 30);
    const asked = rules.pending;
    rules.story.never({ "no prompt for an invitation to a page where everything works": !asked || !page.prompt });
    await time.pass(Math.max(0, rules.armsAt - Date.now()));
    asked!.said.add(ANSWERS.accept);
    rules.story.never({ "a yes that was not published": !page.click("accept") || asked!.answers.join() !== ANSWERS.accept });
    await time.pass(1000);
    rules.story.never({
      "an answer that was never published": [...rules.known.values()].some(({ answers, said, over }) => said.size && !over && !answers.length),
      "a token, or another secret, left the page": /secret|eyJ/.test(page.outputs),
    });
    rules.story.check();
  }

  override async end(): Promise<void> {
    Error.stackTraceLimit = 10;
    super.end();
    // Rejections are unhandled once the microtasks are over.
    await new Promise((resolve) => setImmediate(resolve));
    process.off("unhandledRejection", this.#rejected);
    if (this.#rejections.length) throw new Error(`an unhandled rejection: ${this.#rejections[0]}`);
  }
}
