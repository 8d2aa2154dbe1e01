// The README's code blocks, each of which some test runs.
import { readFile } from "node:fs/promises";

export interface Block {
  /** "html", "json" … */
  language: string;
  code: string;
  /** Heading, language and which of these it is: "Install html", "Translations html 2". */
  name: string;
}

const page = (path: string) => readFile(new URL(`../../${path}`, import.meta.url), "utf8");

export const README = await page("README.md");
/** The page for who carries on. */
export const SOURCE_README = await page("src/README.md");
/** The page with the measured numbers. */
export const BENCH_README = await page("test/bench/README.md");

export const BLOCKS: readonly Block[] = read(README);

/** The block of this name; throws if there is none. */
export function block(name: string): string {
  const found = BLOCKS.find((block) => block.name === name);
  if (!found) throw new Error(`README.md has no block "${name}", only: ${BLOCKS.map(({ name }) => name).join(", ")}`);
  return found.code;
}

export const namesOf = (...languages: string[]): string[] => BLOCKS.filter(({ language }) => languages.includes(language)).map(({ name }) => name);

function read(text: string): Block[] {
  const blocks: Block[] = [];
  const counts: Record<string, number> = {};
  let heading = "";
  for (const [, title, language = "", code = ""] of text.matchAll(/^#+ (.*)$|^```(.*)\n([^]*?)^```$/gm)) {
    if (title !== undefined) heading = title;
    else {
      const kind = `${heading} ${language}`;
      const count = (counts[kind] = (counts[kind] ?? 0) + 1);
      blocks.push({ language, code, name: count > 1 ? `${kind} ${count}` : kind });
    }
  }
  return blocks;
}
