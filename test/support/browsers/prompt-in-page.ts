/** The prompt as a function in the page sees it. */
export interface Prompt {
  host: HTMLElement;
  root: ShadowRoot;
  dialog: HTMLDialogElement;
  /** Throws where there is none of this name. */
  part(name: string): HTMLElement;
}

/** Sent to the page as text. Null while there is no prompt. */
export function findPrompt(): Prompt | null {
  const host = document.querySelector<HTMLElement>("lp-cobrowse");
  if (!host) return null;
  const root = host.shadowRoot!;
  const part = (name: string) => {
    const found = root.querySelector<HTMLElement>(`[part~="${name}"]`);
    if (!found) throw new Error(`The prompt has no part "${name}".`);
    return found;
  };
  return { host, root, dialog: root.querySelector("dialog")!, part };
}
