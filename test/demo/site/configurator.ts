// The configurator: a form and a JSON text that are one config, what is wrong with it, the prompt it makes, and what to paste.
import { CONFIG_SENTENCE } from "../../../src/config.ts";
import { configFaults, jsonFault, MODES, type ConfigFault } from "../../../src/doctor/config-faults.ts";
import { attribute, fillContainer, fillInline, fillSnippet, plainTag, rebase, standIns } from "../install.ts";
import { fromAddress, toAddress, type State } from "./config-address.ts";
import { FIELDS, languageOf, previewText, read, readJson, sentence, translate, write, type Config, type Field, type Translations } from "./config-form.ts";

const TYPING_PAUSE = 300;
const DEMO_SERVER = location.origin.replace("http", "ws");
const BEGINNING: State = { config: { jwt: "window.myApp.getJwt" }, mode: "shared", form: "snippet" };
/** In the list of languages: words that are none of them. */
const OWN_WORDS = "own";
const CONTAINER_NAME = "lp-cobrowse-container.json";
const FORMS: Record<string, (config: Config) => string> = {
  snippet: (config) => around(config) + fillSnippet(loader(config), config),
  inline: (config) => around(config) + fillInline(blocks.inline, config),
  plain: (config) => around(config) + plainTag(loader(config), config),
  container: (config) => fillContainer(blocks.container, config),
};

type Input = HTMLInputElement | HTMLSelectElement;

const find = <E extends Element = HTMLElement>(selector: string): E => document.querySelector<E>(selector)!;
const json = find<HTMLTextAreaElement>("#json");
const preview = find<HTMLIFrameElement>("#preview");
const mode = find<HTMLSelectElement>("#mode");
const language = find<HTMLSelectElement>("#language");
const copy = find<HTMLButtonElement>("#copy");
const download = find<HTMLButtonElement>("#download");
const block = find("#block");
const inputs = new Map(FIELDS.map((field) => [field, makeInput(field)] as const));
const demoServer = find<HTMLInputElement>("#demo-server");
const formButtons = document.querySelectorAll<HTMLButtonElement>("#forms button");
/** As built. */
const blocks = { snippet: "", inline: "", container: "" };
let translations: Translations = {};

/** The last that the JSON text was, if it is none now. */
let config: Config = {};
let form = "";
let pause: ReturnType<typeof setTimeout> | undefined;
/** Previews made so far: what an older one still has to say does not count. */
let generation = 0;

for (const [{ key }, input] of inputs) {
  input.addEventListener("input", () => {
    // Whoever writes a sentence wants to see it.
    for (const { value } of mode.options) if (key === `text.${value}`) mode.value = value;
    edit((config) => write(config, key, input.value.trim()), input);
  });
  input.addEventListener("change", () => fillForm());
}
json.addEventListener("input", () => changed());
demoServer.addEventListener("change", () => edit((config) => write(config, "server", demoServer.checked ? DEMO_SERVER : "")));
language.addEventListener("change", () => edit((config) => translate(config, translations[language.value])));
mode.addEventListener("change", () => void showPreview());
find("#again").addEventListener("click", () => void showPreview());
find("#to-fault").addEventListener("click", () => find<HTMLElement>('[aria-invalid="true"]').focus());
// Until someone reaches for the preview it is inert: a prompt that opens there takes the focus, also from the form.
find("#stage").addEventListener("pointerenter", () => (preview.inert = false));
find("#again").addEventListener("focus", () => (preview.inert = false));
find("#form").addEventListener("focusin", () => (preview.inert = true));
for (const button of formButtons) button.addEventListener("click", () => choose(button.value));
window.addEventListener("hashchange", () => open());

