// `npm run gallery`: pictures of the prompt on quite different pages, and out/index.html that shows them all.
// `npm run gallery -- other.min.js` takes them of another build, to compare.
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import type { CobrowseText } from "../../src/api.d.ts";
import { launch, type Browser, type Preferences } from "../support/browsers.ts";
import { scriptTag, startSite } from "../support/site.ts";
import { armed } from "../support/visitor.ts";

const OUT = new URL("out/", import.meta.url);
const HOSTS = ["shop", "bank", "magazine"] as const;

interface Shot {
  name: string;
  host: (typeof HOSTS)[number];
  mode?: string;
  preferences?: Preferences;
  /** 1024 by 640 unless told. */
  size?: [width: number, height: number, scale?: number];
  text?: CobrowseText;
  /** Goes to the end of the page. */
  style?: string;
  /** Tab, so often, once the buttons count. */
  tabs?: number;
  /** The page itself is. */
  rightToLeft?: boolean;
  /** Of the page; English unless told. */
  language?: string;
}

const PHONE: [number, number, number] = [390, 844, 2];
const SMALL_PHONE: [number, number, number] = [320, 568, 2];
/** A window of 1280 by 800, zoomed to 200 %. */
const ZOOMED: [number, number, number] = [640, 400, 2];
const DARK: Preferences = { colorScheme: "dark" };

const LONG_GERMAN: CobrowseText = {
  title: "Möchten Sie diese Versicherungsvertragsunterlagenseite gemeinsam mit uns ansehen?",
  accept: "Einverstanden, Bildschirmfreigabe erlauben",
  decline: "Nein danke, Bildschirmfreigabe ablehnen",
  shared:
    "Unsere Kundenberaterin kann diese Seite sehen, darin scrollen, auf etwas zeigen und Formularfelder für Sie ausfüllen. " +
    "Passwörter und Kreditkartennummern bleiben verborgen. Sie können die Freigabe jederzeit und ohne Angabe von Gründen wieder beenden, " +
    "auch mitten in einem Rechtsschutzversicherungsantrag.",
};
const LONG_WORD: CobrowseText = {
  title: "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
  accept: "Freigabeeinverständniserklärung",
  decline: "Freigabeeinverständnisverweigerung",
  shared: "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogochllanfairpwllgwyngyllgog 👩‍💻 <img src=x onerror=alert(1)>",
};

const HYPHENS = "lp-cobrowse::part(dialog) { hyphens: auto }";

/** One example of a brand's restyling, as in the README. */
const BRAND = `
  lp-cobrowse::part(dialog) { border: 0; border-radius: 20px; font-family: "Trebuchet MS", Verdana, sans-serif; background: #fffbe8; color: #111 }
  lp-cobrowse::part(title) { font-size: 28px; font-weight: 900; text-transform: uppercase; letter-spacing: -1px }
  lp-cobrowse::part(accept), lp-cobrowse::part(decline) { border: 2px solid #111; border-radius: 99px; background: #fff; color: #111; font-weight: 700 }
  lp-cobrowse::part(accept) { background: #ff5a1f }
`;
const BANK_BRAND = `
  lp-cobrowse::part(dialog) { border: 0; border-top: 6px solid #0b4a8f; border-radius: 4px; font-family: "Helvetica Neue", Arial, sans-serif }
  lp-cobrowse::part(accept) { background: #0b4a8f; border-color: #0b4a8f; color: #fff }
  lp-cobrowse::part(accept), lp-cobrowse::part(decline) { border-radius: 3px; font-weight: 600 }
`;

