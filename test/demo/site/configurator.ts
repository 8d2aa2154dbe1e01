// The configurator: a form and a JSON text that are one config, what is wrong with it, the prompt it makes, and what to paste.
import { CONFIG_SENTENCE } from "../../../src/config.ts";
import { configFaults, jsonFault, MODES, type ConfigFault } from "../../../src/doctor/config-faults.ts";
import { word } from "../../../src/words.ts";
import { fillContainer, fillInline, fillSnippet, plainTag, rebase, standIns } from "../install.ts";
import { fromAddress, toAddress, type State } from "./config-address.ts";
import { attribute, FIELDS, languageOf, previewText, readJson, sentence, translate, type Config, type Field, type Translations } from "./config-form.ts";

const TYPING_PAUSE = 300;
const DEMO_SERVER = location.origin.replace("http", "ws");
const BEGINNING: State = { config: { jwt: "window.myApp.getJwt" }, mode: "shared", form: "snippet" };
/** In the list of languages: words that are none of them. */
const OWN_WORDS = "own";
const BLOCKS = { snippet: "snippet.html", inline: "dist/inline.html", container: "dist/gtm-container.json", translations: "dist/translations.json" };
const CONTAINER_NAME = "lp-cobrowse-container.json";
const FORMS: Record<string, { hint: string; make(config: Config): string }> = {
  snippet: {
    hint: "In a page, or as Custom HTML in a tag manager.",
    make: (config) => around(config) + fillSnippet(loader(config), config),
  },
  inline: {
    hint: "For a tag manager, with nothing hosted anywhere. The script never changes with the config.",
    make: (config) => around(config) + fillInline(blocks.inline, config),
  },
  plain: {
    hint: "For a page of which you write the HTML yourself.",
    make: (config) => around(config) + plainTag(loader(config), config),
  },
  container: {
    hint: "In Google Tag Manager: Admin, Import Container, this file, an existing workspace, Merge. It brings the tag, a trigger for each event, variables, and a paused example for Google Analytics.",
    make: (config) => fillContainer(blocks.container, config),
  },
};

const find = <E extends Element = HTMLElement>(selector: string): E => document.querySelector<E>(selector)!;
const json = find<HTMLTextAreaElement>("#json");
const preview = find<HTMLIFrameElement>("#preview");
const mode = find<HTMLSelectElement>("#mode");
const language = find<HTMLSelectElement>("#language");
const copy = find<HTMLButtonElement>("#copy");
const download = find<HTMLButtonElement>("#download");
const block = find("#block");
const inputs = new Map<Field, HTMLInputElement | HTMLSelectElement>();
const demoServer = Object.assign(document.createElement("input"), { type: "checkbox", id: "demo-server" });
const blocks: Record<keyof typeof BLOCKS, string> = { snippet: "", inline: "", container: "", translations: "" };
let translations: Translations = {};

/** The last that the JSON text was, if it is none now. */
let config: Config = {};
let form = "";
let pause: ReturnType<typeof setTimeout> | undefined;
/** Previews made so far: what an older one still has to say does not count. */
let generation = 0;

for (const field of FIELDS) {
  const input = makeInput(field);
  inputs.set(field, input);
  input.addEventListener("input", () => {
    // Whoever writes a sentence wants to see it.
    if ([...mode.options].some(({ value }) => field.key === `text.${value}`)) mode.value = field.label;
    edit((config) => field.write(config, input.value.trim()), input);
  });
  input.addEventListener("change", () => fillForm());
}
json.addEventListener("input", () => changed());
demoServer.addEventListener("change", () => edit((config) => FIELDS.find(({ key }) => key === "server")!.write(config, demoServer.checked ? DEMO_SERVER : "")));
language.addEventListener("change", () => edit((config) => translate(config, translations[language.value])));
mode.addEventListener("change", () => void showPreview());
find("#again").addEventListener("click", () => void showPreview());
find("#to-fault").addEventListener("click", () => find<HTMLElement>('[aria-invalid="true"]').focus());
// Until someone reaches for the preview it is inert: a prompt that opens there takes the focus, also from the form.
find("#stage").addEventListener("pointerenter", () => (preview.inert = false));
find("#again").addEventListener("focus", () => (preview.inert = false));
find("#form").addEventListener("focusin", () => (preview.inert = true));
window.addEventListener("hashchange", () => open());

