// Fake time for a page and its server. Each timer is a task, after which the promises that it settled run.
import FakeTimers from "@sinonjs/fake-timers";

/** More promises than any chain in the product is long. */
const MICROTASKS = 25;

export class Time {
  readonly #clock: ReturnType<typeof FakeTimers.install>;
  /** Called after every task. */
  afterTask: () => void = () => {};

  constructor() {
    this.#clock = FakeTimers.install({ now: Date.UTC(2026, 8, 1, 12), toFake: ["setTimeout", "clearTimeout", "Date"] });
  }

  async pass(milliseconds: number): Promise<void> {
    let over = false;
    setTimeout(() => (over = true), milliseconds);
    await this.settle();
    while (!over) {
      this.#clock.next();
      await this.settle();
    }
  }

  async settle(): Promise<void> {
    for (let turn = 0; turn < MICROTASKS; turn++) await undefined;
    this.afterTask();
  }

  end(): void {
    this.#clock.uninstall();
  }
}
