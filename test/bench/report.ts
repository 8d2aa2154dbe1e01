// What a measure has found, how sure that is, and how it is printed.
import type { Browser } from "../support/browsers.ts";

/** Given the engines of this machine, Chromium first. */
export type Measure = (browsers: Browser[]) => Promise<Row[]>;

/** A line of the table in README.md. */
export interface Row {
  what: string;
  ours: string;
  beside?: string;
  ratio?: string;
  /** What has to be reached, or the bench fails. */
  limit?: { reach: string; holds: boolean };
}

/** A median, and between which values the median of very many trials would lie, with a probability of 95 %. */
export interface Estimate {
  median: number;
  low: number;
  high: number;
}

/** By the ranks of the values, at least six, whatever their distribution is. */
export function estimate(values: number[]): Estimate {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const spread = 0.98 * Math.sqrt(sorted.length);
  return {
    median: (sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2,
    low: sorted[Math.round(middle - spread) - 1]!,
    high: sorted[Math.round(middle + spread)]!,
  };
}

/** One trial of both sides. */
export interface Pair {
  ours: number;
  theirs: number;
}

export interface Comparison {
  /** Medians. */
  ours: number;
  theirs: number;
  /** Of the pairs, ours first. */
  ratio: Estimate;
  difference: Estimate;
  trials: number;
}

export function compare(pairs: Pair[]): Comparison {
  return {
    ours: estimate(pairs.map(({ ours }) => ours)).median,
    theirs: estimate(pairs.map(({ theirs }) => theirs)).median,
    ratio: estimate(pairs.map(({ ours, theirs }) => ours / theirs)),
    difference: estimate(pairs.map(({ ours, theirs }) => ours - theirs)),
    trials: pairs.length,
  };
}

/** The difference is larger than the noise. */
const differs = ({ ratio }: Comparison): boolean => ratio.low > 1 || ratio.high < 1;

const AT_ONCE = 10;
const MOST = 30;

/** Both sides in turn, each first as often as the other, until that is enough: until they differ, unless told. */
export async function inTurn(ours: () => Promise<number>, theirs: () => Promise<number>, enough = differs): Promise<Comparison> {
  const pairs: Pair[] = [];
  for (;;) {
    for (let count = 0; count < AT_ONCE; count++) {
      const first = count % 2 ? await ours() : undefined;
      const other = await theirs();
      pairs.push({ ours: first ?? (await ours()), theirs: other });
    }
    const found = compare(pairs);
    if (enough(found) || pairs.length >= MOST) return found;
  }
}

/** A row of two times. @param most the ratio that may be reached at most; a measured one that may as well be less is none above it */
export function timeRow(what: string, comparison: Comparison, beside: string, most?: number): Row {
  const { median, low, high } = comparison.ratio;
  const range = `${low.toFixed(2)} to ${high.toFixed(2)}`;
  return {
    what,
    ours: ms(comparison.ours),
    beside: `${beside}: ${ms(comparison.theirs)}`,
    ratio: differs(comparison) ? `${median.toFixed(2)} (${range})` : `no difference (${range})`,
    ...(most && { limit: { reach: `ratio of at most ${most}`, holds: low <= most } }),
  };
}

export const ms = (milliseconds: number): string => `${milliseconds.toFixed(Math.abs(milliseconds) < 1 ? 3 : Math.abs(milliseconds) < 10 ? 2 : 1)} ms`;
export const bytes = (count: number): string => `${Math.round(count).toLocaleString("en")} B`;

/** As GitHub's Markdown, aligned, so that it reads well in a terminal too. */
export function table(rows: Row[]): string {
  const verdict = ({ limit }: Row) => (limit ? limit.reach + (limit.holds ? "" : ": MISSED") : "");
  const cells = rows.map((row) => [row.what, row.ours, row.beside ?? "", row.ratio ?? "", verdict(row)]);
  const head = ["", "lp-cobrowse", "beside it", "ratio", "to reach"];
  const widths = head.map((_, column) => Math.max(...[head, ...cells].map((line) => line[column]!.length)));
  const line = (line: string[]) => `| ${line.map((cell, column) => cell.padEnd(widths[column]!)).join(" | ")} |`;
  return [line(head), `|${widths.map((width) => "-".repeat(width + 2)).join("|")}|`, ...cells.map(line)].join("\n");
}