function makeInput({ key, label: name, group, help, choices }: Field): HTMLInputElement | HTMLSelectElement {
  const id = `field-${key.replace(".", "-")}`;
  const input = document.createElement(choices ? "select" : "input");
  if (input instanceof HTMLSelectElement) input.append(...choices!.map((choice) => new Option(choice)));
  else Object.assign(input, { placeholder: placeholder(key), dir: group === "words" ? "auto" : "" });
  input.id = id;
  input.setAttribute("aria-describedby", `${id}-help ${id}-problem`);
  const label = Object.assign(document.createElement("label"), { htmlFor: id, textContent: name });
  const notes = ["problem", "help"].map((name) => Object.assign(document.createElement("span"), { id: `${id}-${name}`, className: name }));
  notes[0]!.role = "status";
  notes[1]!.textContent = help ?? "";
  const cell = document.createElement("div");
  cell.append(input, ...notes);
  if (key === "server") {
    const choice = document.createElement("label");
    choice.append(demoServer, ` for the demo's server, ${DEMO_SERVER}`);
    cell.append(choice);
  }
  find(`#${group}`).append(label, cell);
  return input;
}

/** What the snippet does without the value. */
function placeholder(key: string): string {
  if (key.startsWith("text.")) return word(key.slice(5)) ?? "no sentence: left alone";
  const defaults: Record<string, string> = {
    account: "window.lpTag.site",
    server: "asks LivePerson's domain service",
    visitorName: "Visitor",
    ssid: "window.lpTag.taglets.lp_monitoringSDK.getSid",
    svid: "window.lpTag.taglets.lp_monitoringSDK.getVid",
  };
  return defaults[key] ?? "";
}

/** Changes the config by something else than its JSON. @param typing where someone is: what is there stays as it is */
function edit(change: (config: Config) => void, typing?: Element): void {
  change(config);
  json.value = JSON.stringify(config, null, 2);
  changed(typing);
}

function changed(typing?: Element): void {
  config = readJson(json.value) ?? config;
  fillForm(typing);
  showBlock();
  markFaults("at once");
  clearTimeout(pause);
  pause = setTimeout(() => void showPreview(), TYPING_PAUSE);
}

function fillForm(typing?: Element): void {
  for (const [field, input] of inputs) if (input !== typing) select(input, field.read(config) || field.choices?.[0] || "");
  demoServer.checked = config.server === DEMO_SERVER;
  select(language, languageOf(config, translations) ?? OWN_WORDS);
  // Modes to come, which have a sentence.
  const { text } = config;
  const modes = new Set([...MODES, ...Object.keys(text instanceof Object ? text : {}).filter((key) => /^[A-Z\d_]+$/.test(key))]);
  const selected = mode.value;
  mode.replaceChildren(...[...modes].map((name) => new Option(name)));
  select(mode, selected || BEGINNING.mode);
}

/** A list takes a value too that it did not offer. */
function select(input: HTMLInputElement | HTMLSelectElement, value: string): void {
  if (input instanceof HTMLSelectElement && ![...input.options].some((option) => option.value === value)) input.append(new Option(value));
  input.value = value;
}

/** Everything that is wrong, the JSON text as a whole first. (The demo's server is right for whoever asks for it.) */
function faults(): ConfigFault[] {
  const broken = jsonFault(json.value);
  if (broken) return [{ key: "", sentence: `${CONFIG_SENTENCE}: ${broken}` }];
  return configFaults(JSON.parse(json.value)).filter(({ key }) => key !== "server" || config.server !== DEMO_SERVER);
}

/** Marks each thing that is wrong beside its field, or else beside the JSON. @param atOnce only what was marked before: nobody is blamed for what is half typed */
function markFaults(atOnce?: "at once"): void {
  let others = faults();
  for (const [{ key }, input] of inputs) {
    const own = others.filter((fault) => fault.key === key);
    if (!atOnce || input.ariaInvalid) mark(input, own);
    others = others.filter((fault) => !own.includes(fault));
  }
  if (!atOnce || json.ariaInvalid) mark(json, others);
  // Where they are closed nobody would see it.
  for (const wrong of document.querySelectorAll('[aria-invalid="true"]')) wrong.closest("details")?.setAttribute("open", "");
}

function mark(input: HTMLElement, faults: ConfigFault[]): void {
  input.ariaInvalid = faults.length ? "true" : null;
  find(`#${input.id}-problem`).textContent = faults.map(({ sentence }) => sentence).join("\n");
}

