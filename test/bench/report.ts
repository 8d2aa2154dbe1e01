// What a measure has to say, and how it is printed.

export interface Table {
  title: string;
  /** How it was measured, in a sentence or two. */
  how: string;
  head: string[];
  rows: string[][];
  limits?: Limit[];
  /** What README.md beside this file says of it: the measure, ours, and what is beside it. */
  summary?: [what: string, ours: string, beside: string][];
}

/** A number of the contract (its section 8) or of our own. */
export interface Limit {
  what: string;
  reach: string;
  measured: string;
  holds: boolean;
}

export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

export const ms = (milliseconds: number): string => `${digits(milliseconds)} ms`;
export const bytes = (count: number): string => `${Math.round(count).toLocaleString("en")} B`;
export const times = (ratio: number): string => `${ratio.toFixed(2)}×`;

function digits(value: number): string {
  return value.toFixed(Math.abs(value) < 1 ? 3 : Math.abs(value) < 10 ? 2 : 1);
}

/** As GitHub's Markdown, which reads well in a terminal when its columns are aligned: numbers to the right. */
export function table(head: string[], rows: string[][]): string {
  const columns = head.map((title, index) => {
    const cells = rows.map((row) => row[index]!);
    return { width: Math.max(3, title.length, ...cells.map((cell) => cell.length)), numbers: cells.every((cell) => /^([-−]?\d|$)/.test(cell)) };
  });
  const line = (cells: string[]) =>
    `| ${cells.map((cell, index) => (columns[index]!.numbers ? cell.padStart(columns[index]!.width) : cell.padEnd(columns[index]!.width))).join(" | ")} |`;
  const rule = `|${columns.map(({ width, numbers }) => (numbers ? `${"-".repeat(width + 1)}:` : "-".repeat(width + 2))).join("|")}|`;
  return [line(head), rule, ...rows.map(line)].join("\n");
}

export function print({ title, how, head, rows, limits = [] }: Table): string {
  const verdicts = limits.map(({ what, reach, measured, holds }) => `${holds ? "holds " : "MISSED"}  ${what}: ${measured} (to reach: ${reach})`);
  return [`## ${title}`, how, "", table(head, rows), "", ...verdicts, ""].join("\n");
}
