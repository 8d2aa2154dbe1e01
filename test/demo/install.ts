// Fills in the blocks that people paste, and nothing but what they fill in themselves.

/** snippet.html with this config. */
export function fillSnippet(snippet: string, config: object): string {
  return replaceOnce(snippet, /(config = )\{[^]*?\n *\}(?=;)/, (_, assignment) => assignment + indent(print(config).replace(/</g, "\\u003c")));
}

/** snippet.html with its URL moved to another place. */
export function rebase(snippet: string, base: string): string {
  return replaceOnce(snippet, /https:\/\/[^"']*(?=\/lp-cobrowse\.min\.js)/, () => base);
}

/** inline.html with this config. */
export function fillInline(inline: string, config: object): string {
  return replaceOnce(inline, /data-lp-cobrowse='[^']*'/, () => attribute(config));
}

/** A script tag with this config, and the URL and the integrity that snippet.html has. */
export function plainTag(snippet: string, config: object): string {
  const [url] = snippet.match(/https:\/\/[^"']*\/lp-cobrowse\.min\.js/) ?? [];
  const [integrity] = snippet.match(/sha384-[^"']*/) ?? [];
  return `<script src="${url}"\n  integrity="${integrity}" crossorigin="anonymous"\n  ${attribute(config)}></script>\n`;
}

function attribute(config: object): string {
  const value = print(config).replace(/&/g, "&amp;").replace(/'/g, "&#39;").replace(/</g, "&lt;");
  return `data-lp-cobrowse='${value}'`;
}

/** JSON that passes a tag manager, which looks for {{variables}}. So indented, only a string can have two braces together. */
function print(config: object): string {
  return JSON.stringify(config, null, 2).replace(/\{\{/g, "\\u007b{");
}

function indent(lines: string): string {
  return lines.replace(/\n/g, "\n  ");
}

function replaceOnce(text: string, pattern: RegExp, replacement: (...match: string[]) => string): string {
  if (!pattern.test(text)) throw new Error(`Nothing to fill in: ${pattern} is not in the block.`);
  return text.replace(pattern, replacement);
}