/** Runs the built snippet with this very config. Only what leads to LivePerson leads to the demo's server instead, and confirm() is drawn. */
async function showPreview(): Promise<void> {
  clearTimeout(pause);
  markFaults();
  keepInAddress();
  const mine = ++generation;
  const response = await fetch("/demo/preview", { method: "POST", body: JSON.stringify({ mode: mode.value }) });
  const { account, server, token } = await response.json();
  if (mine !== generation) return;
  const parsed = readJson(json.value);
  const run = parsed?.jwt ? JSON.stringify({ ...parsed, account, server, jwt: token, text: previewText(parsed, mode.value) }) : json.value;
  find("#events").textContent =
    parsed && !sentence(parsed, mode.value, word(mode.value))
      ? `${mode.value} has no sentence in text: such an invitation is left alone, and nobody is asked`
      : "";
  const lang = languageOf(config, translations) || "en";
  preview.srcdoc = `<!doctype html><html lang="${lang}"><title>Preview</title><link rel="stylesheet" href="/site/preview.css">
    <h1></h1><p></p><p></p><p></p>
    <script src="/chronos.js"></script><script src="/site/preview.js" data-generation="${mine}"></script>
    <script src="/dist/lp-cobrowse.min.js" ${attribute(run)}></script>`;
}

/** The preview tells what the snippet published in it. */
window.addEventListener("message", ({ data, source }) => {
  if (source !== preview.contentWindow || data.generation !== generation) return;
  find("#events").textContent += (find("#events").textContent && " → ") + data.event;
});

const loader = ({ server }: Config): string => (server === DEMO_SERVER ? rebase(blocks.snippet, `${location.origin}/dist`) : blocks.snippet);
const around = ({ server, jwt }: Config): string => (server === DEMO_SERVER ? standIns(location.origin, jwt) : "");

/** What to paste; nothing while something is wrong. */
function showBlock(): void {
  const wrong = faults().map(({ key }) => key || "the JSON");
  const { hint, make } = FORMS[form]!;
  copy.disabled = download.disabled = wrong.length > 0;
  copy.hidden = form === "container";
  download.hidden = !copy.hidden;
  copy.textContent = "Copy";
  find("#blocked").textContent = wrong.length ? `Nothing can be copied or downloaded while something is wrong: ${wrong.join(", ")}.` : "";
  find("#hint").textContent = hint;
  block.textContent = wrong.length ? "" : make(config);
}

/** Only what is right: who knows what a wrong key holds. */
function keepInAddress(): void {
  if (!faults().length) history.replaceState(null, "", toAddress({ config, mode: mode.value, form }, BEGINNING));
}

const tabs = Object.keys(FORMS).map((name) => find<HTMLButtonElement>(`#form-${name}`));
for (const [index, tab] of tabs.entries()) {
  tab.addEventListener("click", () => choose(tab));
  tab.addEventListener("keydown", ({ key }) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[key];
    if (!step) return;
    const next = tabs.at((index + step) % tabs.length)!;
    choose(next);
    next.focus();
  });
}

function choose(chosen: HTMLButtonElement): void {
  form = chosen.id.replace("form-", "");
  for (const tab of tabs) {
    tab.ariaSelected = String(tab === chosen);
    tab.tabIndex = tab === chosen ? 0 : -1;
  }
  block.setAttribute("aria-labelledby", chosen.id);
  showBlock();
  keepInAddress();
}

copy.addEventListener("click", async () => {
  try {
    await navigator.clipboard.writeText(block.textContent!);
    copy.textContent = "Copied";
  } catch {
    // The browser does not let a page do that here; the user can.
    getSelection()!.selectAllChildren(block);
    copy.textContent = "Press Ctrl+C";
  }
});

download.addEventListener("click", () => {
  const url = URL.createObjectURL(new Blob([block.textContent!], { type: "application/json" }));
  Object.assign(document.createElement("a"), { href: url, download: CONTAINER_NAME }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
});

/** Shows what the address holds. */
function open(): void {
  const state = fromAddress(location.hash, BEGINNING);
  json.value = JSON.stringify(state.config, null, 2);
  config = state.config;
  fillForm();
  select(mode, state.mode);
  choose(tabs.find(({ id }) => id === `form-${state.form}`) ?? tabs[0]!);
  void showPreview();
}

async function begin(): Promise<void> {
  const load = async (name: keyof typeof BLOCKS) => (blocks[name] = await (await fetch(`/${BLOCKS[name]}`)).text());
  await Promise.all(Object.keys(BLOCKS).map((name) => load(name as keyof typeof BLOCKS)));
  translations = JSON.parse(blocks.translations);
  const own = new Option("other words", OWN_WORDS);
  own.disabled = true;
  const nameOf = (code: string) => new Intl.DisplayNames(code, { type: "language" }).of(code);
  language.append(new Option("English, which is built in", ""), ...Object.keys(translations).map((code) => new Option(`${nameOf(code)} (${code})`, code)), own);
  open();
}

void begin();
