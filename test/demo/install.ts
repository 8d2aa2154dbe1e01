// Fills in the blocks that people paste, and nothing but what they fill in themselves.

/** snippet.html with this config: without an ampersand, of which WordPress makes an entity. */
export function fillSnippet(snippet: string, config: object): string {
  return replaceOnce(
    snippet,
    /(config = )\{[^]*?\n *\}(?=;)/,
    (_, assignment) => assignment + indent(print(config).replace(/</g, "\\u003c").replace(/&/g, "\\u0026")),
  );
}

/** snippet.html with its URL moved to another place. */
export function rebase(snippet: string, base: string): string {
  return replaceOnce(snippet, /https:\/\/[^"']*(?=\/lp-cobrowse\.min\.js)/, () => base);
}

/** inline.html with this config. */
export function fillInline(inline: string, config: object): string {
  return replaceOnce(inline, /data-lp-cobrowse='[^']*'/, () => attribute(print(config)));
}

/** gtm-container.json with this config. */
export function fillContainer(container: string, config: object): string {
  const exported = JSON.parse(container) as GtmExport;
  for (const { type, parameter } of exported.containerVersion.tag) {
    const html = parameter.find(({ key }) => key === "html");
    if (type === "html" && html) html.value = fillInline(html.value!, config);
  }
  return `${JSON.stringify(exported, null, 4)}\n`;
}

/** What of an export of Google Tag Manager is looked at. */
export interface GtmExport {
  containerVersion: { tag: { type: string; parameter: GtmParameter[] }[] };
}

export interface GtmParameter {
  type: string;
  key?: string;
  value?: string;
  list?: GtmParameter[];
  map?: GtmParameter[];
}

/** A script tag with this config, and the URL and the integrity that snippet.html has. */
export function plainTag(snippet: string, config: object): string {
  const [url] = snippet.match(/https?:\/\/[^"']*\/lp-cobrowse\.min\.js/) ?? [];
  const [integrity] = snippet.match(/sha384-[^"']*/) ?? [];
  return `<script src="${url}"\n  integrity="${integrity}" crossorigin="anonymous"\n  ${attribute(print(config))}></script>\n`;
}

/**
 * What the demo's server has in the place of LivePerson's tag and of a sign-in, for a page that has neither.
 *
 * @param jwt where the config says the token is; one that is there already needs no more
 */
export function standIns(origin: string, jwt: unknown): string {
  const tag = `<!-- Only for the demo: LivePerson's tag%. -->\n<script src="${origin}/tag.js"></script>\n`;
  const names = /^window((?:\.[\w$]+)+)$/.exec(String(jwt))?.[1]!.slice(1).split(".");
  if (!names) return tag.replace("%", "");
  const paths = names.map((_, index) => `window.${names.slice(0, index + 1).join(".")}`);
  const owners = paths.slice(0, -1).map((path) => `  ${path} = ${path} || {};\n`);
  return `${tag.replace("%", ", and a token")}<script>
${owners.join("")}  ${paths.at(-1)} = function () {
    return fetch("${origin}/demo/token").then(function (response) { return response.text(); });
  };
</script>
`;
}

/** The attribute with which an element carries this text. */
export function attribute(text: string): string {
  return `data-lp-cobrowse='${text.replace(/&/g, "&amp;").replace(/'/g, "&#39;").replace(/</g, "&lt;")}'`;
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
