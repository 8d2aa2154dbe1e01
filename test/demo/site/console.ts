// The agent's console: buttons to the server, the server's stream to the status lines and the timeline.
import type { ConsoleMessage, ConsoleState } from "../demo.ts";
import type { Kind, TimelineEntry } from "../timeline.ts";

const KINDS: Record<Kind, string> = {
  agent: "Agent",
  in: "→ server",
  out: "← server",
  lpTag: "lpTag",
  window: "window",
  console: "console",
  connection: "connection",
};
/** The filters, and which kinds each shows. */
const FILTERS: Record<string, Kind[]> = {
  Agent: ["agent"],
  Frames: ["in", "out"],
  Connection: ["connection"],
  lpTag: ["lpTag"],
  window: ["window", "console"],
};
const MOST_LINES = 500;
const CHANNEL = new BroadcastChannel("lp-cobrowse-demo");

const find = <E extends Element = HTMLElement>(selector: string): E => document.querySelector<E>(selector)!;
const timeline = find("#timeline");
const frame = find<HTMLIFrameElement>("iframe");
let state: ConsoleState;
let tabs = 1;

const pageActions: Record<string, () => void> = {
  reload: reloadShop,
  "open-tab": () => void open(`/shop?tab=${++tabs}`, "_blank", "popup,width=720,height=680"),
  "load-tag": () => CHANNEL.postMessage("load-tag"),
};

document.addEventListener("click", ({ target }) => {
  const button = target instanceof Element && target.closest("button");
  if (!button || button.ariaDisabled === "true") return;
  const { action, pageAction } = button.dataset;
  if (pageAction) pageActions[pageAction]!();
  if (action) void act(action);
});

async function act(action: string): Promise<void> {
  await fetch("/demo/action", { method: "POST", body: JSON.stringify({ action }) });
  // The shop reads these settings when it loads.
  if (/^(prompt|tag)-/.test(action)) reloadShop();
  // The server has done its part of this, and the shop's pages do theirs.
  if (action === "sleep") CHANNEL.postMessage(action);
}

function reloadShop(): void {
  frame.contentWindow!.location.reload();
}

new EventSource("/demo/stream").onmessage = ({ data }) => {
  const message: ConsoleMessage = JSON.parse(data);
  if ("entries" in message) show(message.entries);
  else if ("cleared" in message) timeline.replaceChildren();
  else {
    state = message.state;
    showState();
  }
};

function showState(): void {
  const { connected, conversation, invitation, pressed, shortInvitation } = state;
  const status = find("#connected");
  status.classList.toggle("on", connected > 0);
  setText(status, connected ? `${connected} ${connected === 1 ? "page" : "pages"} connected` : "No page connected");
  setText(find("#short"), String(shortInvitation));
  for (const [action, on] of Object.entries(pressed)) button(action).ariaPressed = String(on);
  button("cancel").ariaDisabled = String(!invitation);
  setText(button("cancel"), invitation?.state === "ACCEPTED" ? "End session" : "Cancel");
  button("accept-elsewhere").ariaDisabled = button("resend").ariaDisabled = String(invitation?.state !== "INVITED");
  button("end-conversation").ariaDisabled = String(!conversation);
  find("[data-page-action='load-tag']").ariaDisabled = String(!pressed["tag-held"]);
  showSession();
}

function showSession(): void {
  const { conversation, invitation } = state;
  const session = find(".session");
  session.classList.toggle("invited", invitation?.state === "INVITED");
  session.classList.toggle("accepted", invitation?.state === "ACCEPTED");
  const steps: Record<string, string> = { INVITED: "Invited", ACCEPTED: "Session" };
  setText(find("#session"), invitation ? `${steps[invitation.state]}: ${invitation.mode}` : conversation ? "Nobody is invited" : "The conversation has ended");
  setText(find("#left"), invitation?.state === "INVITED" ? clock(invitation.endsAt - Date.now()) : "");
}

/** A live region speaks whenever its text is set, even to what it was. */
function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

function clock(milliseconds: number): string {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

function button(action: string): HTMLButtonElement {
  return find(`[data-action="${action}"]`);
}

setInterval(() => state && showSession(), 250);

function show(entries: TimelineEntry[]): void {
  const atEnd = timeline.scrollHeight - timeline.scrollTop - timeline.clientHeight < 40;
  for (const entry of entries) place(line(entry), entry.time);
  while (timeline.childElementCount > MOST_LINES) timeline.firstElementChild!.remove();
  if (atEnd) timeline.scrollTop = timeline.scrollHeight;
}

/** By time: what a page reports arrives a little later than it happened. */
function place(item: HTMLElement, time: number): void {
  let before = timeline.lastElementChild as HTMLElement | null;
  while (before && Number(before.dataset.time) > time) before = before.previousElementSibling as HTMLElement | null;
  if (before) before.after(item);
  else timeline.prepend(item);
}

function line({ time, kind, source, name, note, detail, wrong }: TimelineEntry): HTMLElement {
  const item = element("li", wrong ? "wrong" : "");
  Object.assign(item.dataset, { time, kind, source, name, note });
  const text = element("span", "text", element("b", "", name), note ? `  ${note}` : "");
  const cells = [element("time", "", timeOfDay(time)), element("span", "kind", KINDS[kind]), element("span", "source", source), text];
  if (detail === undefined) item.append(element("div", "line", ...cells));
  else {
    const shown = typeof detail === "string" ? detail : JSON.stringify(detail, null, 2);
    item.append(element("details", "", element("summary", "line", ...cells), element("pre", "", shown)));
  }
  return item;
}

function timeOfDay(time: number): string {
  const date = new Date(time);
  return `${date.toTimeString().slice(0, 8)}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}

function element(tag: string, className: string, ...children: (Node | string)[]): HTMLElement {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

const hiding = new CSSStyleSheet();
document.adoptedStyleSheets = [hiding];
for (const [name, kinds] of Object.entries(FILTERS)) {
  const box = Object.assign(document.createElement("input"), { type: "checkbox", checked: true });
  box.addEventListener("change", () => {
    for (const kind of kinds) timeline.classList.toggle(`no-${kind}`, !box.checked);
  });
  for (const kind of kinds) hiding.insertRule(`.no-${kind} [data-kind="${kind}"] { display: none }`);
  find("#filters").append(element("label", "", box, name));
}
