// The configurator: a form and a JSON text that are one config, the prompt it makes, and the block to paste.
import { word } from "../../../src/words.ts";
import { fillInline, fillSnippet, plainTag } from "../install.ts";
import { attribute, FIELDS, problemOf, readJson, strangers, type Config, type Field } from "./config-form.ts";

const TYPING_PAUSE = 300;
const MODES = ["shared", "view", "follow", "VOICE_CALL", "VIDEO_CALL"];
const FORMS: Record<string, { hint: string; make(config: Config): string }> = {
  snippet: {
    hint: "In a page, or as Custom HTML in a tag manager.",
    make: (config) => fillSnippet(blocks.snippet, config),
  },
  inline: {
    hint: "For a tag manager, with nothing hosted anywhere. The script never changes with the config.",
    make: (config) => fillInline(blocks.inline, config),
  },
  plain: {
    hint: "For a page of which you write the HTML yourself.",
    make: (config) => plainTag(blocks.snippet, config),
  },
};

const find = <E extends Element = HTMLElement>(selector: string): E => document.querySelector<E>(selector)!;
const json = find<HTMLTextAreaElement>("#json");
const preview = find<HTMLIFrameElement>("#preview");
const mode = find<HTMLSelectElement>("#mode");
const inputs = new Map<Field, HTMLInputElement | HTMLSelectElement>();
const blocks = { snippet: "", inline: "" };

let form = "snippet";
let pause: ReturnType<typeof setTimeout> | undefined;
/** Previews made so far: what an older one still has to say does not count. */
let generation = 0;

for (const field of FIELDS) {
  const input = makeInput(field);
  inputs.set(field, input);
  input.addEventListener("input", () => {
    const config = readJson(json.value) ?? {};
    field.write(config, input.value);
    json.value = JSON.stringify(config, null, 2);
    changed();
  });
}
json.addEventListener("input", () => {
  fillForm();
  changed();
});
mode.append(...MODES.map((name) => new Option(name)));
mode.addEventListener("change", () => void showPreview(true));
find("#again").addEventListener("click", () => void showPreview(true));
// Until someone reaches for the preview it is inert: a prompt that opens there takes the focus, also from the form.
find("#stage").addEventListener("pointerenter", () => (preview.inert = false));
find("#again").addEventListener("focus", () => (preview.inert = false));
find("#form").addEventListener("focusin", () => (preview.inert = true));

function makeInput({ path, group, help, choices }: Field): HTMLInputElement | HTMLSelectElement {
  const id = `field-${path.join("-")}`;
  const input = document.createElement(choices ? "select" : "input");
  if (input instanceof HTMLSelectElement) input.append(...choices!.map((choice) => new Option(choice)));
  else input.placeholder = placeholder(path);
  input.id = id;
  input.setAttribute("aria-describedby", `${id}-help ${id}-problem`);
  const label = Object.assign(document.createElement("label"), { htmlFor: id, textContent: path.at(-1)! });
  const notes = ["help", "problem"].map((name) => Object.assign(document.createElement("span"), { id: `${id}-${name}`, className: name }));
  notes[0]!.textContent = help ?? "";
  notes[1]!.role = "status";
  const cell = document.createElement("div");
  cell.append(input, ...notes);
  find(`#${group}`).append(label, cell);
  return input;
}

/** What the snippet does without the value. */
function placeholder([key, textKey]: string[]): string {
  if (textKey) return word(textKey) ?? "no sentence: left alone";
  const defaults: Record<string, string> = {
    account: "window.lpTag.site",
    server: "asks LivePerson's domain service",
    visitorName: "Visitor",
    ssid: "window.lpTag.taglets.lp_monitoringSDK.getSid",
    svid: "window.lpTag.taglets.lp_monitoringSDK.getVid",
  };
  return defaults[key!] ?? "";
}

function fillForm(): void {
  const config = readJson(json.value) ?? {};
  for (const [field, input] of inputs) input.value = field.read(config) || field.choices?.[0] || "";
}

