// What happened in a history, for one that failed to print.

export class Story {
  readonly lines: string[] = [];
  readonly #start = Date.now();
  #broken: string | undefined;

  tell(sentence: string): void {
    this.lines.push(`${((Date.now() - this.#start) / 1000).toFixed(3).padStart(9)} s  ${sentence}`);
  }

  broken(rule: string): never {
    throw new Error(rule);
  }

  /** For what is broken inside of the product's own calls, which may catch exceptions: thrown at the next check. */
  breaks(rule: string): void {
    this.tell(`!! ${rule}`);
    this.#broken ??= rule;
  }

  check(): void {
    if (this.#broken) this.broken(this.#broken);
  }
}
