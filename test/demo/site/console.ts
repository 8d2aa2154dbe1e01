// The agent's console: buttons to the server, the server's stream to the status lines, the picture, the story and the frames.
import type { ConsoleMessages } from "../demo.ts";
import { allows, can, type AgentAct } from "../modes.ts";
import type { ConsoleState } from "../stage.ts";
import type { Line, Sentence, TimelineEntry } from "../timeline.ts";
import { latest, listen, post } from "./server.ts";
import type { Picture } from "./sharing.ts";

/** What has become of an invitation that is over. */
const OUTCOMES: Record<string, string> = {
  cancelled: "You withdrew the invitation.",
  declined: "The visitor declined.",
  expired: "The invitation ran out without an answer.",
  ended: "You ended the sharing.",
  stopped: "The visitor stopped sharing.",
  "conversation ended": "You ended the conversation.",
};
const NOBODY = "The visitor has signed out: there is nobody to invite.";
const GONE = "The demo’s server is gone. Start it again; this page then goes on by itself.";
const MOST_LINES = 500;
/** Of the picture, CSS pixels. */
const PICTURE = { width: 300, height: 240 };

const find = <E extends Element = HTMLElement>(selector: string): E => document.querySelector<E>(selector)!;
const button = (action: string): HTMLButtonElement => find(`[data-action="${action}"]`);
const story = find("#story");
const timeline = find("#timeline");
const shop = find<HTMLIFrameElement>("#shop");
const picture = find("#picture");
let state: ConsoleState | undefined;
/** Milliseconds that the server's clock is ahead of this one. */
let ahead = 0;
let gone = false;
let tabs = 1;

const pageActions: Record<string, () => void> = {
  reload: reloadShop,
  "open-tab": () => void open(`/shop?tab=${++tabs}`, "_blank", "popup,width=720,height=680"),
};

document.addEventListener("click", ({ target }) => {
  const button = target instanceof Element && target.closest("button");
  if (!button || button.ariaDisabled === "true") return;
  const { action, pageAction, view } = button.dataset;
  if (pageAction) pageActions[pageAction]!();
  if (action) void act(action);
  if (view) showView(view);
});

const tell = (path: string, body: object): Promise<unknown> => post(`/demo/${path}`, body).catch(() => showGone(true));

async function act(action: string): Promise<void> {
  await tell("action", { action });
  // The shop reads these settings when it loads.
  if (/^(prompt|tag)-/.test(action)) reloadShop();
}

function reloadShop(): void {
  shop.contentWindow!.location.reload();
}

listen<ConsoleMessages>(
  "/demo/stream",
  {
    cleared: () => [story, timeline].forEach((list) => list.replaceChildren()),
    entries: show,
    picture: showPicture,
    state(now) {
      state = now;
      ahead = now.now - Date.now();
      showState(now);
    },
  },
  (there) => {
    // The server that is back may be another, which does not know the shop's visitor.
    if (there && gone) reloadShop();
    showGone(!there);
  },
);

function showGone(is: boolean): void {
  gone = is;
  document.body.classList.toggle("gone", gone);
  for (const part of document.querySelectorAll<HTMLElement>(".desk, .visitor, .controls")) part.inert = gone;
  if (state) showState(state);
}

function showState(state: ConsoleState): void {
  const { connected, conversation, invitation, pressed, shortInvitation, signedIn, seen } = state;
  find(".connected").classList.toggle("on", connected > 0 && !gone);
  setText(find("#connected"), gone ? "The server is gone" : connected ? `${connected} ${connected === 1 ? "page" : "pages"} connected` : "No page connected");
  setText(find("#short"), String(shortInvitation));
  const { status, next } = situation(state);
  setText(find("#session"), status);
  setText(find("#next"), gone ? GONE : signedIn ? next : "Press Sign in, in the shop.");
  for (const [action, is] of Object.entries(pressed)) button(action).ariaPressed = String(is);
  const faults = document.querySelectorAll('.faults [aria-pressed="true"]:not([data-action="clock-right"])').length;
  setText(find("#faults"), faults ? `${faults} on` : "");
  for (const each of document.querySelectorAll<HTMLElement>('[data-action^="invite-"]')) {
    each.ariaDisabled = String(!signedIn);
    each.title = signedIn ? "" : NOBODY;
  }
  button("cancel").ariaDisabled = String(!invitation || invitation.state === "CLOSED");
  setText(button("cancel"), invitation?.state === "ACCEPTED" ? "End" : "Withdraw");
  button("accept-elsewhere").ariaDisabled = button("resend").ariaDisabled = String(invitation?.state !== "INVITED");
  button("end-conversation").ariaDisabled = String(!conversation);
  button("load-tag").ariaDisabled = String(!pressed["tag-held"]);
  find(".session").className = `session ${invitation?.state ?? ""}`;
  find(".sight").hidden = !seen;
  if (seen) setText(find("#may"), instruction(invitation!.mode));
  picture.classList.toggle("points", seen && allows(invitation!.mode, "point"));
  showTimes();
}