async function shots(): Promise<Shot[]> {
  const translations = JSON.parse(await readFile(new URL("../../src/translations.json", import.meta.url), "utf8")) as Record<string, CobrowseText>;
  const modes = ["shared", "view", "follow"];
  return [
    ...HOSTS.flatMap((host, index): Shot[] => [
      { name: `${host}, light`, host, mode: modes[index] },
      { name: `${host}, dark`, host, preferences: DARK, mode: modes[(index + 1) % 3] },
      { name: `${host}, phone`, host, size: PHONE, preferences: { touch: true } },
      { name: `${host}, phone, dark`, host, size: PHONE, preferences: { touch: true, colorScheme: "dark" } },
      { name: `${host}, 320 pixels wide`, host, size: SMALL_PHONE, preferences: { touch: true } },
      { name: `${host}, zoomed to 200 %`, host, size: ZOOMED },
      { name: `${host}, forced colours`, host, preferences: { forcedColors: true } },
    ]),
    { name: "forced colours, dark, focus on the second button", host: "bank", preferences: { forcedColors: true, colorScheme: "dark" }, tabs: 2 },
    { name: "focus on the first button", host: "bank", tabs: 1 },
    { name: "focus on the second button", host: "bank", tabs: 2 },
    { name: "focus on the second button, dark", host: "bank", tabs: 2, preferences: DARK },
    { name: "a site that is always light, dark", host: "shop", preferences: DARK, style: "lp-cobrowse::part(dialog) { color-scheme: light }" },
    { name: "long German", host: "bank", text: LONG_GERMAN, language: "de", style: HYPHENS },
    { name: "long German, 320 pixels wide", host: "bank", text: LONG_GERMAN, language: "de", style: HYPHENS, size: SMALL_PHONE },
    { name: "long German, zoomed to 200 %", host: "bank", text: LONG_GERMAN, language: "de", style: HYPHENS, size: ZOOMED },
    { name: "long words", host: "magazine", text: LONG_WORD },
    { name: "long words, 320 pixels wide", host: "magazine", text: LONG_WORD, size: SMALL_PHONE },
    {
      name: "a voice call that the site has a sentence for",
      host: "shop",
      mode: "VOICE_CALL",
      text: { title: "Talk to us?", VOICE_CALL: "Mara would like to call you through this page. Your microphone stays off until you allow it." },
    },
    { name: "right-to-left, on a page that is too", host: "magazine", text: translations.ar!, rightToLeft: true },
    { name: "right-to-left, phone", host: "bank", text: translations.ar!, size: PHONE, rightToLeft: true },
    { name: "branded shop", host: "shop", style: BRAND },
    { name: "branded shop, phone", host: "shop", style: BRAND, size: PHONE },
    { name: "branded bank", host: "bank", style: BANK_BRAND },
    { name: "branded bank, dark", host: "bank", style: BANK_BRAND, preferences: DARK },
    ...Object.entries(translations).map(([lang, text], index): Shot => ({
      name: `words: ${lang}`,
      host: HOSTS[index % 3]!,
      text,
      size: [520, 420],
      mode: modes[index % 3],
    })),
  ];
}

async function picture(browser: Browser, shot: Shot, snippet: string | undefined): Promise<Buffer> {
  const { mode = "shared", preferences = {}, size: [width, height, scale] = [1024, 640], text, style = "", tabs = 0, rightToLeft, language = "en" } = shot;
  const site = await startSite();
  const page = await browser.newPage();
  try {
    await page.viewport(width, height, scale);
    await page.emulate(preferences);
    const host = await readFile(new URL(`hosts/${shot.host}.html`, import.meta.url), "utf8");
    const install = (config: object) => {
      const tag = scriptTag(config);
      return snippet ? tag.replace(/ src="[^"]*"/, "").replace("</script>", () => `${snippet}</script>`) : tag;
    };
    await page.goto(
      site.shop({
        config: { text },
        // Before the prompt comes, which takes over both.
        body: `<script>Object.assign(document.documentElement, { lang: "${language}", dir: "${rightToLeft ? "rtl" : "ltr"}" })</script>${host}<style>${style}</style>`,
        install,
      }),
    );
    site.invite({ mode });
    // Only then do keys count.
    await armed(page);
    for (let tab = 0; tab < tabs; tab++) await page.press("Tab");
    return await page.screenshot();
  } finally {
    await page.close();
    await site.close();
  }
}

const snippet = process.argv[2] && (await readFile(process.argv[2], "utf8"));
await rm(OUT, { recursive: true, force: true });
await mkdir(OUT, { recursive: true });
const browser = await launch("chromium");
const figures: string[] = [];
try {
  for (const shot of await shots()) {
    const file = `${shot.name.replace(/[^\w]+/g, "-").replace(/-$/, "")}.png`;
    await writeFile(new URL(file, OUT), await picture(browser, shot, snippet));
    figures.push(`<figure><a href="${file}"><img src="${file}" alt=""></a><figcaption>${shot.name}</figcaption></figure>`);
  }
} finally {
  await browser.close();
}
await writeFile(
  new URL("index.html", OUT),
  `<!doctype html><meta charset="utf-8"><title>lp-cobrowse: the prompt</title>
<style>
  body { margin: 24px; background: #777; font: 14px system-ui; columns: 420px; column-gap: 24px }
  figure { margin: 0 0 24px; break-inside: avoid } img { width: 100%; display: block } figcaption { padding-top: 6px; color: #fff }
</style>
${figures.join("\n")}
`,
);
console.log(`${figures.length} pictures: ${new URL("index.html", OUT).pathname}`);
