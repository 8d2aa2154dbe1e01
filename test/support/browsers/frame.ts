// A frame of a page, and clicks on what is not the prompt.
import type { Page } from "./api.ts";
import { SharedPage } from "./shared-page.ts";

/** The page in that frame, of the same origin; what only a window has is the window's. */
export function frameOf(page: Page, selector: string): Page {
  /** What is at this place of the frame, where it is in the window. */
  const inWindow = async (x: number, y: number): Promise<[number, number]> => {
    const { left, top } = await page.evaluate((selector) => document.querySelector(selector)!.getBoundingClientRect().toJSON(), selector);
    return [left + x, top + y];
  };

  class Frame extends SharedPage {
    // Its own eval, so that document is the frame's too.
    protected override run = (expression: string) =>
      page.evaluate(
        (selector, text): string => (document.querySelector<HTMLIFrameElement>(selector)!.contentWindow as typeof window & typeof globalThis).eval(text),
        selector,
        expression,
      );
    override mouseDown = async (x: number, y: number) => page.mouseDown(...(await inWindow(x, y)));
    override mouseUp = async (x: number, y: number) => page.mouseUp(...(await inWindow(x, y)));
    override openDialog = () => page.openDialog();
    override consoleMessages = () => page.consoleMessages();
  }

  const frame = new Frame();
  return new Proxy(page, {
    get(_, name) {
      const owner = name in frame ? frame : page;
      const value: unknown = Reflect.get(owner, name);
      return typeof value === "function" ? value.bind(owner) : value;
    },
  });
}

/**
 * A real click, as soon as what is clicked is enabled, in view, lies still and has nothing over it.
 *
 * @param path a selector; each further one looks in the shadow root of the one before
 */
export async function click(page: Page, ...path: string[]): Promise<void> {
  const find = async (path: string[]) => {
    let element: Element | null = null;
    for (const selector of path) element = (element ? element.shadowRoot! : document).querySelector(selector);
    if (!element || element.ariaDisabled === "true") return null;
    element.scrollIntoView({ block: "nearest" });
    const middle = () => {
      const { x, y, width, height } = element.getBoundingClientRect();
      return { x: x + width / 2, y: y + height / 2 };
    };
    const before = middle();
    for (let frames = 0; frames < 3; frames++) await new Promise(requestAnimationFrame);
    const { x, y } = middle();
    const onTop = (element.getRootNode() as Document | ShadowRoot).elementFromPoint(x, y);
    return before.x === x && before.y === y && element.contains(onTop) && before;
  };
  const { x, y } = await page.waitFor(find, { message: `${path.join(" ")} to be clicked` }, path);
  await page.clickAt(x, y);
}