function makeInput({ key, group, help = "", choices, otherwise = "" }: Field): Input {
  const id = `field-${key.replace(".", "-")}`;
  const described = `id="${id}" aria-describedby="${id}-help ${id}-problem"`;
  const input = choices
    ? `<select ${described}><option>${choices.join("<option>")}</select>`
    : `<input ${described} placeholder="${otherwise}" ${group === "words" ? 'dir="auto"' : ""}>`;
  const demo = key === "server" ? `<label><input type="checkbox" id="demo-server"> for the demo's server, ${DEMO_SERVER}</label>` : "";
  find(`#${group}`).insertAdjacentHTML(
    "beforeend",
    `<label for="${id}">${key.replace("text.", "")}</label>
    <div>${input}<span id="${id}-problem" class="problem" role="status"></span><span id="${id}-help" class="help">${help}</span>${demo}</div>`,
  );
  return find<Input>(`#${id}`);
}

/** Changes the config by something else than its JSON. @param typing where someone is: what is there stays as it is */
function edit(change: (config: Config) => void, typing?: Input): void {
  change(config);
  json.value = JSON.stringify(config, null, 2);
  changed(typing);
}

function changed(typing?: Input): void {
  config = readJson(json.value) ?? config;
  fillForm(typing);
  showBlock();
  markFaults("at once");
  clearTimeout(pause);
  pause = setTimeout(() => void showPreview(), TYPING_PAUSE);
}

function fillForm(typing?: Input): void {
  for (const [{ key, choices }, input] of inputs) if (input !== typing) select(input, read(config, key) || choices?.[0] || "");
  demoServer.checked = config.server === DEMO_SERVER;
  select(language, languageOf(config, translations) ?? OWN_WORDS);
  // Modes to come, which have a sentence.
  const { text } = config;
  const modes = new Set([...MODES, ...Object.keys(text instanceof Object ? text : {}).filter((key) => /^[A-Z\d_]+$/.test(key))]);
  const selected = mode.value || BEGINNING.mode;
  mode.replaceChildren(...[...modes].map((name) => new Option(name)));
  select(mode, selected);
}

/** A list takes a value too that it did not offer. */
function select(input: Input, value: string): void {
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
  const all = faults();
  const of = (field?: Field) => all.filter((fault) => FIELDS.find(({ key }) => key === fault.key) === field);
  for (const [field, input] of [...inputs, [undefined, json] as const]) if (!atOnce || input.ariaInvalid) mark(input, of(field));
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
  const asks = !parsed || sentence(parsed, mode.value);
  find("#events").textContent = asks ? "" : `${mode.value} has no sentence in text: such an invitation is left alone, and nobody is asked`;
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
  copy.disabled = download.disabled = wrong.length > 0;
  copy.hidden = form === "container";
  download.hidden = !copy.hidden;
  copy.textContent = "Copy";
  find("#blocked").textContent = wrong.length ? `Nothing can be copied or downloaded while something is wrong: ${wrong.join(", ")}.` : "";
  block.textContent = wrong.length ? "" : FORMS[form]!(config);
}

/** Only what is right: who knows what a wrong key holds. */
function keepInAddress(): void {
  if (!faults().length) history.replaceState(null, "", toAddress({ config, mode: mode.value, form }, BEGINNING));
}

function choose(name: string): void {
  form = Object.hasOwn(FORMS, name) ? name : BEGINNING.form;
  for (const button of formButtons) {
    button.ariaPressed = String(button.value === form);
    if (button.value === form) find("#hint").textContent = button.dataset.hint!;
  }
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
  choose(state.form);
  void showPreview();
}

async function begin(): Promise<void> {
  const files = ["snippet.html", "dist/inline.html", "dist/gtm-container.json", "dist/translations.json"];
  const [snippet, inline, container, translated] = await Promise.all(files.map(async (path) => (await fetch(`/${path}`)).text()));
  Object.assign(blocks, { snippet, inline, container });
  translations = JSON.parse(translated!);
  const own = new Option("other words", OWN_WORDS);
  own.disabled = true;
  const nameOf = (code: string) => new Intl.DisplayNames(code, { type: "language" }).of(code);
  language.append(new Option("English, which is built in", ""), ...Object.keys(translations).map((code) => new Option(`${nameOf(code)} (${code})`, code)), own);
  open();
}

void begin();