/** How it is with the invitation and the visitor, and what to press now. */
function situation(state: ConsoleState): { status: string; next: string } {
  const { now, signedIn, invitation, asked, seen, connected, retryDue, pressed } = state;
  const say = (status: string, next: string) => ({ status, next });
  if (invitation?.state === "INVITED") {
    if (!can(invitation.mode)) return say("Invited to something other than sharing", "No prompt comes, and none should: press Withdraw.");
    if (!connected) return say("The invitation waits for the shop", "Wait until the shop is connected.");
    if (asked) return say("The visitor is asked", "Press Allow or Decline in the shop.");
    const why = "If the shop does not ask, it takes the invitation for over: press Withdraw.";
    const silent = pressed.silent ? "The server says nothing: press Say nothing again." : why;
    return say("The shop has not asked yet", pressed["tag-held"] ? "Press Load under More to try." : silent);
  }
  if (invitation?.state === "ACCEPTED")
    return seen
      ? say(`The visitor shares the page: you can ${can(invitation.mode)} it.`, "Press Stop sharing in the shop, or End here.")
      : say("The visitor allowed it in another window.", "Press End.");
  const next = !connected && retryDue > now ? "Wait until the shop is connected, or press Reload." : "Press Share, then Allow in the shop.";
  if (signedIn && invitation) return say(OUTCOMES[invitation.step] ?? "", next);
  return say(signedIn ? (connected ? "The visitor is in the shop." : "The visitor’s page is not connected.") : NOBODY, next);
}

function instruction(mode: string): string {
  if (allows(mode, "click")) return "Move over it to point, click to press, turn the wheel to scroll.";
  return allows(mode, "scroll") ? "Turn the wheel over it to scroll. In this mode you cannot press anything." : "In this mode you only look.";
}

/** What changes by itself. */
function showTimes(): void {
  const { invitation, retryDue, connected } = state!;
  const now = Date.now() + ahead;
  setText(find("#left"), invitation?.state === "INVITED" ? `${clock(invitation.endsAt - now)} left` : "");
  const wait = Math.ceil((retryDue - now) / 1000);
  setText(find("#retry"), wait > 0 && !connected && !gone ? `: tries again within ${wait} s` : "");
}

/** A live region speaks whenever its text is set, even to what it was. */
function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

function clock(milliseconds: number): string {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

setInterval(() => state && showTimes(), 250);

/** The page as the visitor has it, only smaller. The frame runs no scripts. */
function showPicture({ head, body, width, height, top }: Picture): void {
  const frame = picture.querySelector("iframe")!;
  const { contentDocument } = frame;
  const scale = Math.min(PICTURE.width / width, PICTURE.height / height);
  picture.style.cssText = `width: ${width * scale}px; height: ${height * scale}px`;
  frame.style.cssText = `width: ${width}px; height: ${height}px; scale: ${scale}`;
  // Styles that stay need not load again.
  if (contentDocument!.head.innerHTML !== head) contentDocument!.head.innerHTML = head;
  contentDocument!.body.innerHTML = body;
  frame.contentWindow!.scrollTo(0, top);
}

const point = latest((act: AgentAct) => tell("agent", act));

function place({ clientX, clientY }: MouseEvent): { x: number; y: number } {
  const { left, top, width, height } = picture.getBoundingClientRect();
  return { x: (clientX - left) / width, y: (clientY - top) / height };
}

picture.addEventListener("pointermove", (event) => void point({ kind: "point", ...place(event) }));
picture.addEventListener("pointerleave", () => void point({ kind: "leave", x: 0, y: 0 }));
picture.addEventListener("click", (event) => void tell("agent", { kind: "click", ...place(event) }));
picture.addEventListener("wheel", (event) => {
  if (!allows(state!.invitation!.mode, "scroll")) return;
  event.preventDefault();
  void tell("agent", { kind: "scroll", x: 0, y: event.deltaY });
});

function show(entries: TimelineEntry[]): void {
  for (const list of [story, timeline]) {
    const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 40;
    for (const entry of entries) {
      if (list === timeline && entry.line) insert(entry.line);
      if (list === story && entry.story) tellStory(entry.story);
    }
    while (list.childElementCount > MOST_LINES) list.firstElementChild!.remove();
    if (atEnd) list.scrollTop = list.scrollHeight;
  }
}

/** A chapter for each invitation: what is told of an old one later belongs to its own. */
function tellStory({ who, text, invitation = "" }: Sentence): void {
  const chapters = [...story.children] as HTMLElement[];
  let chapter = invitation ? chapters.find(({ dataset }) => dataset.invitation === invitation) : chapters.at(-1);
  if (!chapter) {
    chapter = element("li", "", element("ol", ""));
    chapter.dataset.invitation = invitation;
    story.append(chapter);
  }
  const item = element("li", "", element("b", "", who), ` ${text}`);
  item.dataset.who = who;
  chapter.firstElementChild!.append(item);
}

/** By time: what a page reports arrives a little later than it happened. */
function insert(line: Line): void {
  const earlier = ([...timeline.children] as HTMLElement[]).filter(({ dataset }) => Number(dataset.time) <= line.time).at(-1);
  const item = draw(line);
  if (earlier) earlier.after(item);
  else timeline.prepend(item);
}

function draw({ time, kind, source = "", name, note = "", detail, wrong }: Line): HTMLElement {
  const item = element("li", wrong ? "wrong" : "");
  Object.assign(item.dataset, { time, kind });
  const text = element("span", "text", element("b", "", name), note && `  ${note}`);
  const cells = [element("time", "", timeOfDay(time)), element("span", "kind", kind), element("span", "source", source), text];
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

function showView(view: string): void {
  for (const each of document.querySelectorAll<HTMLElement>("[data-view]")) each.ariaPressed = String(each.dataset.view === view);
  story.hidden = view !== "story";
  timeline.hidden = find("#filters").hidden = view !== "timeline";
  const list = find(`#${view}`);
  list.scrollTop = list.scrollHeight;
}
