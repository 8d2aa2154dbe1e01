// One history: a page, the server, the site's token provider, and the rules that are checked after every task.
import type { Conversation, Invitation } from "../simulator/simulator.ts";
import { randomFrom } from "../support/random.ts";
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

const LONGEST_WAIT = 129_000;
/** A connection that is dead, or a provider that never answers, is given up by then. */
const GIVEN_UP = 35_000;

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
    this.page = new FakePage(this.network, { ...setting, config, random: randomFrom(setting.seed) });
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
    this.rules.stopped = true;
    this.rules.forgetTime();
    this.rules.withdraw();
    this.page.window.lpCobrowse.stop();
  }

  start(): void {
    this.rules.stopped = false;
    this.rules.starting = true;
    this.rules.startedAnew();
    this.rules.forgetEscape();
    this.page.window.lpCobrowse.start();
    this.rules.starting = false;
  }

  hide(): void {
    this.rules.forgetEscape();
    this.rules.hiddenSince = Date.now();
    this.page.hide();
  }

  show(): void {
    this.rules.hiddenSince = undefined;
    this.page.show();
  }

  online(): void {
    // It counts as a look: a hidden page that has just got its network back may keep it for as long as one just hidden.
    if (this.page.document.hidden) this.rules.hiddenSince = Date.now();
    this.page.fire("online");
  }

  leave(): void {
    this.rules.left = true;
    this.rules.forgetEscape();
    this.rules.hiddenSince ??= Date.now();
    this.page.leave();
  }

  return(tasksFirst: boolean): void {
    this.rules.left = false;
    this.rules.hiddenSince = undefined;
    this.page.return(tasksFirst);
  }

  /** Everything works again: then the page is subscribed in time, and a new invitation is asked about, answered and published. */
  async heal(): Promise<void> {
    const { page, network, provider, rules, time } = this;
    rules.tell("— everything works again");
    Object.assign(network.faults, { latency: 0, refuseToken: undefined, refuseInit: false, stallOpening: false, silent: false, dead: false, down: false });
    network.domainService = "ok";
    provider.mode = "good";
    rules.pageAsks = false;
    page.loadTag();
    if (page.frozen) this.return(false);
    if (page.document.hidden) this.show();
    if (rules.stopped) this.start();
    await time.pass(GIVEN_UP + LONGEST_WAIT);
    if (!rules.subscribed) rules.broken("not subscribed after everything works again");
    this.conversation(0).invite();
    await time.pass(DELAY + 30);
    const asked = rules.pending;
    if (!asked || !page.prompt) return rules.broken("no prompt for an invitation to a page where everything works");
    await time.pass(Math.max(0, rules.armsAt - Date.now()));
    asked.said.add("cobrowseAccepted");
    if (!page.click("accept") || asked.answers.join() !== "cobrowseAccepted") rules.broken("a yes that was not published");
    await time.pass(1000);
    for (const { answers, said, over } of rules.known.values()) if (said.size && !over && !answers.length) rules.broken("an answer that was never published");
    if (/secret|eyJ/.test(page.outputs)) rules.broken("a token, or another secret, left the page");
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
