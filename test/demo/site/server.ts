// What the demo's pages tell its server, and hear from it.

/** Of what server there may be: a page of a new user's own is of another origin. */
export function post(url: string, body: object, more: RequestInit = {}): Promise<unknown> {
  return fetch(url, { method: "POST", body: JSON.stringify(body), mode: "no-cors", ...more });
}

/** Hears what the server sends, for ever: the browser looks for a server that is gone. @param there is told whether it is there */
export function listen<Messages>(url: string, hear: { [Type in keyof Messages]: (data: Messages[Type]) => void }, there = (_is: boolean) => {}): void {
  const source = new EventSource(url);
  for (const type in hear) source.addEventListener(type, ({ data }) => hear[type](JSON.parse(data)));
  source.onopen = () => there(true);
  source.onerror = () => there(false);
}

/** One call after another, of which the last has the newest value: those in between are left out. */
export function latest<Value>(use: (value: Value) => Promise<unknown>): (value: Value) => Promise<void> {
  let next: { value: Value } | undefined;
  let busy = false;
  return async (value) => {
    next = { value };
    if (busy) return;
    busy = true;
    while (next) {
      const now: Value = next.value;
      next = undefined;
      await use(now);
    }
    busy = false;
  };
}