function changed(): void {
  showBlock();
  clearTimeout(pause);
  // A confirm() would come between the keys.
  pause = setTimeout(() => void showPreview(readJson(json.value)?.prompt !== "confirm"), TYPING_PAUSE);
}

/** Runs the built snippet with this very config. Only what leads to LivePerson leads to the demo's server instead. */
async function showPreview(invite: boolean): Promise<void> {
  clearTimeout(pause);
  const mine = ++generation;
  const response = await fetch("/demo/preview", { method: "POST", body: JSON.stringify({ mode: invite ? mode.value : null }) });
  const { account, server, token } = await response.json();
  if (mine !== generation) return;
  const config = readJson(json.value);
  const run = config?.jwt ? JSON.stringify({ ...config, account, server, jwt: token }) : json.value;
  markProblem("");
  find("#events").textContent = invite && config && !sentence(config, mode.value) ? `No sentence for ${mode.value}: the invitation is ignored` : "";
  preview.srcdoc = `<!doctype html><html lang="en"><title>Preview</title><link rel="stylesheet" href="/site/preview.css">
    <h1></h1><p></p><p></p><p></p>
    <script src="/chronos.js"></script><script src="/site/preview.js" data-generation="${mine}"></script>
    <script src="/dist/lp-cobrowse.min.js" ${attribute(run)}></script>`;
}

/** The preview tells what the snippet printed and published in it. */
window.addEventListener("message", ({ data, source }) => {
  if (source !== preview.contentWindow || data.generation !== generation) return;
  if (data.problem) markProblem(data.problem);
  if (data.event) find("#events").textContent += (find("#events").textContent && " → ") + data.event;
});

/** The sentence of a mode; a path to the words may lead to one. */
function sentence(config: Config, mode: string): string {
  return typeof config.text === "string" ? config.text : FIELDS.find(({ path }) => path[1] === mode)!.read(config) || (word(mode) ?? "");
}

/** Marks the value that the snippet's sentence names, or the whole; and what else looks wrong. */
function markProblem(sentence: string): void {
  const config = readJson(json.value);
  const at = config && [...inputs].find(([{ path }]) => path.length === 1 && RegExp(`\\b${path[0]}\\b`).test(sentence));
  for (const [field, input] of inputs) {
    mark(input, `#field-${field.path.join("-")}-problem`, at && input === at[1] ? sentence : config ? problemOf(field, config) : "");
  }
  mark(json, "#json-problem", (!at && sentence) || (config ? strangers(config) : ""));
}

function mark(input: HTMLElement, problem: string, sentence: string): void {
  input.ariaInvalid = sentence ? "true" : null;
  find(problem).textContent = sentence;
}

function showBlock(): void {
  const config = readJson(json.value);
  const { hint, make } = FORMS[form]!;
  const copy = find<HTMLButtonElement>("#copy");
  copy.ariaDisabled = String(!config?.jwt);
  copy.textContent = "Copy";
  find("#hint").textContent = hint;
  find("#block").textContent = config?.jwt ? make(config) : "";
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
  find("#block").setAttribute("aria-labelledby", chosen.id);
  showBlock();
}

find("#copy").addEventListener("click", async ({ currentTarget }) => {
  const copy = currentTarget as HTMLButtonElement;
  if (copy.ariaDisabled === "true") return;
  try {
    await navigator.clipboard.writeText(find("#block").textContent!);
    copy.textContent = "Copied";
  } catch {
    // The browser does not let a page do that here; the user can.
    getSelection()!.selectAllChildren(find("#block"));
    copy.textContent = "Press Ctrl+C";
  }
});

async function begin(): Promise<void> {
  const load = async (url: string) => (await fetch(url)).text();
  [blocks.snippet, blocks.inline] = await Promise.all([load("/snippet.html"), load("/dist/inline.html")]);
  json.value = JSON.stringify({ jwt: "window.myApp.getJwt" }, null, 2);
  fillForm();
  showBlock();
  await showPreview(true);
}

void begin();
