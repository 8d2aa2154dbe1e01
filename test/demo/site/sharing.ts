// The sharing itself, in the place of what LivePerson's tag does once the visitor has allowed it: the bar over the page, the
// agent's pointer, and the picture of the page that the agent sees.
import { does, type AgentAct } from "../modes.ts";
import type { PageState } from "../stage.ts";
import { latest, post } from "./server.ts";

const BAR = `
<style>
  :host { display: block; position: sticky; top: 0; z-index: 2147483647; font: 15px/1.4 system-ui, sans-serif; }
  .bar { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem 1rem; padding: .6rem 1rem; background: #17624a; color: #fff; }
  :host(.over) .bar { background: #3f4650; }
  p { flex: 1 1 11rem; margin: 0; }
  b { font-weight: 600; }
  b::before { content: ""; display: inline-block; width: .6em; height: .6em; margin-right: .5em; border-radius: 50%; background: #7df0b8; }
  :host(.over) b::before { background: #b4bcc7; }
  small { display: block; font-size: .8em; opacity: .85; }
  button { min-height: 2.5rem; padding: 0 1rem; border: 0; border-radius: .5rem; background: #fff; color: #17624a; font: inherit; font-weight: 600; cursor: pointer; }
  :host(.over) button { color: #3f4650; }
  button:focus-visible { outline: 3px solid #fff; outline-offset: 2px; }
  .frame { position: fixed; inset: 0; border: 3px solid #17624a; pointer-events: none; }
  .pointer { position: fixed; left: 0; top: 0; display: flex; pointer-events: none; transition: translate .1s linear; filter: drop-shadow(0 1px 2px #0006); }
  .pointer span { margin: 1rem 0 0 -.25rem; padding: .1rem .5rem; border-radius: 99px; background: #17624a; color: #fff; font-size: .8rem; }
  :host(.over) .frame, [hidden] { display: none; }
</style>
<div class="bar"><p role="status"><b></b><small>Drawn by this demo. On your site LivePerson’s tag draws its own bar.</small></p><button type="button"></button></div>
<div class="frame"></div>
<div class="pointer" hidden>
  <svg width="22" height="24" viewBox="0 0 22 24"><path d="M2 1v18l5-4 3 7 4-2-3-7h7z" fill="#17624a" stroke="#fff" stroke-width="1.5"/></svg><span>Agent</span>
</div>`;

/** @returns what has to hear all that the server tells this tab's page */
export function shareWith(origin: string, tab: string): { page(state: PageState): void; agent(act: AgentAct): void } {
  const host = document.createElement("div");
  // By which it is found in the picture.
  host.dataset.sharingBar = "";
  const root = host.attachShadow({ mode: "open" });
  root.innerHTML = BAR;
  const button = root.querySelector("button")!;
  const pointer = root.querySelector<HTMLElement>(".pointer")!;
  const tell = (path: string, body: object) => post(`${origin}/demo/${path}`, body).catch(() => {});
  const show = latest(async () => sharing && tell("picture", takePicture(host.offsetHeight)));
  const changes = new MutationObserver(show);
  let sharing = false;

  button.onclick = () => (sharing ? void tell("action", { action: "stop-sharing" }) : host.remove());
  for (const type of ["scroll", "resize"]) addEventListener(type, show);
  // That the last sharing is over is no news beside the next invitation.
  addEventListener("cobrowseOffered", () => sharing || host.remove());
  // The page makes room: what sticks to its top sticks below the bar.
  new ResizeObserver(() => document.documentElement.style.setProperty("--sharing-bar", `${host.offsetHeight}px`)).observe(host);

  function say(words: string, label: string): void {
    root.querySelector("b")!.textContent = words;
    button.textContent = label;
    host.className = sharing ? "" : "over";
    if (!host.isConnected) document.body.prepend(host);
  }

  function begin(mode: string): void {
    sharing = true;
    say(`Our agent ${does(mode)} this page.`, "Stop sharing");
    changes.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
    void show(undefined);
  }

  function end(by: string): void {
    sharing = false;
    pointer.hidden = true;
    changes.disconnect();
    say(`${by} stopped. Nobody sees this page any more.`, "OK");
  }

  return {
    page({ sharing: shared, stoppedByVisitor }) {
      if (shared?.tab === tab) {
        if (!sharing) begin(shared.mode);
      } else if (sharing) end(stoppedByVisitor ? "You have" : "Our agent has");
    },
    agent({ kind, x, y }) {
      if (!sharing) return;
      if (kind === "scroll") return scrollBy(0, y);
      const at = [x * innerWidth, y * innerHeight] as const;
      pointer.hidden = kind === "leave";
      pointer.style.translate = at.map((length) => `${length}px`).join(" ");
      const under = kind === "click" && document.elementFromPoint(...at);
      if (under instanceof HTMLElement) under.click();
    },
  };
}

export type Picture = ReturnType<typeof takePicture>;
/** What the agent is shown of the page, in which the bar is as high as that. */
function takePicture(barHeight: number) {
  const copy = document.body.cloneNode(true) as HTMLElement;
  for (const other of copy.querySelectorAll("script, lp-cobrowse")) other.remove();
  const bar = copy.querySelector<HTMLElement>("[data-sharing-bar]");
  if (bar) bar.style.cssText = `position: sticky; z-index: 1; top: 0; height: ${barHeight}px; background: #17624a`;
  const styles = [...document.querySelectorAll("link[rel=stylesheet], style")].map(({ outerHTML }) => outerHTML);
  styles.push(`<style>:root { --sharing-bar: ${barHeight}px }</style>`);
  return { head: styles.join(""), body: copy.innerHTML, width: innerWidth, height: innerHeight, top: scrollY };
}
