// What happened in a history, for one that failed to print.

export class Story {
  readonly lines: string[] = [];
  readonly #start = Date.now();
  #broken: string | undefined;

  tell(sentence: string): void {
    this.lines.push(`${((Date.now() - this.#start) / 1000).toFixed(3).padStart(9)} s  ${sentence}`);
  }

  /** What must not be: whether it is so, by the name of the rule. Thrown at the next check, for the product catches exceptions. */
  never(rules: Record<string, unknown>): void {
    for (const rule in rules)
      if (rules[rule]) {
        this.tell(`!! ${rule}`);
        this.#broken ??= rule;
      }
  }

  check(): void {
    if (this.#broken) throw new Error(this.#broken);
  }
}
