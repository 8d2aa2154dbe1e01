import { word } from "./words.ts";

// As properties of the elements, since a strict policy allows them, and the page's rules for ::part() win over them. A dialog's
// own style in every engine is Canvas and CanvasText, centred, scrolling, and never higher than the window.
export const FRAME = "font:1em system-ui;border:1px solid#888;border-radius:8px;";
// The shadow is the backdrop: it is the dialog's own, and no rule for ::backdrop takes it away.
export const DIALOG =
  "color-scheme:light dark;width:min(26em,76vw);outline:0;word-break:break-word;user-select:none;box-shadow:0 0 0 99in#0006";
// Side by side, and equally large, where both have 8em; else one above the other.
export const BUTTONS = "display:flex;flex-wrap:wrap;gap:8px";
export const BUTTON = FRAME + "padding:.8em;flex:8em;background:";

/**
 * Adds an element that reads in its own direction.
 *
 * @param part its name for the page's `::part()` rules, and that of its text if there is such a word; empty for none
 */
export function add<Tag extends keyof HTMLElementTagNameMap>(
  parent: Element | ShadowRoot,
  tag: Tag,
  part: string,
  style?: string,
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  element.part = part;
  element.style = style!;
  element.dir = "auto";
  element.textContent = word(part);
  parent.append(element);
  return element;
}
