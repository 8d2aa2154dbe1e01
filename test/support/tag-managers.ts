// Puts a block of HTML on a page as tag managers do. Each function is sent to the page as text.

declare global {
  interface Window {
    /** False until the tag has fired as often as it was to. */
    tagFired?: boolean;
  }
}

export interface Firing {
  html: string;
  /** When the tag fires; how often each time. */
  when: "at once" | "after load";
  times?: number;
  /** Fires once more when everything has long been loaded, as a trigger on each change of the history does. */
  again?: boolean;
}

/**
 * A Custom HTML tag of Google Tag Manager: `{{…}}` is replaced by a variable's value; what the HTML has is moved to the
 * end of the body, one node after the other, and what follows a script with a src waits for that; each script is created
 * anew with only `type`, `id`, `async`, `charset`, `src` and its text.
 */
export function googleTagManager({ html, when, times = 1, again = false }: Firing): void {
  window.tagFired = false;
  const template = document.createElement("div");
  template.innerHTML = html.replace(/\{\{.*?\}\}/g, "undefined");

  const insert = (nodes: Node[], parent: Node): void => {
    const [node, ...others] = nodes;
    if (!node) return;
    if (node instanceof HTMLScriptElement) {
      const script = document.createElement("script");
      script.async = false;
      for (const name of ["type", "id", "async", "charset", "src"]) {
        const value = node.getAttribute(name);
        if (value) script.setAttribute(name, value);
      }
      if (node.src) {
        script.onload = script.onerror = () => insert(others, parent);
        parent.appendChild(script);
        return;
      }
      script.text = node.text;
      parent.appendChild(script);
    } else {
      const copy = parent.appendChild(node.cloneNode(false));
      insert([...node.childNodes], copy);
    }
    insert(others, parent);
  };
  const fire = (last: boolean) => {
    for (let time = 0; time < times; time++) insert([...template.childNodes], document.body);
    if (last) window.tagFired = true;
  };

  if (when === "at once") fire(!again);
  else addEventListener("load", () => setTimeout(fire, 0, !again));
  if (again) addEventListener("load", () => setTimeout(fire, 1000, true));
}

/** Tealium and Adobe Launch: the code, without any HTML, in a script that is appended to the head. */
export function scriptInHead(code: string): void {
  const script = document.createElement("script");
  script.text = code;
  document.head.appendChild(script);
}

/** The same with a file that they host or that is hosted elsewhere. */
export function fileInHead(url: string): void {
  const script = document.createElement("script");
  script.async = true;
  script.src = url;
  document.head.appendChild(script);
}

/** A call of one of these functions, to be written into a page. */
export function callInPage<A extends unknown[]>(fn: (...args: A) => void, ...args: A): string {
  const list = args.map((arg) => JSON.stringify(arg).replace(/</g, "\\u003c"));
  return `<script>(${fn})(${list})</script>`;
}
